"""What the deletion of a call or a service takes out of the counts."""

from collections import defaultdict
from typing import Any

from django.db.models import Max, Min, Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from apiclient.histogram import spread
from apiclient.models import Call, Due, Outcome, OutcomeDetail, Rollup, Service, Step
from apiclient.models.pruned import complete_from_s
from apiclient.rollup.cell import Cell, Cells, Key, insert, minute_key, stored
from apiclient.rollup.closed import lock, quarter_of
from apiclient.rollup.count import outcomes_of
from apiclient.slot import due_ms_of


@receiver(pre_delete, sender=Call)
def forget(instance: Call, origin: Any = None, **kwargs: Any) -> None:
    """Delete the outcomes of a call that is being deleted, and what other cells count of them."""
    # Locked in the order in which a claim locks, or each could wait for the other.
    list(Due.objects.select_for_update().filter(call__service=instance.service_id).order_by("pk").values_list("pk"))
    lock(shared=False)
    outcomes = Outcome.objects.filter(call=instance)
    if not _is_of_a_service(origin):  # whose cells go whole
        for day_s in _days(instance):
            gone = _cells_of(instance, day_s)
            _take_away(Q(service=instance.service_id, call=None), day_s, gone)
            _take_away(Q(service=None), day_s, {key._replace(service_id=None): cell for key, cell in gone.items()})
    Rollup.objects.filter(call=instance).delete()
    OutcomeDetail.objects.filter(outcome__in=outcomes).delete()
    outcomes._raw_delete(outcomes.db)  # delete() would load each one first


@receiver(pre_delete, sender=Service)
def forget_service(instance: Service, **kwargs: Any) -> None:
    """Take the cells of a service that is being deleted out of those of everything."""
    lock(shared=False)
    own = Rollup.objects.filter(service=instance, call=None, step__gt=Step.MINUTE)
    ends = own.aggregate(first=Min("start_s"), last=Max("start_s"))
    for day_s in range((ends["first"] or 0) // Step.DAY * Step.DAY, (ends["last"] or -1) + 1, Step.DAY):
        gone = stored(own.filter(start_s__gte=day_s, start_s__lt=day_s + Step.DAY), service_id=None)
        _take_away(Q(service=None), day_s, gone)


def _is_of_a_service(origin: Any) -> bool:
    return isinstance(origin, Service) or getattr(origin, "model", None) is Service


def _days(call: Call) -> range:
    """The beginnings of the days in which anything is kept of the call."""
    slots = Outcome.objects.filter(call=call).aggregate(first=Min("id"), last=Max("id"))
    cells = Rollup.objects.filter(call=call).aggregate(first=Min("start_s"), last=Max("start_s"))
    moments = [moment for moment in cells.values() if moment is not None]
    moments += [due_ms_of(slot) // 1000 for slot in slots.values() if slot is not None]
    days = [moment // Step.DAY * Step.DAY for moment in moments]
    return range(min(days), max(days) + 1, Step.DAY) if days else range(0)


def _cells_of(call: Call, day_s: int) -> dict[Key, Cell]:
    """What one day's outcomes of the call are in the cells of its service, at every step."""
    end_s = day_s + Step.DAY
    long = Rollup.objects.filter(call=call, step__gte=Step.HOUR, start_s__gte=day_s, start_s__lt=end_s)
    gone: defaultdict[Key, Cell] = defaultdict(Cell, stored(long, call_id=None))
    complete_s = complete_from_s()
    if day_s < complete_s:
        gone.update(_shorter(call, gone, min(end_s, complete_s)))
    rows = outcomes_of(max(day_s, complete_s), end_s).filter(call=call)
    fields = rows.values_list("id", "status_code", "failure", "verdict", "total_us")
    for slot, status_code, failure, verdict, total_us in fields:
        key = minute_key(slot, call.service_id, status_code, failure, verdict)
        gone[key].add(total_us)
        gone[key._replace(step=Step.QUARTER, start_s=quarter_of(slot))].add(total_us)
    return gone


def _shorter(call: Call, gone: Cells, until_s: int) -> Cells:
    """Shorter cells of a pruned span: its hours say how many outcomes there were, if not in which minutes."""
    short = Rollup.objects.filter(service=call.service_id, call=None, step__lt=Step.HOUR)
    parts: dict[Key, Cell] = {}
    for hour, cell in gone.items():
        if hour.step != Step.HOUR or hour.start_s >= until_s:
            continue
        inside = stored(short.filter(start_s__gte=hour.start_s, start_s__lt=hour.start_s + Step.HOUR))
        for step in (Step.MINUTE, Step.QUARTER):
            alike = {key: of.histogram for key, of in inside.items() if key.step == step and key[4:] == hour[4:]}
            for key, part in spread(cell.histogram, alike).items():
                parts[key] = Cell(sum(part.values()), part)
    return parts


def _take_away(which: Q, day_s: int, gone: Cells) -> None:
    rows = Rollup.objects.filter(which, start_s__gte=day_s, start_s__lt=day_s + Step.DAY)
    left = stored(rows)
    touched = {(key.step, key.start_s) for key in left.keys() & gone.keys()}
    left = {key: cell for key, cell in left.items() if (key.step, key.start_s) in touched}
    for key in left.keys() & gone.keys():
        left[key].take_away(gone[key])
    ids = [pk for pk, *place in rows.values_list("pk", "step", "start_s") if tuple(place) in touched]
    doomed = Rollup.objects.filter(pk__any_of=ids)
    doomed._raw_delete(doomed.db)
    insert({key: cell for key, cell in left.items() if cell.count})
