"""The services and calls of an empty database: a tour of what can come back, on the example service of this project."""

from typing import Any

from django.db import transaction

from apiclient.example.answers import PASSWORD
from apiclient.models import Call, DocumentedAnswer, Secret, Service
from apiclient.models.team import everyone

JSON = {"Accept": "application/json"}
SENT_JSON = {"Content-Type": "application/json"}
SESSION: dict[str, Any] = {
    "name": "Log in, look and log out",
    "method": "POST",
    "path": "/login",
    "headers": SENT_JSON,
    "body": '{"user": "example", "password": "{{ secret.password }}"}',
    "interval_seconds": 20,
    "captures": [{"name": "token", "from": "json", "expression": "$.token"}],
    "steps": [
        {"name": "Look", "method": "GET", "path": "/session", "headers": {"Authorization": "Bearer {{ token }}"}},
        {"name": "Log out", "method": "DELETE", "path": "/session", "headers": {"Authorization": "Bearer {{ token }}"}}
        | {"always": True},
    ],
}
"""A chain: what the first answer gives goes with the steps after it."""
EXPORT: dict[str, Any] = {
    "name": "Export in the background",
    "path": "/export",
    "interval_seconds": 10,
    "checks": [{"kind": "json", "path": "$.phase", "is": "equals", "value": "finished"}],
}
"""A 200 that may be a failure."""
EXAMPLE: dict[str, Any] = {
    "name": "Example API",
    "base_url": "http://127.0.0.1:{port}",
    "description": "Runs beside Answerback and answers with every code, slowly, wrongly and not at all.",
    "secrets": {"password": PASSWORD},
    "calls": [
        {"name": "Orders", "path": "/orders", "interval_seconds": 2, "headers": JSON, "slow_after_ms": 150},
        {"name": "Basket", "path": "/flaky", "interval_seconds": 3, "headers": JSON},
        {"name": "Deploy a release", "method": "POST", "path": "/deploys", "body": '{"release": "1.4.2"}'}
        | {"headers": SENT_JSON, "interval_seconds": 10, "slow_after_ms": 500},
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
        | {"headers": SENT_JSON, "body": '{"amount": -1}'},
        SESSION,
        EXPORT,
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
DOCUMENTED = {
    None: {"401": "No credentials, or wrong ones", "429": "More than 60 requests a minute"},
    "Orders": {"200": "The orders, newest first"},
    "Basket": {"200": "What is in the basket", "500": "It could not be saved"},
    "Deploy a release": {"201": "The release is on its way", "409": "It is being deployed already"},
    "Old catalogue": {"301": "Moved to the new one", "410": "Gone for good"},
    SESSION["name"]: {"200": "A token", "401": "The password is wrong"},
}
"""What the example's reference says of all calls and of some: its other answers are undocumented."""
SOURCE = "the example's reference"
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
    saved = sum(_save(entry, port) for entry in SERVICES)
    _document(Service.objects.get(name=EXAMPLE["name"]))
    return saved


def _document(service: Service) -> None:
    calls = {call.name: call for call in service.calls.all()}
    for name, rows in DOCUMENTED.items():
        for codes, message in rows.items():
            answer = DocumentedAnswer(service=service, call=calls.get(name or ""), codes=codes, message=message)
            answer.source = SOURCE
            answer.full_clean()
            answer.save()


def _save(entry: dict[str, Any], port: int) -> int:
    fields = {name: value for name, value in entry.items() if name not in ("calls", "secrets")}
    service = Service(**fields | {"base_url": entry["base_url"].format(port=port)})
    service.full_clean()
    service.save()
    service.teams.set(everyone())
    for name, value in entry.get("secrets", {}).items():
        Secret.objects.create(service=service, name=name, value=value)
    for given in entry["calls"]:
        call = Call(service=service, **given)
        call.full_clean()
        call.save()
    return len(entry["calls"])
