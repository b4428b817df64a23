"""What stands for the placeholders of a service: its variables, its environment's over them, and its secrets."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from apiclient.placeholder import SECRET, fill, names_in
from apiclient.seal import Sealed, UnreadableError

STAND_IN, HIDDEN = "x", "a-secret"
"""For what has no value yet, and for a secret, where the sense of the whole is judged."""


class Values(Mapping[str, str]):
    """Secrets, under ``secret.name``, are read when the first one is asked for, and decrypted one by one.

    One that cannot be decrypted raises UnreadableError when it is wanted, and harms no call that does not use it.
    """

    def __init__(self, service: Any) -> None:
        self._service = service

    def __getitem__(self, name: str) -> str:
        if not name.startswith(SECRET):
            return self._variables[name]
        try:
            return self._sealed[name].open()
        except UnreadableError as error:
            bare = name.removeprefix(SECRET)
            raise UnreadableError(f"The secret {bare!r} cannot be decrypted. {error} Give its value anew.") from None

    def __contains__(self, name: object) -> bool:
        return name in self._variables or (isinstance(name, str) and name.startswith(SECRET) and name in self._sealed)

    def __iter__(self) -> Iterator[str]:
        yield from self._variables
        yield from self._sealed

    def __len__(self) -> int:
        return len(self._variables) + len(self._sealed)

    @cached_property
    def _variables(self) -> dict[str, str]:
        return variables_of(self._service)

    @cached_property
    def _sealed(self) -> dict[str, Sealed]:
        return {SECRET + name: value for name, value in _secrets(self._service, "value")}


def values_of(service: Any) -> Values:
    """By name, of the environment that the service is in; ``Values`` says when secrets are decrypted."""
    return Values(service)


class ValuesByService:
    """``values_of`` for many calls: each service's secrets are read once."""

    def __init__(self) -> None:
        self._kept: dict[int, Values] = {}

    def of(self, service: Any) -> Values:
        return self._kept.setdefault(service.pk, Values(service))


def variables_of(service: Any) -> dict[str, str]:
    """Those of its environment over its own."""
    found: dict[str, str] = service.variables | service.environments.get(service.environment, {})
    return found


class StandIns(dict[str, str]):
    """Variables as they are; for every secret, and for a name without a value, what could stand anywhere."""

    def __missing__(self, name: str) -> str:
        return HIDDEN if name.startswith(SECRET) else STAND_IN


def filled(text: str, service: Any) -> str:
    """The text as far as it can be judged and shown: variables put in, secrets and what has no value stood in for."""
    return fill(text, StandIns(variables_of(service))) if "{{" in text else text


class Placeholders(dict[str, str]):
    """Variables as they are; secrets, and names without a value, as they are written."""

    def __missing__(self, name: str) -> str:
        return written(name)


def shown(text: str, service: Any) -> str:
    """The text for people: variables put in, secrets by name."""
    return fill(text, Placeholders(variables_of(service))) if "{{" in text else text


def written(name: str) -> str:
    """As it stands in texts."""
    return f"{{{{ {name} }}}}"


def texts_of(call: Any) -> list[str]:
    """Everything of a call and its service in which placeholders may stand."""
    headers = (call.service.headers | call.headers).values()
    auth = call.service.auth if call.auth is None else call.auth
    return [call.url, *headers, call.body, call.service.proxy, *(json.dumps(one) for one in (auth, call.steps) if one)]


def without_value(call: Any) -> dict[str, str]:
    """By field, ``service`` for all of its service's, a sentence about the first name there that has no value."""
    service = call.service
    auth = service.auth if call.auth is None else {}
    of_service = json.dumps([service.base_url, service.headers, service.proxy, auth])
    own = {name: json.dumps(getattr(call, name)) for name in ("path", "headers", "body", "auth", "steps")}
    texts = {name: text for name, text in (own | {"service": of_service}).items() if "{{" in text}
    known = known_names(service) if texts else set()
    lacking = {name: _named(text, service) - known for name, text in texts.items()}
    if "steps" in lacking:
        lacking["steps"] -= _captured(call)
    return {name: f"{_has_none(min(names))} or pause the call." for name, names in lacking.items() if names}


def uses(call: Any, name: str) -> bool:
    """Whether anything that the call sends has this placeholder, inside a variable too."""
    return any(name in _named(text, call.service) for text in texts_of(call) if "{{" in text)


def known_names(service: Any) -> set[str]:
    """The names that have a value, those of secrets as ``secret.name``; nothing is decrypted."""
    return set(variables_of(service)) | {SECRET + name for (name,) in _secrets(service)}


def _captured(call: Any) -> set[str]:
    """The names that the call takes from its answers itself."""
    steps = [step for step in call.steps if isinstance(step, dict)] if isinstance(call.steps, list) else []
    lists = [call.captures, *(step.get("captures") for step in steps)]
    found = [one for captures in lists if isinstance(captures, list) for one in captures if isinstance(one, dict)]
    return {str(one.get("name")) for one in found}


def _named(text: str, service: Any) -> set[str]:
    """The names in the text, and those of the secrets inside the variables among them."""
    names, variables = names_in(text), variables_of(service)
    return names | {inner for name in names & variables.keys() for inner in names_in(variables[name])}


def _has_none(name: str) -> str:
    kind = "secret" if name.startswith(SECRET) else "variable"
    return f"{written(name)} has no value: give the service the {kind} {name.removeprefix(SECRET)!r},"


def _secrets(service: Any, *fields: str) -> Iterable[tuple[Any, ...]]:
    """Those of its environment after those of every environment, whose place they take."""
    if service.pk is None:
        return ()
    found = service.secrets.filter(environment__in={"", service.environment}).order_by("environment")
    rows: Iterable[tuple[Any, ...]] = found.values_list("name", *fields)
    return rows
