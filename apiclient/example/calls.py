"""The services and calls of an empty database: a tour of what can come back, on the example service of this project."""

from typing import Any

from django.db import transaction

from apiclient.models import Call, Service
from apiclient.models.team import everyone

JSON = {"Accept": "application/json"}
EXAMPLE: dict[str, Any] = {
    "name": "Example API",
    "base_url": "http://127.0.0.1:{port}",
    "description": "Runs beside Answerback and answers with every code, slowly, wrongly and not at all.",
    "calls": [
        {"name": "Orders", "path": "/orders", "interval_seconds": 2, "headers": JSON, "slow_after_ms": 150},
        {"name": "Basket", "path": "/flaky", "interval_seconds": 3, "headers": JSON},
        {"name": "Deploy a release", "method": "POST", "path": "/deploys", "body": '{"release": "1.4.2"}'}
        | {"headers": {"Content-Type": "application/json"}, "interval_seconds": 10, "slow_after_ms": 500},
        {"name": "Old catalogue", "path": "/legacy", "interval_seconds": 10},
        {"name": "Every code of the table", "path": "/tour", "interval_seconds": 1},
        {"name": "Continue, then OK", "path": "/status/100", "interval_seconds": 30},
        {"name": "Upgrade", "path": "/status/101", "interval_seconds": 30}
        | {"headers": {"Connection": "Upgrade", "Upgrade": "answerback"}},
        {"name": "Delete a session", "method": "DELETE", "path": "/status/204", "interval_seconds": 15},
        {"name": "Cached price list", "path": "/status/304", "interval_seconds": 20},
        {"name": "Redirect, followed", "path": "/status/302", "interval_seconds": 20, "follow_redirects": True},
        {"name": "Must refuse strangers", "path": "/secured", "interval_seconds": 10, "expected_codes": "401"},
        {"name": "Forbidden report", "path": "/jasper/403", "interval_seconds": 20, "headers": JSON},
        {"name": "Missing report", "path": "/jasper/404", "interval_seconds": 20}
        | {"headers": {"Accept": "application/xml"}},
        {"name": "Order with a mistake", "method": "POST", "path": "/problem/422", "interval_seconds": 15}
        | {"headers": {"Content-Type": "application/json"}, "body": '{"amount": -1}'},
        {"name": "Behind a broken proxy", "path": "/page/502", "interval_seconds": 20},
        {"name": "Nightly export", "path": "/status/504", "interval_seconds": 30},
        {"name": "Code of no registry", "path": "/status/799", "interval_seconds": 60},
        {"name": "Slow report", "path": "/slow/1200", "interval_seconds": 15, "slow_after_ms": 1000},
        {"name": "Never answers", "path": "/hang", "interval_seconds": 10, "timeout_ms": 2000},
        {"name": "Cuts the connection", "path": "/reset", "interval_seconds": 15},
        {"name": "Closes without a word", "path": "/close", "interval_seconds": 30},
        {"name": "Half an answer", "path": "/truncated", "interval_seconds": 30},
        {"name": "Does not speak HTTP", "path": "/garbage", "interval_seconds": 20},
        {"name": "Redirects for ever", "path": "/loop", "interval_seconds": 60, "follow_redirects": True},
        {"name": "Five megabytes", "path": "/big/5000000", "interval_seconds": 60},
    ],
}
SWITCHED_OFF: dict[str, Any] = {
    "name": "Example API, switched off",
    "base_url": "http://127.0.0.1:1",
    "description": "Nothing listens on this port: the connection is refused.",
    "calls": [{"name": "Orders", "path": "/orders", "interval_seconds": 10}],
}
MISSPELT: dict[str, Any] = {
    "name": "Example API, misspelt",
    "base_url": "http://example.invalid",
    "description": "A name that no DNS server knows.",
    "calls": [{"name": "Orders", "path": "/orders", "interval_seconds": 20, "timeout_ms": 5000}],
}
SERVICES = (EXAMPLE, SWITCHED_OFF, MISSPELT)


def base_url(port: int) -> str:
    """Where the example service answers."""
    return str(EXAMPLE["base_url"]).format(port=port)


def is_loaded(port: int) -> bool:
    """Whether a service of the database asks the example on this port."""
    return Service.objects.filter(base_url=base_url(port)).exists()


@transaction.atomic
def load_example(port: int) -> int:
    """Save the example, whose service listens on ``port``, where no service is yet; the number of calls saved."""
    if Service.objects.exists():
        return 0
    return sum(_save(entry, port) for entry in SERVICES)


def _save(entry: dict[str, Any], port: int) -> int:
    fields = {name: value for name, value in entry.items() if name != "calls"}
    service = Service(**fields | {"base_url": entry["base_url"].format(port=port)})
    service.full_clean()
    service.save()
    service.teams.set(everyone())
    for given in entry["calls"]:
        call = Call(service=service, **given)
        call.full_clean()
        call.save()
    return len(entry["calls"])
