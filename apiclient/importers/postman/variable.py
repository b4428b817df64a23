"""Postman's ``{{variables}}`` -> placeholders of variables, or of secrets where the name says that it is one. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from apiclient.importers.naming import placeholder_name
from apiclient.importers.part import Part
from apiclient.importers.sensitive import is_sensitive

LONGEST_VALUE = 8000
MOST = 500
DEEPEST = 5
ANY = re.compile(r"\{\{\s{0,5}([^{}\n]{1,120}?)\s{0,5}\}\}")


@dataclass(slots=True)
class Variables:
    """``values`` by the name that a placeholder can hold; what is secret has none."""

    values: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, part: Part) -> "Variables":
        given: dict[str, str] = {}
        for owner in ("variables", "variable"):
            for variable in part.at(owner).items():
                name = variable.text("key") or variable.text("id")
                if name and variable.flag("disabled") is not True and _is_simple(variable):
                    given[name] = variable.text("value")
        values = {
            placeholder_name(name): _expanded(value, given)
            for name, value in list(given.items())[:MOST]
            if value and not is_sensitive(name)
        }
        # A value that needs what has no value is none.
        return cls({name: value for name, value in values.items() if len(value) <= LONGEST_VALUE and "{{" not in value})

    def written(self, text: str, secret: Callable[[str], str]) -> str:
        """The text with each variable as our placeholder."""

        def placeholder(match: re.Match[str]) -> str:
            name = match[1].removeprefix("$")
            return secret(name) if is_sensitive(name) else "{{ " + placeholder_name(name) + " }}"

        return ANY.sub(placeholder, text) if "{{" in text else text

    def resolved(self, text: str) -> str:
        """With the values of those that have one."""
        return ANY.sub(lambda match: self.values.get(placeholder_name(match[1]), match[0]), text)


def _is_simple(variable: Part) -> bool:
    return not isinstance(variable.value.get("value"), dict | list)


def _expanded(text: str, given: dict[str, str]) -> str:
    """Variables may name others; secrets among them stay as they are, so that the value counts as none."""
    for _ in range(DEEPEST):
        found = ANY.sub(lambda match: match[0] if is_sensitive(match[1]) else given.get(match[1], match[0]), text)
        if found == text or len(found) > LONGEST_VALUE:
            return found
        text = found
    return text
