"""Members of a body, by their JSON type: a number is no text, a text is no number, and what is masked stays kept."""

from collections.abc import Iterable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apiclient.models.service import problem_with_headers
from apiclient.placeholder import LONGEST_ENVIRONMENT, LONGEST_NAME, NAME
from dashboard.mask import masked, unmasked, unmasked_text


class Text(serializers.CharField):
    """Spaces around it are taken off, unless ``trim_whitespace`` says otherwise."""

    default_error_messages = {"invalid": "Use a text."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "maxLength": 80, "pattern": "^[-a-zA-Z0-9_]+$"})
class Slug(Text):
    """What may stand in an address; the model's own validator says what that is."""

    def __init__(self, *, allow_unicode: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)


class MaskedText(Text):
    """A text shown with its secrets masked; sent back as it is shown, it stays as it is kept."""

    def mask(self, text: str) -> str:
        raise NotImplementedError

    def to_representation(self, value: str) -> str:
        return self.mask(value)

    def to_internal_value(self, data: Any) -> str:
        text, before = super().to_internal_value(data), self.parent.instance
        kept = getattr(before, str(self.field_name)) if before else ""
        try:
            return unmasked_text(text, self.mask(kept), kept)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None


class Whole(serializers.IntegerField):
    default_error_messages = {"invalid": "Use a whole number."}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
            self.fail("invalid")
        return super().to_internal_value(int(data))


class Flag(serializers.BooleanField):
    default_error_messages = {"invalid": "Use true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or (data not in self.choices and not (data == "" and self.allow_blank)):
            raise serializers.ValidationError(f"Use one of {', '.join(map(str, self.choices))}.")
        return super().to_internal_value(data)


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
        "additionalProperties": {"type": "string", "pattern": r"^[^\x00-\x08\x0a-\x1f\x7f]*$"},
    }
)
class Headers(serializers.DictField):
    """Names and texts; secret values are masked, and one sent back masked stays as it is kept."""

    child = Text(trim_whitespace=False, allow_blank=True)
    default_error_messages = {"not_a_dict": 'Use an object of names and texts, such as {{"Accept": "text/plain"}}.'}

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return masked(value)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            self.fail("not_a_dict")
        kept = self.parent.instance.headers if self.parent.instance else {}
        problems = {name: [text] for name in data if (text := _problem(name, data[name], kept))}
        if problems:
            raise serializers.ValidationError(problems)
        return unmasked(data, kept)


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME.pattern}$", "maxLength": LONGEST_NAME},
        "additionalProperties": {"type": "string"},
    }
)
class Variables(serializers.JSONField):
    """Names and texts; the model says what they may be."""


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME.pattern}$", "maxLength": LONGEST_ENVIRONMENT},
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    }
)
class Environments(serializers.JSONField):
    """Names, each with its variables."""


def _problem(name: str, value: Any, kept: dict[str, str]) -> str | None:
    """Of one header, so that it can be pointed at."""
    if not isinstance(value, str):
        return "Use a text."
    try:
        return problem_with_headers(unmasked({name: value}, kept))
    except ValueError as error:
        return str(error)


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class Slugs(serializers.Field[Any, Any, Any, Any]):
    """A list of slugs; ``offered`` says of what, ``word`` and ``example`` how people are told."""

    word: ClassVar[str]
    example: ClassVar[str]

    def offered(self) -> Iterable[Any]:
        """Those that may be chosen."""
        raise NotImplementedError

    def to_representation(self, things: Any) -> list[str]:
        return sorted(thing.slug for thing in things.all())

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list) or not all(isinstance(slug, str) for slug in data):
            raise serializers.ValidationError(f"Use a list of slugs, such as {self.example}.")
        known = {thing.slug: thing for thing in self.offered()}
        problems: Any = {
            index: [f"There is no {self.word} {slug[:80]!r} to choose. Known are: {', '.join(known) or '(none)'}."]
            for index, slug in enumerate(data)
            if slug not in known
        }
        if problems:
            raise serializers.ValidationError(problems)
        return [known[slug] for slug in dict.fromkeys(data)]
