"""``webhooks/``: who is told when the verdict of a call changes, and what was sent to them."""

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apiclient import tasks
from apiclient.models import Service, Team, Webhook
from apiclient.models.webhook import Change, every_change
from apiclient.signature import problem_with_secret
from dashboard import webhook as telling
from dashboard.api import entity_tag, idempotency, query
from dashboard.api.delivery import DeliverySerializer
from dashboard.api.idempotency import once_in_secret
from dashboard.api.member import Flag, Text
from dashboard.api.versioned import CHANGING, READING, VersionedMixin

SECRET = {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]+={0,2}$", "maxLength": 100}


class Id(serializers.PrimaryKeyRelatedField[Any]):
    """One of those that who asks may name; any other is not there."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class ServiceId(Id):
    def get_queryset(self) -> QuerySet[Service]:
        return telling.services(self.context["request"])


class TeamId(Id):
    def get_queryset(self) -> QuerySet[Team]:
        return telling.teams(self.context["request"])


@extend_schema_field(SECRET)
class Secret(Text):
    """Given, and never shown."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if problem := problem_with_secret(text):
            raise serializers.ValidationError(problem)
        return text


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    name = Text(max_length=120)
    url = Text(max_length=2000, help_text="Where events are sent. Secret parameters are masked; sent back, they stay.")
    enabled = Flag(default=True)
    changes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Change.values)), default=every_change, min_length=1, max_length=5,
        help_text="What is told: the verdict became `failed` or `degraded`, or `passed` again (`recovered`); a code "
        "came that the call never answered before (`new_code`), or such one that no reference names (`undocumented`).",
    )  # fmt: skip
    services: Any = serializers.ManyRelatedField(
        child_relation=ServiceId(queryset=Service.objects.all()), required=False, allow_null=True, allow_empty=False,
        help_text="Ids of those it is limited to. Null: all that its owner or team can see.",
    )  # fmt: skip
    team: Any = TeamId(
        queryset=Team.objects.all(), default=None, allow_null=True, help_text="Null: it belongs to its owner."
    )
    owner = serializers.CharField(
        source="owner.username", read_only=True, allow_null=True, default=None, help_text="Null: it belongs to a team."
    )
    secret = Secret(
        write_only=True, required=False, help_text="What signs, `whsec_` and base64 of 24 to 64 bytes. Left out: made."
    )
    gone_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When the receiver answered 410 Gone, which disabled it."
    )

    class Meta:
        model = Webhook
        fields = (
            "id", "name", "url", "enabled", "changes", "services", "team", "owner", "secret", "gone_at",
            "created_at", "updated_at",
        )  # fmt: skip

    def to_representation(self, webhook: Webhook) -> dict[str, Any]:
        request, shown = self.context["request"], super().to_representation(webhook)
        limit = telling.limit(request, webhook)
        services = None if limit is None else sorted(service.pk for service in limit)
        return shown | {"url": telling.shown_url(request, webhook), "services": services}

    def to_internal_value(self, data: Any) -> Any:
        writable = [name for name, field in self.fields.items() if not field.read_only]
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            known = ", ".join(writable)
            raise serializers.ValidationError({unknown[0]: f"There is no member of that name. Known are: {known}."})
        return super().to_internal_value(data)

    def validate_url(self, url: str) -> str:
        try:
            return telling.whole_url(url, self.instance.url if self.instance else "")
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        candidate = self.instance or Webhook()
        for name in attrs.keys() & {"name", "url", "enabled", "changes", "team"}:
            setattr(candidate, name, attrs[name])
        try:
            candidate.clean_fields(exclude=["secret"])
            candidate.clean()
        except ModelError as error:
            raise serializers.ValidationError(error.message_dict) from None
        self.candidate = candidate
        return attrs

    def save(self, **kwargs: Any) -> Webhook:
        given, request = dict(self.validated_data), self.context["request"]
        if self.candidate.pk is None:
            self.candidate.secret = given.get("secret", "")
        chosen = given.get("services") or []
        saved = telling.save(request, self.candidate, None if self.partial and "services" not in given else chosen)
        if self.instance and "secret" in given:
            telling.change_secret(request, saved, given["secret"])
        return saved


