"""The addresses of the pages, and the doors that machines ask."""

from django.urls import path

from dashboard.pages import call, code, failure, health, message, metrics, outcome, overview, preference, service, token
from dashboard.pages import webhook as hook
from dashboard.pages.configure import answer, delete, first, intake, pause, secret, upcoming
from dashboard.pages.configure import call as call_form
from dashboard.pages.configure import reclassify as again
from dashboard.pages.configure import service as service_form
from dashboard.pages.live import live

urlpatterns = [
    path("", live(overview.overview), name="overview"),
    path("services/<slug:slug>/", live(service.service), name="service"),
    path("services/<slug:service_slug>/<slug:slug>/", live(call.call), name="call"),
    path("services/<slug:service_slug>/<slug:slug>/run/", call.run, name="call-run"),
    path("services/<slug:service_slug>/<slug:slug>/accept/", answer.accept, name="call-accept"),
    path("outcomes/", live(outcome.outcomes), name="outcomes"),
    path("outcomes/<int:pk>/", live(outcome.outcome), name="outcome"),
    path("outcomes/<int:pk>/answer/", outcome.answer, name="outcome-answer"),
    path("messages/", live(message.messages), name="messages"),
    path("messages/<int:pk>/", live(message.message), name="message"),
    path("failures/", live(failure.failures), name="failures"),
    path("codes/", live(code.codes), name="codes"),
    path("codes/<int:code>/", live(code.code), name="code"),
    path("preferences/", preference.preferences, name="preferences"),
    path("preferences/theme/", preference.theme, name="theme"),
    path("tokens/", token.tokens, name="tokens"),
    path("tokens/new/", token.new, name="token-new"),
    path("tokens/<int:pk>/revoke/", token.revoke, name="token-revoke"),
    path("webhooks/", hook.webhooks, name="webhooks"),
    path("webhooks/new/", hook.new, name="webhook-new"),
    path("webhooks/<int:pk>/", hook.webhook, name="webhook"),
    path("webhooks/<int:pk>/edit/", hook.edit, name="webhook-edit"),
    path("webhooks/<int:pk>/delete/", hook.delete, name="webhook-delete"),
    path("webhooks/<int:pk>/secret/", hook.change_secret, name="webhook-secret"),
    path("webhooks/<int:pk>/test/", hook.test, name="webhook-test"),
    path("webhooks/<int:pk>/deliveries/<int:delivery>/again/", hook.send_again, name="webhook-again"),
    path("configure/first/", first.first, name="first-call"),
    path("configure/import/", intake.intake, name="import"),
    path("configure/next/", upcoming.next_runs, name="next-runs"),
    path("configure/services/new/", service_form.new, name="service-new"),
    path("configure/services/<slug:slug>/", service_form.edit, name="service-edit"),
    path("configure/services/<slug:slug>/pause/", pause.pause_service, name="service-pause"),
    path("configure/services/<slug:slug>/answers/", answer.of_service, name="service-answers"),
    path("configure/services/<slug:slug>/reclassify/", again.of_service, name="service-reclassify"),
    path("configure/services/<slug:slug>/delete/", delete.delete_service, name="service-delete"),
    path("configure/services/<slug:slug>/secrets/", secret.secrets, name="secrets"),
    path("configure/services/<slug:slug>/secrets/new/", secret.new, name="secret-new"),
    path("configure/services/<slug:slug>/secrets/<int:pk>/", secret.edit, name="secret-edit"),
    path("configure/services/<slug:slug>/secrets/<int:pk>/delete/", secret.delete, name="secret-delete"),
    path("configure/calls/new/", call_form.new, name="call-new"),
    path("configure/calls/<slug:service_slug>/<slug:slug>/", call_form.edit, name="call-edit"),
    path("configure/calls/<slug:service_slug>/<slug:slug>/duplicate/", call_form.duplicate, name="call-duplicate"),
    path("configure/calls/<slug:service_slug>/<slug:slug>/pause/", pause.pause_call, name="call-pause"),
    path("configure/calls/<slug:service_slug>/<slug:slug>/answers/", answer.of_call, name="call-answers"),
    path("configure/calls/<slug:service_slug>/<slug:slug>/reclassify/", again.of_call, name="call-reclassify"),
    path("configure/calls/<slug:service_slug>/<slug:slug>/delete/", delete.delete_call, name="call-delete"),
    path("metrics", metrics.metrics, name="metrics"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
