"""The rows of a reference, edited as a table; and a code accepted into it by one click."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apiclient.catalogue import lookup
from apiclient.models import Call, DocumentedAnswer, Service
from apiclient.models.answer import reference_of
from apiclient.models.revision import revise
from apiclient.reference import row_for
from dashboard.forms.answer import formset_of
from dashboard.forms.configured import MEANWHILE
from dashboard.pages.access import editors_only, find_call, find_service, note
from dashboard.templatetags.dashboard import visible
from dashboard.version import digest

BLANK_ROWS = 4
ACCEPTED = "accepted"
"""The source of a row that somebody made of what came."""
OVERTAKEN = "Somebody else has changed these rows since you read them. They are shown below as they are now."
SLUGS = tuple[str, ...]


@editors_only
def of_call(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    call = find_call(request, service_slug, slug)
    return _page(request, call, "call", (service_slug, slug))


@editors_only
def of_service(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, find_service(request, slug), "service", (slug,))


@require_POST
@editors_only
def accept(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    """Make a row of a code that a call answered, unless there is one; its kind is left to the code table."""
    call, code = find_call(request, service_slug, slug), request.POST.get("code", "")
    if not (code.isascii() and code.isdigit() and 100 <= int(code[:4]) < 1000):
        return HttpResponseBadRequest("code: Use a status code from 100 to 999.")
    with transaction.atomic():
        revise()  # every edit waits here for the one before it
        if row_for(reference_of(call), int(code)) is None:
            row = DocumentedAnswer(call=call, codes=code, message=lookup(int(code)).message, source=ACCEPTED)
            row.full_clean()
            row.save()
            note(request, call, CHANGE, f"{code} was accepted into its reference.")
    if "HX-Request" not in request.headers:
        messages.success(request, f"{code} is documented for {visible(call.name)} now.")
    return redirect(_back(request) or reverse("call", args=[service_slug, slug]))


def _page(request: HttpRequest, owner: Call | Service, kind: str, slugs: SLUGS) -> HttpResponse:
    rows = formset_of(type(owner), BLANK_ROWS)(request.POST if request.method == "POST" else None, instance=owner)
    conflict = ""
    if request.method == "POST" and rows.is_valid():
        if _saved(request, owner, rows):
            messages.success(request, f"The reference of {visible(owner.name)} was saved.")
            return redirect(reverse(kind, args=slugs) + "#reference")
        rows, conflict = formset_of(type(owner), BLANK_ROWS)(instance=owner), OVERTAKEN
    context = {
        "owner": owner,
        "call": owner if isinstance(owner, Call) else None,
        "rows": rows,
        "conflict": conflict,
        "version": _version(owner),
        "back": reverse(kind, args=slugs),
        "shared": _shared(owner),
    }
    return render(request, "dashboard/configure/answers.html", context)


def _saved(request: HttpRequest, owner: Call | Service, rows: Any) -> bool:
    """Whether they were saved: not where somebody else was faster."""
    try:
        with transaction.atomic():
            revise()
            if request.POST.get("version") != _version(owner):
                return False
            rows.save()
            note(request, owner, CHANGE, _in_words(rows))
    except IntegrityError:
        messages.error(request, MEANWHILE)
        return False
    return True


def _in_words(rows: Any) -> str:
    numbers = (len(rows.new_objects), len(rows.changed_objects), len(rows.deleted_objects))
    return "Its reference was edited: {} rows added, {} changed, {} deleted.".format(*numbers)


def _version(owner: Call | Service) -> str:
    own = DocumentedAnswer.objects.filter(**_whose(owner)).order_by("pk")
    return digest(list(own.values_list("pk", "codes", "message", "kind")))


def _whose(owner: Call | Service) -> dict[str, Any]:
    return {"call": owner} if isinstance(owner, Call) else {"service": owner, "call": None}


def _shared(owner: Call | Service) -> list[DocumentedAnswer]:
    """The rows of its service, which hold for a call too."""
    if not isinstance(owner, Call):
        return []
    return list(DocumentedAnswer.objects.filter(service=owner.service_id, call=None).order_by("codes"))


def _back(request: HttpRequest) -> str:
    """Where the button stood, if that is a page of ours."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, None) else ""
