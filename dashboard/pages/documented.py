"""What references say beside what came: rows with their counts, and the codes that no row names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from apiclient.catalogue import Meaning, lookup
from apiclient.first_seen import is_documented
from apiclient.models import Call, FirstSeen, Outcome
from apiclient.models.answer import reference_of
from apiclient.models.block import between
from apiclient.reference import Row, row_for, winners, written
from apiclient.report import Cell
from apiclient.selection import any_of
from apiclient.slot import due_ms_of, first_slot, from_ms
from dashboard.pages.view import View

MOST_STRANGE = 20
Counts = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a reference, and how often the codes came in the range for which it stands."""

    row: Row
    count: int
    address: str

    @property
    def one_code(self) -> int | None:
        return int(self.row.codes) if self.row.codes.isdigit() else None

    @property
    def kind(self) -> str:
        """``success`` or ``error``, '' where its codes are of both."""
        kinds = {self.row.is_error(code) for code in self.row.all_codes}
        return "" if len(kinds) > 1 else "error" if kinds == {True} else "success"


@dataclass(frozen=True, slots=True)
class Strange:
    """A code of a call that no row of its reference names; ``first_at`` is of all history, ``last_at`` of the range."""

    call: Call
    status_code: int
    count: int
    first_at: datetime | None
    last_at: datetime | None
    address: str

    @property
    def meaning(self) -> Meaning:
        return lookup(self.status_code)


@dataclass(frozen=True, slots=True)
class Reference:
    """``strange`` are codes that came and stand in no row, all where there are no ``lines``; ``more`` others."""

    lines: list[Line]
    strange: list[Strange]
    more: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Of one outcome: ``word`` is ``documented``, ``undocumented``, or '' where there is no reference or no code."""

    word: str
    is_first: bool
    row: Row | None
    rows: tuple[Row, ...]


def state_of(found: Outcome) -> State:
    """Whether the reference of its call documents what it answered, and whether the call had answered that before."""
    code = found.status_code
    if code is None:
        return State("", False, None, ())
    rows = reference_of(found.call)
    says = is_documented(rows, code)
    first = FirstSeen.objects.filter(call=found.call_id, status_code=code, slot=found.pk).exists()
    word = "" if says is None else "documented" if says else "undocumented"
    return State(word, first, row_for(rows, code), rows)


def of_call(view: View, call: Call, cells: Iterable[Cell]) -> Reference:
    """The reference of a call: its own rows and its service's, whichever came or not, then what came beside them."""
    counts: Counter[int] = Counter()
    last: dict[int, int] = {}
    for step, _, code, _, _, number, _ in cells:
        if code is not None:
            counts[code] += number
            last[code] = max(step, last.get(code, step))
    rows = reference_of(call)
    strange = {code: number for code, number in counts.items() if code not in winners(rows)}
    moments = _last_moments(call, {code: last[code] for code in strange}, view)
    first = _first_moments([(call.pk, code) for code in strange])
    found = [
        Strange(call, code, number, first.get((call.pk, code)), moments.get(code), view.outcomes(status_code=str(code)))
        for code, number in sorted(strange.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return Reference(_lines(view, rows, counts), found[:MOST_STRANGE], max(0, len(found) - MOST_STRANGE))


def of_service(
    view: View, calls: Sequence[tuple[Call, Counts]], rows: Mapping[int, tuple[Row, ...]], shared: tuple[Row, ...]
) -> Reference:
    """The rows that hold for each call of a service, counted over its calls, and what no call's reference names.

    ``rows`` are the references by call, ``shared`` those of the service; of calls without any, nothing is strange.
    """
    counts: Counter[int] = Counter()
    strange: list[tuple[Call, int, int]] = []
    for call, answered in calls:
        names = winners(rows[call.pk])
        for code, number in answered.items():
            if code in names:
                counts[code] += 0 if names[code].own else number
            elif names:
                strange.append((call, code, number))
    strange.sort(key=lambda one: (-one[2], one[0].name.lower(), one[1]))
    shown = strange[:MOST_STRANGE]
    first = _first_moments([(call.pk, code) for call, code, _ in shown])
    found = [
        Strange(call, code, number, first.get((call.pk, code)), None, _of_call(view, call, code))
        for call, code, number in shown
    ]
    return Reference(_lines(view, shared, counts), found, len(strange) - len(shown))


def _of_call(view: View, call: Call, code: int) -> str:
    own = {"service": view.own["service"], "call": f"{view.own['service']}/{call.slug}"}
    return view.elsewhere("outcomes", status_code=str(code), **own)


def _lines(view: View, rows: tuple[Row, ...], counts: Counts) -> list[Line]:
    codes: dict[int, list[int]] = {}
    for code, row in winners(rows).items():
        codes.setdefault(row.pk, []).append(code)
    lines = []
    for row in sorted(rows, key=lambda row: (min(row.all_codes), len(row.all_codes), not row.own)):
        stands_for = codes.get(row.pk, [])
        address = view.outcomes(status_code=written(stands_for)) if stands_for else ""
        lines.append(Line(row, sum(counts.get(code, 0) for code in stands_for), address))
    return lines


def _first_moments(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    """Of all history, one look at a small table."""
    if not pairs:
        return {}
    where = any_of(Q(call=call_id, status_code=code) for call_id, code in pairs)
    return {(row.call_id, row.status_code): row.at for row in FirstSeen.objects.filter(where)}


def _last_moments(call: Call, steps: Mapping[int, int], view: View) -> dict[int, datetime]:
    """The exact last moment of each code, looked for in the one step of the range in which it came last."""
    if not steps:
        return {}
    ends = {
        code: (first_slot(step * view.step_s * 1000), first_slot((step + 1) * view.step_s * 1000))
        for code, step in steps.items()
    }
    where: Any = any_of(Q(between(*end), status_code=code) for code, end in ends.items())
    rows = Outcome.objects.filter(where, call=call).order_by().values_list("status_code").annotate(Max("id"))
    return {code: from_ms(due_ms_of(slot)) for code, slot in rows}
