"""The doors of a load balancer: is the process alive, and can it work. No login, nothing told that could be misused."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from apiclient import database
from dashboard.doctor import examine
from dashboard.doctor.finding import Level


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, has this version's tables and the disks have room, else 503 with a sentence."""
    problem = _problem()
    return HttpResponse(problem or "ok", content_type="text/plain; charset=utf-8", status=503 if problem else 200)


def _problem() -> str | None:
    try:
        database.require_answer()
        problem = database.migrations().problem
    except (database.NoAnswerError, DatabaseError, InterfaceError):  # where it is and why is not told to strangers
        return "The database does not answer. Check that it runs and that DATABASE_URL is right."
    return problem or ("The disk is full. Free some space." if _disk_is_full() else None)


def _disk_is_full() -> bool:
    return any(finding.level is Level.PROBLEM for finding in examine.disks())
