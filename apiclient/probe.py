"""What a probe of each running call would tell: its newest outcome, and the connection of its last kept detail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db.models import F, Max

from apiclient.http.redact import redact_url
from apiclient.latest import latest_outcomes
from apiclient.models import Call, Outcome, OutcomeDetail
from apiclient.slot import CALL_MASK, first_slot
from apiclient.values import shown

OF_SERVICE = ("slug", "base_url", "variables", "environments", "environment")
MOST_DETAILS = 20_000
"""Only so many of the newest details are looked at, so that the question stays cheap."""
LATE = first_slot(300_000)
"""A detail is written at the latest five minutes after one of a later slot."""


@dataclass(frozen=True, slots=True)
class Seen:
    """From the call's last kept detail: of a failure, or of the first answer with the code that it still gives."""

    http_version: str
    redirects: int
    certificate_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Latest:
    """``service`` and ``call`` are slugs; ``url`` has variables put in and its secrets masked."""

    service: str
    call: str
    url: str
    outcome: Outcome
    seen: Seen | None


def latest(details: "Details") -> list[Latest]:
    """One for each call on the timetable that has an outcome; in as many queries however many there are."""
    running = Call.objects.filter(dues__due_ms__isnull=False).distinct().select_related("service").order_by("pk")
    calls = {call.pk: call for call in running.only("slug", "path", *(f"service__{name}" for name in OF_SERVICE))}
    outcomes = latest_outcomes(calls)
    seen = details.read()
    return [
        Latest(call.service.slug, call.slug, redact_url(shown(call.url, call.service)), outcomes[pk], seen.get(pk))
        for pk, call in calls.items()
        if pk in outcomes
    ]


class Details:
    """What the last kept detail of each call tells. A process reads the newest ones once, then only what came since."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: dict[int, int] = {}
        self._seen: dict[int, Seen] = {}

    def read(self) -> dict[int, Seen]:
        """By call. Threads wait for each other."""
        with self._lock:
            since = max(self._last.values()) - LATE if self._last else _oldest_of_the_newest()
            last = _last_details(since)
            moved = {call_id: pk for call_id, pk in last.items() if pk > self._last.get(call_id, 0)}
            seen = _seen(moved.values())
            found = {call_id: seen[pk] for call_id, pk in moved.items() if pk in seen}
            self._last, self._seen = self._last | moved, self._seen | found
            return self._seen


def _oldest_of_the_newest() -> int:
    newest = OutcomeDetail.objects.order_by("-pk").values_list("pk", flat=True)
    return newest[MOST_DETAILS : MOST_DETAILS + 1].first() or 0


def _last_details(since: int) -> dict[int, int]:
    by_call = OutcomeDetail.objects.filter(pk__gt=since).annotate(of=F("pk").bitand(CALL_MASK)).order_by()
    return dict(by_call.values("of").annotate(newest=Max("pk")).values_list("of", "newest"))


def _seen(ids: Iterable[int]) -> dict[int, Seen]:
    rows = OutcomeDetail.objects.filter(pk__in=list(ids)).values_list("pk", "http_version", "redirects", "certificate")
    return {
        pk: Seen(version, len(redirects), _moment((certificate or {}).get("expires_at")))
        for pk, version, redirects, certificate in rows
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
