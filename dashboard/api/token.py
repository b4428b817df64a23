"""``tokens/``: how programs sign in. A token's text is in the answer that makes it, and nowhere else."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient.models import Scope, Service, Token
from dashboard import token as tokens
from dashboard.access import token_of
from dashboard.api import idempotency, query
from dashboard.api.idempotency import once_in_secret
from dashboard.api.permission import Allowed


class TokenSerializer(serializers.ModelSerializer[Token]):
    """``prefix`` is the beginning of its text, to tell tokens apart by."""

    prefix = serializers.CharField(source="shown", read_only=True)
    owner = serializers.CharField(source="owner.username", read_only=True, help_text="The login that it acts as.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), read_only=True)
    services = serializers.SerializerMethodField(help_text="Ids of those it is limited to; null is no limit.")
    state = serializers.ChoiceField(choices=["valid", "expired", "revoked", "inactive"], read_only=True)

    class Meta:
        model = Token
        fields = (
            "id", "name", "prefix", "owner", "scopes", "services", "state",
            "created_at", "expires_at", "last_used_at", "revoked_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_services(self, token: Token) -> list[int] | None:
        return sorted(service.pk for service in token.services.all()) if token.limited else None


class MadeTokenSerializer(TokenSerializer):
    token = serializers.SerializerMethodField(help_text="Its whole text, shown this once.")

    class Meta(TokenSerializer.Meta):
        fields: Any = (*TokenSerializer.Meta.fields, "token")
        read_only_fields: Any = fields

    def get_token(self, token: Token) -> str:
        return str(self.context["text"])


class WishSerializer(serializers.Serializer[Any]):
    """What a token is to be."""

    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False, max_length=10,
        help_text="`write` includes `read`; `push` is given by itself.",
    )  # fmt: skip
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Null or left out: never.")
    services: Any = serializers.ManyRelatedField(
        child_relation=serializers.PrimaryKeyRelatedField(queryset=Service.objects.all()),
        required=False, allow_null=True, allow_empty=False,
        help_text="Ids of the services that it is limited to. Null or left out: all that its owner reaches.",
    )  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if "request" in self.context:
            fields["services"].child_relation.queryset = tokens.services_in_reach(self.context["request"])
        return fields

    def validate(self, given: dict[str, Any]) -> tokens.Wish:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({unknown[0]: f"There is no field of that name. Known are: {known}."})
        wish = tokens.Wish(**given)
        if found := tokens.problems(self.context["request"], wish):
            raise serializers.ValidationError(found)
        return wish


class TokenPermission(Allowed):
    """Whoever is signed in has tokens; who comes with one needs the scope ``write``, whose owner is an editor."""

    def require_role(self, request: Request) -> None:
        if token_of(request):
            super().require_role(request)


@extend_schema_view(
    list=extend_schema(description="Your own; for admins those of everybody."),
    destroy=extend_schema(description="Revokes the token: it stays in the list and signs in no more."),
)
class TokenViewSet(mixins.DestroyModelMixin, viewsets.ReadOnlyModelViewSet[Token]):
    """How programs sign in. A session, or a token of the scope `write`, may ask; none gives more than it has."""

    queryset = Token.objects.order_by("-pk")
    serializer_class = TokenSerializer
    permission_classes = (TokenPermission,)
    scopes: ClassVar = {"list": "write", "retrieve": "write"}
    lookup_value_regex = "[0-9]{1,9}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(query.PAGE_WORDS if self.action == "list" else ()))

    def get_queryset(self) -> QuerySet[Token]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return tokens.listed(self.request).order_by("-pk")

    @once_in_secret
    @extend_schema(parameters=idempotency.PARAMETERS, request=WishSerializer, responses={201: MadeTokenSerializer})
    def create(self, request: Request) -> Response:
        asked = WishSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        token, text = tokens.make(request, asked.validated_data)
        made = MadeTokenSerializer(token, context={"text": text})
        headers = {"Location": f"{request.path}{token.pk}/", "Cache-Control": "no-store"}
        return Response(made.data, status.HTTP_201_CREATED, headers=headers)

    def perform_destroy(self, token: Token) -> None:
        tokens.revoke(self.request, token)
