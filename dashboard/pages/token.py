"""Tokens of the API: one's own, for admins everybody's. A new one's text is in one answer and nowhere else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dashboard import token as given
from dashboard.forms import TokenForm
from dashboard.templatetags.dashboard import visible

MOST = 200


def tokens(request: HttpRequest) -> HttpResponse:
    """The newest first, those that sign in before those that no longer do."""
    rows = list(given.listed(request).order_by("-pk")[: MOST + 1])
    shown = sorted(rows[:MOST], key=lambda token: token.state != "valid")
    context = {"tokens": shown, "of_all": given.sees_all(request), "more": len(rows) > MOST, "most": MOST}
    return render(request, "dashboard/tokens.html", context)


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """The page that answers the form shows the text: it is in no session, no message and no address."""
    form = TokenForm(request, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "dashboard/configure/token.html", {"form": form})
    token, text = given.make(request, form.wish)
    address = request.build_absolute_uri("/api/v1/")
    return render(request, "dashboard/token.html", {"token": token, "text": text, "address": address})


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(given.listed(request), pk=pk)
    given.revoke(request, token)
    messages.success(request, f"{visible(token.name)} was revoked: it signs in no more.")
    return redirect("tokens")
