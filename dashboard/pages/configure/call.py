"""A call created, edited and duplicated, and tried before it is saved."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apiclient.cadence import time_zones
from apiclient.models import Call, Service
from dashboard.access import within
from dashboard.forms import CallForm
from dashboard.forms.call import TRIED
from dashboard.pages.access import editors_only, find_call, note
from dashboard.pages.configure.attempt import WHOLE_FORM, attempt
from dashboard.pages.configure.upcoming import upcoming
from dashboard.templatetags.dashboard import visible

LONGEST_NAME = 120
INTERVALS = ("10 s", "30 s", "1 min", "5 min", "15 min", "1 h", "6 h", "1 d")
CRONS = (
    ("*/5 * * * *", "every 5 minutes"),
    ("0 * * * *", "every hour"),
    ("0 6 * * *", "every day at 06:00"),
    ("0 9-17 * * 1-5", "on the hour, working days from 9 to 17"),
    ("0 6 * * 1", "every Monday at 06:00"),
    ("0 0 1 * *", "on the first of the month"),
)
EXPECTED = ("2xx", "200", "200, 204", "2xx, 404", "401", "301, 302, 307, 308")


@dataclass(frozen=True, slots=True)
class Place:
    """What the page is about, told apart from the form, whose call changes while it is filled in."""

    title: str
    back: str
    saved: str
    flag: int = ADDITION
    call: Call | None = None
    key: str = ""


@editors_only
def new(request: HttpRequest) -> HttpResponse:
    services = _services(request)
    if not services.exists():
        messages.info(request, "A call belongs to a service. Name the service first.")
        return redirect("service-new")
    service = services.filter(slug=request.GET.get("service", "")).first()
    back = reverse("service", args=[service.slug]) if service else reverse("overview")
    form = CallForm(_sent(request), services=services, initial={"service": service and service.pk})
    return _page(request, form, Place("New call", back, "was added"))


@editors_only
def edit(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    call, kept = (find_call(request, service_slug, slug) for _ in range(2))
    place = Place("Edit call", _address(call), "was saved", CHANGE, kept, f"{service_slug}/{slug}")
    return _page(request, CallForm(_sent(request), services=_services(request), instance=call), place)


@editors_only
def duplicate(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    """A form filled in like another call; values behind the mask come from that one when it is saved."""
    source, copy = (find_call(request, service_slug, slug) for _ in range(2))
    copy.pk, copy.slug, copy.name = None, "", _name_of_copy(source)
    copy._state.adding = True
    form = CallForm(
        _sent(request),
        services=_services(request),
        instance=copy,
        kept=source.headers,
        initial={"locations": list(source.locations.all())},
    )
    return _page(request, form, Place(f"Copy of {visible(source.name)}", _address(source), "was added"))


def _page(request: HttpRequest, form: CallForm, place: Place) -> HttpResponse:
    tried = None
    if request.method == "POST" and "try" in request.POST:
        form.only_problems_of(TRIED)
        tried = None if form.problems else attempt(form.instance)
    elif request.method == "POST" and "more" in request.POST:
        form.only_problems_of(frozenset())
    elif request.method == "POST" and form.is_valid() and (call := form.save()):
        note(request, call, place.flag, f"{call.name} {place.saved} in the pages.")
        messages.success(request, f"{visible(call.name)} {place.saved}.")
        return redirect("call", call.service.slug, call.slug)
    answer = render(request, "dashboard/configure/call.html", _context(form, place, tried))
    if form.problems:  # script swaps the form then, not the result beside it
        for name, value in WHOLE_FORM.items():
            answer[name] = value
    return answer


def _context(form: CallForm, place: Place, tried: Any) -> dict[str, Any]:
    return {
        "form": form,
        "place": place,
        "tried": tried,
        "upcoming": upcoming(form),
        "intervals": INTERVALS,
        "crons": CRONS,
        "expected": EXPECTED,
        "zones": sorted(time_zones()),
    }


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _services(request: HttpRequest) -> QuerySet[Service]:
    return within(request, Service.objects.all(), "pk")


def _address(call: Call) -> str:
    return reverse("call", args=[call.service.slug, call.slug])


def _name_of_copy(call: Call) -> str:
    """The first free one of ``Health (copy)``, ``Health (copy 2)``, ..."""
    taken = set(Call.objects.filter(service=call.service_id).values_list("name", flat=True))
    number, name = 1, ""
    while not name or name in taken:
        ending = " (copy)" if number == 1 else f" (copy {number})"
        name, number = call.name[: LONGEST_NAME - len(ending)] + ending, number + 1
    return name
