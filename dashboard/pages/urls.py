"""The addresses of the pages, and the doors that machines ask."""

from django.urls import path

from dashboard.pages import call, code, health, metrics, outcome, overview, preference, service
from dashboard.pages.live import live

urlpatterns = [
    path("", live(overview.overview), name="overview"),
    path("services/<slug:slug>/", live(service.service), name="service"),
    path("services/<slug:service_slug>/<slug:slug>/", live(call.call), name="call"),
    path("services/<slug:service_slug>/<slug:slug>/run/", call.run, name="call-run"),
    path("outcomes/", live(outcome.outcomes), name="outcomes"),
    path("outcomes/<int:pk>/", live(outcome.outcome), name="outcome"),
    path("outcomes/<int:pk>/answer/", outcome.answer, name="outcome-answer"),
    path("codes/", live(code.codes), name="codes"),
    path("preferences/", preference.preferences, name="preferences"),
    path("preferences/theme/", preference.theme, name="theme"),
    path("metrics", metrics.metrics, name="metrics"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
