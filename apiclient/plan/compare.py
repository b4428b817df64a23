"""What is described against what is there: each thing's members before and after. Pure.

A thing is found by its name, or by its short name where the file gives one: so renaming it keeps its history.
Nothing is deleted unless pruning is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from apiclient.expectation import parse_codes
from apiclient.importers.described import Answer, Described, DescribedCall, DescribedService
from apiclient.plan.change import Change, changes, members
from apiclient.plan.shown import restored
from apiclient.plan.step import AnswerStep, CallStep, Problem, Rules, ServiceStep, There
from apiclient.reference import tidy

Told = TypeVar("Told", DescribedService, DescribedCall)

MOST_LISTED = 8
MOST_ANSWERS = 300
"""Of one call, and of one service for all its calls."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was found; with problems nothing may be carried out."""

    steps: tuple[ServiceStep, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def compare(described: Described, there: Sequence[There], rules: Rules) -> Comparison:
    return _Comparing(there, rules).compare(described)


class _Comparing:
    def __init__(self, there: Sequence[There], rules: Rules) -> None:
        self.there, self.rules = there, rules
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.lacking: dict[tuple[str, str], list[str]] = {}

    def compare(self, described: Described) -> Comparison:
        self._refuse_twins(described.services, "service", ())
        pairs = _paired(described.services, [(one.key, one.service) for one in self.there])
        by_key = {one.key: one for one in self.there}
        steps = [self._service(told, by_key.get(key) if key is not None else None) for told, key in pairs]
        named = {key for _, key in pairs}
        steps += list(self._unnamed_services([one for one in self.there if one.key not in named]))
        for (service, name), calls in self.lacking.items():
            self.notes.append(f"{service}: {name} has no value yet, so these calls are paused: {_listed(calls)}.")
        found = tuple(change for step in steps for change in changes(step))
        return Comparison(tuple(steps), found, (*described.notes, *self.notes), tuple(self.problems))

    def _service(self, told: DescribedService, there: There | None) -> ServiceStep:
        before = there.service if there else None
        after = self._filled(told, before, self.rules.blank, (told.name,))
        was = there.managed_by if there else ""
        managed_by = was if self.rules.manager is None else self.rules.manager.get(told.name, was)
        if was and self.rules.manager is None:
            self.notes.append(f"{told.name} is kept by the file {was}: applying that undoes what differs from it.")
        return ServiceStep(
            key=there.key if there else None,
            before=before,
            after=after,
            managed_by=managed_by,
            was_managed_by=was,
            calls=tuple(self._calls(told, after, there)),
            answers=self._answers(told.answers, before.answers if before else None, told.name),
        )

    def _calls(self, told: DescribedService, service: DescribedService, there: There | None) -> Iterator[CallStep]:
        self._refuse_twins(told.calls, "call", (told.name,))
        known = [(there.keys[call.name], call) for call in there.service.calls] if there else []
        by_key = dict(known)
        pairs = _paired(told.calls, known)
        for call, key in pairs:
            before = by_key.get(key) if key is not None else None
            place = f"{told.name} / {call.name}"
            answers = self._answers(call.answers, before.answers if before else None, place)
            wanted = self._left_alone(_scheduled(call), before)
            after = self._filled(wanted, before, self.rules.blank.calls[0], (told.name, call.name))
            yield CallStep(key, before, self._paused(service, there, before, after), answers)
        named = {key for _, key in pairs}
        unnamed = [(key, call) for key, call in known if key not in named]
        if self.rules.prune:
            yield from (CallStep(key, call, None) for key, call in unnamed)
        else:
            self._stay([f"{told.name} / {call.name}" for _, call in unnamed])

    def _left_alone(self, told: DescribedCall, before: DescribedCall | None) -> DescribedCall:
        """What is imported arrives paused where it may do harm; one that is there stays as people have set it."""
        is_arrival = self.rules.manager is None and before is not None and told.enabled is False
        return replace(told, enabled=None) if is_arrival else told

    def _paused(
        self, service: DescribedService, there: There | None, before: DescribedCall | None, after: DescribedCall
    ) -> DescribedCall:
        """A call that does not run yet does not begin to while it names what has no value."""
        if not after.enabled or (before and before.enabled):
            return after
        lacking = self.rules.lacks(service, there.key if there else None, after)
        if not lacking:
            return after
        self.lacking.setdefault((service.name, lacking), []).append(after.name)
        return replace(after, enabled=False)

    def _unnamed_services(self, unnamed: Iterable[There]) -> Iterator[ServiceStep]:
        mine = [one for one in unnamed if self.rules.has(one.managed_by)]
        if self.rules.prune:
            yield from (ServiceStep(one.key, one.service, None, "", one.managed_by) for one in mine)
        else:
            self._stay([one.service.name for one in mine])

    def _answers(
        self, told: tuple[Answer, ...] | None, before: tuple[Answer, ...] | None, place: str
    ) -> tuple[AnswerStep, ...]:
        if told is None:
            return ()
        known = {_covered(answer): answer for answer in before or ()}
        steps: dict[Any, AnswerStep] = {}
        for answer in map(_tidied, told):
            covered = _covered(answer)
            if covered in steps:
                self.problems.append(Problem(f"{place} / answers", f"The codes {answer.codes} are given twice."))
            kept = known.get(covered)
            steps[covered] = AnswerStep(kept, replace(answer, codes=kept.codes) if kept else answer)
        unnamed = [answer for covered, answer in known.items() if covered not in steps]
        if len(steps) + len(unnamed) > MOST_ANSWERS:
            self.problems.append(Problem(f"{place} / answers", f"At most {MOST_ANSWERS} rows. Use ranges: 500-504."))
        found = list(steps.values())
        if self.rules.prune:
            found += [AnswerStep(answer, None) for answer in unnamed]
        else:
            self._stay([f"{place} / answer {answer.codes}" for answer in unnamed])
        return tuple(found)

    def _stay(self, names: list[str]) -> None:
        if names:
            self.notes.append(f"Not named by the file, and kept: {_listed(names)}.")

    def _filled(self, told: Told, before: Told | None, blank: Told, place: tuple[str, ...]) -> Told:
        """All members said: by the file, else as they are, else by default. A slug that nobody gave stays None."""
        values: dict[str, Any] = {}
        for member in members(told):
            given, kept = getattr(told, member), getattr(before, member) if before else None
            if given is None:
                values[member] = kept if before else None if member == "slug" else getattr(blank, member)
            else:
                values[member] = self._restored(member, given, kept, place)
        return replace(told, **values)

    def _restored(self, member: str, given: Any, kept: Any, place: tuple[str, ...]) -> Any:
        try:
            return restored(member, given, kept)
        except ValueError as error:
            self.problems.append(Problem(" / ".join((*place, member)), str(error)))
            return given

    def _refuse_twins(self, told: Sequence[Told], kind: str, place: tuple[str, ...]) -> None:
        seen: set[tuple[str, str]] = set()
        for one in told:
            for member in ("name", "slug"):
                value = getattr(one, member)
                if value is not None and (member, value) in seen:
                    self.problems.append(
                        Problem(" / ".join((*place, one.name, member)), f"Two {kind}s have the {member} {value!r}.")
                    )
                seen.add((member, value))


def _tidied(answer: Answer) -> Answer:
    """As it is kept. What names no codes stays as it is, to be refused by name."""
    message = " ".join(answer.message.split())
    try:
        return replace(answer, codes=tidy(answer.codes), message=message)
    except ValueError:
        return replace(answer, message=message)


def _covered(answer: Answer) -> frozenset[int] | str:
    """Which codes it is about, however they are written."""
    try:
        return parse_codes(answer.codes)
    except ValueError:
        return answer.codes


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MOST_LISTED]) + (
        f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    )


def _paired(told: Sequence[Told], known: Sequence[tuple[int, Told]]) -> list[tuple[Told, int | None]]:
    """Each with the id of what it describes: the one of its name, else the one of its short name."""
    by_name = {one.name: key for key, one in known}
    by_slug = {one.slug: key for key, one in known}
    taken = {by_name[one.name] for one in told if one.name in by_name}
    pairs: list[tuple[Told, int | None]] = []
    for one in told:
        key = by_name.get(one.name)
        if key is None and one.slug is not None and by_slug.get(one.slug) not in taken:
            key = by_slug.get(one.slug)
        pairs.append((one, key))
    return pairs


def _scheduled(call: DescribedCall) -> DescribedCall:
    """Of interval and cron the one that is given takes the place of the other."""
    if call.cron and call.interval_seconds is None:
        return replace(call, interval_seconds=0)
    if call.interval_seconds and call.cron is None:
        return replace(call, cron="")
    return call
