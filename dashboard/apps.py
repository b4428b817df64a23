from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import celery  # noqa: F401  (shared tasks need the app wherever they are sent from)
