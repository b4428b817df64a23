"""One outcome with everything that is known about it, and the list of outcomes behind any chart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apiclient import latest
from apiclient.clock import now_ms
from apiclient.http.curl import curl_command
from apiclient.http.redact import hidden_in, redact_text
from apiclient.models import Call, Location, Outcome, OutcomeDetail
from apiclient.models.location import PUSHED
from apiclient.phases import LABELS
from apiclient.prepare import prepare
from apiclient.reason import reason
from apiclient.schedule import is_waiting
from apiclient.slot import call_of
from dashboard.access import may_edit, within
from dashboard.charts import Phase
from dashboard.indent import indented
from dashboard.pages import steps
from dashboard.pages.documented import state_of
from dashboard.pages.filter_form import fields, pushed, wider
from dashboard.pages.view import CURSORS, NOT_IN_A_LIST, View, read
from dashboard.templatetags.dashboard import duration, visible

DAY = timedelta(days=1)
PAGE = 50
ALIKE = 10
LARGEST_ID = 2**63 - 1
NOT_FOUND = "This run has no outcome, and nothing waits for one any more."


def outcomes(request: HttpRequest) -> HttpResponse:
    view = read(request, also=CURSORS)
    found, newer, older = _page(request, view)
    context = {
        "view": view,
        "outcomes": found,
        "newer": newer,
        "older": older,
        "fields": fields(request, view),
        "wider": [] if found else wider(view),
    }
    return pushed(request, render(request, "dashboard/outcomes.html", context), view)


def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found is None and _waiting(request, pk):
        if "HX-Request" in request.headers:
            return HttpResponse(status=204)
        call = Call.objects.select_related("service").filter(pk=call_of(pk)).first()
        return render(request, "dashboard/waiting.html", {"call": call}, status=202)
    # It may have been recorded between the two looks.
    found = found or _find(request, pk)
    if found is None:
        raise Http404(f"There is no outcome {pk}.")
    call, detail = found.call, getattr(found, "detail", None)
    own, expires_at = {"call": f"{call.service.slug}/{call.slug}"}, _expires_at(detail)
    body, state = visible(detail.body) if detail else "", state_of(found)
    context = {
        "view": read(request, own=own, moments=_range_around(found), calls=frozenset({call.pk})),
        "outcome": found,
        "detail": detail,
        "reason": reason(found, rows=state.rows),
        "state": state,
        "may_edit": may_edit(request),
        "location": location_name(found.location_id or 0),
        "phases": phases(found),
        "steps": steps.steps(detail),
        "expires_at": expires_at,
        "days_left": expires_at and (expires_at - found.due_at).days,
        "is_old": bool(_range_around(found)),
        "body": body,
        "indented": indented(body),
        "command": command(found),
        "alike": _alike(detail),
        "previous": latest.before(found),
        "next": latest.after(found),
    }
    return render(request, "dashboard/outcome.html", context)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A line about an outcome for the page that has asked for a run: it waits, or how it ended."""
    found = _find(request, pk)
    context: dict[str, Any] = {"pk": pk, "outcome": found}
    if found is None and not _waiting(request, pk):
        context |= {"outcome": (found := _find(request, pk)), "problem": "" if found else NOT_FOUND}
    response = render(request, "dashboard/partials/run.html", context)
    if found:
        response["HX-Trigger"] = "answered"
    return response


def _range_around(found: Outcome) -> dict[str, str]:
    """The day around an outcome that the last 24 hours do not show any more."""
    if timezone.now() - found.due_at < DAY:
        return {}
    return {
        "since": f"{found.due_at - DAY / 2:%Y-%m-%dT%H:%MZ}",
        "until": f"{found.due_at + DAY / 2:%Y-%m-%dT%H:%MZ}",
    }


def location_name(number: int) -> str:
    if number == PUSHED:
        return "another program"
    found = Location.objects.filter(pk=number).first()
    return found.name if found else f"location {number}, since deleted"


def phases(found: Outcome) -> list[Phase]:
    """What the waterfall draws; phases that took no time are left out."""
    lengths = [(key, label, getattr(found, f"{key}_us")) for key, label in LABELS.items()]
    return [Phase(key, label, us, duration(us)) for key, label, us in lengths if us]


def command(found: Outcome) -> str:
    """The curl command that sends the same again, secrets masked; '' for a call that cannot be sent.

    What was not kept with the outcome, such as a body, is as the call is configured now.
    """
    try:
        request = prepare(found.call, rows=()).request
    except (ValueError, TypeError, AttributeError):
        return ""
    if detail := getattr(found, "detail", None):
        # Masked headers tell no secret that the body may repeat.
        own = not detail.steps or detail.steps[0]["url"] == detail.url
        body = redact_text(request.body.decode(), hidden_in(request)).encode() if own else b""
        headers = tuple((name, value) for name, value in detail.request_headers)
        request = replace(request, method=detail.method, url=detail.url, headers=headers, body=body)
    return curl_command(request, settings.ANSWERBACK_USER_AGENT)


def _alike(detail: OutcomeDetail | None) -> list[Outcome]:
    """The newest other outcomes in whose answers the same message stood, the newest first."""
    if detail is None or detail.message_id is None:
        return []
    ids = OutcomeDetail.objects.filter(message=detail.message_id).exclude(pk=detail.pk).order_by("-pk")
    rows = Outcome.objects.filter(pk__in=list(ids.values_list("pk", flat=True)[:ALIKE]))
    return list(rows.select_related("call__service", "detail__message").defer(*NOT_IN_A_LIST).order_by("-pk"))


def _find(request: HttpRequest, pk: int) -> Outcome | None:
    if pk > LARGEST_ID:
        return None
    found = Outcome.objects.select_related("call__service", "detail__message").filter(pk=pk)
    return within(request, found, "call__service").first()


def _waiting(request: HttpRequest, pk: int) -> bool:
    """A slot of a call in reach, claimed a moment ago, whose outcome is still to come."""
    return is_waiting(pk, now_ms()) and within(request, Call.objects.filter(pk=call_of(pk)), "service").exists()


def _expires_at(detail: OutcomeDetail | None) -> datetime | None:
    certificate: dict[str, Any] = (detail and detail.certificate) or {}
    if not certificate.get("expires_at"):
        return None
    moment = datetime.fromisoformat(certificate["expires_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _page(request: HttpRequest, view: View) -> tuple[list[Outcome], str, str]:
    """At most fifty outcomes, newest first, and the addresses of the newer and the older ones ('' at the ends)."""
    rows = view.listed()
    before, after = (_cursor(request, view, word) for word in CURSORS)
    if after is not None:
        found = list(rows.filter(pk__gt=after).reverse()[: PAGE + 1])
        more_newer, more_older = len(found) > PAGE, True
        found = found[:PAGE][::-1]
    else:
        found = list((rows if before is None else rows.filter(pk__lt=before))[: PAGE + 1])
        more_newer, more_older = before is not None, len(found) > PAGE
        found = found[:PAGE]
    if not found:
        return [], "", ""
    words = view.words | view.moments
    newer = view.address(words | {"after": str(found[0].pk)}) if more_newer else ""
    older = view.address(words | {"before": str(found[-1].pk)}) if more_older else ""
    return found, newer, older


def _cursor(request: HttpRequest, view: View, word: str) -> int | None:
    text = request.GET.get(word, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_ID and len(text) < 20):
        view.problems[word] = "Not a page of this list. The newest outcomes are shown."
        return None
    return int(text)
