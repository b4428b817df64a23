"""Tables of an HTML text: cells as plain text, spans written out. Pure."""

from html.parser import HTMLParser

MOST_CELLS = 200_000
WIDEST = 200
MOST_OPEN = 50
LONGEST_CELL = 5000
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "caption")
_SILENT = ("script", "style", "template", "sup")
"""What is no words; ``sup`` holds footnotes."""
Drawn = tuple[str, list[list[str]], list[list[str]]]


def read_html(text: str) -> tuple[str, list[Drawn]]:
    """The first heading, and of each table what stands above it, its head and its rows."""
    if text.count("<", text.rfind(">") + 1) > MOST_OPEN:  # the end of each would be sought through all the text
        raise ValueError(f"The text has more than {MOST_OPEN} tags that are opened with < and never closed with >.")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.finish()
    return reader.first_heading, reader.tables


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.first_heading = ""
        self.tables: list[Drawn] = []
        self._heading = ""
        self._head: list[list[str]] = []
        self._rows: list[list[str]] = []
        self._row: list[str] = []
        self._is_head = True
        self._words: list[str] | None = None
        self._repeated = 1
        self._silent = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.finish()
        elif tag == "tr":
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
            self._is_head = self._is_head and tag == "th"
            self._words, self._repeated = [], _span(dict(attrs).get("colspan"))
        elif tag in _HEADINGS:
            self._words = []
        elif tag in _SILENT:
            self._silent += 1
        elif self._words is not None:
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _HEADINGS:
            self._heading = self._taken()
            self.first_heading = self.first_heading or self._heading
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self.finish()

    def handle_data(self, data: str) -> None:
        if self._words is not None and not self._silent:
            self._words.append(data)

    def finish(self) -> None:
        """The table is over."""
        self._end_row()
        if self._rows or self._head:
            self.tables.append((self._heading, self._head, self._rows))
        self._head, self._rows = [], []

    def _taken(self) -> str:
        words, self._words = self._words or [], None
        return " ".join("".join(words)[:LONGEST_CELL].split())

    def _end_cell(self) -> None:
        if self._words is None:
            return
        text = self._taken()
        self._row += [text] + [""] * (min(self._repeated, WIDEST) - 1)
        self._cells += self._repeated
        if self._cells > MOST_CELLS or len(self._row) > WIDEST:
            raise ValueError(f"The tables of the text have more than {MOST_CELLS} cells, or {WIDEST} in a row.")

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            (self._head if self._is_head and not self._rows else self._rows).append(self._row)
        self._row, self._is_head = [], True


def _span(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and 0 < len(text) < 4 and int(text) else 1
