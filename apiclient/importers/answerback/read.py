"""Text -> what it describes. Every member is looked at, and whatever is wrong is told with its place. Pure."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from apiclient.importers.answerback.member import FILE, NOTHING, PARTS, REQUIRED, Kind, Member
from apiclient.importers.described import Answer, Described, DescribedCall, DescribedService
from apiclient.importers.document import load

MOST_PROBLEMS = 30
EXTENSION = "x-"
"""What begins so at the top belongs to whoever wrote it: a place for anchors."""
_MADE: dict[Kind, Callable[..., Any]] = {
    Kind.SERVICES: DescribedService, Kind.CALLS: DescribedCall, Kind.ANSWERS: Answer,
}  # fmt: skip
_PLAIN = (str, int, float, bool)


class BadFile(ValueError):
    """Nothing can be made of it. ``problems`` are (place, sentence), such as ``services[0].calls[2].path``."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


def read(text: str, name: str = "") -> Described:
    """What one file describes. BadFile, or ValueError where the text is no YAML. ``name`` is not needed here."""
    return read_value(load(text))


def read_value(value: Any) -> Described:
    """The same of what the text holds."""
    reader = _Reader()
    services = reader.file(value)
    if reader.problems:
        raise BadFile(reader.problems[:MOST_PROBLEMS])
    return Described(services)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def file(self, value: Any) -> tuple[DescribedService, ...]:
        if isinstance(value, dict):
            value = {name: one for name, one in value.items() if not name.startswith(EXTENSION)}
        found = self._members(value, FILE, "")
        if found is not None and "services" not in found and not self.problems:
            self._refuse("the file", "It has no member services, the list of what it keeps.")
        services: tuple[DescribedService, ...] = (found or {}).get("services", ())
        return services

    def _members(self, value: Any, known: Mapping[str, Member], place: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._refuse(place or "the file", f"Use an object with the members {', '.join(known)}.")
            return None
        found: dict[str, Any] = {}
        for name, one in value.items():
            inner = f"{place}.{name}".removeprefix(".")
            if name not in known:
                self._refuse(inner, _unknown(name, known))
            else:
                found[name] = self._value(one, known[name], inner)
        return found

    def _value(self, value: Any, member: Member, place: str) -> Any:
        kind = member.kind
        if value is None and kind is not Kind.FLAG:
            return NOTHING[kind]
        if kind in PARTS:
            return self._list(value, kind, place)
        found = _READ[kind](value)
        if found is None:
            self._refuse(place, f"Use {kind.value}.")
        elif member.choices and found not in member.choices:
            self._refuse(place, f"Use one of {', '.join(filter(None, member.choices))}.")
        elif kind is Kind.TEXT and "\0" in found:
            self._refuse(place, "NUL is no character of a text.")
        return found

    def _list(self, value: Any, kind: Kind, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self._refuse(place, f"Use {kind.value}.")
            return ()
        made = (self._part(one, kind, f"{place}[{at}]") for at, one in enumerate(value))
        return tuple(one for one in made if one is not None)

    def _part(self, value: Any, kind: Kind, place: str) -> Any:
        before = len(self.problems)
        found = self._members(value, PARTS[kind], place)
        if found is not None and not found.get(REQUIRED[kind]):
            self._refuse(f"{place}.{REQUIRED[kind]}", "It is missing, and says which one this is.")
        return None if found is None or len(self.problems) > before else _MADE[kind](**found)

    def _refuse(self, place: str, sentence: str) -> None:
        self.problems.append((place, sentence))


def _unknown(name: str, known: Mapping[str, Member]) -> str:
    near = get_close_matches(name[:80], known, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"There is no member of that name here.{meant} Known are {', '.join(known)}."


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, _PLAIN) else None


def _whole(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**31 else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _texts(value: Any) -> dict[str, str] | None:
    if not isinstance(value, dict):
        return None
    found = {name: _text(one) for name, one in value.items()}
    return None if None in found.values() else found  # type: ignore[return-value]


def _environments(value: Any) -> dict[str, dict[str, str]] | None:
    if not isinstance(value, dict):
        return None
    found = {name: {} if one is None else _texts(one) for name, one in value.items()}
    return None if None in found.values() else found  # type: ignore[return-value]


def _object(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _objects(value: Any) -> list[dict[str, Any]] | None:
    return value if isinstance(value, list) and all(isinstance(one, dict) for one in value) else None


def _slugs(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    return tuple(sorted(set(value)))


_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.WHOLE: _whole,
    Kind.FLAG: _flag,
    Kind.TEXTS: _texts,
    Kind.ENVIRONMENTS: _environments,
    Kind.OBJECT: _object,
    Kind.OBJECTS: _objects,
    Kind.SLUGS: _slugs,
}
