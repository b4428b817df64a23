"""What the reference says of each call: ``reference.toml`` beside this file, read once. Pure."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from apiclient.importers.described import Answer

_ALTERNATIVES = re.compile(r"\{(\w+)\|[^}]*\}")

_APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Documented:
    """One code that a call is documented to answer; ``kind`` is ``success``, ``error``, or '' for a code of both."""

    code: int
    meaning: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One call of a service group. ``method`` and ``path`` as documented, ``sent`` as this project sends it.

    ``undocumented`` are answers that the reference leaves out and the server gives all the same.
    """

    group: str
    edition: str
    method: str
    path: str
    documented: tuple[Documented, ...]
    undocumented: tuple[Documented, ...] = ()
    sent: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    rules: tuple[str, ...] = ()
    paused: str = ""
    proves: str = ""

    @property
    def is_of_every_call(self) -> bool:
        """What the authentication answers, whichever service is asked."""
        return self.method == "ANY"

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    @property
    def name(self) -> str:
        """``jobs: GET /jobs/{id}``: the group, and the call as people know it; of alternatives the first stands."""
        path = _ALTERNATIVES.sub(r"{\1|..}", self.path.removeprefix("/rest_v2"))
        return f"{self.group}: {self.method} {path}"

    @property
    def slug(self) -> str:
        """``jobs-get-jobs-id``: one that differs wherever the name does."""
        return _APART.sub("-", self.name.lower().replace("?", " by ")).strip("-")[:80]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """One for each code: where the same code is success and failure, both meanings stand in it and no kind."""
        found: dict[int, list[Documented]] = {}
        for one in self.documented + self.undocumented:
            found.setdefault(one.code, []).append(one)
        return tuple(_answer(code, ones) for code, ones in found.items())


def _answer(code: int, ones: list[Documented]) -> Answer:
    kinds = {one.kind for one in ones if one.kind}
    message = "; ".join(dict.fromkeys(one.meaning for one in ones))
    return Answer(str(code), message, kinds.pop() if len(kinds) == 1 else "")


@cache
def references() -> tuple[Reference, ...]:
    """All of them, in the order of the file."""
    data = tomllib.loads(files(__package__).joinpath("reference.toml").read_text())
    return tuple(_reference(group, call) for group in data["group"] for call in group["call"])


def reference(method: str, path: str, group: str = "") -> Reference:
    """The one that is documented so; KeyError where there is none."""
    for one in references():
        if (one.method, one.path) == (method, path) and group in ("", one.group):
            return one
    raise KeyError(f"{method} {path}")


def _documented(call: dict[str, Any], part: str, kind: str) -> tuple[Documented, ...]:
    return tuple(Documented(one["code"], one["meaning"], kind) for one in call.get(part, ()))


def _reference(group: dict[str, Any], call: dict[str, Any]) -> Reference:
    return Reference(
        group=group["name"],
        edition=group["edition"],
        method=call["method"],
        path=call["path"],
        documented=(*_documented(call, "success", "success"), *_documented(call, "failure", "error")),
        undocumented=_documented(call, "also", "error"),
        sent=call.get("sent", ""),
        headers=call.get("headers", {}),
        body=call.get("body", ""),
        rules=tuple(call.get("rules", ())),
        paused=call.get("paused", ""),
        proves=call.get("proves", ""),
    )
