"""When a call would run as its form stands."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient.clock import now_ms
from apiclient.models import Call, Service
from apiclient.slot import from_ms
from dashboard.access import within
from dashboard.forms import CallForm
from dashboard.forms.call import WHEN
from dashboard.pages.access import editors_only
from dashboard.templatetags.dashboard import span

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next moments, or a sentence where there are none to name."""

    moments: list[datetime] = field(default_factory=list)
    sentence: str = ""


def upcoming(form: CallForm) -> Upcoming:
    """What the form's schedule comes to; ``form`` may be unbound."""
    refused = [sentence for name in WHEN for sentence in form.errors.get(name, ())]
    if refused:
        return Upcoming(sentence=str(refused[0]))
    call: Call = form.instance
    if call.interval_seconds and call.pk is None:
        # Where in its interval a call stands depends on its number.
        every = span(call.interval_seconds)
        return Upcoming(sentence=f"The first run comes within {every} of saving, then one every {every}.")
    slots = islice(call.cadence.slots_after(call.pk or 0, now_ms()), SHOWN)
    moments = [from_ms(slot) for slot in slots]
    return Upcoming(moments, "" if moments else "Runs only when somebody presses Run now.")


@editors_only
def next_runs(request: HttpRequest) -> HttpResponse:
    """The same for what stands in the form at this moment, asked by script while it is filled in."""
    service_slug, _, slug = request.GET.get("call", "").partition("/")
    calls = within(request, Call.objects.select_related("service"), "service")
    call = calls.filter(service__slug=service_slug, slug=slug).first()
    form = CallForm(request.GET, instance=call, services=within(request, Service.objects.all(), "pk"))
    return render(request, "dashboard/configure/upcoming.html", {"upcoming": upcoming(form)})
