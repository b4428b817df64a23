"""Cached: what web processes share for some minutes, where there is no Redis to do so."""

from django.db import models


class Cached(models.Model):
    """The table that Django's cache in the database asks for, made by a migration rather than by a command."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
