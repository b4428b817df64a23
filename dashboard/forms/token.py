"""A token as a form of the pages."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from apiclient.models import Scope
from dashboard import token as tokens
from dashboard.forms.configured import Group
from dashboard.templatetags.dashboard import visible

DAYS = {"30": "30 days", "90": "90 days", "365": "a year", "": "no end"}
SCOPES = {
    Scope.READ: "Read: everything that you can see",
    Scope.PUSH: "Push: outcomes of calls that a program made itself, nothing else",
    Scope.WRITE: "Write: create, change, run and delete, and read",
}


class TokenForm(forms.Form):
    """What the token is to be, within what who asks may give."""

    layout = (("The token", ("name", "scopes", "days"), False), ("Limit to services", ("services",), True))

    name = forms.CharField(
        max_length=120,
        help_text="What it is for, so that you know it again.",
        widget=forms.TextInput(attrs={"placeholder": "CI of the shop", "autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="Good for", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one."}
    )
    days = forms.ChoiceField(
        label="Valid for", choices=list(DAYS.items()), initial="90", required=False, widget=forms.RadioSelect
    )
    services: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all services that you can see, also later ones.",
    )

    def __init__(self, request: Any, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.request = request
        fields: dict[str, Any] = self.fields
        fields["scopes"].choices = [(scope.value, SCOPES[scope]) for scope in tokens.grantable(request)]
        fields["services"].label_from_instance = lambda service: visible(service.name)
        fields["services"].queryset = tokens.services_in_reach(request)

    @property
    def groups(self) -> list[Group]:
        return [Group(self, *one) for one in self.layout if one[1] != ("services",) or self._has_services]

    @property
    def problems(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def wish(self) -> tokens.Wish:
        """What was asked for, once it is valid."""
        given = self.cleaned_data
        services = list(given["services"]) or None
        return tokens.Wish(given["name"], given["scopes"], _end(given["days"]), services)

    def clean(self) -> Any:
        if not self.errors:
            for name, problem in tokens.problems(self.request, self.wish).items():
                self.add_error("days" if name == "expires_at" else name, problem)
        return self.cleaned_data

    @property
    def _has_services(self) -> bool:
        fields: dict[str, Any] = self.fields
        return bool(fields["services"].queryset.exists())


def _end(days: str) -> datetime | None:
    return timezone.now() + timedelta(days=int(days)) if days else None
