"""Which outcomes a question is about: a span of time and any of the contract's filter words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from django.db.models import Q

from apiclient.catalogue import Category, CodeClass, Failure, Verdict
from apiclient.catalogue.meaning import CATEGORY_OF_CLASS
from apiclient.models.block import between
from apiclient.slot import EPOCH, first_slot, from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Selection:
    """``since`` is in, ``until`` is out. An empty set leaves its word open; words are joined by and."""

    since: datetime
    until: datetime
    services: frozenset[int] = frozenset()
    calls: frozenset[int] = frozenset()
    status_codes: frozenset[int] = frozenset()
    code_classes: frozenset[CodeClass] = frozenset()
    categories: frozenset[Category] = frozenset()
    failures: frozenset[Failure] = frozenset()
    verdicts: frozenset[Verdict] = frozenset()
    q: str = ""

    def whole(self, step_s: int) -> Self:
        """The span widened to whole steps of so many seconds, counted from 2020 UTC."""
        step_ms = step_s * 1000
        since_ms, until_ms = to_ms(self.since) // step_ms * step_ms, -(-to_ms(self.until) // step_ms) * step_ms
        return replace(self, since=from_ms(since_ms), until=from_ms(max(until_ms, since_ms + step_ms)))

    @property
    def asks_for_failures(self) -> bool:
        """Whether outcomes without an answer are wanted by name."""
        return bool(self.failures) or Category.NO_RESPONSE in self.categories or CodeClass.NONE in self.code_classes

    @property
    def since_s(self) -> int:
        return int((self.since - EPOCH).total_seconds())

    @property
    def until_s(self) -> int:
        return int((self.until - EPOCH).total_seconds())

    def answers(self) -> Q:
        """The condition on code, failure and verdict, which outcomes and rollups have alike."""
        where = Q()
        if self.status_codes:
            where &= Q(status_code__in=self.status_codes)
        if self.code_classes:
            where &= any_of(map(_of_class, self.code_classes))
        if self.categories:
            where &= any_of(_of_class(word) for word, column in CATEGORY_OF_CLASS.items() if column in self.categories)
        if self.failures:
            where &= Q(failure__in=self.failures)
        if self.verdicts:
            where &= Q(verdict__in=self.verdicts)
        return where

    def outcomes(self) -> Q:
        """The whole condition on outcomes."""
        first, end = first_slot(to_ms(self.since)), first_slot(to_ms(self.until))
        where = self.answers()
        where &= Q(call__in=self.calls) & between(first, end) if self.calls else Q(id__gte=first, id__lt=end)
        if self.services:
            where &= Q(call__service__in=self.services)
        if self.q:
            where &= Q(detail__message__text__icontains=self.q)
        return where


def _of_class(word: CodeClass) -> Q:
    if word is CodeClass.NONE:
        return Q(status_code__isnull=True)
    hundred = int(word[0]) * 100
    inside = Q(status_code__gte=hundred, status_code__lt=hundred + 100)
    # A code outside 100..599 counts as a server error.
    return inside | Q(status_code__lt=100) | Q(status_code__gte=600) if word is CodeClass.SERVER_ERROR else inside


def any_of(conditions: Iterable[Q]) -> Q:
    """Conditions joined by or; none at all is always true."""
    where = Q()
    for condition in conditions:
        where |= condition
    return where
