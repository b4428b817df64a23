from django.apps import AppConfig


class ApiclientConfig(AppConfig):
    name = "apiclient"

    def ready(self) -> None:
        from apiclient import checks, rollup  # noqa: F401  (register the start-up checks, and what a deletion does)
