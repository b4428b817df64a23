"""The steps of a chain as its outcome shows them: each answer, its time on one scale, and what was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from apiclient.catalogue import Failure, Verdict
from apiclient.models import OutcomeDetail
from dashboard import charts
from dashboard.templatetags.dashboard import duration


@dataclass(frozen=True, slots=True)
class Step:
    """``bar`` is where its time stands on the scale of all of them; ``verdict`` is None where it was not sent."""

    name: str
    method: str
    url: str
    status_code: int | None
    failure: Failure | None
    verdict: Verdict | None
    took: str
    bar: SafeString
    message: str
    always: bool
    checks: Sequence[dict[str, Any]]


def steps(detail: OutcomeDetail | None) -> list[Step]:
    """[] for an outcome of one request."""
    kept = detail.steps if detail else []
    end = max((_began(step) + _took(step) for step in kept), default=0)
    return [_step(step, end) for step in kept]


def _step(step: dict[str, Any], end: int) -> Step:
    failure, verdict, took = step["failure"], step["verdict"], duration(_took(step)) if step["verdict"] else "–"
    return Step(
        name=step["name"],
        method=step["method"],
        url=step["url"],
        status_code=step["status_code"],
        failure=Failure.from_slug(failure) if failure else None,
        verdict=Verdict.from_slug(verdict) if verdict else None,
        took=took,
        bar=SafeString(charts.span(_began(step), _took(step), end, f"{step['name']}: {took}") if verdict else ""),
        message=step["message"],
        always=step["always"],
        checks=step["checks"],
    )


def _began(step: dict[str, Any]) -> int:
    return int(step["start_us"])


def _took(step: dict[str, Any]) -> int:
    return int((step["phases_us"] or {}).get("total", 0))
