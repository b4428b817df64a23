"""Deliveries on the wire. A worker process has one Sender, with an engine and a thread of its own.

So no receiver, however slow, is waited for by a task or by the calls that run in the same process.
"""

import logging
import time
from functools import partial
from queue import SimpleQueue
from threading import Condition, Lock, Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections, connection

from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.http import Engine, Exchange, Guard, Limits, Request
from apiclient.http.redact import redact_text, secrets_of
from apiclient.http.validate import ascii_url
from apiclient.models import Delivery, Webhook
from apiclient.seal import UnreadableError
from apiclient.signature import PREFIX, signed
from apiclient.webhook import outbox
from apiclient.webhook.event import CONTENT_TYPE
from apiclient.webhook.outbox import Attempt

log = logging.getLogger(__name__)

LIMITS = Limits(timeout_ms=15_000, body_kept=4_096)
LONGEST_SAID = 500

_starting = Lock()
_sender: "Sender | None" = None


def deliver(at_ms: int) -> int:
    """Put on the wire what is due, and do not wait for the answers; how many."""
    taken = outbox.take(at_ms)
    if taken:
        this_process().send(taken)
    return len(taken)


def this_process() -> "Sender":
    """The process's own sender, started on first use, so never before a fork."""
    global _sender
    with _starting:
        if _sender is None:
            _sender = Sender(Guard(settings.ANSWERBACK_ALLOWED_NETWORKS))
        return _sender


def drain() -> None:
    """Wait until every attempt of this process has ended and is written."""
    if _sender is not None:
        _sender.drain()


class Sender:
    """Sends each delivery once; a thread writes how the attempts ended."""

    def __init__(self, guard: Guard) -> None:
        self._engine = Engine(guard, user_agent=settings.ANSWERBACK_USER_AGENT)
        self._engine.start()
        self._ended: SimpleQueue[tuple[Delivery, Exchange] | None] = SimpleQueue()
        self._open = 0
        self._changed = Condition()
        self._writer = Thread(target=self._write_forever, name="webhooks", daemon=True)
        self._writer.start()

    def send(self, deliveries: list[Delivery]) -> None:
        """Each by the secret and to the address that its webhook has now."""
        with self._changed:
            self._open += len(deliveries)
        for delivery in deliveries:
            try:
                self._engine.submit(request_of(delivery, int(time.time())), partial(self._end, delivery))
            except ValueError:  # not fit to be sent: saved past the forms
                self._end(delivery, Exchange(failure=Failure.INTERNAL, error="It cannot be sent."))

    def drain(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0)

    def stop(self) -> None:
        """End. What is still on the wire is sent again when its lease has ended."""
        self._engine.stop()
        self._ended.put(None)
        self._writer.join()

    def _end(self, delivery: Delivery, exchange: Exchange) -> None:
        self._ended.put((delivery, exchange))

    def _write_forever(self) -> None:
        while ended := self._ended.get():
            self._write(*ended)
            with self._changed:
                self._open -= 1
                self._changed.notify_all()
        connection.close()

    def _write(self, delivery: Delivery, exchange: Exchange) -> None:
        try:
            close_old_connections()
            outbox.end(attempt_of(delivery, exchange), now_ms())
        except Exception:  # the lease ends by itself, and the event is sent again
            log.warning("how delivery %d ended was not written", delivery.pk, exc_info=True)


def request_of(delivery: Delivery, at_s: int) -> Request:
    """What is sent. ValueError when the webhook's address or secret is none."""
    webhook, body = delivery.webhook, delivery.body.encode()
    headers = (("content-type", CONTENT_TYPE), *signed(delivery.event_id, at_s, body, webhook.signing_secrets))
    return Request("POST", ascii_url(webhook.url), headers, body, limits=LIMITS)


def attempt_of(delivery: Delivery, exchange: Exchange) -> Attempt:
    """The exchange as far as it is kept: receivers echo what they were sent."""
    said = exchange.body.decode("utf-8", "replace") if exchange.status_code is not None else exchange.error
    return Attempt(
        delivery_id=delivery.pk,
        nth=delivery.attempts,
        status_code=exchange.status_code,
        failure=exchange.failure,
        took_us=exchange.phases.total,
        said=redact_text(said, secrets_in(delivery.webhook)).replace("\0", "�")[:LONGEST_SAID],
        retry_after=exchange.header("Retry-After"),
    )


def secrets_in(webhook: Webhook) -> set[str]:
    """What must not be kept of an answer: its secrets, those in the URL, and the path, which often is one."""
    try:
        secrets = webhook.secret.open().split()
    except UnreadableError:
        secrets = []  # so that none was sent
    path = urlsplit(webhook.url).path
    hidden = {*secrets, *(secret.removeprefix(PREFIX) for secret in secrets), *secrets_of((), webhook.url)}
    return hidden | ({path} if len(path) > 1 else set())
