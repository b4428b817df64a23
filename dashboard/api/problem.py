"""Every error under /api/ as application/problem+json (RFC 9457)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.signals import got_request_exception
from django.http import Http404, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve
from rest_framework.exceptions import APIException, MethodNotAllowed, NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class BadQuery(APIException):
    """Words of the address that were not understood: a sentence for each, by its name."""

    status_code = 400

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"Not understood in the address: {', '.join(problems)}.")
        self.problems = problems


def respond(error: Exception, context: dict[str, Any]) -> Response:
    """REST_FRAMEWORK's EXCEPTION_HANDLER: the answer to any error, a fault of our own included."""
    response = exception_handler(error, context) or _fault(error, context)
    # Whatever the view else writes, such as YAML: a problem is JSON.
    context["request"].accepted_renderer, context["request"].accepted_media_type = JSONRenderer(), CONTENT_TYPE
    response.data = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "detail": _detail(error, context),
        "instance": context["request"].path,
        "errors": _errors(error),
    } | getattr(error, "members", {})
    response.content_type = CONTENT_TYPE
    return response


def _errors(error: Exception) -> list[dict[str, Any]]:
    """What is wrong, one by one: with a word of the address, or with a place in the body (RFC 6901)."""
    words = getattr(error, "problems", {})
    return [{"parameter": word, "detail": text} for word, text in words.items()] or getattr(error, "errors", [])


def _detail(error: Exception, context: dict[str, Any]) -> str:
    request = context["request"]
    if isinstance(error, Http404 | NotFound):
        return f"There is nothing at {request.path}."
    if isinstance(error, MethodNotAllowed):
        return f"{request.method} is not allowed here. Allowed are {', '.join(context['view'].allowed_methods)}."
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
