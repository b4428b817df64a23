"""Every member that may stand in a file: its kind, and what it means. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    """``value`` is what a value has to be, in words."""

    TEXT = "a text"
    WHOLE = "a whole number, 0 or more"
    FLAG = "true or false"
    TEXTS = 'an object of names and texts, such as {Accept: "application/json"}'
    ENVIRONMENTS = "an object of environments, each an object of variables"
    OBJECT = "an object"
    OBJECTS = "a list of objects"
    SLUGS = "a list of short names of locations"
    ANSWERS = "a list of documented answers"
    CALLS = "a list of calls"
    SERVICES = "a list of services"


@dataclass(frozen=True, slots=True)
class Member:
    """``choices`` are all that is allowed where they are given. ``example`` is for the schema."""

    kind: Kind
    says: str
    choices: tuple[str, ...] = ()
    may_be_absent: bool = False


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
NAME = Member(Kind.TEXT, "Which one it is. Another name beside the same slug renames it.")
SLUG = Member(Kind.TEXT, "In addresses of pages and API: a-z, 0-9, hyphens. Made from the name where it is left out.")
HEADERS = "Names and texts. Secrets are written {{ secret.name }}."
AUTH = 'Such as {kind: bearer, token: "{{ secret.key }}"}. Kinds: none, basic, bearer, api_key, oauth2, digest, '

FILE = {"services": Member(Kind.SERVICES, "What this file keeps.")}
ANSWER = {
    "codes": Member(Kind.TEXT, "A code, codes or ranges: 404, 500-504, 4xx."),
    "message": Member(Kind.TEXT, "What the reference says of it."),
    "kind": Member(Kind.TEXT, "Left out: by the code table, 1xx to 3xx are success.", ("success", "error", "")),
}
CALL = {
    "name": NAME,
    "slug": SLUG,
    "method": Member(Kind.TEXT, "GET unless given.", METHODS),
    "path": Member(Kind.TEXT, "Added to the base URL: /health?deep=1."),
    "headers": Member(Kind.TEXTS, HEADERS + " A call's own win over its service's."),
    "body": Member(Kind.TEXT, "Sent as it is, in UTF-8."),
    "auth": Member(Kind.OBJECT, AUTH + "aws_sigv4, client_certificate, form. Null: the service's.", may_be_absent=True),
    "interval_seconds": Member(Kind.WHOLE, "Every so many seconds, 1 to 2592000. Null: on demand.", (), True),
    "cron": Member(Kind.TEXT, "Five fields instead of an interval: */5 * * * *."),
    "time_zone": Member(Kind.TEXT, "Of the cron expression: Europe/Kyiv."),
    "locations": Member(Kind.SLUGS, "Where it runs, once in each. None: in the default one."),
    "timeout_ms": Member(Kind.WHOLE, "For the whole slot: 100 to 120000."),
    "follow_redirects": Member(Kind.FLAG, "False: the redirect is the answer."),
    "verify_tls": Member(Kind.FLAG, "False takes any certificate."),
    "expected_codes": Member(Kind.TEXT, "Codes that pass: 2xx, 401, 500-504. Empty: 1xx, 2xx and 3xx."),
    "slow_after_ms": Member(Kind.WHOLE, "A passing answer that takes longer is degraded.", (), True),
    "fail_after_ms": Member(Kind.WHOLE, "An answer that takes longer fails.", (), True),
    "confirm_after_s": Member(Kind.WHOLE, "A failure counts once a second call so much later fails too.", (), True),
    "checks": Member(Kind.OBJECTS, "What else the answer is: {kind: json, path: $.status, is: equals, value: UP}."),
    "captures": Member(Kind.OBJECTS, "What later steps take: {name: id, from: json, expression: $.id}."),
    "steps": Member(Kind.OBJECTS, "Further requests of the same slot: {name: log out, method: POST, path: /logout}."),
    "enabled": Member(Kind.FLAG, "False pauses it."),
    "answers": Member(Kind.ANSWERS, "What its reference documents."),
}
SERVICE = {
    "name": NAME,
    "slug": SLUG,
    "base_url": Member(Kind.TEXT, "http:// or https://, host, optional path."),
    "description": Member(Kind.TEXT, "What it is for, whom to ask."),
    "headers": Member(Kind.TEXTS, HEADERS + " They go with every call."),
    "auth": Member(Kind.OBJECT, AUTH + "aws_sigv4, client_certificate, form.", may_be_absent=True),
    "variables": Member(Kind.TEXTS, "Put in for {{ name }}."),
    "environments": Member(Kind.ENVIRONMENTS, "Other values of variables: {staging: {tenant: test}}."),
    "environment": Member(Kind.TEXT, "The one whose variables and secrets count."),
    "proxy": Member(Kind.TEXT, "Such as http://proxy.example:3128."),
    "concurrency": Member(Kind.WHOLE, "At most so many calls at once from each worker. Null: no limit.", (), True),
    "enabled": Member(Kind.FLAG, "False pauses every call of the service."),
    "answers": Member(Kind.ANSWERS, "What is documented for each of its calls."),
    "calls": Member(Kind.CALLS, "Its requests."),
}
PARTS: dict[Kind, dict[str, Member]] = {Kind.SERVICES: SERVICE, Kind.CALLS: CALL, Kind.ANSWERS: ANSWER}
"""What each of a list has for members."""
REQUIRED: dict[Kind, str] = {Kind.SERVICES: "name", Kind.CALLS: "name", Kind.ANSWERS: "codes"}
NOTHING: dict[Kind, Any] = {
    Kind.TEXT: "", Kind.WHOLE: 0, Kind.TEXTS: {}, Kind.ENVIRONMENTS: {}, Kind.OBJECT: {}, Kind.OBJECTS: [],
    Kind.SLUGS: (), Kind.ANSWERS: (), Kind.CALLS: (), Kind.SERVICES: (),
}  # fmt: skip
"""What null stands for: that there is none. A flag is one or the other."""
