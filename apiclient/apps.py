from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

IDLE_TRANSACTION_S = 10
"""Longer than any transaction of ours stands still, short enough to heal its slots in time."""


class ApiclientConfig(AppConfig):
    name = "apiclient"

    def ready(self) -> None:
        from apiclient import checks, rollup  # noqa: F401  (register the start-up checks, and what a deletion does)


@receiver(connection_created)
def let_no_transaction_stand(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Have PostgreSQL take back the locks of a process that was stopped, or whose machine vanished, amid a transaction.

    Else its slots stay open for as long: nobody else may touch the rows it has locked.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_TRANSACTION_S}s'")
