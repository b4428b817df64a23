"""``outcomes/``: what came of every slot, newest first; one alone comes with the server's own words."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient import report
from apiclient.catalogue import Category, CodeClass, Failure, MissedBecause, Verdict
from apiclient.models import Location, Outcome, OutcomeDetail
from apiclient.models.location import PUSHED, PUSHED_SLUG
from apiclient.reason import reason
from dashboard.access import within
from dashboard.api import body, export, outcomes_file, push, query, submission
from dashboard.api.promise import STILL_TO_COME, is_promised, promise

WHERE = "Where it ran: a slug, `pushed` when another program made the call, or the number of one since deleted."
PHASES = ("dns", "connect", "tls", "wait", "transfer", "total")


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


class TimingsSerializer(serializers.Serializer[Outcome]):
    """Where the time went, in milliseconds."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {phase: serializers.FloatField(read_only=True) for phase in PHASES}

    def to_representation(self, outcome: Outcome) -> dict[str, float]:
        return {phase: getattr(outcome, f"{phase}_us") / 1000 for phase in PHASES}


class OutcomeSerializer(serializers.Serializer[Outcome]):
    id = serializers.CharField(read_only=True, help_text="A text, since it has more digits than some languages keep.")
    call = serializers.IntegerField(source="call_id", read_only=True)
    service = serializers.IntegerField(source="call.service_id", read_only=True)
    location = serializers.SerializerMethodField(help_text=WHERE)
    due_at = serializers.DateTimeField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Null when nothing was sent.")
    lag_ms = serializers.IntegerField(read_only=True, allow_null=True, help_text="How late it started.")
    status_code = serializers.IntegerField(read_only=True, allow_null=True)
    failure = serializers.SerializerMethodField(help_text="Why there was no usable answer; null when there was.")
    missed_because = serializers.SerializerMethodField(help_text="Why nothing was sent; null unless it was missed.")
    message = serializers.CharField(source="meaning.message", read_only=True, help_text="What code or failure means.")
    code_class = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()
    verdict = serializers.SerializerMethodField()
    timings_ms = TimingsSerializer(source="*", read_only=True)
    body_bytes = serializers.IntegerField(read_only=True)

    @cached_property
    def _locations(self) -> dict[int, str]:
        return location_slugs()

    def get_location(self, outcome: Outcome) -> str:
        number = outcome.location_id or 0
        return self._locations.get(number, str(number))

    @extend_schema_field({"type": ["string", "null"], "enum": [*(each.slug for each in MissedBecause), None]})
    def get_missed_because(self, outcome: Outcome) -> str | None:
        reason = outcome.reason_missed
        return reason.slug if reason else None

    @extend_schema_field({"type": ["string", "null"], "enum": [*(each.slug for each in Failure), None]})
    def get_failure(self, outcome: Outcome) -> str | None:
        failure = outcome.kind_of_failure
        return failure.slug if failure else None

    @extend_schema_field(_one_of(*CodeClass))
    def get_code_class(self, outcome: Outcome) -> str:
        return outcome.meaning.code_class

    @extend_schema_field(_one_of(*Category))
    def get_category(self, outcome: Outcome) -> str:
        return outcome.meaning.category

    @extend_schema_field(_one_of(*(each.slug for each in Verdict)))
    def get_verdict(self, outcome: Outcome) -> str:
        return outcome.judgement.slug


class HeaderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(read_only=True)
    value = serializers.CharField(read_only=True)

    def to_representation(self, header: tuple[str, str]) -> dict[str, str]:
        return dict(zip(("name", "value"), header, strict=True))


class RedirectSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(read_only=True)
    status_code = serializers.IntegerField(read_only=True)
    location = serializers.CharField(read_only=True)


class CertificateSerializer(serializers.Serializer[Any]):
    subject = serializers.CharField(read_only=True)
    issuer = serializers.CharField(read_only=True)
    expires_at = serializers.SerializerMethodField()

    def get_expires_at(self, certificate: dict[str, Any]) -> datetime | None:
        written = certificate["expires_at"]
        return datetime.fromisoformat(written) if written else None


class CheckSerializer(serializers.Serializer[Any]):
    """One of the things that an answer was judged by: its code, a time limit, a check of the call."""

    sentence = serializers.CharField(read_only=True)
    holds = serializers.BooleanField(read_only=True)
    degrades = serializers.BooleanField(read_only=True, help_text="It does not fail an answer, only degrades it.")

    def to_representation(self, result: dict[str, Any]) -> dict[str, Any]:
        return {"degrades": False} | result


class StepSerializer(serializers.Serializer[Any]):
    """One request of a chain, in the order they were planned."""

    name = serializers.CharField(read_only=True)
    method = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)
    always = serializers.BooleanField(read_only=True, help_text="Sent after a failure too.")
    status_code = serializers.IntegerField(read_only=True, allow_null=True)
    failure = serializers.ChoiceField([each.slug for each in Failure], read_only=True, allow_null=True)
    verdict = serializers.ChoiceField(
        [each.slug for each in Verdict], read_only=True, allow_null=True, help_text="Null when it was not sent."
    )
    message = serializers.CharField(read_only=True, help_text="What was wrong, empty when nothing was.")
    start_ms = serializers.SerializerMethodField(help_text="Counted from the beginning of the first.")
    timings_ms = serializers.SerializerMethodField(help_text="Null when it was not sent.")
    checks = CheckSerializer(many=True, read_only=True)

    def get_start_ms(self, step: dict[str, Any]) -> float:
        return float(step["start_us"]) / 1000

    @extend_schema_field(
        {
            "type": ["object", "null"],
            "properties": {phase: {"type": "number"} for phase in PHASES},
            "required": list(PHASES),
        }
    )
    def get_timings_ms(self, step: dict[str, Any]) -> dict[str, float] | None:
        phases = step["phases_us"]
        return phases and {phase: phases[phase] / 1000 for phase in PHASES}


