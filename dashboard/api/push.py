"""``POST outcomes/``: outcomes of calls that other programs made themselves; one, an array, or lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.http import JsonResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from apiclient import push
from apiclient.push import Kept, Told
from apiclient.submission import Refused, Submission, read
from dashboard.access import reach
from dashboard.api import body, query
from dashboard.api.items import Document, Malformed, lines
from dashboard.api.submission import JSON, MOST_BYTES, MOST_ITEMS, NDJSON

PORTION = 1_000


class Unreadable(APIException):
    """The body as a whole is not taken; nothing of it is stored."""

    status_code = 400


class AllRefused(APIException):
    """Nothing was stored, since every outcome is refused: each with its place and its reason."""

    status_code = 400

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("No outcome was taken." if len(errors) > 1 else errors[0]["detail"])
        self.errors = errors


class Broken(APIException):
    """Lines that came before were handled when the body turned out to be too large, or ended early."""

    def __init__(self, cause: APIException, tally: "Tally") -> None:
        super().__init__(f"{cause.detail} What came before is handled: {tally.handled} lines.")
        self.status_code = cause.status_code
        self.members, self.errors = tally.counts(), tally.errors


@dataclass(slots=True)
class Tally:
    """What became of the outcomes of one request so far."""

    stored: int = 0
    duplicates: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def handled(self) -> int:
        return self.stored + self.duplicates + len(self.errors)

    def counts(self) -> dict[str, int]:
        return {"stored": self.stored, "duplicates": self.duplicates, "invalid": len(self.errors)}

    def add(self, result: push.Result) -> None:
        """What became of the next one."""
        if isinstance(result, Refused):
            index = self.handled
            self.errors.append({"index": index, "pointer": f"/{index}{result.pointer}", "detail": result.sentence})
        elif result is Kept.STORED:
            self.stored += 1
        else:
            self.duplicates += 1

    def answer(self) -> JsonResponse:
        """A request of which nothing was taken has failed; one of which something was has not."""
        if self.errors and not self.stored + self.duplicates:
            raise AllRefused(self.errors)
        return JsonResponse(self.counts() | {"errors": self.errors})


def receive(request: Request) -> JsonResponse:
    """Store what the body tells of."""
    query.only(request)
    kind = body.kind(request, JSON, NDJSON)
    pieces = body.pieces(request, MOST_BYTES)
    return _lines(request, pieces) if kind == NDJSON else _document(request, pieces)


def _lines(request: Request, pieces: Iterable[bytes]) -> JsonResponse:
    """Portion by portion, as the lines come in."""
    tally, items = Tally(), _read(lines(pieces))
    try:
        while portion := list(islice(items, PORTION)):
            _store(request, portion, tally)
    except (body.TooLarge, body.Unread) as error:
        raise Broken(error, tally) if tally.handled else error from None
    return tally.answer()


def _document(request: Request, pieces: Iterable[bytes]) -> JsonResponse:
    """Nothing is stored before the end has been seen: a text that is no JSON is refused as a whole."""
    try:
        document = Document(pieces)
        items = list(_read(document))
    except ValueError as error:
        raise Unreadable(str(error)) from None
    if not document.is_array:
        return _one(request, items[0])
    tally = Tally()
    for begin in range(0, len(items), PORTION):
        _store(request, items[begin : begin + PORTION], tally)
    return tally.answer()


def _read(values: Iterable[Any]) -> Iterator[Submission | Refused]:
    for number, value in enumerate(values):
        if number == MOST_ITEMS:
            raise body.TooLarge(f"A request has at most {MOST_ITEMS} outcomes. Send several.")
        try:
            yield Refused("", value.sentence) if isinstance(value, Malformed) else read(value)
        except Refused as refused:
            yield refused


def _store(request: Request, portion: list[Submission | Refused], tally: Tally) -> None:
    known = reach(request)
    results = iter(push.store([Told(one, known) for one in portion if not isinstance(one, Refused)]))
    for one in portion:
        tally.add(one if isinstance(one, Refused) else next(results))


def _one(request: Request, item: Submission | Refused) -> JsonResponse:
    result = item if isinstance(item, Refused) else push.store_one(item, reach(request))
    if isinstance(result, Refused):
        raise AllRefused([{"pointer": result.pointer, "detail": result.sentence}])
    tally = Tally()
    tally.add(result)
    return tally.answer()
