"""A service as a form of the pages."""

from typing import Any, ClassVar

from django import forms

from apiclient.models import Service
from dashboard.access import Sharing
from dashboard.forms.auth import NOTHING, AuthField
from dashboard.forms.configured import ConfiguredForm, PageForm
from dashboard.forms.fields import EnvironmentsField, VariablesField
from dashboard.forms.shared import SharedForm


class ServiceForm(SharedForm, PageForm):
    """Errors stand beside their field; see ``PageForm``. Teams are left out where there is no choice of them."""

    layout = (
        ("The API", ("name", "base_url", "description"), False),
        ("Sent with every call", ("headers",), False),
        ("Authentication and proxy", ("auth", "proxy"), False),
        ("Variables and environments", ("variables", "environments", "environment"), True),
        ("Who sees it", ("teams",), False),
        ("More", ("concurrency", "enabled", "slug"), True),
    )

    auth = AuthField(
        none=NOTHING,
        label="Authentication",
        help_text="Of every call that has none of its own. What is secret is chosen among the secrets of the service.",
    )

    class Meta(ConfiguredForm.Meta):
        model = Service
        fields = (
            "name", "base_url", "description", "headers", "auth", "proxy", "variables", "environments",
            "environment", "concurrency", "enabled", "slug",
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
            "proxy": "http://, https:// or socks5://, as in http://me:{{ secret.proxy }}@proxy.example:3128. "
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
            "proxy": forms.TextInput(
                attrs={"placeholder": "http://proxy.example:3128", "inputmode": "url", "spellcheck": "false"}
            ),
            "slug": forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        }

    def clean_auth(self) -> Any:
        return self.cleaned_data["auth"] or {}

    def __init__(self, *args: Any, sharing: Sharing, **kwargs: Any) -> None:
        self.sharing = sharing
        super().__init__(*args, **kwargs)
        self.fields["auth"].offer(self.instance)  # type: ignore[attr-defined]
        if len(sharing.teams) < 2:
            del self.fields["teams"]
