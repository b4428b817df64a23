"""An outcome that is still to come: a 202 that says where it will be."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apiclient.clock import now_ms
from apiclient.models import Call
from apiclient.schedule import is_waiting
from apiclient.slot import call_of
from dashboard.access import within

LOOK_AGAIN_S = 1


class PromiseSerializer(serializers.Serializer[Any]):
    outcome = serializers.CharField(read_only=True, help_text="The id of the outcome to come.")
    url = serializers.URLField(read_only=True, help_text="Where it will be; 202 there means that it is still to come.")


STILL_TO_COME = OpenApiResponse(PromiseSerializer, "The call runs; its outcome is still to come.")


def promise(request: Request, slot: int) -> Response:
    url = reverse("api-outcome-detail", args=[slot], request=request)
    body = PromiseSerializer({"outcome": slot, "url": url}).data
    return Response(body, status=202, headers={"Location": url, "Retry-After": str(LOOK_AGAIN_S)})


def is_promised(request: Request, slot: int) -> bool:
    """Whether the slot is under way, of a call that who asks may see."""
    if not is_waiting(slot, now_ms()):
        return False
    return within(request, Call.objects.filter(pk=call_of(slot)), "service").exists()
