"""The description as a whole, and what its operations have noticed together. Pure."""

from dataclasses import dataclass, field

from apiclient.importers.naming import Names, placeholder_name
from apiclient.importers.part import Part
from apiclient.importers.sensitive import Secrets, others


@dataclass(slots=True)
class Api:
    part: Part
    is_swagger: bool
    secrets: Secrets = field(default_factory=Secrets)
    missing: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str | None, Names] = field(default_factory=dict)

    def lacking(self, name: str, place: str) -> str:
        """``{{ name }}`` for a value that the description gives no example of."""
        name = placeholder_name(name)
        self.missing.setdefault(name, []).append(place)
        return "{{ " + name + " }}"

    def notes(self) -> list[str]:
        """A sentence for each variable and secret that people have to give."""
        return self.secrets.notes() + [
            f"Give the variable {name!r} a value: {places[0]} has no example{others(places)};"
            " until then such calls are paused."
            for name, places in self.missing.items()
        ]
