"""What the bench does inside a database: `python -m dashboard.bench.inside NAME ...` prints one JSON object."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import django
from django.core.management import call_command

from dashboard.bench.answers import read

HANGING_MS = 10_000
WATCHED_CALLS = 100
LOOK_S = 0.05


def migrate() -> dict[str, Any]:
    """Make the tables."""
    call_command("migrate", verbosity=0)
    return {}


def fill(services: int, calls: int, days: float) -> dict[str, Any]:
    """Make the tables and a history up to now; how long that took (s), and how much there is."""
    from apiclient.models import Outcome
    from dashboard.bench.fill import History

    migrate()
    seconds = History(services, calls, days).fill()
    made = {"services": services, "calls": calls, "days": days, "rows": Outcome.objects.count()}
    return made | {"seconds": seconds, "bytes": sizes()}


def clear_timetable() -> dict[str, Any]:
    """Nothing that is there comes due any more."""
    from apiclient.models import Due

    Due.objects.all().delete()
    return {}


def seed(url: str, calls: int, hanging: int, interval_s: int = 1) -> dict[str, Any]:
    """So many calls, beginning in a moment; ``hanging`` of a hundred ask for what never comes."""
    from apiclient.cadence import Cadence
    from apiclient.clock import now_ms
    from apiclient.models import Call, Due, Service

    service = Service.objects.create(name="Bench", slug="bench", base_url=url.rstrip("/"), concurrency=None)
    made = Call.objects.bulk_create(
        [
            Call(
                service=service,
                name=f"{number}",
                slug=f"{number}",
                path="/hang" if number % 100 < hanging else "/x",
                interval_seconds=interval_s,
                timeout_ms=HANGING_MS,
                verify_tls=False,
            )
            for number in range(calls)
        ]
    )
    begin = now_ms() + 3_000
    cadence = Cadence(interval_s)
    Due.objects.bulk_create(  # bulk rows send no signal
        [
            Due(call=call, due_ms=cadence.next_slot(call.pk, begin), since_ms=begin + 1, cadence=str(cadence))
            for call in made
        ]
    )
    return {"begin_ms": begin}


def sign_in() -> dict[str, Any]:
    """The headers of somebody who may do everything."""
    from dashboard.bench.session import begin

    return {"Cookie": f"sessionid={begin()}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}


def push_token() -> dict[str, Any]:
    """The header of a program that may tell outcomes, with the login that ``sign_in`` has made."""
    from apiclient.models import Scope, Token
    from dashboard.bench.session import owner

    _, text = Token.make(owner=owner(), name="bench", scopes=[Scope.PUSH.value])
    return {"Authorization": f"Bearer {text}"}


def on_demand(calls: int) -> dict[str, Any]:
    """So many calls without slots of their own, by id, and the partitions that beat would make."""
    from apiclient import partition
    from apiclient.clock import now_ms
    from apiclient.models import Call, Service

    service = Service.objects.create(name="Told", slug="told", base_url="http://127.0.0.1:9")
    numbers = range(calls)
    made = [Call(service=service, name=f"{number}", slug=f"{number}", interval_seconds=None) for number in numbers]
    partition.make(now_ms())
    return {"calls": [call.pk for call in Call.objects.bulk_create(made)]}


def differences() -> dict[str, Any]:
    """How many `verify` finds."""
    from apiclient import verify
    from apiclient.clock import now_ms

    return {"differences": len(list(verify.differences(now_ms())))}


def count(since_ms: int) -> dict[str, Any]:
    """How many outcomes are stored of requests that were due since then and sent, and when that was counted."""
    from apiclient.clock import now_ms
    from apiclient.models import Outcome
    from apiclient.slot import first_slot

    at_ms, sent = now_ms(), Outcome.objects.filter(id__gte=first_slot(since_ms), lag_ms__isnull=False)
    return {"at_ms": at_ms, "sent": sent.count()}


def figures(from_ms: int, until_ms: int) -> dict[str, Any]:
    """What was stored of the slots of a span: sent, not sent, start lag (ms)."""
    from apiclient.models import Outcome
    from apiclient.slot import first_slot

    rows = Outcome.objects.filter(id__gte=first_slot(from_ms), id__lt=first_slot(until_ms))
    lags = [lag for lag in rows.values_list("lag_ms", flat=True) if lag is not None]
    return {"sent": len(lags), "missed": rows.count() - len(lags), "lag_ms": quantiles(lags)}


def watch(seconds: float) -> dict[str, Any]:
    """How long (ms) after its answer an outcome can be read, of some calls, for so many seconds."""
    from apiclient.cadence import Cadence
    from apiclient.clock import now_ms
    from apiclient.models import Call, Outcome
    from apiclient.slot import due_ms_of, slot_id

    ids = list(Call.objects.order_by("pk").values_list("pk", flat=True))
    chosen, cadence = ids[:: max(1, len(ids) // WATCHED_CALLS)], Cadence(1)
    due = {pk: cadence.next_slot(pk, now_ms()) or 0 for pk in chosen}
    expected, delays, until = set[int](), list[int](), time.monotonic() + seconds
    while time.monotonic() < until:
        now = now_ms()
        for pk, moment in due.items():
            if moment <= now:
                expected.add(slot_id(moment, pk))
                due[pk] = moment + 1000
        found = Outcome.objects.filter(pk__any_of=expected).values_list("id", "lag_ms", "total_us")
        for slot, lag_ms, total_us in found:
            expected.discard(slot)
            if lag_ms is not None:
                delays.append(max(0, now - due_ms_of(slot) - lag_ms - total_us // 1000))
        time.sleep(LOOK_S)
    return {"readable_ms": quantiles(delays)}


def quantiles(values: Sequence[int]) -> dict[str, int | None]:
    """p50 and p99, None where there is nothing."""
    ordered = sorted(values)
    return {
        f"p{percent}": ordered[min(len(ordered) - 1, percent * len(ordered) // 100)] if ordered else None
        for percent in (50, 99)
    }


def sizes() -> dict[str, float]:
    """Bytes per outcome: of the outcomes with their indexes, and of everything else that grows with them."""
    from django.db import connection

    from apiclient.models import Outcome

    stored = max(1, Outcome.objects.count())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT coalesce(whole.relname, one.relname), sum(pg_total_relation_size(one.oid)) FROM pg_class one "
                "LEFT JOIN pg_inherits ON inhrelid = one.oid LEFT JOIN pg_class whole ON whole.oid = inhparent "
                "WHERE one.relkind = 'r' GROUP BY 1"
            )
        else:
            cursor.execute(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY 1"
            )
        bytes_of = dict(cursor.fetchall())
    names = {"outcomes": "apiclient_outcome", "details": "apiclient_outcomedetail", "rollups": "apiclient_rollup"}
    return {name: round(float(bytes_of.get(table, 0)) / stored, 1) for name, table in names.items()}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    django.setup()
    doors: dict[str, Callable[..., dict[str, Any]]] = {
        "migrate": migrate,
        "fill": lambda services, calls, days: fill(int(services), int(calls), float(days)),
        "read": lambda requests, *ranges: read(int(requests), *ranges),
        "clear_timetable": clear_timetable,
        "count": lambda since_ms: count(int(since_ms)),
        "seed": lambda url, *numbers: seed(url, *map(int, numbers)),
        "figures": lambda from_ms, until_ms: figures(int(from_ms), int(until_ms)),
        "sizes": sizes,
        "sign_in": sign_in,
        "push_token": push_token,
        "on_demand": lambda calls: on_demand(int(calls)),
        "differences": differences,
        "watch": lambda seconds: watch(float(seconds)),
    }
    name, *arguments = sys.argv[1:]
    sys.stdout.write(json.dumps(doors[name](*arguments)) + "\n")


if __name__ == "__main__":
    main()
