from django.apps import AppConfig


class ApiclientConfig(AppConfig):
    name = "apiclient"

    def ready(self) -> None:
        from apiclient import checks  # noqa: F401  (registers the start-up checks)
