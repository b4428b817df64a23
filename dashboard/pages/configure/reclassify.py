"""History judged again: first what would change, then the doing of it, in portions that a request can carry."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apiclient.catalogue import Meaning, Verdict, lookup
from apiclient.models import Call, Service
from apiclient.reclassify import Report, reclassify
from dashboard.pages.access import editors_only, find_call, find_service, note
from dashboard.templatetags.dashboard import visible

MOST = 20_000
"""Outcomes that one request judges again; the command does all of them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """So many outcomes of one code that get another verdict."""

    status_code: int
    before: Verdict
    after: Verdict
    count: int

    @property
    def meaning(self) -> Meaning:
        return lookup(self.status_code)


@editors_only
def of_call(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    call = find_call(request, service_slug, slug)
    return _page(request, call.service, call, reverse("call", args=[service_slug, slug]))


@editors_only
def of_service(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, find_service(request, slug), None, reverse("service", args=[slug]))


def _page(request: HttpRequest, service: Service, call: Call | None, back: str) -> HttpResponse:
    owner = call or service
    if request.method == "POST":
        report = reclassify(service, call, most=MOST)
        note(request, owner, CHANGE, f"{report.changed} of its outcomes were judged again.")
        messages.success(request, f"{report.changed} outcomes of {visible(owner.name)} have another verdict now.")
        return redirect(back if report.complete else request.path)
    report = reclassify(service, call, dry_run=True, most=MOST)
    context = {"owner": owner, "call": call, "report": report, "turns": _turns(report), "back": back, "most": MOST}
    return render(request, "dashboard/configure/reclassify.html", context)


def _turns(report: Report) -> list[Turn]:
    return [
        Turn(code, Verdict(before), Verdict(after), count)
        for (code, before, after), count in sorted(report.turns.items())
    ]
