"""Every error under /api/ as application/problem+json (RFC 9457)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.encoding import escape_uri_path
from rest_framework.exceptions import (
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from dashboard.api import throttle
from dashboard.api.refusal import BadBody, Refused, pointers, summary, too_large

TRY_AGAIN_S = 10
DRF_SAYS = "Unsupported media type"
"""Where nobody said which ones are understood."""
CONTENT_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


def respond(error: Exception, context: dict[str, Any]) -> Response:
    """REST_FRAMEWORK's EXCEPTION_HANDLER: the answer to any error, a fault of our own included."""
    error = throttle.instead(_as_refusal(error), context["request"], context["view"])
    response = exception_handler(error, context) or _fault(error, context)
    # Whatever the view else writes, such as YAML: a problem is JSON.
    context["request"].accepted_renderer, context["request"].accepted_media_type = JSONRenderer(), CONTENT_TYPE
    for name, value in getattr(error, "headers", {}).items():
        response[name] = value
    detail, path = _detail(error, context), context["request"].path
    response.data = describe(response.status_code, detail, path, _errors(error)) | getattr(error, "members", {})
    response.content_type = CONTENT_TYPE
    return response


def describe(status: int, detail: str, path: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """The members of a problem."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": escape_uri_path(path),
        "errors": errors,
    }


def plain(request: HttpRequest, status: int, detail: str, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """A problem where no view of the API answers: it was refused before, or broke around it."""
    body = describe(status, detail, request.path, [])
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def _as_refusal(error: Exception) -> Exception:
    """What Django makes of a request that it cannot read, as an error of the API."""
    if isinstance(error, RequestDataTooBig):
        return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    if isinstance(error, BadRequest | SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return BadBody({"": "The request could not be read."})
    if isinstance(error, OperationalError | InterfaceError):
        log.error("The database is out of reach", exc_info=error)
        return Refused(503, "The database is out of reach. Try again in a moment.", wait=TRY_AGAIN_S)
    return error


def _errors(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, ValidationError):
        return [{"pointer": pointer, "detail": text} for pointer, text in pointers(error.detail)]
    problems: Mapping[str, str] = getattr(error, "problems", {})
    listed: list[dict[str, Any]] = getattr(error, "errors", [])
    return [{"parameter": word, "detail": text} for word, text in problems.items()] + listed


def _detail(error: Exception, context: dict[str, Any]) -> str:
    request = context["request"]
    if isinstance(error, Http404 | NotFound):
        return f"There is nothing at {request.path}."
    if isinstance(error, MethodNotAllowed):
        return f"{request.method} is not allowed here. Allowed are {', '.join(context['view'].allowed_methods)}."
    if isinstance(error, NotAuthenticated):
        return "Nobody is signed in. Send a token: `Authorization: Bearer ab_...`."
    if isinstance(error, UnsupportedMediaType) and str(error.detail).startswith(DRF_SAYS):
        allowed = ", ".join(parser.media_type for parser in context["view"].parser_classes)
        return f"The Content-Type {request.content_type[:80]!r} is not understood here. Use {allowed}."
    if isinstance(error, ValidationError):
        return summary([pointer for pointer, _ in pointers(error.detail)])
    return str(getattr(error, "detail", "A fault in Answerback; its log says more."))


def _fault(error: Exception, context: dict[str, Any]) -> Response:
    """What Django does with an exception that nobody expected, for programs instead of people."""
    request = context["request"]._request
    log.error("%s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=type(context["view"]), request=request)
    return Response(status=500)


class Nowhere(APIView):
    """Any other address under /api/; one that only lacks its last slash is sent on."""

    schema = None
    permission_classes = (IsAuthenticated,)  # of whatever scope: there is nothing to read

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (
            not request.path.endswith("/")
            and resolve(f"{request.path_info}/").func is not resolve(request.path_info).func
        ):
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        return super().dispatch(request, *args, **kwargs)
