"""Celery's doors: thin functions. Arguments are ids; the database says what is to be done."""

import logging

from celery import shared_task
from celery.signals import worker_shutdown

from apiclient import execute, partition, rollup, schedule
from apiclient import prune as pruning
from apiclient import reap as reaper
from apiclient.clock import now_ms
from apiclient.models import Call

log = logging.getLogger(__name__)
MOST_CLAIMS = 10
"""In one tick, so that a weekend's gap is accounted for in minutes and other tasks get their turn."""


@shared_task
def dispatch() -> None:
    """Once a second: claim what is due and announce the batches; after a gap, several claims of what was missed."""
    for _ in range(MOST_CLAIMS):
        _announce(schedule.claim_due(now_ms()))
        if not schedule.is_behind(now_ms()):
            break


@shared_task
def run_batch(batch_id: int) -> None:
    """Send a batch's requests. A message lost, doubled or late changes nothing."""
    execute.run(batch_id)


@shared_task
def reap() -> None:
    """Every few seconds: heal what was lost."""
    _announce(reaper.reap(now_ms()))


@shared_task
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
    """Claim a slot outside the timetable and announce it; the id of the outcome to come."""
    batch_id, slot = schedule.claim_now(call, now_ms())
    run_batch.delay(batch_id)
    return slot


def _announce(batch_ids: list[int]) -> None:
    for batch_id in batch_ids:
        run_batch.delay(batch_id)


@worker_shutdown.connect
def finish_what_is_on_the_wire(**kwargs: object) -> None:
    """A stopped worker records every answer it is waiting for, so that a deploy loses none."""
    execute.drain()
