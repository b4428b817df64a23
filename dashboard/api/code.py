"""``codes/``: every status code, what it means, and how often it came."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient import report
from apiclient.catalogue import Category, CodeClass, Meaning, all_meanings, lookup
from apiclient.selection import Selection
from apiclient.source import one_look
from dashboard.api import query


class SenseSerializer(serializers.Serializer[Any]):
    phrase = serializers.CharField(read_only=True)
    origin = serializers.CharField(read_only=True)


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.IntegerField(read_only=True)
    message = serializers.CharField(read_only=True)
    code_class = serializers.ChoiceField(choices=list(CodeClass), read_only=True)
    category = serializers.ChoiceField(choices=list(Category), read_only=True)
    origin = serializers.CharField(read_only=True)
    meanings = SenseSerializer(many=True, read_only=True)
    count = serializers.IntegerField(read_only=True)


@extend_schema_serializer(many=False)
class CodesSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField(read_only=True, help_text="Widened to whole minutes, as is until.")
    until = serializers.DateTimeField(read_only=True)
    next = serializers.URLField(read_only=True, allow_null=True, help_text="Null: all codes fit one page.")
    previous = serializers.URLField(read_only=True, allow_null=True)
    results = CodeSerializer(many=True, read_only=True)


class CodeViewSet(viewsets.ViewSet):
    """Every known code, and every unknown one that came. The filters choose what is counted, and which are listed."""

    @one_look()
    @extend_schema(parameters=query.FILTERS, responses=CodesSerializer)
    def list(self, request: Request) -> Response:
        selection = query.selection(request).whole(60)
        counts = _counts(selection)
        codes = sorted({meaning.code for meaning in all_meanings() if meaning.code} | counts.keys())
        listed = [meaning for meaning in map(lookup, codes) if _asked_for(selection, meaning)]
        body = {
            "since": selection.since,
            "until": selection.until,
            "next": None,
            "previous": None,
            "results": [_row(meaning, counts) for meaning in listed],
        }
        return Response(CodesSerializer(body).data)


def _counts(selection: Selection) -> Counter[int]:
    counts: Counter[int] = Counter()
    for (code, _), count in report.answers(selection).items():
        if code is not None:
            counts[code] += count
    return counts


def _asked_for(selection: Selection, meaning: Meaning) -> bool:
    words = (
        (meaning.code, selection.status_codes),
        (meaning.code_class, selection.code_classes),
        (meaning.category, selection.categories),
    )
    return all(not wanted or word in wanted for word, wanted in words)


def _row(meaning: Meaning, counts: Counter[int]) -> dict[str, Any]:
    names = ("code", "message", "code_class", "category", "origin")
    senses = [sense._asdict() for sense in meaning.meanings]
    return {name: getattr(meaning, name) for name in names} | {"meanings": senses, "count": counts[meaning.code or 0]}
