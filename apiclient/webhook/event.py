"""Events as they are sent: CloudEvents 1.0 in JSON, structured mode. Their texts were redacted when stored."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from apiclient.catalogue import Verdict
from apiclient.models import Outcome, Webhook
from apiclient.models.webhook import Change
from apiclient.reason import reason
from apiclient.reference import Row

CONTENT_TYPE = "application/cloudevents+json"
CHANGED = "io.answerback.call.verdict.changed"
FIRST_SEEN = "io.answerback.call.code.first_seen"
TEST = "io.answerback.webhook.test"
NAMELESS = "urn:answerback:installation"
"""The source of an installation that does not know its own address."""
WORDS = {Verdict.PASSED: Change.RECOVERED, Verdict.DEGRADED: Change.DEGRADED, Verdict.FAILED: Change.FAILED}
LONGEST_MESSAGE = 2_000
Rows = tuple[Row, ...] | None


def changed(outcome: Outcome, before: int | None, location: str, rows: Rows = None) -> str:
    """The event that the verdict of a call changed at this outcome; its call, service and detail are at hand.

    ``rows`` are the call's reference, looked up where nobody has them at hand.
    """
    change = {
        "change": str(WORDS[outcome.judgement]),
        "from": None if before is None else Verdict(before).slug,
        "to": outcome.judgement.slug,
    }
    return _of(outcome, event_id(outcome), CHANGED, location, change, rows)


def first_seen(outcome: Outcome, word: str, row: Row | None, location: str, rows: Rows = None) -> str:
    """The event that a call answered a code for the first time; ``row`` is what its reference says of the code."""
    change = {
        "change": str(word),
        "documented": row is not None if row or word == Change.UNDOCUMENTED else None,
        "reference": {"codes": row.codes, "message": row.message, "of": "call" if row.own else "service"}
        if row
        else None,
        "verdict": outcome.judgement.slug,
    }
    return _of(outcome, code_id(outcome), FIRST_SEEN, location, change, rows)


def test(event_id: str, webhook: Webhook, at: datetime) -> str:
    """An event that says nothing but that events arrive."""
    data = {"webhook": {"id": webhook.pk, "name": webhook.name}, "message": "A test: nothing has changed."}
    return _event(event_id, TEST, at, f"webhooks/{webhook.pk}", data)


def event_id(outcome: Outcome) -> str:
    """The same however often it is made, since a verdict changes once at one outcome."""
    return f"verdict-{outcome.pk}"


def code_id(outcome: Outcome) -> str:
    """One for each call and code."""
    return f"code-{outcome.call_id}-{outcome.status_code}"


def address(path: str) -> str:
    """The path at the address of this installation, the path alone where that is not known."""
    return f"{settings.ANSWERBACK_URL.rstrip('/')}{path}"


def _of(outcome: Outcome, event_id: str, kind: str, location: str, change: dict[str, Any], rows: Rows) -> str:
    """What came to be at this outcome, with all that both kinds of events tell of it."""
    service, call, failure = outcome.call.service, outcome.call, outcome.kind_of_failure
    data = {
        "service": {"id": service.pk, "slug": service.slug, "name": service.name},
        "call": {"id": call.pk, "slug": call.slug, "name": call.name},
        "location": location,
        **change,
        "status_code": outcome.status_code,
        "failure": failure.slug if failure else None,
        "meaning": outcome.meaning.message,
        "message": _message(outcome) or None,
        "reason": reason(outcome, rows=rows),
        "outcome": {
            "id": str(outcome.pk),
            "due_at": _written(outcome.due_at),
            "page": address(f"/outcomes/{outcome.pk}/"),
            "api": address(f"/api/v1/outcomes/{outcome.pk}/"),
        },
    }
    return _event(event_id, kind, outcome.due_at, f"{service.slug}/{call.slug}", data)


def _event(event_id: str, kind: str, at: datetime, subject: str, data: dict[str, Any]) -> str:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": settings.ANSWERBACK_URL or NAMELESS,
        "type": kind,
        "subject": subject,
        "time": _written(at),
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False)


def _message(outcome: Outcome) -> str:
    """The server's own words, else the transport's about a failure."""
    detail = getattr(outcome, "detail", None)
    return (detail.said or detail.error)[:LONGEST_MESSAGE] if detail else ""


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
