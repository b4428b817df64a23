"""What the bench does inside a database: `python -m dashboard.bench.inside NAME ...` prints one JSON object."""

import json
import math
import os
import sys
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command


def migrate() -> dict[str, Any]:
    """Make the tables."""
    call_command("migrate", verbosity=0)
    return {}


def seed(url: str, calls: int) -> dict[str, Any]:
    """So many calls, each once a second, beginning in a moment."""
    from apiclient.cadence import Cadence
    from apiclient.clock import now_ms
    from apiclient.models import Call, Due, Service

    service = Service.objects.create(name="Bench", slug="bench", base_url=url)
    made = Call.objects.bulk_create(
        [Call(service=service, name=f"{i}", slug=f"{i}", path="/x", interval_seconds=1) for i in range(calls)]
    )
    begin = now_ms() + 3_000
    cadence = Cadence(1)
    Due.objects.bulk_create(  # bulk rows send no signal
        [
            Due(call=call, due_ms=cadence.next_slot(call.pk, begin), since_ms=begin + 1, cadence=str(cadence))
            for call in made
        ]
    )
    return {"begin_ms": begin}


def count() -> dict[str, Any]:
    """How many outcomes with an answer are stored, and when that was counted."""
    from apiclient.clock import now_ms
    from apiclient.models import Outcome

    at_ms = now_ms()
    return {"at_ms": at_ms, "answered": Outcome.objects.filter(status_code__isnull=False).count()}


def figures(from_ms: int, until_ms: int) -> dict[str, Any]:
    """What was stored of the slots of a span: answered, missed, start lag (ms), bytes per outcome."""
    from django.db.models import Q

    from apiclient.models import Outcome
    from apiclient.slot import first_slot

    rows = Outcome.objects.filter(id__gte=first_slot(from_ms), id__lt=first_slot(until_ms))
    answered = Q(status_code__isnull=False)
    lags = sorted(lag or 0 for lag in rows.filter(answered).values_list("lag_ms", flat=True))
    return {
        "answered": len(lags),
        "unanswered": rows.exclude(answered).count(),
        "lag_ms": {str(q): lags[min(len(lags) - 1, math.ceil(q * len(lags)))] if lags else None for q in (0.5, 0.99)},
        "bytes_per_outcome": sizes(),
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
        "count": count,
        "seed": lambda url, calls: seed(url, int(calls)),
        "figures": lambda from_ms, until_ms: figures(int(from_ms), int(until_ms)),
    }
    name, *arguments = sys.argv[1:]
    sys.stdout.write(json.dumps(doors[name](*arguments)) + "\n")


if __name__ == "__main__":
    main()
