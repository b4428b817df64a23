"""The doors of a load balancer: is the process alive, and can it work. No login, nothing told that could be misused."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and has every migration, else 503 with a sentence."""
    problem = _problem()
    return HttpResponse(problem or "ok", content_type="text/plain; charset=utf-8", status=503 if problem else 200)


def _problem() -> str | None:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "The database does not answer. Check that it runs and that DATABASE_URL is right."
    return f"{len(plan)} migrations are not applied. Run manage.py migrate." if plan else None
