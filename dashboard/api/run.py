"""``calls/{id}/run/``: a call run now, outside its timetable; the answer is its outcome, or where that will be."""

import time
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.db import connection
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient import schedule, tasks
from apiclient.clock import now_ms
from apiclient.models import Call, Outcome
from dashboard.api import idempotency, query
from dashboard.api.idempotency import once
from dashboard.api.outcome import WholeOutcomeSerializer
from dashboard.api.promise import STILL_TO_COME, promise
from dashboard.api.refusal import BadBody, Refused

LONGEST_S = 30
FIRST_LOOK_S, LONGEST_PAUSE_S = 0.05, 1.0
BROKER_DOWN = "The broker does not answer: no worker can be told, so the call was not run. Try again in a moment."
TRY_AGAIN_S = 5

_places = BoundedSemaphore(max(1, settings.ANSWERBACK_WEB_THREADS // 2))
"""Some threads always answer others; who finds no place to wait is told where the outcome will be."""


WAIT = OpenApiParameter(
    "wait",
    {"type": "integer", "minimum": 1, "maximum": LONGEST_S},
    description="Seconds to wait for the outcome.",
)
LOCATION = OpenApiParameter(
    "Location", {"type": "string", "format": "uri"}, OpenApiParameter.HEADER, response=[202], description="As `url`."
)
ANSWERS = {
    200: OpenApiResponse(WholeOutcomeSerializer, "The outcome, which came while it was waited for."),
    202: STILL_TO_COME,
    503: OpenApiResponse(description="The broker does not answer: the call was not run. Try again in a moment."),
}


def read_wait(text: str) -> int:
    """Seconds; ValueError for what is not allowed."""
    if text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= LONGEST_S:
        return int(text)
    raise ValueError(f"{text[:40]!r} is not allowed. Use a whole number of seconds from 1 to {LONGEST_S}.")


class RunMixin:
    """Of the viewset of calls."""

    @extend_schema(parameters=[WAIT, LOCATION, *idempotency.PARAMETERS], request=None, responses=ANSWERS)
    @action(detail=True, methods=["post"])
    def run(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Run a call now. Paused ones run too; where no worker comes in time the outcome is `missed`."""
        wait_s = query.read(request, "wait", read_wait) if "wait" in request.query_params else 0
        self.get_object()  # type: ignore[attr-defined]
        if request.data:
            raise BadBody({"": "Nothing is read here. Send no body."})
        response: Response = self._started(request)
        found = awaited(int(response.data["outcome"]), wait_s) if wait_s else None
        if found is None:
            return response
        replayed = {name: response[name] for name in (idempotency.REPLAYED,) if name in response}
        return Response(WholeOutcomeSerializer(found).data, headers=replayed)

    @once
    def _started(self, request: Request) -> Response:
        call: Call = self.get_object()  # type: ignore[attr-defined]
        batch_id, slot = schedule.claim_now(call, now_ms())
        response = promise(request, slot)
        response.then = lambda: _rung(batch_id)  # type: ignore[attr-defined]
        return response


def awaited(slot: int, seconds: int) -> Outcome | None:
    """The outcome once it is there, None when it did not come in time. No connection is held between two looks."""
    if not _places.acquire(blocking=False):
        return None
    try:
        end, pause = time.monotonic() + seconds, FIRST_LOOK_S
        while (found := _look(slot)) is None and time.monotonic() < end:
            time.sleep(min(pause, max(0.0, end - time.monotonic())))
            pause = min(pause * 1.5, LONGEST_PAUSE_S)
        return found
    finally:
        _places.release()


def _look(slot: int) -> Outcome | None:
    found = Outcome.objects.select_related("call", "detail__message").filter(pk=slot).first()
    if found is None and not connection.in_atomic_block:
        connection.close()
    return found


def _rung(batch_id: int) -> None:
    try:
        tasks.ring(batch_id)
    except tasks.BrokerDownError:
        raise Refused(503, BROKER_DOWN, wait=TRY_AGAIN_S) from None
