"""The addresses of the pages, and the doors that machines ask."""

from django.urls import path

from dashboard.pages import call, code, health, metrics, outcome, overview, service

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("services/<slug:slug>/", service.service, name="service"),
    path("services/<slug:service_slug>/<slug:slug>/", call.call, name="call"),
    path("services/<slug:service_slug>/<slug:slug>/run/", call.run, name="call-run"),
    path("outcomes/", outcome.outcomes, name="outcomes"),
    path("outcomes/<int:pk>/", outcome.outcome, name="outcome"),
    path("outcomes/<int:pk>/answer/", outcome.answer, name="outcome-answer"),
    path("codes/", code.codes, name="codes"),
    path("metrics", metrics.metrics, name="metrics"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
