"""The texts of an outcome: what was sent, what the server said, and the group of messages it belongs to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from apiclient.catalogue import Category, category_of
from apiclient.check import Result
from apiclient.course import Step
from apiclient.fingerprint import fingerprint, template_of
from apiclient.http import Exchange, Request
from apiclient.http.head import Headers
from apiclient.http.redact import hidden_in, redact_bytes, redact_headers, redact_text, redact_url
from apiclient.message import LONGEST, message_of
from apiclient.models import Message, OutcomeDetail
from apiclient.slot import due_ms_of, from_ms

VERSION_LENGTH = 10
REASON_LENGTH = 200
LONGEST_SENTENCE = 300
ERRORS = {Category.CLIENT_ERROR, Category.SERVER_ERROR}
SEEN_AGAIN = timedelta(minutes=1)
"""``Message.last_seen`` may be this far behind: moving it at every outcome would make one row the bottleneck."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One outcome whose texts are kept."""

    slot: int
    service_id: int
    request: Request
    exchange: Exchange
    steps: tuple[Step, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def message(self) -> str:
        """What the server said about its error, '' when it said nothing or there was none."""
        if category_of(self.exchange.status_code) not in ERRORS:
            return ""
        return message_of(self.exchange.body, self.exchange.header("Content-Type"))

    @property
    def seen(self) -> datetime:
        return from_ms(due_ms_of(self.slot))


def keep_details(evidence: Sequence[Evidence]) -> None:
    """Insert a detail for each, with its message group, inside the caller's transaction."""
    evidence = sorted((without_secrets(one) for one in evidence), key=lambda one: one.slot)
    groups = _message_ids([(one, text) for one in evidence if (text := one.message)])
    OutcomeDetail.objects.bulk_create([detail_of(one, groups.get(one.slot)) for one in evidence])


def hidden_of(one: Evidence) -> frozenset[str]:
    """What must not be kept of an outcome: the secrets of its request and of every step."""
    return hidden_in(one.request).union(*(hidden_in(step.request) for step in one.steps))


def without_secrets(one: Evidence) -> Evidence:
    """Servers echo what they were sent, in bodies above all."""
    hidden, before = hidden_of(one), one.exchange
    charset = before.header("Content-Type").partition("charset=")[2].strip("\"' ")[:40]
    exchange = replace(
        before,
        body=redact_bytes(before.body, hidden, charset, cut=_is_cut(one)),
        reason=redact_text(before.reason, hidden, cut=len(before.reason) >= REASON_LENGTH)[:REASON_LENGTH],
    )
    return _escaped_no_more(replace(one, exchange=exchange), hidden) if hidden else replace(one, exchange=exchange)


def _escaped_no_more(one: Evidence, hidden: frozenset[str]) -> Evidence:
    """A body may spell a secret in ways that are met only as its message is read: then that is all that is kept."""
    text = one.message
    clean = redact_text(text, hidden, cut=text.endswith("…"))
    return one if clean == text else replace(one, exchange=replace(one.exchange, body=clean[:LONGEST].encode()))


def _is_cut(one: Evidence) -> bool:
    length = len(one.exchange.body)
    return length >= one.request.limits.body_kept or one.exchange.body_bytes > length


def detail_of(one: Evidence, message_id: int | None = None) -> OutcomeDetail:
    """The texts as they would be stored, of evidence without secrets."""
    request, exchange, hidden = one.request, one.exchange, hidden_of(one)
    return OutcomeDetail(
        outcome_id=one.slot,
        message_id=message_id,
        method=request.method,
        url=_address(request.url, hidden),
        request_headers=_headers(request.headers, hidden),
        reason=exchange.reason,
        http_version=exchange.http_version[:VERSION_LENGTH],
        remote_address=exchange.remote_address,
        remote_port=exchange.remote_port,
        headers=_headers(exchange.headers, hidden),
        body=exchange.body,
        interim=exchange.interim,
        redirects=[
            asdict(hop) | {"url": _address(hop.url, hidden), "location": _address(hop.location, hidden)}
            for hop in exchange.redirects
        ],
        certificate=_certificate(exchange),
        steps=[_step(step, hidden) for step in one.steps],
        checks=[_told(result, hidden) for result in one.results],
        error=redact_text(exchange.error, hidden) if hidden else exchange.error,
    )


def _told(result: Result, hidden: frozenset[str]) -> dict[str, Any]:
    sentence = redact_text(result.sentence, hidden)
    short = sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[:LONGEST_SENTENCE]}…"
    return {"sentence": short.replace("\0", "�"), "holds": result.holds} | (
        {"degrades": True} if result.degrades else {}
    )


