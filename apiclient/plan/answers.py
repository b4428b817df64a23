"""Documented answers judged one by one, and written many at once: a description may hold thousands."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError

from apiclient.first_seen import review_all
from apiclient.importers.described import Answer
from apiclient.models import Call, DocumentedAnswer, Service
from apiclient.plan.step import AnswerStep, Problem


def problems(steps: Iterable[AnswerStep], place: str) -> Iterator[Problem]:
    """What the model's rules say of each. What only all of them together can break has been looked at before."""
    for step in steps:
        if step.after is None or step.after == step.before:
            continue
        row = DocumentedAnswer(codes=step.after.codes, message=step.after.message, kind=step.after.kind)
        try:
            row.clean_fields(exclude=["service", "call"])
            row.clean()
        except ValidationError as error:
            for member, texts in error.message_dict.items():
                yield Problem(f"{place} / answer {step.after.codes[:40]} / {member}", " ".join(texts))


def write(steps: Iterable[AnswerStep], service: Service, call: Call | None, source: str) -> bool:
    """Of a call, or of the service for all of its calls; whether anything was written. ``review`` follows."""
    rows = DocumentedAnswer.objects.filter(service=service, call=call)
    new: list[DocumentedAnswer] = []
    changed = False
    for step in steps:
        if step.after == step.before:
            continue
        changed = True
        if step.after is None:
            rows.filter(codes=step.before.codes if step.before else "").delete()
        elif step.before is None:
            new.append(_row(step.after, service, call, source))
        else:
            told = {"codes": step.after.codes, "message": step.after.message, "kind": step.after.kind}
            rows.filter(codes=step.before.codes).update(**told)
    DocumentedAnswer.objects.bulk_create(new)
    return changed


def review(service: Service, calls: Iterable[Call], *, every: bool) -> None:
    """Tell anew what is documented of the codes that these calls, or ``every`` one of the service, have answered."""
    ids = set(service.calls.values_list("pk", flat=True)) if every else {call.pk for call in calls}
    review_all(ids)


def _row(told: Answer, service: Service, call: Call | None, source: str) -> DocumentedAnswer:
    return DocumentedAnswer(
        service=service, call=call, codes=told.codes, message=told.message, kind=told.kind, source=source
    )
