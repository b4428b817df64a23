"""The latest outcome of each call under the names of Prometheus's blackbox_exporter, so that its dashboards fit."""

from collections.abc import Callable, Iterator
from functools import partial

from apiclient.catalogue import Verdict
from apiclient.models import Outcome
from apiclient.probe import Details, Latest, latest
from dashboard.metrics.exposition import Family, Sample, labels

Value = Callable[[Latest], float | None]

PHASES: dict[str, Callable[[Outcome], int]] = {
    "resolve": lambda outcome: outcome.dns_us,
    "connect": lambda outcome: outcome.connect_us,
    "tls": lambda outcome: outcome.tls_us,
    "processing": lambda outcome: outcome.wait_us,
    "transfer": lambda outcome: outcome.transfer_us,
}


def families(details: Details) -> Iterator[Family]:
    """Calls that are paused or run on demand only have none."""
    found = [(labels(service=one.service, call=one.call, instance=one.url), one) for one in latest(details)]
    for name, about, value in GAUGES:
        yield Family(name, "gauge", about, _samples(found, value))
    about = "Duration of http request by phase, summed over all redirects"
    yield Family("probe_http_duration_seconds", "gauge", about, _phases(found))


def _samples(found: list[tuple[str, Latest]], value: Value) -> Iterator[Sample]:
    for name, one in found:
        if (number := value(one)) is not None:
            yield name, number


def _phases(found: list[tuple[str, Latest]]) -> Iterator[Sample]:
    for name, one in found:
        for phase, microseconds in PHASES.items():
            yield f'{name[:-1]},phase="{phase}"}}', microseconds(one.outcome) / 1e6


def _version(one: Latest) -> float | None:
    """As a number: HTTP/1.1 is 1.1, HTTP/2 is 2."""
    if one.outcome.status_code is None or one.seen is None:
        return None
    try:
        return float(one.seen.http_version.removeprefix("HTTP/"))
    except ValueError:
        return None


def _redirects(one: Latest) -> float | None:
    return None if one.outcome.status_code is None or one.seen is None else one.seen.redirects


def _expiry(one: Latest) -> float | None:
    expires_at = one.seen and one.seen.certificate_expires_at
    return expires_at.timestamp() if expires_at else None


def _of_answers(name: str, one: Latest) -> float:
    return int(getattr(one.outcome, name) or 0)


GAUGES: tuple[tuple[str, str, Value], ...] = (
    (
        "probe_success",
        "Displays whether or not the probe was a success",
        lambda one: one.outcome.verdict != Verdict.FAILED,
    ),
    (
        "probe_duration_seconds",
        "Returns how long the probe took to complete in seconds",
        lambda one: one.outcome.total_us / 1e6,
    ),
    ("probe_http_status_code", "Response HTTP status code, 0 where none came", partial(_of_answers, "status_code")),
    ("probe_http_content_length", "Length of http content response, uncompressed", partial(_of_answers, "body_bytes")),
    ("probe_http_uncompressed_body_length", "Length of uncompressed response body", partial(_of_answers, "body_bytes")),
    (
        "probe_http_ssl",
        "Indicates if SSL was used for the first request",
        lambda one: one.url.lower().startswith("https:"),
    ),
    ("probe_http_version", "Returns the version of HTTP of the last answer that was kept in full", _version),
    ("probe_http_redirects", "The number of redirects of the last answer that was kept in full", _redirects),
    (
        "probe_ssl_earliest_cert_expiry",
        "Returns SSL cert expiry in unixtime, of the server's own certificate as last kept",
        _expiry,
    ),
    (
        "answerback_latest_outcome_timestamp_seconds",
        "When the call was due whose outcome the probe figures tell",
        lambda one: one.outcome.due_at.timestamp(),
    ),
)
