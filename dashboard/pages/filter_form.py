"""The form that narrows a list of outcomes: a field for each word of the address, with what was wrong beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from apiclient.catalogue import Category, CodeClass, Failure, Verdict
from apiclient.models import Service
from dashboard.access import within
from dashboard.filters import DEFAULT_SINCE, RANGES, parse
from dashboard.pages.view import View

LABELS = {
    "service": "Service", "call": "Call", "status_code": "Codes", "code_class": "Class", "category": "Category",
    "failure": "Failure", "verdict": "Verdict", "q": "Message", "since": "Since", "until": "Until",
}  # fmt: skip
"""The words in the order of the form."""
PLACEHOLDERS = {
    "call": "service/call",
    "status_code": "404, 500-504",
    "q": "text in the server's message",
    "since": DEFAULT_SINCE,
    "until": "now",
}
CHOICES = {
    "code_class": [(str(one), one.label) for one in CodeClass],
    "category": [(str(one), one.label) for one in Category],
    "failure": [(one.slug, one.label) for one in Failure],
    "verdict": [(one.slug, one.label) for one in Verdict],
}
MINUTE = timedelta(minutes=1)
Option = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Field:
    """``options`` are (value, label, chosen), none where the word is typed; ``problem`` is '' if it is understood."""

    word: str
    label: str
    value: str
    problem: str
    placeholder: str
    options: list[Option]


def fields(request: HttpRequest, view: View, without: Iterable[str] = ()) -> list[Field]:
    """One for each word that the page does not set itself; what was typed stands in it, however wrong it is."""
    return [_field(request, view, word) for word in LABELS if word not in view.own and word not in without]


def wider(view: View) -> list[tuple[str, str]]:
    """(label, address) of views that hold more than this one: without its filters, and with the next longer range."""
    found = [("Remove the filters", view.address(view.moments))] if view.chips else []
    for since, label in RANGES.items():
        if parse({"since": since}, None).selection.since < view.selection.since - MINUTE:
            return [*found, (f"Show the last {label}", view.address(view.words | {"since": since}))]
    return found


def pushed(request: HttpRequest, response: HttpResponse, view: View) -> HttpResponse:
    """The response, which tells a script that asked for it to show the address without the empty words of a form."""
    if request.headers.get("HX-Request") and request.method == "GET":
        response["HX-Push-Url"] = view.address(view.words | view.moments)
    return response


def _field(request: HttpRequest, view: View, word: str) -> Field:
    value = (view.words | view.moments).get(word, "")
    known = service_names(request) if word == "service" else CHOICES.get(word, [])
    options = _options(known, value) if known else []
    return Field(word, LABELS[word], value, view.problems.get(word, ""), PLACEHOLDERS.get(word, ""), options)


def service_names(request: HttpRequest) -> list[tuple[str, str]]:
    """(slug, name) of every service that the request may show."""
    return list(within(request, Service.objects.all(), "pk").values_list("slug", "name"))


def _options(known: list[tuple[str, str]], given: str) -> list[Option]:
    """What the address asks for beyond the known, such as two at once, is offered too."""
    extra = [(given, given)] if given and given not in dict(known) else []
    return [(value, label, value == given) for value, label in known + extra]
