"""Outcomes as rows of a file, newest first: read in portions by the primary key, millions in the memory of a few."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any

from apiclient import report
from apiclient.catalogue import Failure, MissedBecause, Verdict, lookup
from apiclient.models import Call
from apiclient.selection import Selection
from apiclient.slot import due_ms_of, from_ms

PORTION = 5_000
PHASES = ("dns", "connect", "tls", "wait", "transfer", "total")
COLUMNS = (
    "id", "service", "service_slug", "call", "call_slug", "location", "due_at", "started_at", "lag_ms", "status_code",
    "failure", "missed_because", "message", "code_class", "category", "verdict",
    *(f"{phase}_ms" for phase in PHASES), "body_bytes",
)  # fmt: skip
"""In this order for good: a new one comes to the end."""
_READ = (
    "id", "call_id", "location_id", "lag_ms", "status_code", "failure", "missed_because", "verdict",
    "dns_us", "connect_us", "tls_us", "wait_us", "total_us", "body_bytes",
)  # fmt: skip
_FIRST_PHASE = COLUMNS.index("dns_ms")
_AFTER_PHASES = _FIRST_PHASE + len(PHASES)
_MEMBERS = tuple(
    name
    for place, name in enumerate(COLUMNS)
    if name not in ("service_slug", "call_slug") and not _FIRST_PHASE <= place < _AFTER_PHASES
)
"""Of the columns, those that are members of the object too; the phases are in one of their own."""
_members = itemgetter(*(COLUMNS.index(name) for name in _MEMBERS))


def rows(selection: Selection, locations: dict[int, str], only: set[int], most: int | None) -> Iterator[Sequence[Any]]:
    """A row of COLUMNS for each outcome; ``only`` are numbers of locations, none for all of them."""
    names = {pk: names for pk, *names in Call.objects.values_list("pk", "service_id", "service__slug", "slug")}
    for found in islice(_outcomes(selection, only), most):
        slot, call_id, location_id, lag_ms, code, failure, missed_because, verdict, *phases, total_us, size = found
        service_id, service_slug, call_slug = names.get(call_id) or (None, "", "")
        due_ms = due_ms_of(slot)
        yield (
            str(slot), service_id, service_slug, call_id, call_slug, locations.get(location_id, str(location_id)),
            _moment(due_ms), None if lag_ms is None else _moment(due_ms + lag_ms), lag_ms, code,
            *_words(code, failure, missed_because, verdict),
            *(us / 1000 for us in phases), max(0, total_us - sum(phases)) / 1000, total_us / 1000, size,
        )  # fmt: skip


def as_object(row: Sequence[Any]) -> dict[str, Any]:
    """The same object as in the list."""
    found = dict(zip(_MEMBERS, _members(row), strict=True))
    found["timings_ms"] = dict(zip(PHASES, row[_FIRST_PHASE:_AFTER_PHASES], strict=True))
    return found


def _outcomes(selection: Selection, only: set[int]) -> Iterator[tuple[Any, ...]]:
    """Each portion asks for less than the one before: no cursor that the database would have to keep."""
    last = None
    while True:
        found = report.outcomes(selection)
        found = found.filter(location__in=only) if only else found
        found = found if last is None else found.filter(pk__lt=last)
        portion = list(found.values_list(*_READ)[:PORTION])
        yield from portion
        if len(portion) < PORTION:
            return
        last = portion[-1][0]
        selection = replace(selection, until=from_ms(due_ms_of(last) + 1))


def _moment(ms: int) -> str:
    return f"{from_ms(ms).isoformat()[:-6]}Z"


@lru_cache(maxsize=4096)
def _words(code: int | None, failure: int | None, because: int | None, verdict: int) -> tuple[str | None, ...]:
    kind = None if failure is None else Failure(failure)
    meaning = lookup(code, kind)
    return (
        kind.slug if kind else None,
        None if because is None else MissedBecause(because).slug,
        meaning.message,
        str(meaning.code_class),
        str(meaning.category),
        Verdict(verdict).slug,
    )
