"""What is configured, as a form: headers are a JSON object whose secrets are kept but never shown."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from dashboard.mask import masked, unmasked


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


class ConfiguredForm(forms.ModelForm):  # type: ignore[type-arg]
    """Of a service or a call. The mask stands for a secret header value; sent back, it keeps that value."""

    class Meta:
        field_classes = {"headers": HeadersField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: dict[str, str] = self.instance.headers if self.instance.pk else {}
        self.initial["headers"] = masked(self.kept)

    def clean_headers(self) -> Any:
        headers = self.cleaned_data["headers"]
        if not isinstance(headers, dict):
            return headers
        try:
            return unmasked(headers, self.kept)
        except ValueError as error:
            raise ValidationError(str(error)) from None
