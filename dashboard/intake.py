"""What somebody brings along, read and saved within what they may see; for the page and the API alike."""

from typing import Any

from django.contrib.admin.models import CHANGE

from apiclient.importers.described import Described
from apiclient.models import Service
from apiclient.plan import Result, carry_out, look
from apiclient.plan.carry import Scope
from apiclient.plan.words import summary
from dashboard.access import look_again, note, sharing, within


def preview(request: Any, described: Described, source: str) -> Result:
    """What saving it would change, and what stands in its way."""
    return look(described, _scope(request, source))


def save(request: Any, described: Described, source: str) -> Result:
    """Do it, and note who did. Refused where the rules forbid any of it; nothing is saved then."""
    result = carry_out(described, _scope(request, source))
    look_again(request)
    for service in result.services:
        of_it = [change for change in result.changes if change.service == service.name]
        note(request, service, CHANGE, f"Imported from {source}: {summary(of_it, done=True)}")
    return result


def _scope(request: Any, source: str) -> Scope:
    """New services join the teams that those usually join who ask."""
    return Scope(within(request, Service.objects.all(), "pk"), sharing(request).usual, source=source)
