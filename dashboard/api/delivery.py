"""What was sent to a webhook, and what came of it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apiclient.catalogue import Failure
from apiclient.models import Delivery
from apiclient.models.delivery import STATES, TEST
from apiclient.models.webhook import Change

ANY_OBJECT = {"type": "object", "additionalProperties": True}


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    change = serializers.ChoiceField(choices=[*Change.values, TEST], read_only=True)
    state = serializers.ChoiceField(choices=list(STATES), read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    next_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Of the next attempt; null: none.")
    attempted_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Of the last attempt's end.")
    took_ms = serializers.SerializerMethodField(help_text="How long the last attempt took.")
    failure = serializers.SerializerMethodField(help_text="Why the last attempt got no usable answer.")
    said = serializers.CharField(read_only=True, help_text="The beginning of the last answer, secrets masked.")
    delivered_at = serializers.DateTimeField(read_only=True, allow_null=True)
    gave_up_at = serializers.DateTimeField(read_only=True, allow_null=True)
    event = serializers.SerializerMethodField(help_text="What is sent, a CloudEvent.")

    class Meta:
        model = Delivery
        fields = (
            "id", "event_id", "change", "subject", "state", "attempts", "created_at", "next_at", "attempted_at",
            "took_ms", "status_code", "failure", "said", "delivered_at", "gave_up_at", "event",
        )  # fmt: skip
        read_only_fields = fields

    def get_took_ms(self, delivery: Delivery) -> float | None:
        return None if delivery.took_us is None else delivery.took_us / 1000

    @extend_schema_field({"type": ["string", "null"], "enum": [*(each.slug for each in Failure), None]})
    def get_failure(self, delivery: Delivery) -> str | None:
        failure = delivery.kind_of_failure
        return failure.slug if failure else None

    @extend_schema_field(ANY_OBJECT)
    def get_event(self, delivery: Delivery) -> dict[str, Any]:
        return delivery.event
