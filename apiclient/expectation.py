"""What a call is expected to answer: which codes pass, when an answer is late, what else it must be. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache

from apiclient.check import Check, checks_of
from apiclient.codes import parse_codes

__all__ = ["SUCCESS", "Documented", "Expectation", "parse_codes"]

ANY_SUCCESS = "1xx, 2xx, 3xx"
SUCCESS = parse_codes(ANY_SUCCESS)

Documented = tuple[frozenset[int], bool]
"""Codes of one documented answer, and whether it is an error."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """``codes`` pass; an answer that takes longer than ``slow_after_ms`` is degraded, than ``fail_after_ms`` failed.

    ``written`` are the codes as somebody wrote them, '' where nobody did: then ``documented`` has its say, the first
    that knows a code. ``checks`` are judged besides.
    """

    codes: frozenset[int] = SUCCESS
    slow_after_ms: int | None = None
    fail_after_ms: int | None = None
    checks: tuple[Check, ...] = ()
    documented: tuple[Documented, ...] = ()
    written: str = ""

    @classmethod
    def of(
        cls,
        expected_codes: str,
        slow_after_ms: int | None,
        *,
        fail_after_ms: int | None = None,
        checks: Iterable[object] = (),
        documented: Iterable[Documented] = (),
    ) -> "Expectation":
        """From a call's fields: ``checks`` as its JSON has them. ValueError with a sentence where one is garbled.

        Blank codes mean the success column of the code table (1xx-3xx), but for what is documented otherwise.
        """
        written, documented = expected_codes.strip(), tuple(documented)
        codes = parse_codes(written) if written else _with_documented(documented)
        read = checks_of(list(checks)) if checks else ()
        return cls(codes, slow_after_ms, fail_after_ms, read, documented, written)

    @property
    def is_plain(self) -> bool:
        """Whether code and slowness decide alone, and no result need be told."""
        return not self.checks and self.fail_after_ms is None and not self.documented

    @property
    def reads_body(self) -> bool:
        return any(check.rule.reads_body for check in self.checks)

    def is_documented_error(self, code: int) -> bool | None:
        """Whether the reference lists the code as an error; None where it decides nothing about it."""
        if self.written:
            return None
        return next((is_error for codes, is_error in self.documented if code in codes), None)


@lru_cache(maxsize=1024)
def _with_documented(documented: tuple[Documented, ...]) -> frozenset[int]:
    codes: Set[int] = SUCCESS
    for some, is_error in reversed(documented):
        codes = codes - some if is_error else codes | some
    return frozenset(codes)
