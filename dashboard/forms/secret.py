"""A secret as a form of pages and admin: what is typed is stored, and no page ever shows it again."""

from typing import Any, ClassVar

from django import forms
from django.db import IntegrityError, transaction
from django.forms import BoundField

from apiclient.models import Secret, Service
from apiclient.models.revision import revise
from dashboard.forms.configured import MEANWHILE, Group


class Unshown(forms.Textarea):
    """Several lines, since certificates have them; what was typed is not sent back with the page."""

    def format_value(self, value: Any) -> str:
        return ""


class ValueField(forms.CharField):
    """Lines end as they do in files, not as browsers send them."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class SecretForm(forms.ModelForm):  # type: ignore[type-arg]
    value = ValueField(
        help_text="Stored encrypted and never shown again. At least 4 characters; spaces around it are left out.",
        widget=Unshown(
            attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", "class": "code"}
        ),
    )

    class Meta:
        model = Secret
        fields: ClassVar[Any] = ("service", "name", "environment", "value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("value", None)


class PageSecretForm(SecretForm):
    """``save`` returns None, and the form says why, when another one was faster."""

    layout: ClassVar[Any] = (("The secret", ("name", "environment", "value"), False),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def groups(self) -> list[Group]:
        return [group for one in self.layout if (group := Group(self, *one)).fields]

    @property
    def problems(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    def save(self, commit: bool = True) -> Any:
        try:
            with transaction.atomic():
                revise()
                return super().save(commit)
        except IntegrityError:
            self.add_error("name", MEANWHILE)
            return None


class NewSecretForm(PageSecretForm):
    """Of a service, which is known."""

    environment = forms.ChoiceField(
        required=False,
        help_text="Where it counts. In every one: unless an environment has a secret of this name of its own.",
    )

    class Meta(SecretForm.Meta):
        fields = ("name", "environment", "value")
        help_texts: ClassVar = {"name": "Letters, digits, _ and -. Written {{ secret.name }} where it is to be put in."}
        widgets: ClassVar = {
            "name": forms.TextInput(
                attrs={"placeholder": "api-key", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
            )
        }

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, instance=Secret(service=service), **kwargs)
        choices = [("", "every environment"), *((name, name) for name in service.environments)]
        self.fields["environment"].choices = choices  # type: ignore[attr-defined]
        if not service.environments:
            del self.fields["environment"]


class SecretValueForm(PageSecretForm):
    """Another value in the place of the one that is kept."""

    class Meta(SecretForm.Meta):
        fields = ("value",)