def _address(url: str, hidden: frozenset[str]) -> str:
    clean = redact_url(url)
    return redact_text(clean, hidden) if hidden else clean


def _headers(headers: Headers, hidden: frozenset[str]) -> Headers:
    clean = redact_headers(headers)
    return tuple((redact_text(name, hidden), redact_text(value, hidden)) for name, value in clean) if hidden else clean


def _step(step: Step, hidden: frozenset[str]) -> dict[str, Any]:
    """As it is stored: times in microseconds, words for failure and verdict; null where it was not sent."""
    exchange = step.exchange
    return {
        "name": step.name,
        "method": step.request.method,
        "url": _address(step.request.url, hidden),
        "always": step.always,
        "status_code": exchange.status_code if exchange else None,
        "failure": exchange.failure.slug if exchange and exchange.failure else None,
        "verdict": step.verdict.slug if step.verdict else None,
        "message": redact_text(step.message, hidden),
        "start_us": step.start_us,
        "phases_us": exchange.phases._asdict() if exchange else None,
        "checks": [{"sentence": redact_text(sentence, hidden), "holds": holds} for sentence, holds in step.results],
    }


def _certificate(exchange: Exchange) -> dict[str, Any] | None:
    certificate = exchange.certificate
    if certificate is None:
        return None
    expires_at = certificate.expires_at.isoformat() if certificate.expires_at else None
    return {"subject": certificate.subject, "issuer": certificate.issuer, "expires_at": expires_at}


def _message_ids(said: Sequence[tuple[Evidence, str]]) -> dict[int, int]:
    """The id of each slot's message group, new groups made where needed."""
    keys = {one.slot: (one.service_id, fingerprint(text)) for one, text in said}
    fresh: dict[tuple[int, int], Message] = {}
    for one, text in said:
        service_id, print_ = keys[one.slot]
        fresh.setdefault(
            (service_id, print_),
            Message(
                service_id=service_id,
                fingerprint=print_,
                template=template_of(text)[:LONGEST],  # "<n>" is longer than "1"
                text=text,
                first_seen=one.seen,
                last_seen=one.seen,
            ),
        )
    known = _known(fresh)
    if missing := sorted(fresh.keys() - known.keys()):
        # In one order everywhere: two workers that meet the same new texts wait for each other instead of locking up.
        Message.objects.bulk_create([fresh[key] for key in missing], ignore_conflicts=True)
        known = _known(fresh)
    _see_again(known, {keys[one.slot]: one.seen for one, _ in said})
    return {slot: known[key].pk for slot, key in keys.items()}


def _known(keys: Any) -> dict[tuple[int, int], Message]:
    rows = Message.objects.filter(service_id__in={key[0] for key in keys}, fingerprint__in={key[1] for key in keys})
    return {(row.service_id, row.fingerprint): row for row in rows if (row.service_id, row.fingerprint) in keys}


def _see_again(known: dict[tuple[int, int], Message], seen: dict[tuple[int, int], datetime]) -> None:
    stale = {row.pk: seen[key] for key, row in known.items() if row.last_seen < seen[key] - SEEN_AGAIN}
    if not stale:
        return
    # Whoever holds the row is moving it already.
    rows = list(Message.objects.select_for_update(skip_locked=True).filter(pk__in=stale).order_by("pk"))
    for row in rows:
        row.last_seen = max(row.last_seen, stale[row.pk])
    Message.objects.bulk_update(rows, ["last_seen"])
