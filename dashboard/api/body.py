"""The body of a request as it comes in, piece by piece, never more than is allowed; sent whole or in chunks."""

from collections.abc import Iterator
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

PIECE = 64 << 10


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class Unread(APIException):
    """The client stopped in the middle of its own body."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "The body ended before it was complete."


class Untouched(BaseParser):
    """Leaves the body to the view: the check for forged requests would have all of it read before."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return {}


def kind(request: Request, *allowed: str) -> str:
    """Which of the content types the body has. UnsupportedMediaType names them."""
    given = str(request.META.get("CONTENT_TYPE", ""))
    word, _, parameters = given.partition(";")
    charset = parameters.replace(" ", "").lower() in ("", "charset=utf-8", 'charset="utf-8"')
    listed = " or ".join(allowed)
    if word.strip().lower() not in allowed or not charset:
        raise UnsupportedMediaType(
            given[:80], f"The content type {given[:80]!r} is not taken here. Use {listed}, in UTF-8."
        )
    if (coding := str(request.META.get("HTTP_CONTENT_ENCODING", "identity"))).lower() != "identity":
        raise UnsupportedMediaType(
            coding[:80], f"Content-Encoding {coding[:80]!r} is not taken. Send the body as it is."
        )
    return word.strip().lower()


def pieces(request: Request, most: int) -> Iterator[bytes]:
    """The body in pieces of at most 64 KiB. TooLarge as soon as it is known to exceed ``most`` bytes."""
    too_large = TooLarge(f"A body has at most {most >> 20} MiB ({most} bytes) here. Send several.")
    declared, meta = str(request.META.get("CONTENT_LENGTH") or ""), request.META
    if declared.isdigit() and int(declared[:19]) > most:
        raise too_large
    # Django takes a body without a length for empty; the server's own stream ends where the chunks do.
    stream = request._request if declared or not meta.get("wsgi.input_terminated") else meta["wsgi.input"]
    read = 0
    while piece := _read(stream):
        read += len(piece)
        if read > most:
            raise too_large
        yield piece
    if declared.isdigit() and read < int(declared):
        raise Unread


def _read(stream: object) -> bytes:
    try:
        piece: bytes = stream.read(PIECE)  # type: ignore[attr-defined]
    except Exception as error:  # of the connection, or the server's own where chunks are none
        raise Unread from error
    return piece
