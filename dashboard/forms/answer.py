"""Rows of a reference as forms, of a page or of the admin: checked against each other before any is saved."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, inlineformset_factory

from apiclient.expectation import parse_codes
from apiclient.models import Call, DocumentedAnswer, Service
from apiclient.models.answer import MOST_ROWS


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DocumentedAnswer
        fields = ("codes", "message", "kind")
        widgets: ClassVar = {
            "codes": forms.TextInput(attrs={"placeholder": "404, 500-504", "spellcheck": "false", "size": 16}),
            "message": forms.TextInput(attrs={"placeholder": "What the reference says of it"}),
        }


class AnswerFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The rows of one call, or those of a service for all its calls."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if isinstance(self.instance, Call) else [row for row in rows if row.call_id is None]

    def add_fields(self, form: Any, index: int | None) -> None:
        """Each field says which row it is of, since a column's head is no label."""
        super().add_fields(form, index)
        for name, words in (("codes", "Codes"), ("message", "Message"), ("kind", "Kind"), ("DELETE", "Delete")):
            if name in form.fields and index is not None:
                form.fields[name].widget.attrs["aria-label"] = f"{words} of row {index + 1}"

    def clean(self) -> None:
        """What the rows cannot see of each other while none of them is saved."""
        super().clean()
        first: dict[frozenset[int], Any] = {}
        for form in self.forms:
            codes = form.cleaned_data.get("codes") if hasattr(form, "cleaned_data") else None
            if not codes or form.cleaned_data.get("DELETE") or form.errors:
                continue
            if parse_codes(codes) in first:
                form.add_error("codes", f"Two rows for {form.instance.codes}. Put what they say into one.")
                raise ValidationError("Two rows name the same codes.")
            first[parse_codes(codes)] = form


def formset_of(owner: type[Call] | type[Service], extra: int) -> Any:
    """The class of formset for a call's or a service's rows, with so many blank ones."""
    return inlineformset_factory(
        owner, DocumentedAnswer, form=AnswerForm, formset=AnswerFormSet, extra=extra, max_num=MOST_ROWS,
        validate_max=True, absolute_max=MOST_ROWS + extra,
    )  # fmt: skip
