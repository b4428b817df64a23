"""Fields of the forms: headers as JSON, lengths of time as people write them."""

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_SPELLINGS = {"": "", "m": "min", "sec": "s", "second": "s", "minute": "min", "hr": "h", "hour": "h", "day": "d"}
_PART = re.compile(r"\s*([0-9]{1,12}(?:[.,][0-9]{1,6})?)(?![0-9])\s*([a-z]*)", re.IGNORECASE)


class HeadersField(forms.JSONField):
    """A JSON object as text. Whatever cannot be read as JSON is the user's mistake, never ours."""

    default_error_messages = {"invalid": 'This is no JSON. Use an object such as {"Accept": "application/json"}.'}

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was refused is shown again as it was typed: reading it may be what went wrong."""
        return InvalidJSONInput(data or "")

    def prepare_value(self, value: Any) -> Any:
        """One header a line."""
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2) if value else "{}"


class VariablesField(HeadersField):
    default_error_messages = {"invalid": 'This is no JSON. Use an object such as {"tenant": "acme"}.'}


class EnvironmentsField(HeadersField):
    default_error_messages = {"invalid": 'This is no JSON. Use an object such as {"staging": {"tenant": "test"}}.'}


class ListField(HeadersField):
    default_error_messages = {"invalid": "This is no JSON. Use a list of objects; an empty one is []."}

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value) if value else "[]"


class SpanField(forms.CharField):
    """A length of time, kept as a whole number of ``unit`` (``ms`` or ``s``); a number alone is of that unit.

    ``least`` and ``most`` are in that unit too. Blank is None.
    """

    def __init__(self, *, unit: str, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit, self.least, self.most = unit, least, most

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = self._read(text)
        if not self.least <= number <= self.most:
            raise ValidationError(f"Use {self.words(self.least)} to {self.words(self.most)}; this is outside.")
        return number

    def prepare_value(self, value: Any) -> Any:
        return self.words(value) if isinstance(value, int) else value

    def words(self, number: int) -> str:
        """In the largest units that lose nothing: ``1 h 30 min``, ``2.5 s`` is ``2 s 500 ms``."""
        rest, parts = number * MS[self.unit], []
        for unit, length in reversed(MS.items()):
            if rest >= length:
                parts.append(f"{rest // length} {unit}")
                rest %= length
        return " ".join(parts) or f"0 {self.unit}"

    def _read(self, text: str) -> int:
        at, total = 0, 0.0
        while at < len(text.rstrip()):
            part = _PART.match(text, at)
            unit = part and self._unit(part[2].lower())
            if not part or not unit:
                example = "800 ms or 2.5 s" if self.unit == "ms" else "30 s, 5 min or 1 h 30 min"
                raise ValidationError(f"{text[:40]!r} is no length of time. Write it as {example}.")
            total += float(part[1].replace(",", ".")) * MS[unit]
            at = part.end()
        number = total / MS[self.unit]
        if number != int(number):
            raise ValidationError(f"Use whole {'milliseconds' if self.unit == 'ms' else 'seconds'}.")
        return int(number)

    def _unit(self, word: str) -> str:
        """The unit that the word names, this field's own where there is none, '' for a word that names none."""
        if not word:
            return self.unit
        single = word if word in MS else word.removesuffix("s")
        return single if single in MS else _SPELLINGS.get(single, "")