class DetailSerializer(serializers.Serializer[OutcomeDetail]):
    """What was sent and what came back, secrets masked."""

    method = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)
    request_headers = HeaderSerializer(many=True, read_only=True)
    reason = serializers.CharField(read_only=True, help_text="The reason phrase as the server wrote it.")
    http_version = serializers.CharField(read_only=True)
    remote_address = serializers.CharField(read_only=True)
    remote_port = serializers.IntegerField(read_only=True)
    headers = HeaderSerializer(many=True, read_only=True)
    body = serializers.SerializerMethodField(help_text="Cut at 64 KiB; what is no UTF-8 is replaced.")
    message = serializers.SerializerMethodField(help_text="The server's words about its error.")
    interim = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="1xx codes before.")
    redirects = RedirectSerializer(many=True, read_only=True)
    certificate = CertificateSerializer(read_only=True, allow_null=True)
    checks = CheckSerializer(many=True, read_only=True, help_text="What a failed or degraded answer was judged by.")
    steps = StepSerializer(many=True, read_only=True, help_text="Of a chain; empty for a call of one request.")
    error = serializers.CharField(read_only=True, help_text="The transport's words about a failure.")

    def get_body(self, detail: OutcomeDetail) -> str:
        return bytes(detail.body).decode("utf-8", "replace")

    def get_message(self, detail: OutcomeDetail) -> str | None:
        return detail.said or None


class WholeOutcomeSerializer(OutcomeSerializer):
    reason = serializers.SerializerMethodField(help_text="Why the verdict is what it is, in a sentence.")
    detail = DetailSerializer(
        read_only=True, allow_null=True, default=None, help_text="Kept for failures and for changes of code, else null."
    )

    def get_reason(self, outcome: Outcome) -> str:
        return reason(outcome)


LOCATION = OpenApiParameter("location", str, description="Where they ran: slugs of locations, comma-separated.")
ID = OpenApiParameter("id", {"type": "string", "pattern": "^[0-9]{1,19}$"}, OpenApiParameter.PATH)


LISTED = extend_schema(
    parameters=[*query.FILTERS, LOCATION, export.FORMAT],
    responses=export.answers(OutcomeSerializer(many=True), outcomes_file.COLUMNS),
)
RETRIEVED = extend_schema(parameters=[ID], responses={200: WholeOutcomeSerializer, 202: STILL_TO_COME})


@extend_schema_view(list=LISTED, retrieve=RETRIEVED)
class OutcomeViewSet(export.Exporting, viewsets.ReadOnlyModelViewSet[Outcome]):
    """What came of every slot, exactly one each."""

    queryset = Outcome.objects.select_related("call", "detail__message")
    lookup_value_regex = "[0-9]{1,19}"
    most_bytes = None  # what is pushed is read piece by piece

    parser_classes = (body.Untouched,)
    scopes = {"create": "push"}
    """What a token needs for what is not reading."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action == "retrieve":
            query.only(request)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not export.is_asked(request):
            return super().list(request, *args, **kwargs)
        selection = query.selection(request, ("format", "limit", "location"))
        only = query.read(request, "location", _locations)
        most = query.read(request, "limit", export.read_most)
        rows = outcomes_file.rows(selection, location_slugs(), only, most)
        return export.respond(request, "outcomes", outcomes_file.COLUMNS, rows, outcomes_file.as_object)

    @submission.described
    def create(self, request: Request) -> JsonResponse:
        """Store outcomes of calls that other programs made themselves."""
        return push.receive(request)

    def get_queryset(self) -> QuerySet[Outcome]:
        if self.action == "list" and not getattr(self, "swagger_fake_view", False):
            rows = report.outcomes(query.selection(self.request, (*query.PAGE_WORDS, "location", "format")))
            numbers = query.read(self.request, "location", _locations)
            return rows.filter(location__in=numbers) if numbers else rows
        return within(self.request, super().get_queryset(), "call__service")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One outcome with the server's own words; 202 while a run on demand is under way."""
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            if not is_promised(request, int(kwargs["pk"])):
                raise
            return promise(request, int(kwargs["pk"]))

    def get_serializer_class(self) -> type[OutcomeSerializer]:
        return OutcomeSerializer if self.action == "list" else WholeOutcomeSerializer


def location_slugs() -> dict[int, str]:
    """By number, and the word for outcomes that other programs told."""
    return {**dict(Location.objects.values_list("number", "slug")), PUSHED: PUSHED_SLUG}


def _locations(text: str) -> set[int]:
    """The numbers of the locations named; ValueError when one is not known."""
    known = {slug: number for number, slug in location_slugs().items()} if text else {}
    words = {word.strip() for word in text.split(",") if word.strip()}
    if unknown := sorted(words - known.keys()):
        raise ValueError(f"{unknown[0][:80]!r} is no location. Use one or more of {', '.join(known)}.")
    return {known[word] for word in words}
