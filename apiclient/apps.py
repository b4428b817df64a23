from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ApiclientConfig(AppConfig):
    name = "apiclient"

    def ready(self) -> None:
        from apiclient import checks, rollup  # noqa: F401  (register the start-up checks, and what a deletion does)
        from apiclient.models.location import make_default_location

        post_migrate.connect(make_default_location, sender=self)
