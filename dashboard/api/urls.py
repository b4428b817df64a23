"""Addresses under /api/."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from dashboard.api.answer import AnswerViewSet
from dashboard.api.batch import BatchViewSet
from dashboard.api.call import CallViewSet
from dashboard.api.code import CodeViewSet
from dashboard.api.intake import ImportViewSet
from dashboard.api.latency import LatencyViewSet
from dashboard.api.message import MessageViewSet
from dashboard.api.outcome import OutcomeViewSet
from dashboard.api.problem import Nowhere
from dashboard.api.schema import DocsView
from dashboard.api.secret import SecretViewSet
from dashboard.api.series import SeriesViewSet
from dashboard.api.service import ServiceViewSet
from dashboard.api.token import TokenViewSet
from dashboard.api.webhook import WebhookViewSet

router = DefaultRouter()
router.include_format_suffixes = False
router.register("services", ServiceViewSet, "api-service")
router.register("calls", CallViewSet, "api-call")
router.register("answers", AnswerViewSet, "api-answer")
router.register("secrets", SecretViewSet, "api-secret")
router.register("imports", ImportViewSet, "api-import")
router.register("outcomes", OutcomeViewSet, "api-outcome")
router.register("series", SeriesViewSet, "api-series")
router.register("latency", LatencyViewSet, "api-latency")
router.register("codes", CodeViewSet, "api-code")
router.register("tokens", TokenViewSet, "api-token")
router.register("messages", MessageViewSet, "api-message")
router.register("batches", BatchViewSet, "api-batch")
router.register("webhooks", WebhookViewSet, "api-webhook")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", login_required(DocsView.as_view(url_name="api-schema")), name="api-docs"),
    re_path("", Nowhere.as_view()),
]
