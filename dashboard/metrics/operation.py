"""Gauges of the installation itself: slots, workers, the timetable, how late calls start."""

from collections import Counter
from collections.abc import Iterator, Mapping

from apiclient import heartbeat, vitals
from dashboard.metrics.exposition import Family, Sample, labels

QUANTILES = (0.5, 0.9, 0.99)


def families(now_ms: int) -> Iterator[Family]:
    slots = vitals.open_slots(now_ms)
    alive = [worker for worker in heartbeat.workers(now_ms) if heartbeat.is_alive(worker, now_ms)]
    age_s = vitals.tick_age_s(now_ms)
    yield _gauge("answerback_open_slots", "Slots claimed and without an outcome yet.", [("", slots.total)])
    yield _gauge("answerback_waiting_slots", "Open slots that no worker has taken yet.", [("", slots.waiting)])
    yield _gauge("answerback_overdue_slots", "Open slots that should long have ended.", [("", slots.overdue)])
    ticks: list[Sample] = [] if age_s is None else [("", max(0.0, age_s))]
    yield _gauge("answerback_last_tick_age_seconds", "Since the timetable last ran; it should every second.", ticks)
    yield _gauge("answerback_workers", "Worker processes that are alive.", [("", len(alive))])
    taken, capacity = Counter[str](), Counter[str]()
    for worker in alive:  # some may go by the same name
        taken[worker.name] += worker.open_slots
        capacity[worker.name] += worker.capacity
    about = "Slots that a worker has on the wire or waits to store."
    yield _gauge("answerback_worker_open_slots", about, _by_worker(taken))
    about = "Slots that a worker can have open at once."
    yield _gauge("answerback_worker_capacity_slots", about, _by_worker(capacity))
    told = vitals.deliveries(now_ms)
    yield _gauge("answerback_waiting_deliveries", "Events that wait for their webhooks.", [("", told.waiting)])
    about = "For how long the first of them waits."
    yield _gauge("answerback_oldest_delivery_age_seconds", about, [("", told.oldest_s)])
    yield _gauge("answerback_given_up_deliveries", "Events given up in a day.", [("", told.gave_up)])
    about = "How late what was sent in the last five minutes began."
    lags = vitals.start_lag_ms(now_ms, QUANTILES)
    samples = [(labels(quantile=f"{q:g}"), lag_ms / 1000) for q, lag_ms in lags.items()]
    yield _gauge("answerback_start_lag_seconds", about, samples)


def _by_worker(counts: Mapping[str, int]) -> list[Sample]:
    return [(labels(worker=name), count) for name, count in counts.items()]


def _gauge(name: str, about: str, samples: list[Sample]) -> Family:
    return Family(name, "gauge", about, samples)
