"""Make services and calls what is described: by the models' own rules, in one transaction, all or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apiclient.importers.described import Described, DescribedCall, DescribedService
from apiclient.models import Call, Location, Service, Team
from apiclient.models.revision import revise
from apiclient.models.service import free_slug
from apiclient.plan import answers
from apiclient.plan.change import Change, changes, differs
from apiclient.plan.compare import Comparison, compare
from apiclient.plan.kept import blank, put, there
from apiclient.plan.step import CallStep, Problem, Rules, ServiceStep
from apiclient.values import without_value

MOST_PROBLEMS = 50
MEANWHILE = "Somebody saved the same name or short name at this very moment. Try again."


@dataclass(frozen=True, slots=True)
class Scope:
    """Among which services is looked; which teams a new one joins; whose what is named becomes; what may go.

    ``manager`` and ``scope`` are those of ``Rules``; ``source`` is where new documented answers say they are from.
    """

    known: QuerySet[Service]
    teams: Sequence[Team] = ()
    manager: Mapping[str, str] | None = None
    scope: str = ""
    prune: bool = False
    source: str = ""

    def compare(self, described: Described) -> Comparison:
        rules = Rules(blank(), self.manager, self.scope, self.prune, _lacks)
        return compare(described, there(self.known.all()), rules)


@dataclass(frozen=True, slots=True)
class Result:
    """What would change, or has changed. ``services`` are those that were saved."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    services: tuple[Service, ...] = ()


class Refused(ValueError):
    """Nothing was saved: each problem with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def look(described: Described, scope: Scope) -> Result:
    """What carrying it out would change, and what stands in its way. Nothing is saved."""
    found = scope.compare(described)
    carrying = _Carrying(scope, found, keep=False)
    carrying.all()
    return Result(found.changes, found.notes, tuple(carrying.problems[:MOST_PROBLEMS]))


def carry_out(described: Described, scope: Scope) -> Result:
    """Do it. Refused, and nothing saved, where the models' rules forbid any of it."""
    if not (found := scope.compare(described)).changes and not found.problems:
        return Result((), found.notes)
    try:
        with transaction.atomic():
            revise()  # every edit waits here for the one before it
            found = scope.compare(described)
            carrying = _Carrying(scope, found, keep=True)
            carrying.all()
            if carrying.problems:
                raise Refused(carrying.problems[:MOST_PROBLEMS])
    except IntegrityError:
        raise Refused([Problem("the file", MEANWHILE)]) from None
    return Result(found.changes, found.notes, (), tuple(carrying.saved))


