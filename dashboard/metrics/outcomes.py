"""Counters of all outcomes: how many, why none, how long they took."""

from collections.abc import Iterator, Mapping

from apiclient import report
from apiclient.catalogue import CodeClass, Failure, Verdict, class_of
from apiclient.models import Call, Service
from apiclient.totals import Total, Totals
from dashboard.metrics.buckets import cumulative, total_us
from dashboard.metrics.exposition import Family, Sample, labels

LIMITS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

CallKey = tuple[int | None, CodeClass, int]
"""Call, code class, verdict."""
ServiceKey = tuple[int | None, int | None]
"""Service, failure."""


class Counted:
    """What this process has counted so far."""

    def __init__(self) -> None:
        self._by_call = Totals("call", _call_class_verdict)
        self._by_service = Totals("service", _service_failure, histograms=True)

    def families(self, now_s: int) -> Iterator[Family]:
        by_call, by_service = self._by_call.read(now_s), self._by_service.read(now_s)
        slugs: dict[int | None, str] = dict(Service.objects.values_list("pk", "slug"))
        about = "Outcomes of all history, by the class of their code and whether they met the expectation."
        yield Family("answerback_outcomes_total", "counter", about, _by_call(by_call))
        about = "Outcomes without an answer, by why; missed: nothing was sent, since no worker came in time."
        yield Family("answerback_failures_total", "counter", about, _failures(by_service, slugs))
        about = "How long answers took that came back whole, redirects included; measured to 2.2 percent."
        yield Family("answerback_outcome_duration_seconds", "histogram", about, _durations(by_service, slugs))


def _call_class_verdict(cell: report.Cell) -> CallKey:
    return cell.subject, class_of(cell.status_code), cell.verdict


def _service_failure(cell: report.Cell) -> ServiceKey:
    return cell.subject, cell.failure


def _by_call(sums: dict[CallKey, Total]) -> Iterator[Sample]:
    rows = Call.objects.values_list("pk", "service__slug", "slug")
    names: dict[int | None, str] = {pk: labels(service=service, call=call) for pk, service, call in rows}
    for (call_id, code_class, verdict), cell in sums.items():
        if call_id in names:
            word = Verdict(verdict).slug
            yield f'{names[call_id][:-1]},code_class="{code_class}",verdict="{word}"}}', cell.count


def _failures(sums: dict[ServiceKey, Total], slugs: Mapping[int | None, str]) -> Iterator[Sample]:
    for (service_id, failure), cell in sums.items():
        if failure is not None and service_id in slugs:
            yield labels(service=slugs[service_id], failure=Failure(failure).slug), cell.count


def _durations(sums: dict[ServiceKey, Total], slugs: Mapping[int | None, str]) -> Iterator[Sample]:
    for (service_id, failure), cell in sums.items():
        if failure is not None or service_id not in slugs:
            continue
        service = slugs[service_id]
        counts = cumulative(cell.histogram, [limit * 1e6 for limit in LIMITS_S])
        for limit, count in zip(LIMITS_S, counts, strict=True):
            yield "_bucket" + labels(service=service, le=f"{limit:g}"), count
        yield "_bucket" + labels(service=service, le="+Inf"), cell.count
        yield "_sum" + labels(service=service), total_us(cell.histogram) / 1e6
        yield "_count" + labels(service=service), cell.count
