"""``Idempotency-Key``: a POST sent again by somebody who does not know whether it arrived is answered, not repeated."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient import idempotency
from apiclient.idempotency import Answer, Claim
from dashboard.api.refusal import BadHeader, Refused
from dashboard.version import digest

HEADER = "Idempotency-Key"
KEY = re.compile("[!-~]{1,255}")
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "ETag")
PARAMETERS = [
    OpenApiParameter(
        HEADER,
        {"type": "string", "pattern": f"^{KEY.pattern}$"},
        OpenApiParameter.HEADER,
        description="Any text of your own, such as a UUID. The same request with the same key is carried out once in "
        "24 hours and answered the same each time.",
    )
]
Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """Carry out a POST method of a view in one transaction, and once for each key.

    A response may have a function ``then`` that is called when the change is committed; where that raises, it has
    undone the change itself.
    """
    return _once(handler, secret=False)


def once_in_secret(handler: Handler) -> Handler:
    """The same for answers that must not be kept: their repeat is refused."""
    return _once(handler, secret=True)


def _once(handler: Handler, *, secret: bool) -> Handler:
    @wraps(handler)
    def carried_out(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        begun = _begin(request)
        if isinstance(begun, Answer):
            return _again(begun)
        try:
            with transaction.atomic():
                response = handler(view, request, *args, **kwargs)
                if begun:
                    idempotency.keep(begun, _answer_of(response, secret))
            getattr(response, "then", lambda: None)()
        except idempotency.UnderWayError:
            raise _under_way() from None
        except Exception:
            if begun:
                idempotency.forget(begun)
            raise
        return response

    return carried_out


def _begin(request: Request) -> Claim | Answer | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise BadHeader(HEADER, "Use 1 to 255 visible ASCII characters, such as a UUID.")
    # By our own key, or a mark that is kept would tell who guesses a secret in the body that the guess is right.
    asked = digest(
        (settings.SECRET_KEY, request.method, request.get_full_path(), json.dumps(request.data, sort_keys=True))
    )
    try:
        return idempotency.begin(_owner(request), key, asked, timezone.now())
    except idempotency.OtherRequestError:
        raise Refused(422, f"This {HEADER} was used for another request. Use a new one for each.") from None
    except idempotency.UnderWayError:
        raise _under_way() from None


def _under_way() -> Refused:
    return Refused(409, f"The first request with this {HEADER} has not ended yet. Try again in a second.", wait=1)


def _owner(request: Request) -> str:
    """Keys of different tokens, and of different logins, have nothing to do with each other."""
    token = getattr(request.auth, "pk", None)
    return f"token {token}" if token else f"user {request.user.pk}"


def _answer_of(response: Response, secret: bool) -> Answer:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return Answer(response.status_code, headers, None if secret else JSONRenderer().render(response.data).decode())


def _again(answer: Answer) -> Response:
    if answer.body is None:
        says = f"This {HEADER} was answered already, with a secret that is shown once and not kept. Use a new one."
        raise Refused(409, says)
    return Response(json.loads(answer.body), status=answer.status, headers={**answer.headers, REPLAYED: "true"})
