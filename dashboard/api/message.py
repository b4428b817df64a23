"""``messages/``: what servers said about their errors, grouped by what stays the same in it."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient import report, said
from apiclient.models import Message, OutcomeDetail
from apiclient.selection import Selection
from dashboard.access import within
from dashboard.api import query
from dashboard.api.cursor import CursorPages
from dashboard.api.refusal import BadQuery

OF_A_GROUP = ("service", "call", "since", "until")
SAMPLES, LOOKED_AT = 4, 12


class MessageSerializer(serializers.Serializer[Any]):
    """``id`` is that of the first message of the group that is in reach."""

    id = serializers.IntegerField(read_only=True)
    text = serializers.CharField(read_only=True, help_text="The first text seen.")
    template = serializers.CharField(read_only=True, help_text="What all texts of the group share.")
    count = serializers.IntegerField(read_only=True, help_text="Kept outcomes between since and until that said so.")
    services = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    first_seen = serializers.DateTimeField(read_only=True, help_text="Of all time, as is last_seen.")
    last_seen = serializers.DateTimeField(read_only=True)
    newest_outcome = serializers.CharField(
        read_only=True, allow_null=True, help_text="The last outcome between since and until that said so."
    )


class WholeMessageSerializer(MessageSerializer):
    samples = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Different texts of the group, said last."
    )


class MessagePages(CursorPages):
    """Says whether all messages of the span were looked at."""

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data["results"])
        response.data["complete"] = data["complete"]
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        says = f"False where only the {said.MOST_MESSAGES} messages seen last were counted."
        described["properties"]["complete"] = {"type": "boolean", "description": says}
        described["required"].append("complete")
        return described


@extend_schema_view(
    list=extend_schema(parameters=query.FILTERS),
    retrieve=extend_schema(
        parameters=[one for one in query.FILTERS if one.name in OF_A_GROUP], responses=WholeMessageSerializer
    ),
)
class MessageViewSet(viewsets.ReadOnlyModelViewSet[Message]):
    """What servers said, the newest group first. A code, class, category or verdict chooses by the newest outcome."""

    queryset = Message.objects.order_by("-pk")
    serializer_class = MessageSerializer
    pagination_class = MessagePages
    lookup_value_regex = "[0-9]{1,18}"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        groups, complete = said.groups(query.selection(request, query.PAGE_WORDS))
        by_id = {min(group.messages): group for group in groups}
        page: Any = self.paginate_queryset(Message.objects.filter(pk__any_of=by_id).order_by("-pk"))
        rows = [_row(message, by_id[message.pk]) for message in page]
        return self.get_paginated_response({"results": MessageSerializer(rows, many=True).data, "complete": complete})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        selection = query.selection(request)
        if strange := sorted(request.query_params.keys() - set(OF_A_GROUP)):
            raise BadQuery({word: "A group is narrowed by service, call, since and until only." for word in strange})
        found = self.get_object()
        group = list(within(request, Message.objects.filter(fingerprint=found.fingerprint), "service").order_by("pk"))
        return Response(WholeMessageSerializer(_whole(group, selection)).data)

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else within(self.request, rows, "service")


def _row(message: Message, group: said.Group) -> dict[str, Any]:
    return {
        "id": message.pk,
        "text": message.text,
        "template": message.template,
        "count": group.count,
        "services": sorted(set(group.services)),
        "first_seen": group.first_seen,
        "last_seen": group.last_seen,
        "newest_outcome": group.newest,
    }


def _whole(group: list[Message], selection: Selection) -> dict[str, Any]:
    """Counted where the selection is, its first and last moment being those of all time."""
    chosen = [one.pk for one in group if not selection.services or one.service_id in selection.services]
    step_s = report.auto_step(selection)
    cells = list(said.by_call(chosen, selection, step_s))
    newest = said.newest(chosen, selection, cells, step_s, LOOKED_AT)
    details = OutcomeDetail.objects.filter(pk__in=newest).order_by("-pk").only("message", "body", "headers")
    texts = [detail.said for detail in details]
    return {
        "id": group[0].pk,
        "text": group[0].text,
        "template": group[0].template,
        "count": sum(cell.number for cell in cells),
        "services": sorted({one.service_id for one in group}),
        "first_seen": min(one.first_seen for one in group),
        "last_seen": max(one.last_seen for one in group),
        "newest_outcome": max(newest, default=None),
        "samples": list(dict.fromkeys(filter(None, texts)))[:SAMPLES],
    }
