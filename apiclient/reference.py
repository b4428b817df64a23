"""An API's own reference: which documented answer stands for a code. Pure.

A call's own row wins over one of its service; then a code written out over a range, and that over a class (``404`` over
``400-409`` over ``4xx``); of two such the row that names fewer codes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from apiclient.catalogue import Category, category_of
from apiclient.expectation import parse_codes

ERROR = "error"
EXACT, RANGE, CLASS = range(3)
Documented = tuple[tuple[frozenset[int], bool], ...]
"""As ``Expectation.of`` takes it: codes, and whether they are errors. No code stands in two of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One documented answer. ``own`` says that it is the call's, not its service's; ``kind`` may be ''."""

    codes: str
    message: str = ""
    kind: str = ""
    own: bool = True
    pk: int = 0

    @property
    def all_codes(self) -> frozenset[int]:
        return parse_codes(self.codes)

    def is_error(self, code: int) -> bool:
        """By its kind, else by the code table."""
        return self.kind == ERROR if self.kind else category_of(code) is not Category.SUCCESS


def tidy(text: str) -> str:
    """Codes written in one way only: ``404, 4XX,404`` is ``4xx, 404``. ValueError as ``parse_codes``."""
    parse_codes(text)
    return ", ".join(sorted({_tidy(term) for term in _terms(text)}, key=lambda term: (min(parse_codes(term)), term)))


@lru_cache(maxsize=256)
def winners(rows: tuple[Row, ...]) -> Mapping[int, Row]:
    """Every code that these rows document, with the row that stands for it. It is kept: nobody may change it."""
    found: dict[int, tuple[tuple[bool, int, int, str], Row]] = {}
    for row in rows:
        size = len(row.all_codes)
        for term in _terms(row.codes):
            rank = (not row.own, _precision(term), size, row.codes)
            for code in parse_codes(term):
                if code not in found or rank < found[code][0]:
                    found[code] = rank, row
    return {code: row for code, (_, row) in sorted(found.items())}


def row_for(rows: tuple[Row, ...], code: int | None) -> Row | None:
    """The row that stands for a code; None where it is not documented, or where there was no answer."""
    return None if code is None else winners(rows).get(code)


@lru_cache(maxsize=256)
def documented(rows: tuple[Row, ...]) -> Documented:
    """What these rows say of each code that they name, as an expectation judges by it."""
    kinds: dict[bool, set[int]] = {}
    for code, row in winners(rows).items():
        kinds.setdefault(row.is_error(code), set()).add(code)
    return tuple((frozenset(codes), is_error) for is_error, codes in sorted(kinds.items()))


def _terms(text: str) -> Iterator[str]:
    return filter(None, (part.strip() for part in text.split(",")))


def _tidy(term: str) -> str:
    first, _, last = term.lower().partition("-")
    return first if first == last else term.lower()


def _precision(term: str) -> int:
    return CLASS if term[1:].lower() == "xx" else RANGE if "-" in term else EXACT


def written(codes: Iterable[int]) -> str:
    """Codes as ``parse_codes`` reads them, neighbours as ranges: ``400-403, 405``."""
    parts: list[list[int]] = []
    for code in sorted(codes):
        if parts and parts[-1][1] == code - 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)
