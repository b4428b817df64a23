"""A service or a call as a form: headers are a JSON object whose secrets are kept but never shown."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.forms import BoundField

from apiclient.models.revision import revise
from apiclient.models.service import free_slug as make_slug
from dashboard.forms.fields import HeadersField
from dashboard.forms.versioned import VersionedForm
from dashboard.mask import masked, unmasked

MEANWHILE = "Somebody saved the same name or short name at this very moment. Choose another one."


class ConfiguredForm(forms.ModelForm):  # type: ignore[type-arg]
    """The mask stands for a secret header value; sent back, it keeps that value.

    ``kept`` are the headers that the mask may stand for: the instance's own unless given.
    """

    class Meta:
        field_classes = {"headers": HeadersField}

    def __init__(self, *args: Any, kept: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.headers if self.instance.pk else {}
        self.kept: dict[str, str] = own if kept is None else kept
        self.initial["headers"] = masked(self.kept)

    def clean_headers(self) -> Any:
        headers = self.cleaned_data["headers"]
        if not isinstance(headers, dict):
            return headers
        try:
            return unmasked(headers, self.kept)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model says of a field that this form does not have stands beside the switch that can be turned."""
        told: dict[str, Any] = getattr(errors, "error_dict", {})
        beside = "enabled" if "enabled" in self.fields else NON_FIELD_ERRORS
        for name in told.keys() - self.fields.keys() - {NON_FIELD_ERRORS}:
            told.setdefault(beside, []).extend(told.pop(name))
        super()._update_errors(errors)  # type: ignore[misc]


class Group:
    """Fields that belong together; ``fold`` is whether they may start out hidden."""

    def __init__(self, form: Any, title: str, names: tuple[str, ...], fold: bool) -> None:
        self.title = title
        self.fields = [form[name] for name in names if name in form.fields]
        self.fold = fold and not any(field.errors for field in self.fields)


class PageForm(VersionedForm, ConfiguredForm):
    """What the pages add: groups, a slug that is free, and the focus where the first mistake is.

    ``layout`` lists the groups, (title, names, whether it is folded).
    """

    layout: tuple[tuple[str, tuple[str, ...], bool], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def groups(self) -> list[Group]:
        return [group for one in self.layout if (group := Group(self, *one)).fields]

    @property
    def problems(self) -> list[BoundField]:
        """The fields that were refused, from top to bottom."""
        order = [name for _, names, _ in self.layout for name in names]
        return [self[name] for name in order if name in self.errors]

    def full_clean(self) -> None:
        super().full_clean()
        self._focus()

    def only_problems_of(self, names: frozenset[str]) -> None:
        """Forget what was refused elsewhere: it does not matter yet."""
        for name in set(self.errors) - names:
            del self.errors[name]
        self._focus()

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("name"):
            cleaned["slug"] = self._free_slug(cleaned["name"])
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """In one transaction; None is returned, and the form says why, when another one was faster."""
        try:
            with transaction.atomic():
                revise()  # every edit waits here for the one before it
                if self.is_overtaken():
                    return None
                return super().save(commit)
        except IntegrityError:
            self.add_error("name", MEANWHILE)
            self._focus()
            return None

    def _focus(self) -> None:
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        for found in self.problems[:1]:
            found.field.widget.attrs["autofocus"] = True

    def _free_slug(self, name: str) -> str:
        return free_slug(name, self._others(), str(self.instance._meta.model_name))

    def _others(self) -> Any:
        """Those among which a slug must be the only one."""
        return type(self.instance).objects.exclude(pk=self.instance.pk)


def free_slug(name: str, others: Any, fallback: str) -> str:
    """As the models make it, among the rows ``others``."""
    return make_slug(name, lambda slug: bool(others.filter(slug=slug).exists()), fallback)