class NewWebhookSerializer(WebhookSerializer):
    """With its secret, shown this once."""

    secret: Any = serializers.CharField(source="newest_secret", read_only=True)


class SigningSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(read_only=True, help_text="Shown this once.")


class BeingSent(APIException):
    status_code = 409
    default_detail = "It is being sent at this moment. Try again in a minute."


class Off(APIException):
    status_code = 409
    default_detail = "The webhook is off, so nothing is sent. Enable it first."


DELIVERY_ID = OpenApiParameter("delivery", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def queued_unless(why: str) -> dict[Any, OpenApiResponse]:
    """The answers of what sends an event."""
    return {
        202: OpenApiResponse(DeliverySerializer, "Queued: the deliveries of the webhook tell what becomes of it."),
        (409, "application/problem+json"): OpenApiResponse(PROBLEM, why),
    }


NO_STORE = {"Cache-Control": "no-store"}


@extend_schema_view(
    retrieve=READING,
    update=extend_schema(parameters=CHANGING),
    partial_update=extend_schema(parameters=CHANGING),
    destroy=extend_schema(parameters=[entity_tag.IF_MATCH]),
)
class WebhookViewSet(VersionedMixin, viewsets.ModelViewSet[Webhook]):
    """Who is told when the verdict of a call changes: your own and your teams'; for admins everybody's."""

    queryset = Webhook.objects.order_by("pk")
    serializer_class = WebhookSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(query.PAGE_WORDS if self.action in ("list", "deliveries") else ()))

    def get_queryset(self) -> QuerySet[Webhook]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return telling.listed(self.request).order_by("pk")

    @once_in_secret
    @extend_schema(
        parameters=idempotency.PARAMETERS,
        responses={201: NewWebhookSerializer},
        description="Make one. Its secret is in this answer alone.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = NewWebhookSerializer(serializer.save(), context=self.get_serializer_context())
        location = reverse("api-webhook-detail", args=[made.data["id"]], request=request)
        return Response(made.data, status.HTTP_201_CREATED, headers=NO_STORE | {"Location": location})

    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        with self.held() as webhook:
            serializer = self.get_serializer(webhook, data=request.data, partial=partial)
            serializer.is_valid(raise_exception=True)
            return self.shown(self.get_queryset().get(pk=serializer.save().pk))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with self.held() as webhook:
            telling.delete(request, webhook)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=SigningSecretSerializer)
    @action(detail=True, methods=["post"], url_path="secret")
    def change_secret(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a new secret. For a day the one before signs too, so that the receiver can change over."""
        secret = telling.change_secret(request, self.get_object())
        return Response({"secret": secret}, headers=NO_STORE)

    @extend_schema(request=None, responses=queued_unless(Off.default_detail))
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send an event that says nothing but that events arrive."""
        webhook = self.get_object()
        if not webhook.enabled:
            raise Off
        return Response(DeliverySerializer(tasks.send_test(webhook)).data, status.HTTP_202_ACCEPTED)

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=())
    def deliveries(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was sent in the last 30 days, newest first."""
        rows: Any = telling.deliveries(request).filter(webhook=self.get_object()).order_by("-pk")
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(request=None, responses=queued_unless(BeingSent.default_detail), parameters=[DELIVERY_ID])
    @action(detail=True, methods=["post"], url_path="deliveries/(?P<delivery>[0-9]{1,18})/again")
    def send_again(self, request: Request, *args: Any, delivery: str, **kwargs: Any) -> Response:
        """Send an event once more, under the id that it has."""
        rows = telling.deliveries(request).filter(webhook=self.get_object())
        found = rows.filter(pk=int(delivery)).first()
        if found is None:
            raise NotFound
        if not tasks.send_again(found):
            raise BeingSent
        return Response(DeliverySerializer(rows.get(pk=found.pk)).data, status.HTTP_202_ACCEPTED)
