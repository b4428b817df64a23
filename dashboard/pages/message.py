"""What servers said about their errors: every group of like messages, and one group with its history."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apiclient import report, said
from apiclient.catalogue import class_of
from apiclient.models import Message, Outcome, OutcomeDetail, Service
from apiclient.selection import Selection
from dashboard.access import within
from dashboard.filters import WORDS
from dashboard.pages.filter_form import service_names
from dashboard.pages.origin import origins
from dashboard.pages.view import View, read

MOST_GROUPS = 100
SPARK_BARS = 32
LAST_OUTCOMES = 25
SAMPLES, LOOKED_AT = 4, 12
MOST_CALLS = 7
ORDERS = {"count": "Most frequent", "last": "Last seen", "first": "Newest"}
OF_A_GROUP = {"service", "call", "since", "until"}


@dataclass(frozen=True, slots=True)
class Row:
    """One group: ``code`` is that of the newest outcome which said it, ``counts`` are for the sparkline."""

    group: said.Group
    text: str
    code: int | None
    services: list[str]
    counts: list[int]
    href: str

    @property
    def look(self) -> str:
        return str(class_of(self.code))


def messages(request: HttpRequest) -> HttpResponse:
    view = read(request, also=("order",))
    order = _order(request, view)
    groups, complete = said.groups(view.selection, order)
    context = {
        "view": view,
        "rows": group_rows(view, groups[:MOST_GROUPS]),
        "groups": len(groups),
        "complete": complete,
        "most": said.MOST_MESSAGES,
        "order": order,
        "orders": [
            (label, view.address(view.words | view.moments | {"order": word}), word == order)
            for word, label in ORDERS.items()
        ],
        "services": [(slug, name, view.words.get("service") == slug) for slug, name in service_names(request)],
    }
    return render(request, "dashboard/messages.html", context)


def message(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(within(request, Message.objects.all(), "service"), pk=pk)
    view = read(request)
    for word in view.words.keys() - OF_A_GROUP:
        if word in WORDS:
            view.problems.setdefault(word, "A group of messages is narrowed by service and call only.")
    asked = view.selection
    view = replace(view, selection=Selection(asked.since, asked.until, services=asked.services, calls=asked.calls))
    alike = within(request, Message.objects.filter(fingerprint=found.fingerprint), "service")
    group = list(alike.select_related("service").order_by("first_seen"))
    chosen = [one.pk for one in group if not view.selection.services or one.service_id in view.selection.services]
    cells = list(said.by_call(chosen, view.selection, view.step_s))
    newest = said.newest(chosen, view.selection, cells, view.step_s, LAST_OUTCOMES)
    calls, more = origins(cells)
    outcomes = list(view.listed().filter(pk__any_of=newest))
    context = {
        "view": view,
        "message": found,
        "group": group,
        "first_seen": min(one.first_seen for one in group),
        "last_seen": max(one.last_seen for one in group),
        "total": sum(cell.number for cell in cells),
        "series": report.leading(report.series(view.selection, "call", view.step_s, cells), MOST_CALLS),
        "here": view.address(view.words),
        "calls": calls,
        "more": more,
        "samples": _samples(newest),
        "outcomes": outcomes,
        "codes": sorted({one.status_code for one in outcomes if one.status_code is not None}),
    }
    return render(request, "dashboard/message.html", context)


def group_rows(view: View, groups: list[said.Group]) -> list[Row]:
    """What the table of groups shows of these: four queries however many they are."""
    first = {min(group.messages): group for group in groups}
    texts = dict(Message.objects.filter(pk__any_of=first).order_by().values_list("pk", "text"))
    names = dict(Service.objects.order_by().values_list("pk", "name"))
    codes = _codes(view.selection, [group.newest for group in groups])
    sparks = _sparks(view, groups)
    query = f"?{view.range_words}" if view.range_words else ""
    return [
        Row(
            group=group,
            text=texts.get(pk, ""),
            code=codes.get(group.newest),
            services=sorted(names.get(service, "deleted") for service in group.services),
            counts=sparks[pk],
            href=reverse("message", args=[pk]) + query,
        )
        for pk, group in first.items()
    ]


def _codes(selection: Selection, outcomes: list[int]) -> dict[int, int | None]:
    span = {"id__gte": min(outcomes, default=0), "id__lte": max(outcomes, default=0)}
    found = Outcome.objects.filter(pk__any_of=outcomes, **span).order_by()
    return dict(found.values_list("pk", "status_code"))


def _sparks(view: View, groups: list[said.Group]) -> dict[int, list[int]]:
    """Counts over the range by the lowest id of each group."""
    bars = (view.selection.until_s - view.selection.since_s) // view.step_s
    step_s = view.step_s * -(-bars // SPARK_BARS)
    first = view.selection.since_s // step_s
    length = -(-view.selection.until_s // step_s) - first
    group_of = {pk: min(group.messages) for group in groups for pk in group.messages}
    found = {min(group.messages): [0] * length for group in groups}
    for cell in said.by_message(group_of, view.selection, step_s):
        if cell.subject is not None:
            found[group_of[cell.subject]][cell.step - first] += cell.number
    return found


def _samples(outcomes: list[int]) -> list[str]:
    """Different texts of the group, of those said last, the newest first."""
    details = OutcomeDetail.objects.filter(pk__in=outcomes[:LOOKED_AT]).order_by("-pk")
    texts = (detail.said for detail in details.only("message", "body", "headers"))
    return list(dict.fromkeys(filter(None, texts)))[:SAMPLES]


def _order(request: HttpRequest, view: View) -> str:
    order = request.GET.get("order", "") or "count"
    if order in ORDERS:
        return order
    view.problems["order"] = f"Use one of {', '.join(ORDERS)}."
    return "count"
