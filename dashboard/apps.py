from django.apps import AppConfig
from django.contrib.admin import apps as admin


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import celery  # noqa: F401  (shared tasks need the app wherever they are sent from)


class AdminConfig(admin.AdminConfig):
    default = False  # of this package's apps
    default_site = "dashboard.admin_site.Site"
