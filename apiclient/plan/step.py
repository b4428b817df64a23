"""What is there, and what each thing is to become: the parts of a comparison. Pure."""

from collections.abc import Mapping
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
    """``manager`` of a service by its name, where a file keeps it; ``scope`` is what those files' names begin with.

    ``blank`` is a new service with one call, as the models' defaults make them.
    """

    blank: DescribedService
    manager: Mapping[str, str] | None = None
    scope: str = ""
    prune: bool = False
