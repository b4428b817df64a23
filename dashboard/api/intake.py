"""``imports/``: what other tools describe, previewed or saved."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient.importers.answerback import BadFile
from apiclient.importers.chosen import READERS, Unknown, read_as, source_of
from apiclient.importers.document import checked
from apiclient.plan import Refused, Result
from apiclient.plan.words import as_object
from dashboard import intake
from dashboard.access import sharing
from dashboard.api import idempotency, query
from dashboard.api.idempotency import once
from dashboard.api.member import Text
from dashboard.api.refusal import BadBody

MOST_BYTES = 20 << 20
EXAMPLE = OpenApiExample(
    "A curl command",
    {"source": "curl", "text": "curl https://shop.example/orders", "service": "Shop"},
    request_only=True,
)


class Unusable(BadBody):
    """What the text describes cannot be saved: each with the place in it."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__({"/text": ""})
        self.errors = [{"pointer": "/text", "place": place, "detail": sentence} for place, sentence in problems]


@extend_schema_serializer(examples=[EXAMPLE])
class ImportSerializer(serializers.Serializer[Any]):
    source: Any = serializers.ChoiceField(
        choices=list(READERS), required=False, help_text="What the text is. Left out: found out."
    )
    text = Text(trim_whitespace=False, help_text="The whole file.")
    service = Text(required=False, allow_blank=True, max_length=120, help_text="The service it is about, by name.")
    base_url = Text(required=False, allow_blank=True, max_length=2000, help_text="Where that is.")

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({unknown[0]: f"There is no member of that name. Known are: {known}."})
        return super().to_internal_value(data)


class DifferenceSerializer(serializers.Serializer[Any]):
    member = serializers.CharField(read_only=True)
    before = serializers.JSONField(read_only=True, help_text="Secrets masked, null where new.")
    after = serializers.JSONField(read_only=True)


class ChangeSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=["create", "change", "delete"], read_only=True)
    thing = serializers.ChoiceField(choices=["service", "call", "answer"], read_only=True)
    service = serializers.CharField(read_only=True, help_text="By name.")
    call = serializers.CharField(read_only=True, help_text="By name; empty for a service and what its calls share.")
    codes = serializers.CharField(read_only=True, help_text="Of a documented answer.")
    differences = DifferenceSerializer(many=True, read_only=True)


class CountSerializer(serializers.Serializer[Any]):
    create: Any = serializers.IntegerField(read_only=True)
    change = serializers.IntegerField(read_only=True)
    delete = serializers.IntegerField(read_only=True)


class CountsSerializer(serializers.Serializer[Any]):
    service = CountSerializer(read_only=True)
    call: Any = CountSerializer(read_only=True)
    answer = CountSerializer(read_only=True)


class ResultSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(read_only=True)
    source: Any = serializers.CharField(read_only=True)
    changes = ChangeSerializer(many=True, read_only=True)
    counts = CountsSerializer(read_only=True)
    notes = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What was left out, or waits."
    )


DRY_RUN = OpenApiParameter("dry_run", bool, description="`true`: only tell what would change.")


class ImportViewSet(viewsets.ViewSet):
    """Files of other tools: OpenAPI, Postman, HAR, curl, tables of codes, and Answerback's own YAML."""

    most_bytes = MOST_BYTES

    @extend_schema(
        request=ImportSerializer,
        responses={200: ResultSerializer},
        parameters=[DRY_RUN, *idempotency.PARAMETERS],
        description="Save what differs, all or nothing; nothing is deleted. Sent again, there is nothing left to do.",
    )
    @once
    def create(self, request: Request) -> Response:
        query.only(request, "dry_run")
        dry_run = query.read(request, "dry_run", _flag, "false")
        if problem := sharing(request).problem:
            raise PermissionDenied(problem)
        asked = ImportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        source, result = _result(request, asked.validated_data, dry_run)
        return Response({"source": source} | as_object(result.changes, result.notes, dry_run=dry_run))


def _result(request: Request, asked: dict[str, Any], dry_run: bool) -> tuple[str, Result]:
    try:
        text = checked(asked["text"])
        source = asked.get("source") or source_of(text)
        described = read_as(source, text, asked.get("service", ""), asked.get("base_url", ""))
        result = (intake.preview if dry_run else intake.save)(request, described, source)
    except Unknown as error:
        raise BadBody({"/source": str(error)}) from None
    except BadFile as error:
        raise Unusable(error.problems) from None
    except Refused as refused:
        raise Unusable([(one.place, one.sentence) for one in refused.problems]) from None
    except ValueError as error:
        raise Unusable([("", str(error))]) from None
    if result.problems:
        raise Unusable([(one.place, one.sentence) for one in result.problems])
    return source, result


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("Use true or false.")
    return text == "true"
