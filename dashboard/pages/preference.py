"""What somebody chose for themselves: the time zone and the colours of the pages."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apiclient.models.user import Theme, User
from dashboard.access import reach

NEXT = {Theme.SYSTEM: Theme.DARK, Theme.DARK: Theme.LIGHT, Theme.LIGHT: Theme.SYSTEM}


class PreferenceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("time_zone", "theme")
        widgets = {"time_zone": forms.TextInput(attrs={"list": "zones", "placeholder": "as the browser"})}


def preferences(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = PreferenceForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("preferences")
    if form.errors:
        user.refresh_from_db()  # the page itself is shown as it was
    zones = sorted(available_timezones())
    context = {
        "form": form,
        "zones": zones,
        "themes": Theme.choices,
        "roles": [group.name for group in user.groups.order_by("name")],
        "teams": user.teams.all(),
        "sees_all": reach(request) is None,
    }
    return render(request, "dashboard/preferences.html", context)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The next of system, dark and light, and back to where the button was."""
    user: Any = request.user
    user.theme = NEXT[Theme(user.theme)]
    user.save(update_fields=["theme"])
    back = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if here else "overview")
