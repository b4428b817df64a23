"""``batches/``: what is claimed and has no outcome yet, for those who run the installation."""

from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from apiclient.clock import now_ms
from apiclient.models import Batch, Call, Location
from apiclient.slot import call_of, due_ms_of, from_ms
from dashboard.access import reach
from dashboard.api import query
from dashboard.api.permission import Allowed


class Operators(Allowed):
    """Staff, and who sees every service."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and (request.user.is_staff or reach(request) is None)


class SlotSerializer(serializers.Serializer[Any]):
    outcome = serializers.CharField(read_only=True, help_text="The id of the outcome to come.")
    call = serializers.IntegerField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True)


class LeaseSerializer(serializers.Serializer[Batch]):
    nth = serializers.IntegerField(source="leases", read_only=True, help_text="1 for the first worker that has it.")
    until = serializers.SerializerMethodField()

    def get_until(self, batch: Batch) -> datetime:
        return from_ms(batch.lease_until_ms or 0)


class BatchSerializer(serializers.Serializer[Batch]):
    id = serializers.IntegerField(read_only=True)
    created_at = serializers.SerializerMethodField()
    age_ms = serializers.SerializerMethodField(help_text="Since it was claimed.")
    location = serializers.SerializerMethodField(help_text="Where it runs: a slug, or the number of one since deleted.")
    lease_ms = serializers.IntegerField(read_only=True, help_text="How long a worker may have it.")
    lease = serializers.SerializerMethodField(help_text="Null while it waits for a worker.")
    open_slots = serializers.SerializerMethodField(help_text="Slots without an outcome, of services in your reach.")

    @cached_property
    def _locations(self) -> dict[int, str]:
        return dict(Location.objects.values_list("number", "slug"))

    def get_location(self, batch: Batch) -> str:
        return self._locations.get(batch.location_id or 0, str(batch.location_id))

    def get_created_at(self, batch: Batch) -> datetime:
        return from_ms(batch.created_ms)

    def get_age_ms(self, batch: Batch) -> int:
        return now_ms() - batch.created_ms

    @extend_schema_field(LeaseSerializer(allow_null=True))
    def get_lease(self, batch: Batch) -> Any:
        return None if batch.token is None else LeaseSerializer(batch).data

    def get_open_slots(self, batch: Batch) -> int:
        return len(self.seen(batch))

    def seen(self, batch: Batch) -> list[int]:
        """The slots of calls that who asks may see."""
        slots: list[int] = batch.slots
        known = reach(self.context["request"])
        if known is None:
            return slots
        calls = Call.objects.filter(service__in=known, pk__any_of=set(map(call_of, slots)))
        seen = set(calls.values_list("pk", flat=True))
        return [slot for slot in slots if call_of(slot) in seen]


class WholeBatchSerializer(BatchSerializer):
    slots = serializers.SerializerMethodField()

    @extend_schema_field(SlotSerializer(many=True))
    def get_slots(self, batch: Batch) -> Any:
        slots = [
            {"outcome": slot, "call": call_of(slot), "due_at": from_ms(due_ms_of(slot))} for slot in self.seen(batch)
        ]
        return SlotSerializer(slots, many=True).data


@extend_schema_view(retrieve=extend_schema(responses=WholeBatchSerializer))
class BatchViewSet(viewsets.ReadOnlyModelViewSet[Batch]):
    """Open batches: slots claimed together, each without an outcome yet. For staff."""

    queryset = Batch.objects.order_by("pk")
    permission_classes = (Operators,)
    lookup_value_regex = "[0-9]{1,18}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(query.PAGE_WORDS if self.action == "list" else ()))

    def get_serializer_class(self) -> type[BatchSerializer]:
        return BatchSerializer if self.action == "list" else WholeBatchSerializer
