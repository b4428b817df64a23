"""What the tests of every kind of check need: an answer, and what a check finds in it."""

import json
from datetime import UTC, datetime

from apiclient.check import Subject, checks_of
from apiclient.http import Exchange
from tests.builders import head_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def answer(body=b"", headers=(), whole=None, **fields):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    whole = len(body) if whole is None else whole
    return Exchange(status_code=200, body=body, body_bytes=whole, head=head_of(headers), **fields)


def judged(check, body=b"", **fields):
    """The result of one check on such an answer."""
    return checks_of([check])[0].judge(Subject(answer(body, **fields), NOW))


def nested(levels):
    return b"[" * levels + b"]" * levels
