"""``latency/``: how long answers took, over time and by quantile."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient import report
from apiclient.source import one_look
from dashboard import filters
from dashboard.api import export, query
from dashboard.api.series import GroupSerializer, SeriesSerializer

USUAL = "0.5,0.95,0.99"
MOST = 10
COLUMNS = ("time", "key", "label", "milliseconds")


class QuantileSerializer(GroupSerializer):
    counts = serializers.ListField(
        child=serializers.FloatField(allow_null=True), read_only=True, help_text="Milliseconds; null without answers."
    )
    total: Any = serializers.FloatField(read_only=True, allow_null=True, help_text="Milliseconds, over the whole span.")


@extend_schema_serializer(many=False)
class LatencySerializer(SeriesSerializer):
    groups = QuantileSerializer(many=True, read_only=True)
    total = serializers.IntegerField(read_only=True, help_text="How many answers were measured.")


def read_quantiles(text: str) -> list[float]:
    """Distinct numbers between 0 and 1, in the order given; ValueError for anything else."""
    try:
        quantiles = [float(word) for word in text.split(",")]
    except ValueError:
        quantiles = []
    if not 0 < len(quantiles) <= MOST or not all(0 <= q <= 1 for q in quantiles):
        raise ValueError(f"{text[:40]!r} is not allowed. Use 1 to {MOST} numbers from 0 to 1, such as {USUAL}.")
    return list(dict.fromkeys(quantiles))


QUANTILES = OpenApiParameter("quantiles", str, default=USUAL, description=f"Up to {MOST} numbers from 0 to 1.")


class LatencyViewSet(export.Exporting):
    """Quantiles of the total time over time, at most 2.2 % off. Failures count only where a failure is asked for."""

    @one_look()
    @extend_schema(
        parameters=[*query.FILTERS, QUANTILES, query.STEP, export.FORMAT],
        responses=export.answers(LatencySerializer, COLUMNS),
    )
    def list(self, request: Request) -> HttpResponseBase:
        selection = query.selection(request, ("quantiles", "step", "format"))
        quantiles = query.read(request, "quantiles", read_quantiles, USUAL)
        step_s = query.read(request, "step", lambda text: filters.parse_step(text, selection))
        found = report.latency(selection, quantiles, step_s)
        if export.is_asked(request):
            return export.respond(request, "latency", COLUMNS, export.of_series(found))
        return Response(LatencySerializer(found).data)
