"""Courses driven by an engine as a worker drives them, without a database."""

import threading
import time
from collections.abc import Iterable

from apiclient.course import Arrived, Courses, Voyage
from apiclient.http import Engine, Request


def sail(engine: Engine, courses: Iterable[Courses], request: Request) -> list[Arrived]:
    """All at once; how each arrived, in the order of the courses."""
    voyages, arrived = [], threading.Semaphore(0)
    for course in courses:
        voyage = Voyage(course, request, time.monotonic())
        voyages.append(voyage)
        if (first := voyage.begin()) is None:
            arrived.release()
        else:
            engine.submit(first, lambda _: arrived.release(), then=voyage.go_on)
    assert all(arrived.acquire(timeout=20) for _ in voyages)
    return [voyage.arrived for voyage in voyages]
