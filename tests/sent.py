"""What programs send to the API, and what they are told."""

import json
from typing import Any

from django.test import Client


def send(client: Client, method: str, address: str, body: Any, **headers: str) -> Any:
    """A request with a JSON body; text and bytes are sent as they are."""
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return getattr(client, method)(address, data, content_type="application/json", headers=headers)


def pointers(answer: Any, status: int = 400) -> dict[str, str]:
    """The sentences of a problem by the members that they point at."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
