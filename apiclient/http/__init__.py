"""Requests on the wire, by libcurl: ``Engine(Guard(allowed)).submit(Request(...), done)`` ends in an Exchange.

Knows nothing of Django, Celery or the database. A failure is an Exchange too, never an exception.
"""

from apiclient.http.certificate import Certificate
from apiclient.http.credential import ClientCertificate, Credential, Digest, Signature
from apiclient.http.door import Door
from apiclient.http.engine import Departure, Engine
from apiclient.http.exchange import Exchange, Hop, Limits, Phases, Request
from apiclient.http.guard import Guard
from apiclient.http.proxy import Proxy
from apiclient.http.shared import Shared

__all__ = [
    "Certificate",
    "ClientCertificate",
    "Credential",
    "Departure",
    "Digest",
    "Door",
    "Engine",
    "Exchange",
    "Guard",
    "Hop",
    "Limits",
    "Phases",
    "Proxy",
    "Request",
    "Shared",
    "Signature",
]
