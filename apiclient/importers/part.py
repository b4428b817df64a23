"""A part of a loaded document that knows where it stands, so that whatever is wrong with it can be told. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from apiclient.importers.document import spelled

MOST_STEPS = 1_000_000
"""So often may parts be taken from one document: references can make a small file a long way."""
LONGEST_CHAIN = 30
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


@dataclass(slots=True)
class Root:
    """The whole document, and what was noticed while it was read. Only OpenAPI ``has_references``."""

    value: Any
    has_references: bool = False
    notes: list[str] = field(default_factory=list)
    steps: int = 0

    @property
    def part(self) -> "Part":
        return Part(self.value, (), self)

    def step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise ValueError("The file's references lead through more parts than can be followed. Cut it into several.")


@dataclass(frozen=True, slots=True)
class Part:
    value: Any
    _place: tuple[Any, ...]
    root: Root

    @property
    def place(self) -> str:
        return spelled(self._place)

    def problem(self, sentence: str) -> ValueError:
        return ValueError(f"{self.place}: {sentence}")

    def note(self, sentence: str) -> None:
        self.root.notes.append(f"{self.place}: {sentence}")

    def named(self, key: Any, value: Any) -> "Part":
        self.root.step()
        return Part(value, (self._place, key), self.root)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> "Part":
        """The member, with its reference followed; its value is None where it is missing."""
        return self.named(key, self._object().get(key)).followed()

    def members(self) -> Iterator[tuple[str, "Part"]]:
        """Name and part, references followed; none where the value is None."""
        for key, value in self._object().items():
            yield key, self.named(key, value).followed()

    def items(self) -> Iterator["Part"]:
        """The parts of a list, references followed; none where the value is None."""
        if self.value is not None and not isinstance(self.value, list):
            raise self.problem(f"must be a list and is {kind_of(self.value)}.")
        for at, value in enumerate(self.value or ()):
            yield self.named(at, value).followed()

    def text(self, key: str, default: str = "") -> str:
        """The member as a text; numbers count as such, since YAML makes them of what looks like one."""
        value = self._object().get(key)
        if value is None:
            return default
        if isinstance(value, dict | list):
            raise self.named(key, value).problem(f"must be a text and is {kind_of(value)}.")
        return plain(value)

    def flag(self, key: str) -> bool | None:
        """The member where it is true or false; None where it is missing."""
        value = self._object().get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self.named(key, value).problem(f"must be true or false and is {kind_of(value)}.")

    def _object(self) -> dict[str, Any]:
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.problem(f"must be an object and is {kind_of(self.value)}.")
        return self.value

    def followed(self) -> "Part":
        """The part that a ``$ref`` names. Only ``#/...`` is followed: nothing is ever fetched or opened."""
        part = self
        if not self.root.has_references:
            return self
        for _ in range(LONGEST_CHAIN):
            if not (isinstance(part.value, dict) and isinstance(reference := part.value.get("$ref"), str)):
                return part
            part = self._referred(reference)
        raise self.problem("its references lead from one to the next without end.")

    def _referred(self, reference: str) -> "Part":
        if not reference.startswith("#"):
            raise self.problem(
                f"the reference {reference[:120]!r} leads out of this file and is not followed;"
                " only #/... is. Bundle the description into one file."
            )
        value, place = self.root.value, ()
        for name in filter(None, reference[1:].split("/")[:LONGEST_CHAIN]):
            self.root.step()
            key: Any = unquote(name).replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                key = int(key)
            elif not isinstance(value, dict) or key not in value:
                raise self.problem(f"the reference {reference[:120]!r} names what is not in this file.")
            value, place = value[key], (place, key)  # type: ignore[assignment]
        return Part(value, place, self.root)


def kind_of(value: Any) -> str:
    return _KINDS.get(type(value), "empty")


def plain(value: Any) -> str:
    """A simple value as people write it into a URL."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
