"""Tables of a text, whichever markup they are in: cells as plain text. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apiclient.importers.html_table import read_html

Cells = list[str]
MOST_CELLS = 200_000
LONGEST_LINE = 20_000
_ADORNMENT = re.compile(r"([=~^\"'`#*+-])\1{2,}\s*")
_HEADING = re.compile(r"(?:#{1,6}|={1,6})\s+(.+?)\s*(?:#*|=*)")
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*")
_GRID = re.compile(r"\+[-=+]+\+\s*")
_SIMPLE = re.compile(r"=+(?:[ \t]+=+)+\s*")
_UNESCAPED = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([^\]\[]{0,500})\]\([^()\s]{0,500}\)")
_ATTRIBUTES = re.compile(r"(?:\d+\*|\d*\.?\d*\+|[<^>.]*[aehlmsv]?)(?=\|)")


@dataclass(slots=True)
class Table:
    """``head`` are the rows that say what columns hold; ``heading`` stands above the table."""

    head: list[Cells] = field(default_factory=list)
    rows: list[Cells] = field(default_factory=list)
    heading: str = ""


@dataclass(slots=True)
class Tables:
    """``heading`` is the first one of the text."""

    tables: list[Table]
    heading: str = ""


def tables_in(text: str) -> Tables:
    """Those of HTML where the text has any, or else those that its lines draw. ValueError for too many cells."""
    if re.search(r"<table[\s>]", text, re.IGNORECASE):
        heading, drawn = read_html(text)
        return Tables([Table(head, rows, above) for above, head, rows in drawn], heading)
    lines = text.splitlines()
    if any(len(line) > LONGEST_LINE for line in lines):
        raise ValueError(f"A line of the text has more than {LONGEST_LINE} characters, which no table has.")
    found = Tables([])
    above = ""
    at = 0
    while at < len(lines):
        if heading := _heading(lines, at):
            above = heading
            found.heading = found.heading or heading
        table, end = _table(lines, at)
        if table:
            table.heading = above
            found.tables.append(table)
        at = max(end, at + 1)
    if sum(len(row) for table in found.tables for row in table.rows) > MOST_CELLS:
        raise ValueError(f"The tables of the text have more than {MOST_CELLS} cells.")
    return found


def _heading(lines: list[str], at: int) -> str:
    if match := _HEADING.fullmatch(lines[at][:500]):
        return match[1]
    is_underlined = at + 1 < len(lines) and _ADORNMENT.fullmatch(lines[at + 1][:500]) and lines[at].strip()
    return lines[at].strip() if is_underlined and "|" not in lines[at] and not _SIMPLE.fullmatch(lines[at]) else ""


def _table(lines: list[str], at: int) -> tuple[Table | None, int]:
    """The table that begins at this line, and the line after it."""
    if lines[at].strip() == "|===":
        return _asciidoc(lines, at + 1)
    if _GRID.fullmatch(lines[at]):
        return _grid(lines, at)
    if _SIMPLE.fullmatch(lines[at]):
        return _simple(lines, at)
    if at + 1 < len(lines) and "|" in lines[at] and "|" in lines[at + 1] and _RULE.fullmatch(lines[at + 1]):
        return _markdown(lines, at)
    return None, at


def _markdown(lines: list[str], at: int) -> tuple[Table, int]:
    table = Table(head=[_piped(lines[at])])
    at += 2
    while at < len(lines) and "|" in lines[at]:
        table.rows.append(_piped(lines[at]))
        at += 1
    return _with_more_head(table), at


def _with_more_head(table: Table) -> Table:
    """A first row without any digit names columns once more, as under a heading that spans two."""
    if table.rows and not any(re.search(r"\d", cell) for cell in table.rows[0]) and any(table.rows[0]):
        table.head.append(table.rows.pop(0))
    return table


def _piped(line: str) -> Cells:
    line = line.strip().removeprefix("|")
    cells = _UNESCAPED.split(line)
    if cells and not cells[-1].strip():
        cells.pop()
    return [_plain(cell) for cell in cells]


def _plain(cell: str) -> str:
    """Without the marks of emphasis, code and links."""
    cell = _LINK.sub(r"\1", cell.replace("\\|", "|").replace("<br>", " ").replace("<br/>", " "))
    return " ".join(re.sub(r"[`]+|\*\*|__", "", cell).split())


def _grid(lines: list[str], at: int) -> tuple[Table | None, int]:
    """reStructuredText's grid: cells may go on over several lines."""
    table, has_head = Table(), False
    cells: Cells = []
    while at < len(lines) and lines[at].startswith(("+", "|")):
        if _GRID.fullmatch(lines[at]):
            if cells:
                table.rows.append([_plain(cell) for cell in cells])
            if "=" in lines[at]:
                table.head, table.rows, has_head = table.rows, [], True
            cells = []
        else:
            more = _UNESCAPED.split(lines[at].strip().strip("|"))
            cells = [f"{one} {other}" for one, other in zip(cells, more, strict=False)] if cells else more
        at += 1
    return table if has_head else _with_more_head(table), at


def _simple(lines: list[str], at: int) -> tuple[Table | None, int]:
    """reStructuredText's columns under lines of equals signs."""
    spans = [match.span() for match in re.finditer(r"=+", lines[at])]
    blocks: list[list[Cells]] = [[]]
    at += 1
    while at < len(lines) and len(blocks) < 3:
        if _SIMPLE.fullmatch(lines[at]):
            blocks.append([])
            if len(blocks) == 3 or at + 1 >= len(lines) or not lines[at + 1].strip():
                at += 1
                break
        elif lines[at].strip():
            _add_line(blocks[-1], _columns(lines[at], spans))
        at += 1
    if len(blocks) >= 2 and blocks[1]:
        return Table(blocks[0], blocks[1]), at
    return Table([], blocks[0]), at


def _columns(line: str, spans: list[tuple[int, int]]) -> Cells:
    ends = [start for start, _ in spans[1:]] + [LONGEST_LINE]
    return [_plain(line[start:end]) for (start, _), end in zip(spans, ends, strict=True)]


def _add_line(rows: list[Cells], cells: Cells) -> None:
    """A line without a first cell goes on with the row above."""
    if rows and not cells[0]:
        rows[-1] = [f"{one} {other}".strip() for one, other in zip(rows[-1], cells, strict=True)]
    else:
        rows.append(cells)


def _asciidoc(lines: list[str], at: int) -> tuple[Table | None, int]:
    """Cells begin with a bar; as many as the first line has make a row."""
    cells: Cells = []
    width = 0
    while at < len(lines) and lines[at].strip() != "|===":
        found = list(_asciidoc_cells(lines[at]))
        width = width or len(found)
        cells += found
        at += 1
    rows = [cells[start : start + width] for start in range(0, len(cells), width)] if width else []
    return Table(rows[:1], rows[1:]), at + 1


def _asciidoc_cells(line: str) -> Iterator[str]:
    if "|" in line:
        yield from (_plain(cell) for cell in _UNESCAPED.split(_ATTRIBUTES.sub("", line, count=1).strip())[1:])
