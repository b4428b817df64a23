"""Call: one configured request of a service: what is sent, how often, what is expected."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from apiclient.auth import problem_with_auth
from apiclient.cadence import Cadence, problem_with_cron, problem_with_interval, problem_with_time_zone
from apiclient.check import problem_with_checks
from apiclient.expectation import Expectation
from apiclient.http.validate import problem_with_body, problem_with_url
from apiclient.models.chain import problems_with_chain
from apiclient.models.location import Location
from apiclient.models.service import Service, fill_slug, problem_with_headers
from apiclient.slot import CALL_MASK, from_ms
from apiclient.values import filled, without_value

REPEATABLE = {"GET", "HEAD", "OPTIONS"}
"""Methods that may be sent again for the same slot when nobody knows whether the first one arrived."""
LONGEST_BODY = 256 << 10


class Method(models.TextChoices):
    GET = "GET", "GET"
    HEAD = "HEAD", "HEAD"
    OPTIONS = "OPTIONS", "OPTIONS"
    POST = "POST", "POST"
    PUT = "PUT", "PUT"
    PATCH = "PATCH", "PATCH"
    DELETE = "DELETE", "DELETE"


class Call(models.Model):
    """Runs every ``interval_seconds`` or by ``cron``; with neither, on demand only."""

    id = models.AutoField(primary_key=True)  # four bytes, in every outcome
    service = models.ForeignKey(Service, models.CASCADE, related_name="calls")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, blank=True, help_text="In addresses; made from the name.")
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.GET)
    path = models.CharField(max_length=2000, blank=True, help_text="Added to the base URL, such as /health?deep=1.")
    headers = models.JSONField(default=dict, blank=True, help_text='Such as {"Accept": "application/json"}.')
    body = models.TextField(blank=True, help_text="Sent as it is, in UTF-8.")
    interval_seconds = models.PositiveIntegerField(
        "interval in seconds", null=True, blank=True, default=60, help_text="From 1 to 2592000 (30 days)."
    )
    cron = models.CharField(max_length=120, blank=True, help_text="Five fields instead of an interval: */5 * * * *.")
    time_zone = models.CharField(max_length=60, default="UTC", help_text="Of the cron expression: Europe/Kyiv.")
    timeout_ms = models.PositiveIntegerField(
        "timeout in ms",
        default=10_000,
        validators=[MinValueValidator(100), MaxValueValidator(120_000)],
        help_text="For the whole exchange, redirects included: 100 to 120000.",
    )
    follow_redirects = models.BooleanField(default=False, help_text="Off: the redirect is the answer.")
    verify_tls = models.BooleanField("verify TLS certificate", default=True)
    expected_codes = models.CharField(
        max_length=200, blank=True, help_text="Codes that pass: 2xx, 401, 500-504. Blank: 1xx, 2xx and 3xx."
    )
    slow_after_ms = models.PositiveIntegerField(
        "slow after ms", null=True, blank=True, help_text="A passing answer that takes longer is degraded."
    )
    fail_after_ms = models.PositiveIntegerField(
        "fails after ms", null=True, blank=True, help_text="An answer that takes longer fails."
    )
    auth = models.JSONField(null=True, blank=True, help_text="Instead of the service's.")
    checks = models.JSONField(default=list, blank=True, help_text="What else the answer must be.")
    captures = models.JSONField(default=list, blank=True, help_text="What later steps take from the answer.")
    steps = models.JSONField(default=list, blank=True, help_text="Further requests of the same slot.")
    confirm_after_s = models.PositiveIntegerField(
        "confirm after s",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3_600)],
        help_text="A failure counts once a second call so much later fails too. It sends the request again, whatever "
        "the method: 1 to 3600.",
    )
    locations = models.ManyToManyField(
        Location, blank=True, related_name="calls", help_text="Where it runs, once in each. None: in the default one."
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["service__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["service", "name"], name="call_name"),
            models.UniqueConstraint(fields=["service", "slug"], name="call_slug"),
        ]

    def __str__(self) -> str:
        return f"{self.service.name}: {self.name}"

    def save(self, *args: object, **kwargs: object) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)  # type: ignore[arg-type]
            if self.pk > CALL_MASK:
                raise OverflowError(f"call ids end at {CALL_MASK}, the size of their part in an outcome's id")

    @property
    def is_repeatable(self) -> bool:
        """Whether all that it sends may be sent again for the same slot."""
        steps = self.steps if isinstance(self.steps, list) else [None]
        methods = {step.get("method", "GET") if isinstance(step, dict) else None for step in steps}
        return {self.method, *methods} <= REPEATABLE

    @property
    def url(self) -> str:
        return self.service.base_url.rstrip("/") + self.path if self.path else self.service.base_url

    @property
    def cadence(self) -> Cadence:
        return Cadence(self.interval_seconds, self.cron, self.time_zone)

    @property
    def next_due_at(self) -> datetime | None:
        """The first of its locations' next slots, None while it is paused or runs on demand only."""
        moments = [due.due_ms for due in self.dues.all() if due.due_ms is not None]
        return from_ms(min(moments)) if moments else None

    def clean(self) -> None:
        self.headers = {} if self.headers is None else self.headers
        self.auth = self.auth or None if isinstance(self.auth, dict) else self.auth  # {} is the service's, too
        self.checks = [] if self.checks is None else self.checks
        problems = {
            "service": self._problem_with_service(),
            "name": self._problem_with_unique("name"),
            "slug": fill_slug(self) or self._problem_with_unique("slug"),
            "path": self._problem_with_path(),
            "headers": problem_with_headers(self.headers) or self._problem_with_filled_headers(),
            "body": self._problem_with_body(),
            "auth": None if self.auth is None else problem_with_auth(self.auth),
            "interval_seconds": self._problem_with_interval(),
            "cron": self._problem_with_cron(),
            "time_zone": problem_with_time_zone(self.time_zone),
            "expected_codes": self._problem_with_expected_codes(),
            "checks": problem_with_checks(self.checks),
        }
        problems |= problems_with_chain(self)
        if not any(problems.values()) and self.enabled and hasattr(self, "service"):
            problems |= without_value(self)
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    def _problem_with_service(self) -> str | None:
        before = Call.objects.filter(pk=self.pk).values_list("service_id", flat=True).first() if self.pk else None
        if before in (None, self.service_id):
            return None
        return "A call stays with its service, whose counts hold its outcomes. Make a new call there instead."

    def _problem_with_unique(self, field: str) -> str | None:
        value = getattr(self, field)
        others = Call.objects.filter(service=self.service_id, **{field: value}).exclude(pk=self.pk)
        return f"This service already has a call with the {field} {value!r}." if others.exists() else None

    def _problem_with_path(self) -> str | None:
        if self.path and self.path[0] not in "/?":
            return "A path begins with / (or ? for a query alone); the host comes from the service's base URL."
        return problem_with_url(filled(self.url, self.service)) if self.path and hasattr(self, "service") else None

    def _problem_with_filled_headers(self) -> str | None:
        if not hasattr(self, "service"):
            return None
        return problem_with_headers({name: filled(value, self.service) for name, value in self.headers.items()})

    def _problem_with_body(self) -> str | None:
        if len(self.body.encode()) > LONGEST_BODY:
            return f"At most {LONGEST_BODY} bytes."
        return problem_with_body(self.method, self.body)

    def _problem_with_interval(self) -> str | None:
        return None if self.interval_seconds is None else problem_with_interval(self.interval_seconds)

    def _problem_with_cron(self) -> str | None:
        if self.cron and self.interval_seconds is not None:
            return "Give either an interval or a cron expression, not both."
        return problem_with_cron(self.cron) if self.cron else None

    def _problem_with_expected_codes(self) -> str | None:
        try:
            Expectation.of(self.expected_codes, None)
        except ValueError as error:
            return str(error)
        return None
