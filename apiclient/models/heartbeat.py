"""Heartbeat: a worker process is alive, and when the timetable last ran. The database is the record, not the broker."""

from django.db import models


class Heartbeat(models.Model):
    """One row per worker process, rewritten every few seconds. Moments in milliseconds since 2020.

    ``open_slots`` are on the wire or wait to be stored, at most ``capacity``. ``clock_ms`` is how far the database's
    clock is ahead of the process's, 0 where they share one.
    """

    name = models.CharField(max_length=200)
    host = models.CharField(max_length=200)
    process = models.IntegerField()
    started_ms = models.BigIntegerField()
    seen_ms = models.BigIntegerField()
    open_slots = models.IntegerField()
    capacity = models.IntegerField()
    clock_ms = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.open_slots} of {self.capacity} slots open"


class Tick(models.Model):
    """One row: when the timetable last claimed what was due, in milliseconds since 2020."""

    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"tick at {self.at_ms}"
