"""``series/``: how many outcomes came, over time and by group."""

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


class GroupSerializer(serializers.Serializer[report.Group]):
    key = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field of the answer, not of DRF
    counts = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="One for each time.")
    total = serializers.IntegerField(read_only=True)


@extend_schema_serializer(many=False)
class SeriesSerializer(serializers.Serializer[report.Series]):
    since = serializers.DateTimeField(read_only=True, help_text="Widened to whole steps, as is until.")
    until = serializers.DateTimeField(read_only=True)
    step_seconds = serializers.IntegerField(read_only=True)
    times = serializers.ListField(child=serializers.DateTimeField(), read_only=True, help_text="When steps begin.")
    groups: Any = GroupSerializer(many=True, read_only=True)
    total = serializers.IntegerField(read_only=True, help_text="Of all groups.")


COLUMNS = ("time", "key", "label", "count")


def read_group(text: str) -> str:
    if text not in report.KEYS:
        raise ValueError(f"{text[:40]!r} is not known. Use one of {', '.join(report.KEYS)}.")
    return text


GROUP_BY = OpenApiParameter("group_by", str, enum=list(report.KEYS), default="code_class", description="What to count.")


class SeriesViewSet(export.Exporting):
    """Counts of outcomes over time."""

    @one_look()
    @extend_schema(
        parameters=[*query.FILTERS, GROUP_BY, query.STEP, export.FORMAT],
        responses=export.answers(SeriesSerializer, COLUMNS),
    )
    def list(self, request: Request) -> HttpResponseBase:
        selection = query.selection(request, ("group_by", "step", "format"))
        group_by = query.read(request, "group_by", read_group, "code_class")
        step_s = query.read(request, "step", lambda text: filters.parse_step(text, selection))
        found = report.series(selection, group_by, step_s)
        if export.is_asked(request):
            return export.respond(request, "series", COLUMNS, export.of_series(found))
        return Response(SeriesSerializer(found).data)
