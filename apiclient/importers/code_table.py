"""A pasted table of codes, in Markdown, HTML, reStructuredText or AsciiDoc -> documented answers of a service. Pure.

A row may hold several pairs of code and message, as a table with a column for each kind of code does; the heading above
a pair says whether it is a success or an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apiclient.codes import TERM, parse_codes
from apiclient.importers.described import Answer, Described, DescribedService
from apiclient.importers.document import checked
from apiclient.importers.naming import LONGEST_NAME, one_line
from apiclient.importers.table import Cells, Table, tables_in

LONGEST = 2_000_000
LONGEST_MESSAGE = 300
MOST_ANSWERS = 300
_SEPARATED = re.compile(r"\s*(?:,|;|/|\bor\b|\band\b)\s*", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|—|\.\.\.?|…|\bto\b)\s*", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\^?[\w*†‡]{1,4}\](?:_)?|[*†‡]+$|(?<=\d)[¹²³⁴-⁹]+")
_SUCCESS = re.compile(r"success|informational|redirect|\bok\b", re.IGNORECASE)
_ERROR = re.compile(r"error|fail|problem", re.IGNORECASE)
_IS_CODE = re.compile(
    r"(?:http[\s_-]*)?(?:(?:status|response|return|error)[\s_-]*)*(?:codes?|status|http)", re.IGNORECASE
)
_IS_MESSAGE = re.compile(r"message|description|meaning|reason|text|explanation|comment|what|detail", re.IGNORECASE)


def read(text: str, name: str = "") -> Described:
    """One service that has every row as an answer for each of its calls. ValueError when the text has no such table."""
    text = checked(text)
    if len(text) > LONGEST:
        raise ValueError(f"The text has {len(text)} characters; at most {LONGEST} of a table are read.")
    document = tables_in(text)
    reading = _Reading()
    for number, table in enumerate(document.tables, 1):
        for pair in _pairs(table):
            reading.take(f"table {number}", table, pair)
    if not reading.answers:
        raise ValueError(
            "The text has no table with a column of codes (100 to 599) and a column of messages beside it,"
            " in Markdown, HTML, reStructuredText or AsciiDoc."
        )
    title = one_line(name or document.heading, LONGEST_NAME) or "Documented answers"
    service = DescribedService(name=title, answers=tuple(reading.answers.values()))
    return Described((service,), tuple(reading.notes))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Which columns hold codes and messages, and what the heading says of them."""

    code: int
    message: int | None
    kind: str


@dataclass(slots=True)
class _Reading:
    answers: dict[frozenset[int], Answer] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(self, place: str, table: Table, pair: _Pair) -> None:
        """Add the rows of these two columns; a cell that is no code is noted."""
        for at, row in enumerate(table.rows, 1):
            written = _cell(row, pair.code)
            plain = _FOOTNOTE.sub("", written).strip(" `*_")
            if not plain or _IS_CODE.fullmatch(plain):
                continue
            where = f"{place}, row {at}"
            if plain != written.strip(" `*_"):
                self.notes.append(f"{where}: the footnote of {one_line(written, 40)!r} was left out.")
            codes = codes_of(plain)
            if not codes:
                self.notes.append(f"{where}: {one_line(plain, 40)!r} is no status code and was left out.")
                continue
            self._add(Answer(codes, self._message(row, pair, where), pair.kind), where)

    def _message(self, row: Cells, pair: _Pair, where: str) -> str:
        written = _cell(row, pair.message)
        plain = _FOOTNOTE.sub("", written).strip()
        if plain != written.strip():
            self.notes.append(f"{where}: the footnote of {one_line(written, 40)!r} was left out.")
        return one_line(plain, LONGEST_MESSAGE)

    def _add(self, answer: Answer, where: str) -> None:
        if len(self.answers) >= MOST_ANSWERS:
            raise ValueError(f"{where}: more than {MOST_ANSWERS} codes. Paste one table at a time.")
        kept = self.answers.setdefault(parse_codes(answer.codes), answer)
        if (kept.message, kept.kind) != (answer.message, answer.kind):
            self.notes.append(f"{where}: {answer.codes} stands in the text before, with other words; those are kept.")


def codes_of(text: str) -> str:
    """``500–504`` -> ``500-504``, ``4XX`` -> ``4xx``, ``401 or 403`` -> ``401, 403``; '' when it is no code."""
    terms = [_RANGE.sub("-", term).lower() for term in _SEPARATED.split(text[:200].strip())]
    for term in terms:
        match = TERM.fullmatch(term)
        if not match or term[0] not in "12345":
            return ""
        low, high = match[2], match[3]
        if high and not int(low) <= int(high) < 600:
            return ""
    return ", ".join(terms)


def _pairs(table: Table) -> Iterator[_Pair]:
    """Every column of codes with the column of its messages: the next one that is named so, or the next."""
    width = max((len(row) for row in table.rows), default=0)
    codes = [at for at in range(width) if _is_column_of_codes(table, at)]
    for at, column in enumerate(codes):
        end = codes[at + 1] if at + 1 < len(codes) else width
        others = range(column + 1, end)
        named = [other for other in others if any(_IS_MESSAGE.search(_cell(row, other)) for row in table.head)]
        message = next(iter(named or others), None)
        yield _Pair(column, message, _kind(table, range(column, end)))


def _is_column_of_codes(table: Table, at: int) -> bool:
    """At least half of its filled cells are codes; a heading that says so is not needed."""
    cells = [cell for row in table.rows if (cell := _FOOTNOTE.sub("", _cell(row, at)).strip(" `*_"))]
    cells = [cell for cell in cells if not _IS_CODE.fullmatch(cell)]
    return bool(cells) and sum(bool(codes_of(cell)) for cell in cells) * 2 >= len(cells)


def _kind(table: Table, columns: range) -> str:
    words = " ".join([table.heading, *(_cell(row, at) for row in table.head for at in columns)])
    own = " ".join(_cell(row, at) for row in table.head for at in columns)
    for text in (own, words):
        if bool(_SUCCESS.search(text)) != bool(_ERROR.search(text)):
            return "success" if _SUCCESS.search(text) else "error"
    return ""


def _cell(row: Cells, at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""
