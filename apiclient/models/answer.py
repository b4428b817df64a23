"""DocumentedAnswer: what an API's own reference says that it answers, for one call or for each call of a service."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from apiclient.expectation import parse_codes
from apiclient.models.call import Call
from apiclient.models.service import Service
from apiclient.reference import Row, tidy

LONGEST_MESSAGE = 500
MOST_ROWS = 300
"""Of one call, and of one service for all its calls."""


class Kind(models.TextChoices):
    SUCCESS = "success", "Success"
    ERROR = "error", "Error"


class DocumentedAnswer(models.Model):
    """A row of the reference. Without a call it holds for each call of its service; a call's own row wins.

    A blank ``kind`` leaves it to the code table: 1xx to 3xx are success. ``source`` says where it was taken from.
    """

    id = models.AutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="answers", db_index=False)
    call = models.ForeignKey(Call, models.CASCADE, null=True, blank=True, related_name="answers")
    codes = models.CharField(max_length=200, help_text="A code, codes or ranges: 404, 409, 500-504, 5xx.")
    message = models.CharField(max_length=LONGEST_MESSAGE, blank=True, help_text="What the reference says of it.")
    kind = models.CharField(
        max_length=10, choices=Kind.choices, blank=True, help_text="Blank: by the code table, 1xx to 3xx are success."
    )
    source = models.CharField(max_length=200, blank=True, help_text="Where it was taken from.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["service", "call", "codes"]
        constraints = [
            models.UniqueConstraint(fields=["call", "codes"], name="answer_of_call", condition=Q(call__isnull=False)),
            models.UniqueConstraint(
                fields=["service", "codes"], name="answer_of_service", condition=Q(call__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["service", "call"], name="answer_service_call")]

    def __str__(self) -> str:
        return f"{self.codes} {self.message}".strip()

    def save(self, *args: object, **kwargs: object) -> None:
        self._join_service()
        with transaction.atomic():  # with what its signals write
            super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean_fields(self, exclude: Any = None) -> None:
        self._join_service()
        super().clean_fields(exclude)

    def clean(self) -> None:
        self._join_service()
        self.message = " ".join(self.message.split())
        codes_problem = self._problem_with_codes()
        problems = {
            "codes": codes_problem,
            "message": "The character NUL is not allowed." if "\x00" in self.message else None,
            "service": self._problem_with_service(),
            "call": self._problem_with_call(),
        }
        if not codes_problem and not problems["call"]:
            problems["codes"] = self._problem_with_siblings()
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    @property
    def row(self) -> Row:
        return Row(self.codes, self.message, self.kind, self.call_id is not None, self.pk or 0)

    def _join_service(self) -> None:
        if self.call is not None and self.service_id is None:
            self.service = self.call.service

    def _problem_with_codes(self) -> str | None:
        try:
            self.codes = tidy(self.codes)
        except ValueError as error:
            return str(error)
        return None

    def _problem_with_service(self) -> str | None:
        before = self._before("service_id")
        return None if before in (None, self.service_id) else "A row stays with its service. Make another one there."

    def _problem_with_call(self) -> str | None:
        if self.pk and self._before("pk") and self._before("call_id") != self.call_id:
            return "A row stays with its call. Make another one there."
        if self.call is not None and self.call.pk and self.call.service_id != self.service_id:
            return "This is a call of another service."
        return None

    def _before(self, field: str) -> Any:
        rows = DocumentedAnswer.objects.filter(pk=self.pk) if self.pk else DocumentedAnswer.objects.none()
        return rows.values_list(field, flat=True).first()

    def _problem_with_siblings(self) -> str | None:
        if self.service_id is None or (self.call is not None and self.call.pk is None):
            return None  # of a service or call that is still to be saved
        others = DocumentedAnswer.objects.filter(service=self.service_id, call=self.call_id).exclude(pk=self.pk)
        rows = list(others.values_list("codes", flat=True))
        whose = "This call" if self.call_id else "This service"
        if any(parse_codes(codes) == parse_codes(self.codes) for codes in rows):
            return f"{whose} already has a row for {self.codes}. Change that one."
        if len(rows) >= MOST_ROWS:
            return f"{whose} has {len(rows)} rows already, and {MOST_ROWS} are the most. Use ranges, such as 500-504."
        return None


def references_of(pairs: Iterable[tuple[int, int]]) -> Mapping[int, tuple[Row, ...]]:
    """The reference of calls, (call id, service id) each, by call id: the call's own rows and its service's."""
    pairs = list(pairs)
    if not pairs:
        return {}
    services = {service_id for _, service_id in pairs}
    own: dict[int, list[Row]] = defaultdict(list)
    shared: dict[int, list[Row]] = defaultdict(list)
    wanted = {call_id for call_id, _ in pairs}
    for service_id, call_id, row in _rows(services):
        if call_id is None:
            shared[service_id].append(row)
        elif call_id in wanted:
            own[call_id].append(row)
    return {call_id: (*own[call_id], *shared[service_id]) for call_id, service_id in pairs}


def reference_of(call: Call) -> tuple[Row, ...]:
    """The rows that hold for a call, saved or not: its own, and those of its service."""
    if call.service_id is None:
        return ()
    found = DocumentedAnswer.objects.filter(Q(call=None) | Q(call=call.pk), service=call.service_id)
    return tuple(one.row for one in found.order_by("pk"))


def reference_marks(services: Iterable[int]) -> Mapping[tuple[int, int | None], Any]:
    """By service and call (None: its own rows), a mark that is another one after every edit of those rows."""
    rows = DocumentedAnswer.objects.filter(service__pk__any_of=services).order_by().values_list("service_id", "call_id")
    marked = rows.annotate(models.Count("pk"), models.Max("updated_at"), models.Sum("pk"))
    return {(service_id, call_id): tuple(mark) for service_id, call_id, *mark in marked}


def _rows(services: Collection[int]) -> Iterable[tuple[int, int | None, Row]]:
    names = ("service_id", "call_id", "codes", "message", "kind", "pk")
    for service_id, call_id, codes, message, kind, pk in (
        DocumentedAnswer.objects.filter(service__pk__any_of=services).order_by("pk").values_list(*names)
    ):
        yield service_id, call_id, Row(codes, message, kind, call_id is not None, pk)
