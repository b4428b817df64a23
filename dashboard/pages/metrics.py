"""`/metrics`: for Prometheus with a token, for people who see every service; for nobody else."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from apiclient.clock import now_ms
from apiclient.probe import Details
from dashboard.access import reach
from dashboard.metrics import operation, probe
from dashboard.metrics.exposition import CONTENT_TYPE, Family, text
from dashboard.metrics.outcomes import Counted

STRANGER = "Set ANSWERBACK_METRICS_TOKEN and send it as `Authorization: Bearer TOKEN`, or log in.\n"
LIMITED = "Figures of every service are for admins. Send ANSWERBACK_METRICS_TOKEN as `Authorization: Bearer TOKEN`.\n"
SILENCE = "The database does not answer.\n"

counted, details = Counted(), Details()


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """200 with the figures, 401 for a stranger, 403 for who sees some services, 503 while the database is down."""
    try:
        return _refusal(request) or HttpResponse(text(_families()), content_type=CONTENT_TYPE)
    except (DatabaseError, InterfaceError):
        return HttpResponse(SILENCE, status=503, content_type="text/plain")


def _families() -> Iterator[Family]:
    now = now_ms()
    yield from operation.families(now)
    yield from counted.families(now // 1000)
    yield from probe.families(details)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.ANSWERBACK_METRICS_TOKEN
    if kind.lower() == "bearer" and wanted:
        is_known = compare_digest(given.strip().encode(), wanted.encode())
    elif (is_known := request.user.is_authenticated) and reach(request) is not None:
        return HttpResponse(LIMITED, status=403, content_type="text/plain")
    if is_known:
        return None
    return HttpResponse(STRANGER, status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
