"""Pruned: how far deletion by age came."""

from django.db import models


class Pruned(models.Model):
    """One row, in seconds since 2020: from ``complete_s`` on every outcome is kept; before ``thinned_s`` no success is.

    ``complete_s`` is moved before anything goes and ``thinned_s`` after, so whatever stops in between is done again.
    """

    complete_s = models.IntegerField(default=0)
    thinned_s = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "pruned"

    def __str__(self) -> str:
        return f"complete from {self.complete_s}"


def complete_from_s() -> int:
    """From this moment on (seconds since 2020) outcomes may be counted: none has been pruned. 0 when none was ever."""
    return Pruned.objects.values_list("complete_s", flat=True).first() or 0
