"""What is shown when answering broke: the database is out of reach, or the fault is ours."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error


def fault(request: HttpRequest) -> HttpResponse:
    """503 while the database is out of reach, else 500. Nothing here asks who is looking: that is in the database."""
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return server_error(request)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})
