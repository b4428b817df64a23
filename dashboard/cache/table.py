"""Django's cache in the database, counting so that no two processes read the same number."""

from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import transaction

from apiclient.models import Cached


class TableCache(DatabaseCache):
    """Of the table that a migration makes."""

    def incr(self, key: str, delta: int = 1, version: Any = None) -> int:
        """Django's own, which reads and writes: here the row, on SQLite the database, is held meanwhile."""
        with transaction.atomic():
            made = self.make_and_validate_key(key, version=version)
            if not Cached.objects.select_for_update().filter(pk=made).values_list("pk"):
                raise ValueError(f"There is no {key}.")  # nor may one be read that is made only now: nobody holds it
            return super().incr(key, delta, version)
