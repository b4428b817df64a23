"""The collection as a whole, and what its requests have noticed together. Pure."""

from dataclasses import dataclass, field
from typing import Any

from apiclient.importers.naming import Names
from apiclient.importers.part import Part
from apiclient.importers.postman.variable import Variables
from apiclient.importers.recorded import Concealer
from apiclient.importers.sensitive import Secrets, others

SHOWN_PLACES = 5


@dataclass(slots=True)
class Collection:
    part: Part
    variables: Variables
    secrets: Secrets = field(default_factory=Secrets)
    auth: dict[str, Any] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    names: dict[tuple[str | None, str], Names] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def concealer(self) -> Concealer:
        return Concealer(self.secrets)

    def text(self, text: str, place: str) -> str:
        """With Postman's variables as placeholders; those of secrets are remembered for the notes."""
        return self.variables.written(text, lambda name: self.secrets.placeholder(name, place))

    def notes(self) -> list[str]:
        """Scripts, secrets to make, and variables without a value."""
        found: list[str] = []
        if self.scripts:
            shown = ", ".join(self.scripts[:SHOWN_PLACES]) + (", ..." if len(self.scripts) > SHOWN_PLACES else "")
            found.append(f"{len(self.scripts)} scripts are not supported and were never run: {shown}.")
        found += self.secrets.notes()
        return found + [
            f"Give the variable {name!r} a value: {places[0]}{others(places)} needs it and the collection has none;"
            " until then such calls are paused."
            for name, places in self.missing.items()
        ]
