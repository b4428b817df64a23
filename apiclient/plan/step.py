"""What is there, and what each thing is to become: the parts of a comparison. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apiclient.importers.described import Answer, DescribedCall, DescribedService


@dataclass(frozen=True, slots=True)
class There:
    """A service that is there, with all members said. ``keys`` are the ids of its calls, by name."""

    key: int
    service: DescribedService
    keys: Mapping[str, int]
    managed_by: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """``place`` names the thing and its member, such as ``Shop / Orders / path``."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class CallStep:
    """``key`` is the id of the call that is there, None for a new one; ``after`` is None where it is deleted."""

    key: int | None
    before: DescribedCall | None
    after: DescribedCall | None
    answers: tuple["AnswerStep", ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """A documented answer before and after."""

    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, slots=True)
class ServiceStep:
    """As CallStep. ``managed_by`` is what it will be, ``was_managed_by`` what it is."""

    key: int | None
    before: DescribedService | None
    after: DescribedService | None
    managed_by: str = ""
    was_managed_by: str = ""
    calls: tuple[CallStep, ...] = ()
    answers: tuple[AnswerStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """``manager`` is the file that keeps each service, by name; ``scope`` that file, or the folder of files and ``/``.

    ``blank`` is a new service with one call, as the models' defaults make them. ``lacks`` says of a service, its id
    and a call what it names that has no value, '' where nothing.
    """

    blank: DescribedService
    manager: Mapping[str, str] | None = None
    scope: str = ""
    prune: bool = False
    lacks: Callable[[DescribedService, int | None, DescribedCall], str] = lambda service, key, call: ""

    def has(self, managed_by: str) -> bool:
        """Whether it is one of these files."""
        return managed_by.startswith(self.scope) if self.scope.endswith("/") else managed_by == self.scope != ""
