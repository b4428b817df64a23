from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ApiclientConfig(AppConfig):
    name = "apiclient"

    def ready(self) -> None:
        from apiclient import checks, first_seen, rollup  # noqa: F401  (start-up checks, what an edit and a deletion do)
        from apiclient.models.location import make_default_location
        from apiclient.roles import grant

        post_migrate.connect(make_default_location, sender=self)
        post_migrate.connect(_make_partitions, sender=self)
        post_migrate.connect(grant, sender=self)


def _make_partitions(**kwargs: Any) -> None:
    """A fresh installation has its partitions before its first outcome."""
    from apiclient import partition
    from apiclient.clock import now_ms

    if partition.exists():
        partition.make(now_ms())
