"""A change as people and programs are shown it: of one thing, member by member, secrets masked. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from apiclient.importers.described import DescribedCall, DescribedService
from apiclient.plan.shown import shown
from apiclient.plan.step import AnswerStep, CallStep, ServiceStep

NESTED = frozenset({"calls", "answers"})
USUAL: list[tuple[str, Any]] = [
    ("concurrency", 50),
    ("time_zone", "UTC"),
    ("timeout_ms", 10_000),
    ("follow_redirects", False),
    ("verify_tls", True),
    ("slow_after_ms", 0),
    ("fail_after_ms", 0),
    ("confirm_after_s", 0),
]
"""Members that are told of something new only where they are otherwise."""


class Action(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


class Thing(StrEnum):
    SERVICE = "service"
    CALL = "call"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` and ``after`` are JSON values as anybody may see them; None where there is nothing."""

    member: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """``call`` is '' for a service and for the answers that each of its calls shares; ``codes`` are an answer's."""

    action: Action
    thing: Thing
    service: str
    call: str = ""
    codes: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def name(self) -> str:
        """What the thing is called: a service's or call's name, an answer's codes."""
        return self.codes or self.call or self.service


def members(one: DescribedService | DescribedCall) -> list[str]:
    """Those that are not things of their own."""
    return [field.name for field in fields(one) if field.name not in NESTED]


def differs(before: DescribedService | DescribedCall | None, after: DescribedService | DescribedCall) -> bool:
    """Whether any member of its own is another one."""
    return before is None or any(getattr(before, name) != getattr(after, name) for name in members(after))


def changes(step: ServiceStep) -> Iterator[Change]:
    """Of a service, its calls and their answers; none where nothing differs."""
    name = step.after.name if step.after else step.before.name if step.before else ""
    managed: tuple[Difference, ...] = ()
    if step.managed_by != step.was_managed_by and step.after:
        managed = (Difference("managed_by", step.was_managed_by, step.managed_by),)
    yield from _change(Thing.SERVICE, step, (name, ""), managed)
    yield from _answer_changes(step.answers, name, "")
    for call in step.calls:
        call_name = call.after.name if call.after else call.before.name if call.before else ""
        yield from _change(Thing.CALL, call, (name, call_name), ())
        yield from _answer_changes(call.answers, name, call_name)


def _change(
    thing: Thing, step: ServiceStep | CallStep, names: tuple[str, str], further: tuple[Difference, ...]
) -> Iterator[Change]:
    if step.after is None:
        yield Change(Action.DELETE, thing, *names)
    elif step.before is None:
        given = [member for member in members(step.after) if _is_worth_telling(member, getattr(step.after, member))]
        made = tuple(Difference(one, None, _seen(one, getattr(step.after, one))) for one in given)
        yield Change(Action.CREATE, thing, *names, differences=made + further)
    elif differences := (*_differences(step.before, step.after), *further):
        yield Change(Action.CHANGE, thing, *names, differences=differences)


def _is_worth_telling(member: str, value: Any) -> bool:
    """Of something new: neither nothing nor what is usual."""
    return value not in (None, "", {}, [], ()) and (member, value) not in USUAL


def _differences(before: Any, after: Any) -> Iterator[Difference]:
    for member in members(after):
        old, new = getattr(before, member), getattr(after, member)
        if old != new:
            yield Difference(member, _seen(member, old), _seen(member, new))


def _seen(member: str, value: Any) -> Any:
    value = shown(member, value)
    return list(value) if isinstance(value, tuple) else value


def _answer_changes(steps: Iterable[AnswerStep], service: str, call: str) -> Iterator[Change]:
    for step in steps:
        if step.after is None and step.before is not None:
            yield Change(Action.DELETE, Thing.ANSWER, service, call, step.before.codes)
        elif step.after is not None and step.after != step.before:
            action = Action.CHANGE if step.before else Action.CREATE
            differences = tuple(
                Difference(member, getattr(step.before, member, None), getattr(step.after, member))
                for member in ("codes", "message", "kind")
                if getattr(step.before, member, "") != getattr(step.after, member)
            )
            yield Change(action, Thing.ANSWER, service, call, step.after.codes, differences)
