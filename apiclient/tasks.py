"""Celery's doors: thin functions. Arguments are ids; the database says what is to be done."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from celery.signals import worker_init, worker_ready, worker_shutdown
from django.db import InterfaceError, OperationalError
from django.db.backends.signals import connection_created

from apiclient import confirm, execute, heartbeat, outage, partition, rollup, schedule, webhook
from apiclient import prune as pruning
from apiclient import reap as reaper
from apiclient.clock import now_ms
from apiclient.models import Call, Delivery, Webhook

log = logging.getLogger(__name__)
MOST_CLAIMS = 10
"""In one tick, so that a weekend's gap is accounted for in minutes and other tasks get their turn."""


class BrokerDownError(Exception):
    """The broker does not answer: no worker could be told."""


def patient(step: Callable[..., None]) -> Callable[..., None]:
    """A database that takes nothing for a while is told once, not once a second; the next tick tries again."""

    @wraps(step)
    def tried(*args: Any) -> None:
        try:
            step(*args)
        except (OperationalError, InterfaceError) as error:
            outage.database.begin(error)

    return tried


@shared_task
@patient
def dispatch() -> None:
    """Once a second: claim what is due and announce the batches; after a gap, several claims of what was missed."""
    for _ in range(MOST_CLAIMS):
        _announce(schedule.claim_due(now_ms()))
        if not schedule.is_behind(now_ms()):
            break
    _announce(confirm.due_now(now_ms(), reaper.UNHEARD_MS))
    heartbeat.tick(now_ms())
    if webhook.is_hinted(now_ms()) or webhook.is_news(now_ms()) or webhook.is_waiting(now_ms()):
        tell.delay()
    outage.database.end()


@shared_task
@patient
def run_batch(batch_id: int) -> None:
    """Send a batch's requests. A message lost, doubled or late changes nothing."""
    execute.run(batch_id)


@shared_task
@patient
def reap() -> None:
    """Every few seconds: heal what was lost."""
    _announce(reaper.reap(now_ms()))


@shared_task
@patient
def tell() -> None:
    """Where a tick found something to do: verdicts that have changed, new codes, what is due to be sent to webhooks."""
    for _ in range(MOST_CLAIMS):
        webhook.settle(now_ms())
        webhook.tell_news(now_ms())
        if not webhook.is_hinted(now_ms()) and not webhook.is_news(now_ms()):
            break
    webhook.deliver(now_ms())


@shared_task
@patient
def roll_up() -> None:
    """Once a minute: close what is over, merge the cells of past minutes, drop short steps that are old."""
    rollup.close(now_ms())
    rollup.fold(now_ms())
    rollup.thin(now_ms())


@shared_task
def make_partitions() -> None:
    """Once an hour: partitions a week ahead, and statistics of those in use."""
    partition.make(now_ms())
    partition.analyze(now_ms())


@shared_task
def prune() -> None:
    """Once an hour: what is past its age goes, unless something is in the way."""
    try:
        for portion in pruning.prune(now_ms()):
            log.info("pruned %s: %d rows%s", portion.kind, portion.rows, f" of {portion.day}" if portion.day else "")
    except partition.BusyError as error:
        log.warning("not pruned: %s", error)


def run_now(call: Call) -> int:
    """Claim a slot outside the timetable and announce it; the id of the outcome to come.

    BrokerDownError when nobody could be told: nothing runs then.
    """
    batch_id, slot = schedule.claim_now(call, now_ms())
    ring(batch_id)
    return slot


def send_test(receiver: Webhook) -> Delivery:
    """Queue a test event and ring; the next tick rings too."""
    delivery = webhook.send_test(receiver, now_ms())
    _ring()
    return delivery


def send_again(delivery: Delivery) -> bool:
    """Queue an event once more and ring; False while it is on the wire."""
    queued = webhook.send_again(delivery, now_ms())
    _ring()
    return queued


def _ring() -> None:
    """Without a broker it is sent a second after the broker is back."""
    try:
        tell.delay()
    except Exception:  # each broker has errors of its own
        log.warning("the broker does not answer: webhooks are sent when it is back", exc_info=True)


def ring(batch_id: int) -> None:
    """Announce a batch for the first time, or take it back: who is told that nothing runs may safely ask again."""
    try:
        _announce([batch_id])
    except Exception as error:  # each broker has errors of its own
        if schedule.withdraw(batch_id):
            raise BrokerDownError(str(error)) from error


def _announce(batch_ids: list[int]) -> None:
    """Ring for each batch where the workers of its location listen."""
    for batch_id, queue in schedule.queues(batch_ids).items():
        run_batch.apply_async((batch_id,), queue=queue)


@worker_ready.connect
def give_signs_of_life(sender: Any, **kwargs: object) -> None:
    """From here on the worker is seen in the database, without the broker."""
    pulse = heartbeat.Pulse(sender.hostname, execute.load, now_ms)
    pulse.start()
    worker_shutdown.connect(lambda **kwargs: pulse.stop(), weak=False)


@worker_init.connect
def leave_no_locks_behind(**kwargs: object) -> None:
    """Every connection of a worker gives back what it has locked when the worker stands still."""
    connection_created.connect(reaper.end_what_stands_still)


@worker_shutdown.connect
def finish_what_is_on_the_wire(**kwargs: object) -> None:
    """A stopped worker records every answer it is waiting for, so that a deploy loses none."""
    execute.drain()
    webhook.drain()
