"""A call as a form of the pages: what is sent, when, what is expected, and the rest."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from apiclient.cadence import LONGEST_SECONDS
from apiclient.models import Call, Location, Service
from dashboard.forms.auth import OF_SERVICE, AuthField
from dashboard.forms.check import HELP, ChecksField
from dashboard.forms.configured import ConfiguredForm, PageForm
from dashboard.forms.fields import SpanField
from dashboard.forms.steps import CapturesField, StepsField, by_number
from dashboard.templatetags.dashboard import address

INTERVAL, CRON, DEMAND = "interval", "cron", "demand"
KINDS = ((INTERVAL, "Every so often"), (CRON, "At set times"), (DEMAND, "On demand only"))
TRIED = frozenset(
    {
        "service", "method", "path", "headers", "body", "auth", "timeout_ms", "follow_redirects", "verify_tls",
        "expected_codes", "slow_after_ms", "fail_after_ms", "checks", "captures", "steps",
    }
)  # fmt: skip
"""The fields that matter to one request and its verdict."""
EXPECTED = ("expected_codes", "slow_after_ms", "fail_after_ms", "timeout_ms", "confirm_after_s", "checks")
WHEN = ("schedule", "interval_seconds", "cron", "time_zone")
LONGEST_MS = 120_000
THEN = "Then: further steps"


class ServiceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Services with their base URLs, since a path is added to it."""

    def label_from_instance(self, service: Any) -> str:
        return f"{service.name}  ({address(service.base_url)})"