class _Carrying:
    """``keep`` says whether anything is saved, or only judged."""

    def __init__(self, scope: Scope, found: Comparison, *, keep: bool) -> None:
        self.scope, self.found, self.keep = scope, found, keep
        self.problems = list(found.problems)
        self.saved: list[Service] = []
        self.locations = {one.slug: one for one in Location.objects.all()}
        self.slugs = set(Service.objects.values_list("slug", flat=True))

    def all(self) -> None:
        if self.keep:
            gone = [step.key for step in self.found.steps if step.after is None and step.key]
            for service in Service.objects.filter(pk__in=gone):
                service.delete()
            self._step_aside(Service, self.found.steps)
        for step in self.found.steps:
            if step.after is not None:
                self._service(step, step.after)

    def _service(self, step: ServiceStep, after: DescribedService) -> None:
        service = Service.objects.get(pk=step.key) if step.key else Service()
        if self.keep and _differs(step):
            self.saved.append(service)
        if differs(step.before, after) or step.managed_by != step.was_managed_by:
            put(service, self._with_slug(after, self.slugs, "service"))
            service.managed_by = step.managed_by
            is_right = self._judge(service, (after.name,), _freed(self.found.steps))
            if self.keep and is_right:
                service.save()
                if step.key is None:
                    service.teams.set(self.scope.teams)
        self.problems += answers.problems(step.answers, after.name)
        changed = list(self._calls(step, service))
        if self.keep and service.pk and not self.problems:
            every = answers.write(step.answers, service, None, self.scope.source)
            answers.review(service, changed, every=every)

    def _calls(self, step: ServiceStep, service: Service) -> Iterator[Call]:
        """Those whose documented answers have changed."""
        if self.keep and service.pk:
            for call in Call.objects.filter(pk__in=[one.key for one in step.calls if one.after is None and one.key]):
                call.delete()
            self._step_aside(Call, step.calls)
        there = Call.objects.in_bulk([one.key for one in step.calls if one.key])
        slugs = set(service.calls.values_list("slug", flat=True)) if service.pk else set()
        slugs |= {one.after.slug for one in step.calls if one.after and one.after.slug}
        freed = _freed(step.calls)
        for one in step.calls:
            if one.after is None:
                continue
            call = there[one.key] if one.key else Call()
            call.service = service
            if differs(one.before, one.after):
                self._call(call, one.after, slugs, freed)
            self.problems += answers.problems(one.answers, f"{service.name} / {one.after.name}")
            may_write = self.keep and call.pk and not self.problems
            if may_write and answers.write(one.answers, service, call, self.scope.source):
                yield call

    def _call(self, call: Call, after: DescribedCall, slugs: set[str], freed: frozenset[str]) -> None:
        place = (call.service.name, after.name)
        put(call, self._with_slug(after, slugs, "call"))
        locations = list(self._locations(after.locations or (), place))
        if self._judge(call, place, freed) and self.keep and call.service.pk:
            call.save()
            call.locations.set(locations)

    def _locations(self, slugs: Iterable[str], place: tuple[str, ...]) -> Iterator[Location]:
        for slug in slugs:
            if slug in self.locations:
                yield self.locations[slug]
            else:
                known = ", ".join(self.locations)
                sentence = f"There is no location {slug[:80]!r}. Known are: {known}."
                self.problems.append(Problem(" / ".join((*place, "locations")), sentence))

    def _judge(self, thing: Service | Call, place: tuple[str, ...], freed: frozenset[str]) -> bool:
        """Whether the model's own rules allow it."""
        exclude = ["service"] if isinstance(thing, Call) and thing.service.pk is None else None
        try:
            thing.full_clean(exclude=exclude)
        except ValidationError as error:
            found = list(_problems(error, place))
            if not self.keep:  # what is to go, or to be renamed, still stands there
                found = [one for one in found if not (one.is_taken and getattr(thing, one.member) in freed)]
            self.problems += [one.problem for one in found]
            return not found
        return True

    def _with_slug(self, after: Any, taken: set[str], kind: str) -> Any:
        if after.slug is None:
            after = replace(after, slug=free_slug(after.name, taken.__contains__, kind))
            taken.add(after.slug)
        return after

    @staticmethod
    def _step_aside(model: type[Service] | type[Call], steps: Sequence[ServiceStep | CallStep]) -> None:
        """Free the names of what is renamed, since another thing may take them."""
        for step in steps:
            before, after = step.before, step.after
            if step.key and before and after and (before.name, before.slug) != (after.name, after.slug):
                model._default_manager.filter(pk=step.key).update(name=f"~{step.key}", slug=f"~{step.key}")


@dataclass(frozen=True, slots=True)
class _Found:
    member: str
    problem: Problem

    @property
    def is_taken(self) -> bool:
        return self.member in ("name", "slug")


def _problems(error: ValidationError, place: tuple[str, ...]) -> Iterator[_Found]:
    for member, texts in error.message_dict.items():
        where = place if member == NON_FIELD_ERRORS else (*place, member)
        for text in texts:
            yield _Found(member, Problem(" / ".join(where), text))


def _lacks(service: DescribedService, key: int | None, call: DescribedCall) -> str:
    """``{{ name }}`` of the first thing that the call names and that has no value; '' where all have one."""
    kept, candidate = Service(pk=key), Call()
    put(kept, service)
    put(candidate, call)
    candidate.service = kept
    found = next(iter(without_value(candidate).values()), "")
    return found.partition("}}")[0] + "}}" if found else ""


def _differs(step: ServiceStep) -> bool:
    """Whether anything of the service or in it changes."""
    return any(changes(step))


def _freed(steps: Sequence[ServiceStep | CallStep]) -> frozenset[str]:
    """Names and short names that nothing has any more once all is done."""
    pairs = [(step.before, step.after) for step in steps if step.before]
    gone = [before for before, after in pairs if after is None]
    renamed = [before for before, after in pairs if after and (before.name, before.slug) != (after.name, after.slug)]
    return frozenset(text for one in gone + renamed for text in (one.name, one.slug) if text)
