"""Bodies before anybody reads them: those too long are refused, and those of unknown length are read as any other."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from dashboard.api.parser import most_bytes
from dashboard.api.problem import plain
from dashboard.api.refusal import too_large


class Chunks:
    """A body of unknown length (``Transfer-Encoding: chunked``), of which no more than ``most`` bytes are read."""

    def __init__(self, stream: Any, most: int) -> None:
        self._stream, self._most, self._left = stream, most, most

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        return self._counted(lambda: self._stream.read(wanted))

    def readline(self, size: int | None = -1) -> bytes:
        wanted = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        return self._counted(lambda: self._stream.readline(wanted))

    def _counted(self, read: Callable[[], bytes]) -> bytes:
        try:
            data = read()
        except OSError:
            raise
        except Exception as error:  # each server has its own for chunks that are none
            raise BadRequest("The chunks of the body could not be read.") from error
        self._left -= len(data)
        if self._left < 0:
            raise too_large(self._most)
        return data


class LengthMiddleware:
    """Under /api/: what is said to be too long is refused before anything is read, and chunks are a body like others.

    A view that takes more than others says so by ``most_bytes``; None is one that reads, and counts, by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not hasattr(view, "cls"):  # a page
            return None
        most, said = most_bytes(view.cls), str(request.META.get("CONTENT_LENGTH") or "")
        if most is None:
            return None
        if said.isascii() and said.isdigit() and int(said[:19]) > most:
            return plain(request, 413, str(too_large(most).detail))
        if not said and request.META.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in request.META:
            request._stream = Chunks(request.META["wsgi.input"], most)  # type: ignore[assignment]
            request.META["CONTENT_LENGTH"] = str(most)  # so long it may be; without any, nobody would read it
        return None