class CallForm(PageForm):
    """``schedule`` says which of interval and cron counts; the other is ignored, whatever stands in it.

    ``services`` are those to choose from.
    """

    layout: tuple[tuple[str, tuple[str, ...], bool], ...] = (
        ("What is sent", ("service", "name", "method", "path", "headers", "body"), False),
        ("Authentication", ("auth",), False),
        ("When", WHEN, False),
        ("What is expected", EXPECTED, False),
        (THEN, ("captures", "steps"), True),
        ("More", ("follow_redirects", "verify_tls", "locations", "enabled", "slug"), True),
    )
    service = ServiceChoice(Service.objects.none(), empty_label="Choose a service")
    schedule = forms.ChoiceField(label="Runs", choices=KINDS, widget=forms.RadioSelect, required=False)
    captures = CapturesField(
        label="Take from the answer",
        required=False,
        help_text="One a line, name = from expression: token = json $.access_token, id = header Location, "
        "sid = cookie JSESSIONID, n = regex id=([0-9]+), all = body. A step says {{ token }} where it is put in.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "code"}),
    )
    steps = StepsField(
        required=False,
        help_text="Sent one after another in the same slot, after step 1, the request above, while all goes as wanted. "
        "The outcome is the worst of all. The time limit holds for all of it; what is slow is judged by the sum.",
    )
    interval_seconds = SpanField(
        unit="s",
        least=1,
        most=LONGEST_SECONDS,
        label="Every",
        initial=60,
        required=False,
        help_text="30 s, 5 min, 1 h 30 min: from 1 s to 30 d.",
        widget=forms.TextInput(attrs={"list": "intervals", "autocomplete": "off"}),
    )
    timeout_ms = SpanField(
        unit="ms",
        least=100,
        most=LONGEST_MS,
        label="Time limit",
        initial=10_000,
        help_text="For the whole exchange, redirects included: 100 ms to 2 min.",
    )
    slow_after_ms = SpanField(
        unit="ms",
        least=1,
        most=LONGEST_MS,
        label="Slow after",
        required=False,
        help_text="A passing answer that takes longer is degraded. Blank: never.",
        widget=forms.TextInput(attrs={"placeholder": "800 ms"}),
    )
    fail_after_ms = SpanField(
        unit="ms",
        least=1,
        most=LONGEST_MS,
        label="Fails after",
        required=False,
        help_text="An answer that takes longer fails, whatever it is. Blank: only the time limit counts.",
        widget=forms.TextInput(attrs={"placeholder": "3 s"}),
    )
    confirm_after_s = SpanField(
        unit="s",
        least=1,
        most=3_600,
        label="Confirm a failure after",
        required=False,
        help_text="A first failure is degraded until a second call, so much later, fails too; webhooks tell of that "
        "alone. It sends the request again, a POST as well. Blank: the first failure counts.",
        widget=forms.TextInput(attrs={"placeholder": "30 s"}),
    )
    checks = ChecksField(label="Checks", required=False, help_text=HELP)
    auth = AuthField(none=OF_SERVICE, label="Authentication")

    class Meta(ConfiguredForm.Meta):
        model = Call
        fields = (
            "service", "name", "method", "path", "headers", "body", "auth", "interval_seconds", "cron", "time_zone",
            "expected_codes", "slow_after_ms", "fail_after_ms", "confirm_after_s", "checks", "timeout_ms", "captures",
            "steps", "follow_redirects", "verify_tls", "locations", "enabled", "slug",
        )  # fmt: skip
        labels: ClassVar = {
            "cron": "Cron expression",
            "verify_tls": "Verify the TLS certificate",
            "enabled": "Run by the timetable",
            "slug": "Short name",
        }
        help_texts: ClassVar = {
            "path": "Added to the service's base URL: /health?deep=1. Blank: the base URL itself. Here, in headers and "
            "in the body {{ tenant }} is replaced by that variable of the service, {{ secret.key }} by its secret.",
            "headers": 'A JSON object: {"Accept": "application/json"}. Secret values are stored and shown as •••; '
            "leave the dots to keep a value.",
            "body": "Sent as it is, in UTF-8. Not with GET and HEAD.",
            "cron": "Minute, hour, day of month, month, day of week: */5 * * * * is every five minutes.",
            "time_zone": "In which the cron expression is read: Europe/Kyiv.",
            "expected_codes": "Codes that pass: 2xx, or 200, 204, or 401 for a door that must stay shut, or 500-504. "
            "Blank: 1xx, 2xx and 3xx.",
            "follow_redirects": "Off: the redirect itself is the answer.",
            "verify_tls": "Off: a certificate that is expired, self-signed or another host's is not minded.",
            "locations": "Where it runs, once in each. None: in the default one.",
            "enabled": "Off pauses it; it can still be run by hand.",
            "slug": "In addresses of pages and API; made from the name if blank.",
        }
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"placeholder": "Health", "autocomplete": "off"}),
            "path": forms.TextInput(attrs={"placeholder": "/health", "inputmode": "url", "spellcheck": "false"}),
            "headers": forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
            "body": forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
            "cron": forms.TextInput(
                attrs={"placeholder": "*/5 * * * *", "list": "crons", "spellcheck": "false", "autocomplete": "off"}
            ),
            "time_zone": forms.TextInput(attrs={"list": "zones", "spellcheck": "false", "autocomplete": "off"}),
            "expected_codes": forms.TextInput(
                attrs={"placeholder": "1xx, 2xx, 3xx", "list": "expected", "autocomplete": "off"}
            ),
            "locations": forms.CheckboxSelectMultiple,
            "slug": forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        }

    def __init__(self, *args: Any, services: QuerySet[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["body"].strip = False  # type: ignore[attr-defined]
        self.initial["schedule"] = kind_of(self.instance)
        if self.instance.steps or self.instance.captures or self.data.get("steps-0-name"):
            self.layout = tuple((title, names, fold and title != THEN) for title, names, fold in self.layout)
        if self.instance.pk is None and not self.instance.cron:
            self.initial["time_zone"] = timezone.get_current_timezone_name()
        if not Location.objects.exclude(pk=0).exists():
            del self.fields["locations"]
        self.fields["auth"].offer(self._service())  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["service"].disabled = True

    def _service(self) -> Service | None:
        """The one that is chosen, as far as that is known."""
        if self.instance.service_id:
            return Service.objects.get(pk=self.instance.service_id)
        chosen = str(self.data.get("service") or self.initial.get("service") or "")
        services: QuerySet[Service] = self.fields["service"].queryset  # type: ignore[attr-defined]
        return services.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 10 else None

    def clean_body(self) -> str:
        """Browsers end lines with CR LF: a body that was not touched stays as it is kept, byte by byte."""
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        before: str = self.initial.get("body", "")
        return before if body == before.replace("\r\n", "\n") else body

    def clean(self) -> Any:
        cleaned = super().clean()
        kind = cleaned.get("schedule") or kind_of(self.instance)
        if kind != INTERVAL:
            self._leave_out("interval_seconds", None)
        elif cleaned.get("interval_seconds") is None and "interval_seconds" not in self.errors:
            self.add_error("interval_seconds", "Say how often, such as 5 min.")
        if kind != CRON:
            self._leave_out("cron", "")
            self._leave_out("time_zone", self.instance.time_zone)
        elif not cleaned.get("cron") and "cron" not in self.errors:
            self.add_error("cron", "Give a cron expression, such as */5 * * * *.")
        return cleaned

    def add_error(self, field: Any, error: Any) -> None:
        """Steps are counted from one, as they are on the page."""
        if isinstance(error, ValidationError) and "steps" in getattr(error, "error_dict", {}):
            told = [by_number(text) for text in error.message_dict["steps"]]
            error = ValidationError(error.error_dict | {"steps": told})
        super().add_error(field, error)

    def _leave_out(self, name: str, value: Any) -> None:
        self.errors.pop(name, None)
        self.cleaned_data[name] = value
        setattr(self.instance, name, value)  # a field that was not sent at all would keep its default

    def _others(self) -> QuerySet[Call]:
        others: QuerySet[Call] = super()._others()
        return others.filter(service=self.cleaned_data.get("service"))


def kind_of(call: Call) -> str:
    """Which kind of schedule a call has."""
    return CRON if call.cron else INTERVAL if call.interval_seconds else DEMAND
