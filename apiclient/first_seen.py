"""Codes that a call had never answered before, noted with their outcomes; and which of all are documented.

Nearly every outcome repeats a code of its call. So each process remembers the pairs that are in the table, and looks
only for others; what a transaction notes is remembered once it is committed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from apiclient.models import Call, DocumentedAnswer, FirstSeen
from apiclient.models.answer import references_of
from apiclient.reference import Row, winners
from apiclient.slot import call_of

MOST_KNOWN = 300_000
"""Pairs that one process remembers: 25 MB."""
AT_ONCE = 5_000
Pair = tuple[int, int]
"""A call and a code."""

_known: set[Pair] = set()


def note(answered: Iterable[tuple[int, int]]) -> None:
    """Keep those of (slot, status_code) that are the first of their call and code, in the caller's transaction."""
    fresh: dict[Pair, int] = {}
    for slot, code in answered:
        pair = (call_of(slot), code)
        if pair not in _known:
            fresh[pair] = min(slot, fresh.get(pair, slot))
    if not fresh:
        return
    rows = FirstSeen.objects.filter(call__pk__any_of={call_id for call_id, _ in fresh})
    new = fresh.keys() - set(rows.values_list("call_id", "status_code"))
    if new:
        says = documented_of(new)
        # In one order everywhere: two recorders with the same pairs wait for each other instead of locking up.
        FirstSeen.objects.bulk_create(
            [FirstSeen(call_id=pair[0], status_code=pair[1], slot=fresh[pair], documented=says[pair], is_news=True)
             for pair in sorted(new)],
            ignore_conflicts=True,
        )  # fmt: skip
    transaction.on_commit(partial(_remember, set(fresh)))


def forget() -> None:
    """What this process remembers; tests start with nothing."""
    _known.clear()


def documented_of(pairs: Collection[Pair]) -> dict[Pair, bool | None]:
    """Whether the reference of each pair's call documents its code; None where there is no reference."""
    ids = {call_id for call_id, _ in pairs}
    calls = Call.objects.filter(pk__any_of=ids).order_by().values_list("pk", "service_id")
    references = references_of(calls)
    return {pair: is_documented(references.get(pair[0], ()), pair[1]) for pair in pairs}


def is_documented(rows: tuple[Row, ...], code: int | None) -> bool | None:
    """Whether these rows document a code; None where there are none, or no code."""
    return code in winners(rows) if rows and code is not None else None


def review(rows: Iterable[FirstSeen]) -> list[FirstSeen]:
    """Write anew what is documented of these, in the caller's transaction; those that had been otherwise."""
    rows = list(rows)
    says = documented_of({(row.call_id, row.status_code) for row in rows})
    changed: dict[bool | None, list[FirstSeen]] = defaultdict(list)
    for row in rows:
        now = says[row.call_id, row.status_code]
        if row.documented != now:
            row.documented = now
            changed[now].append(row)
    ids = [row.pk for some in changed.values() for row in some]
    if ids:  # locked in one order, or two who review could each wait for the other
        list(FirstSeen.objects.select_for_update().filter(pk__any_of=ids).order_by("pk").values_list("pk"))
    for now, some in changed.items():
        FirstSeen.objects.filter(pk__any_of=[row.pk for row in some]).update(documented=now)
    return [row for some in changed.values() for row in some]


def review_all(calls: Iterable[int]) -> int:
    """``review`` whatever these calls answered; how many had been otherwise."""
    ids, number = sorted(calls), 0
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            rows = FirstSeen.objects.filter(call__pk__any_of=ids[start : start + AT_ONCE]).order_by("pk")
            number += len(review(rows.select_for_update()))
    return number


@receiver([post_save, post_delete], sender=DocumentedAnswer)
def review_row(instance: DocumentedAnswer, origin: Any = None, **kwargs: Any) -> None:
    """What a row of a reference changes, in the transaction that changes it."""
    if origin is not None and not _is_a_row(origin):
        return  # its call or service goes, or goes with it
    whose = {"call": instance.call_id} if instance.call_id else {"call__service": instance.service_id}
    review(FirstSeen.objects.filter(**whose).order_by("pk"))


def _is_a_row(origin: Any) -> bool:
    return isinstance(origin, DocumentedAnswer) or getattr(origin, "model", None) is DocumentedAnswer


def _remember(pairs: set[Pair]) -> None:
    if len(_known) > MOST_KNOWN:
        _known.clear()
    _known.update(pairs)
