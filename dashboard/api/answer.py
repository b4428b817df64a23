"""``answers/``: what the references of services and calls document, a row each."""

from typing import Any, ClassVar

from django.db.models import Q
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request

from apiclient.models import Call, DocumentedAnswer
from dashboard import filters
from dashboard.access import reach, within
from dashboard.api import query
from dashboard.api.call import ServiceMember
from dashboard.api.configured import ConfiguredSerializer, ConfiguredViewSet
from dashboard.api.member import Text


@extend_schema_field({"type": ["integer", "string", "null"]})
class CallMember(serializers.Field[Any, Any, Any, Any]):
    """Shown as the id; ``service/call`` by their slugs is understood too."""

    def to_representation(self, call: Call) -> int:
        return int(call.pk)

    def to_internal_value(self, data: Any) -> Call:
        rows = within(self.context["request"], Call.objects.select_related("service"), "service")
        found = None
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data < 2**31:
            found = rows.filter(pk=data).first()
        elif isinstance(data, str) and data.isprintable():
            service, _, slug = data.partition("/")
            found = rows.filter(service__slug=service, slug=slug).first()
        if found is None:
            raise serializers.ValidationError(f"There is no call {str(data)[:160]!r}. Use its id, or service/call.")
        return found


EXAMPLE = OpenApiExample(
    "Of one call",
    {"call": "shop/orders", "codes": "409, 422", "message": "The order is closed.", "kind": "error"},
    request_only=True,
)


@extend_schema_serializer(examples=[EXAMPLE])
class AnswerSerializer(ConfiguredSerializer):
    """A documented answer. Without a call it holds for each call of its service; a call's own row wins."""

    service = ServiceMember(
        required=False, help_text="Its id or its slug; may be left out beside a call. A row stays with its service."
    )
    call = CallMember(
        required=False, allow_null=True, help_text="Its id or `service/call`; null: it holds for each call."
    )
    codes = Text(max_length=200, help_text="`404`, `409, 422`, `500-504`, `5xx`. No two rows have the same ones.")

    class Meta:
        model = DocumentedAnswer
        fields = ("id", "service", "call", "codes", "message", "kind", "source", "created_at", "updated_at")
        validators: tuple[Any, ...] = ()
        extra_kwargs: ClassVar[Any] = {"kind": {"allow_blank": True}, "source": {"read_only": True}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        call = attrs.get("call")
        if self.instance is None and call is None and "service" not in attrs:
            raise serializers.ValidationError({"service": ["Name the service or the call that the row is of."]})
        if call is not None:
            attrs.setdefault("service", call.service)
        elif self.instance is not None and not self.partial:  # a row stays where it is
            attrs.setdefault("service", self.instance.service)
            if "call" not in attrs:
                attrs["call"] = self.instance.call
        return super().validate(attrs)

    def _blank(self) -> Any:
        found = super()._blank()
        if self.instance is not None:
            found.source = self.instance.source
        return found


WORDS = [
    OpenApiParameter("service", str, description="Services by id or slug, comma-separated."),
    OpenApiParameter("call", str, description="Calls by id or `service/call`, comma-separated: their own rows alone."),
]


@extend_schema_view(list=extend_schema(parameters=WORDS), destroy=extend_schema(description="Delete the row."))
class AnswerViewSet(ConfiguredViewSet):
    """What the references of services and calls document."""

    queryset = DocumentedAnswer.objects.select_related("service", "call__service").order_by("pk")
    serializer_class = AnswerSerializer
    of_service = "service"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(("service", "call", *query.PAGE_WORDS) if self.action == "list" else ()))

    def filter_queryset(self, queryset: Any) -> Any:
        asked = {word: text for word in ("service", "call") if (text := self.request.query_params.get(word))}
        if self.action != "list" or not asked:
            return queryset
        found = filters.parse(asked, reach(self.request))
        query.refuse(found.problems)
        where = Q(service__in=found.selection.services) if "service" in asked else Q()
        if "call" in asked:
            where &= Q(call__in=found.selection.calls)
        return queryset.filter(where)
