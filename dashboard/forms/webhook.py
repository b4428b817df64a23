"""A webhook as a form of the pages."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BoundField

from apiclient.http.redact import redact_url
from apiclient.models import Webhook
from apiclient.models.revision import revise
from apiclient.models.webhook import Change
from dashboard import webhook as webhooks
from dashboard.forms.configured import Group
from dashboard.forms.versioned import VersionedForm
from dashboard.templatetags.dashboard import visible

TOLD = {
    Change.FAILED: "Failed: it did not answer as expected",
    Change.DEGRADED: "Degraded: it answered as expected, but late",
    Change.RECOVERED: "Recovered: it passes again",
    Change.NEW_CODE: "New code: it answered a code that it never had before",
    Change.UNDOCUMENTED: "Undocumented code: a new one that its reference does not name",
}


class WebhookForm(VersionedForm):
    """Within what who asks may have told; the address is shown with its secrets masked."""

    layout = (
        ("The receiver", ("name", "url", "enabled"), False),
        ("What is told", ("changes", "services"), False),
        ("Whose it is", ("team",), False),
    )
    changes = forms.MultipleChoiceField(
        label="When a call has",
        choices=[(change.value, words) for change, words in TOLD.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "enabled", "changes", "services", "team")
        labels: ClassVar = {"enabled": "Send events", "url": "Address"}
        help_texts: ClassVar = {
            "url": "Events are sent there by POST. Secret parameters are stored and shown as •••; leave the dots to "
            "keep them.",
            "enabled": "Off: nothing is sent, and what happens meanwhile is not made up for.",
            "services": "None chosen: all that its owner or team can see, also later ones.",
            "team": "A team's webhook tells of the team's services, and its members see it. Blank: it is yours alone.",
        }
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"placeholder": "On-call chat", "autocomplete": "off"}),
            "url": forms.TextInput(
                attrs={"placeholder": "https://hooks.example.com/answers", "inputmode": "url", "spellcheck": "false"}
            ),
            "services": forms.CheckboxSelectMultiple,
        }

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        self.request, self.before = request, self.instance.url
        self.initial.update(url=redact_url(self.before), changes=self.instance.changes)
        fields: dict[str, Any] = self.fields
        fields["services"].queryset = webhooks.services(request)
        fields["services"].label_from_instance = lambda service: visible(service.name)
        fields["team"].queryset = webhooks.teams(request)
        fields["team"].label_from_instance = lambda team: visible(team.name)
        fields["team"].empty_label = "no team"

    @property
    def groups(self) -> list[Group]:
        return [Group(self, *one) for one in self.layout]

    @property
    def problems(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    def clean_url(self) -> str:
        try:
            return webhooks.whole_url(self.cleaned_data["url"], self.before)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def clean_changes(self) -> list[str]:
        return list(self.cleaned_data["changes"])

    def keep(self) -> Webhook | None:
        """The saved webhook; None when somebody else was faster, and the form says who."""
        with transaction.atomic():
            revise()  # every edit waits here for the one before it
            if self.is_overtaken():
                return None
            return webhooks.save(self.request, self.instance, list(self.cleaned_data["services"]))
