"""Run a call here and now, without a worker, and print what it answered."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.catalogue import Failure, Verdict, lookup
from apiclient.execute import run_now
from apiclient.models import Call, Outcome, OutcomeDetail
from apiclient.phases import LABELS
from apiclient.reason import reason


class Command(BaseCommand):
    help = "Run a call now and store its outcome. Exit code 0 when it passed, 1 when not, 2 when there is no such call."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call", metavar="SERVICE/CALL", help="the slugs of the service and the call")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, call: str, json: bool, **options: Any) -> None:
        outcome = run_now(_find(call))
        self.stdout.write(_as_json(outcome) if json else _as_text(outcome))
        if outcome.judgement is Verdict.FAILED:
            sys.exit(1)


def _find(slugs: str) -> Call:
    service, _, slug = slugs.partition("/")
    found = Call.objects.select_related("service").filter(service__slug=service, slug=slug).first()
    if found is None:
        names = ", ".join(f"{c.service.slug}/{c.slug}" for c in Call.objects.select_related("service")[:20])
        sentence = f"There is no call {slugs!r}. Use SERVICE/CALL, one of: {names or '(none yet)'}."
        raise CommandError(sentence, returncode=2)
    return found


def _as_text(outcome: Outcome) -> str:
    code = outcome.status_code or "no answer"
    line = (
        f"{code} {outcome.meaning.message}: {outcome.judgement.slug}, "
        f"{outcome.total_us / 1000:.1f} ms, outcome {outcome.pk}"
    )
    lines = (line, reason(outcome), *_checks(outcome), _words(outcome), _times(_phases(outcome)), *_steps(outcome))
    return "\n".join(filter(None, lines))


def _mark(result: dict[str, Any]) -> str:
    return "holds:   " if result["holds"] else "degrades:" if result.get("degrades") else "fails:   "


def _words(outcome: Outcome) -> str:
    """What the server said about its error, or why there was no answer and what to check."""
    detail, failure = _detail(outcome), outcome.kind_of_failure
    if failure:
        return f"{detail.error if detail else ''} {failure.advice}".strip()
    return detail.said if detail else ""


def _steps(outcome: Outcome) -> Iterator[str]:
    """One line for each, and one for each rule that it was judged by."""
    detail = _detail(outcome)
    for number, step in enumerate(detail.steps if detail else (), 1):
        yield f"{number}. {step['name']}: {step['method']} {step['url']}"
        if step["verdict"] is None:
            yield f"   {step['message']}"
            continue
        failure = Failure.from_slug(step["failure"]) if step["failure"] else None
        meaning = lookup(step["status_code"], failure)
        answer = f"{step['status_code'] or 'no answer'} {meaning.message}: {step['verdict']}."
        yield f"   {answer} {step['message']}".rstrip()
        yield f"   {_times({phase: us / 1000 for phase, us in step['phases_us'].items()})}"
        yield from (f"   {line}" for line in _told(step["checks"]))


def _checks(outcome: Outcome) -> Iterator[str]:
    detail = _detail(outcome)
    yield from _told(detail.checks if detail else ())


def _told(checks: Any) -> Iterator[str]:
    return (f"  {_mark(check)} {check['sentence']}" for check in checks)


def _times(phases_ms: dict[str, float]) -> str:
    return ", ".join(f"{label} {phases_ms[phase]:.1f} ms" for phase, label in LABELS.items() if phases_ms.get(phase))


def _phases(outcome: Outcome) -> dict[str, float]:
    return {phase: getattr(outcome, f"{phase}_us") / 1000 for phase in (*LABELS, "total")}


def _detail(outcome: Outcome) -> OutcomeDetail | None:
    found: OutcomeDetail | None = getattr(outcome, "detail", None)
    return found


def _as_json(outcome: Outcome) -> str:
    detail, failure = _detail(outcome), outcome.kind_of_failure
    return json.dumps(
        {
            "id": str(outcome.pk),
            "status_code": outcome.status_code,
            "failure": failure.slug if failure else None,
            "message": outcome.meaning.message,
            "code_class": outcome.meaning.code_class,
            "category": outcome.meaning.category,
            "verdict": outcome.judgement.slug,
            "reason": reason(outcome),
            "total_ms": outcome.total_us / 1000,
            "timings_ms": _phases(outcome),
            "steps": detail.steps if detail else [],
            "checks": detail.checks if detail else [],
        }
    )
