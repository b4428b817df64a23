"""What is configured, written through the API: by the model's rules, one edit at a time, nothing overwritten unseen."""

import re
from collections.abc import Iterator
from copy import copy
from typing import Any, ClassVar

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, models
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apiclient.models.revision import revise
from dashboard.access import note, within
from dashboard.api import entity_tag, idempotency
from dashboard.api.idempotency import once
from dashboard.api.member import Choice, Flag, Slug, Text, Whole
from dashboard.api.refusal import BadBody, Refused
from dashboard.api.versioned import CHANGING, READING, VersionedMixin
from dashboard.forms.configured import MEANWHILE

_PLACE = re.compile(r"((?:\[[0-9]+\]|\.[\w-]+)+): ")
_STEP = re.compile(r"\[([0-9]+)\]|\.([\w-]+)")


class ConfiguredSerializer(serializers.ModelSerializer[Any]):
    """Writes by way of ``full_clean`` of the model. A member that is not known, or read only and changed, is refused.

    ``moving`` are read-only members that change by themselves, so that nobody can be blamed for sending an old one.
    """

    moving: ClassVar[frozenset[str]] = frozenset({"updated_at"})
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: Text,
        models.TextField: Text,
        models.SlugField: Slug,
        models.PositiveIntegerField: Whole,
        models.BooleanField: Flag,
    }
    serializer_choice_field = Choice

    @property
    def kind(self) -> Any:
        return self.Meta.model

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Without the model's validators, which ``full_clean`` asks."""
        kind, options = super().build_standard_field(field_name, model_field)
        options.pop("validators", None)
        return kind, options

    def to_internal_value(self, data: Any) -> Any:
        problems = dict(self._strange(data))
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems |= error.detail  # type: ignore[arg-type]
        if problems:
            raise serializers.ValidationError(problems)
        return values

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self.candidate = self._blank()
        related = {field.name for field in self.kind._meta.many_to_many}
        for name in attrs.keys() - related:
            setattr(self.candidate, name, attrs[name])
        try:
            self.candidate.full_clean()
        except ModelError as error:
            raise serializers.ValidationError(_by_member(error)) from None
        self.related = {name: attrs.get(name, []) for name in related if name in attrs or not self.partial}
        return attrs

    def save(self, **kwargs: Any) -> Any:
        """The saved thing."""
        self.candidate.save()
        for name, chosen in self.related.items():
            getattr(self.candidate, name).set(chosen)
        return self.candidate

    def _blank(self) -> Any:
        """What the values are put into: PATCH keeps what it does not name, PUT and POST begin with the defaults."""
        if self.partial:
            return copy(self.instance)
        found = self.kind()
        if self.instance is not None:
            found.pk, found.created_at = self.instance.pk, self.instance.created_at
            found._state.adding = False
        return found

    def _strange(self, data: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
        shown = self.to_representation(self.instance) if self.instance else {}
        writable = [name for name, field in self.fields.items() if not field.read_only]
        for name in data.keys() - set(writable):
            if name not in self.fields:
                yield name, [f"There is no member of that name. Known are: {', '.join(writable)}."]
            elif not self.instance:
                yield name, ["This is set by Answerback. Leave it out."]
            elif data[name] != shown[name] and name not in self.moving:
                yield name, ["This cannot be changed here. Leave it out, or send it back as it was."]


def _sent(request: Request) -> dict[str, Any]:
    """The members of the body."""
    if not isinstance(request.data, dict):
        raise BadBody({"": "Send one JSON object."})
    return request.data


def _by_member(error: ModelError) -> dict[str, Any]:
    return {
        "non_field_errors" if name == NON_FIELD_ERRORS else name: _placed(name, texts[0]) or texts
        for name, texts in error.message_dict.items()
    }


def _placed(name: str, text: str) -> Any:
    """A sentence about a place inside the member, ``steps[2].path: ...``, as what points there; None for others."""
    found = _PLACE.match(text.removeprefix(name)) if text.startswith(f"{name}[") else None
    if found is None:
        return None
    inner: Any = [text[len(name) + found.end() :]]
    for index, member in reversed(_STEP.findall(found[1])):
        inner = {index or member: inner}
    return inner


LOCATION = OpenApiParameter(
    "Location", {"type": "string", "format": "uri"}, OpenApiParameter.HEADER, description="Its address.", response=[201]
)


@extend_schema_view(
    list=extend_schema(description="All of them, by id."),
    create=extend_schema(
        parameters=[*idempotency.PARAMETERS, entity_tag.ETAG, LOCATION],
        description="Make one. Members left out get their defaults, a slug is made from the name.",
    ),
    retrieve=READING,
    update=extend_schema(parameters=CHANGING, description="Replace all of it: members left out get their defaults."),
    partial_update=extend_schema(parameters=CHANGING, description="Change the members that are named."),
    destroy=extend_schema(parameters=[entity_tag.IF_MATCH], description="Delete it, with its outcomes."),
)
class ConfiguredViewSet(VersionedMixin, viewsets.ModelViewSet[Any]):
    """``of_service`` is the field that names a thing's service."""

    of_service: ClassVar[str]
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else within(self.request, rows, self.of_service)

    @once
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        revise()
        serializer = self._checked(self.get_serializer(data=_sent(request)))
        thing = self._saved(serializer)
        try:
            found = self.get_queryset().get(pk=thing.pk)
        except thing.DoesNotExist:
            raise PermissionDenied("You could not see what you make: ask an admin to put you into a team.") from None
        note(request, found, ADDITION, "Added through the API.")
        response = self.shown(found, 201)
        response["Location"] = reverse(f"{self.basename}-detail", args=[found.pk], request=request)
        return response

    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        with self.held() as thing:
            before = self.get_serializer(thing).data
            serializer = self._checked(self.get_serializer(thing, data=_sent(request), partial=partial))
            self._saved(serializer)
            found = self.get_queryset().get(pk=thing.pk)
            response = self.shown(found)
            names = [name for name in before if response.data[name] != before[name] and name != "updated_at"]
            note(request, found, CHANGE, f"Changed through the API: {', '.join(names) or 'nothing'}.")
            return response

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with self.held() as thing:
            note(request, thing, DELETION, "Deleted through the API.")
            thing.delete()
        return Response(status=204)

    def _checked(self, serializer: Any) -> Any:
        serializer.is_valid(raise_exception=True)
        return serializer

    def _saved(self, serializer: Any) -> Any:
        try:
            return serializer.save()
        except IntegrityError:
            raise Refused(409, MEANWHILE) from None
