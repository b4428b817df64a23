"""Who asks, and how it is proved, as a field of a form: a kind is chosen, and its members are filled in.

Script hides nothing here: a rule of the stylesheet shows the members of the kind that is chosen.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apiclient.auth import KINDS, NONE, Kind, Member, problems_with_auth
from apiclient.auth.kind import has_secret
from apiclient.models import Service

OF_SERVICE, NOTHING = "As its service", "None"
LINES = "fields: write one a line, a name, = and its value."


class AuthWidget(forms.Widget):
    """``secrets`` are the names that secret members offer; ``none`` is what an empty choice is called."""

    template_name = "dashboard/partials/auth.html"

    def __init__(self, none: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.none, self.secrets = none, list[str]()

    def id_for_label(self, id_: str | None) -> str:
        return id_ or ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-kind" not in data

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = data.get(f"{name}-kind", "")
        if chosen not in KINDS:
            return {"kind": chosen} if chosen else None
        sent = ((member, data.get(f"{name}-{chosen}-{member.name}", "")) for member in KINDS[chosen].members)
        return {"kind": chosen} | {member.name: _read(member, text) for member, text in sent if text.strip()}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, dict) else {}
        choices = [("", self.none), *((kind.name, kind.label) for kind in KINDS.values())]
        if self.none == OF_SERVICE:
            choices.insert(1, (NONE, NOTHING))
        context["widget"] |= {
            "choices": [(kind, label, kind == given.get("kind", "")) for kind, label in choices],
            "kinds": [_shown(kind, name, given) for kind in KINDS.values()],
            "secrets": [f"{{{{ secret.{secret} }}}}" for secret in self.secrets],
        }
        return context


def _read(member: Member, text: str) -> Any:
    """What was typed; of a form, lines of names and values, or the text itself where one is no such line."""
    if not member.form:
        return text.strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not all("=" in line for line in lines):
        return text
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}


def _shown(kind: Kind, name: str, given: dict[str, Any]) -> dict[str, Any]:
    values = given if given.get("kind") == kind.name else {}
    members = [
        {"member": member, "name": f"{name}-{kind.name}-{member.name}", "value": _written(member, values)}
        for member in kind.members
    ]
    return {"kind": kind, "members": members}


def _written(member: Member, values: dict[str, Any]) -> str:
    value = values.get(member.name, "")
    if isinstance(value, dict):
        return "\n".join(f"{name}={text}" for name, text in value.items())
    # A secret that was typed where a placeholder belongs is not sent back.
    return "" if member.secret and not has_secret(str(value)) else str(value)


class AuthField(forms.Field):
    """The JSON of a model; None where nothing is chosen."""

    widget: Any = AuthWidget

    def __init__(self, *, none: str, **kwargs: Any) -> None:
        super().__init__(required=False, widget=AuthWidget(none), **kwargs)

    def offer(self, service: Service | None) -> None:
        """The secrets of this service, where a secret belongs."""
        if service is not None and service.pk:
            self.widget.secrets = sorted(set(service.secrets.values_list("name", flat=True)))

    def clean(self, value: Any) -> Any:
        if value and (problems := list(_problems(value))):
            raise ValidationError(problems)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or None) != (data or None)


def _problems(value: Any) -> Iterable[str]:
    for member, text in problems_with_auth(value).items():
        yield LINES if member == "fields" and isinstance(value.get(member), str) else text
