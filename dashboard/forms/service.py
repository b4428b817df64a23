"""A service as a form of the pages."""

from typing import Any, ClassVar

from django import forms

from apiclient.models import Service
from dashboard.access import Sharing
from dashboard.forms.configured import ConfiguredForm, PageForm
from dashboard.forms.fields import EnvironmentsField, VariablesField
from dashboard.forms.shared import SharedForm


class ServiceForm(SharedForm, PageForm):
    """Errors stand beside their field; see ``PageForm``. Teams are left out where there is no choice of them."""

    layout = (
        ("The API", ("name", "base_url", "description"), False),
        ("Sent with every call", ("headers",), False),
        ("Variables and environments", ("variables", "environments", "environment"), True),
        ("Who sees it", ("teams",), False),
        ("More", ("concurrency", "enabled", "slug"), True),
    )

    class Meta(ConfiguredForm.Meta):
        model = Service
        fields = (
            "name", "base_url", "description", "headers", "variables", "environments", "environment",
            "concurrency", "enabled", "slug",
        )  # fmt: skip
        field_classes = ConfiguredForm.Meta.field_classes | {
            "variables": VariablesField,
            "environments": EnvironmentsField,
        }
        labels: ClassVar = {
            "environment": "Environment in force",
            "enabled": "Run its calls",
            "slug": "Short name",
            "concurrency": "Most at once",
        }
        help_texts: ClassVar = {
            "base_url": "What all its calls have in common: https://api.example.com/v1",
            "description": "What it is for, whom to ask. Shown above its calls.",
            "headers": 'A JSON object: {"Authorization": "Bearer {{ secret.key }}"}, with a secret named key. What '
            "is written here is shown as •••; leave the dots to keep it. A call's own header of the same name wins.",
            "variables": 'A JSON object. {{ tenant }} in a URL, header or body becomes the value of "tenant".',
            "environments": 'Other values of the same variables: {"staging": {"tenant": "test"}, "production": {}}.',
            "environment": "One of the environments: its values, and secrets of its own, come before those above. "
            "Blank: none.",
            "concurrency": "So many requests at once from each worker process; further ones wait up to 5 s. "
            "Blank: no limit.",
            "enabled": "Off pauses every call of the service.",
            "slug": "In addresses of pages and API; made from the name if blank.",
        }
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"placeholder": "Payments", "autocomplete": "off"}),
            "base_url": forms.TextInput(
                attrs={"placeholder": "https://api.example.com/v1", "inputmode": "url", "spellcheck": "false"}
            ),
            "description": forms.Textarea(attrs={"rows": 2}),
            "headers": forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "code"}),
            "variables": forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "code"}),
            "environments": forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
            "environment": forms.TextInput(
                attrs={"placeholder": "staging", "spellcheck": "false", "autocapitalize": "none"}
            ),
            "slug": forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        }

    def __init__(self, *args: Any, sharing: Sharing, **kwargs: Any) -> None:
        self.sharing = sharing
        super().__init__(*args, **kwargs)
        if len(sharing.teams) < 2:
            del self.fields["teams"]
