"""Secrets, and the headers by which a receiver knows the sender, as Standard Webhooks says. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES = 24, 64
USUAL_BYTES = 32


def make_secret() -> str:
    """A new secret of 256 bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(USUAL_BYTES)).decode()


def problem_with_secret(secret: str) -> str | None:
    """None when it can sign. The sentence never repeats it."""
    try:
        key = key_of(secret)
    except ValueError:
        return f"A secret is {PREFIX} and then base64 of {FEWEST_BYTES} to {MOST_BYTES} bytes."
    if FEWEST_BYTES <= len(key) <= MOST_BYTES:
        return None
    return f"A secret holds {FEWEST_BYTES} to {MOST_BYTES} bytes; this one holds {len(key)}."


def key_of(secret: str) -> bytes:
    """The bytes that sign. ValueError when the text is no secret."""
    if not secret.startswith(PREFIX) or not secret.isascii():
        raise ValueError("no secret")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no secret") from error


def signed(event_id: str, at_s: int, body: bytes, by: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The three headers of one attempt at ``at_s`` (seconds since 1970), with a signature by each secret."""
    content = f"{event_id}.{at_s}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key_of(secret), content, hashlib.sha256)).decode() for secret in by)
    return (
        ("webhook-id", event_id),
        ("webhook-timestamp", str(at_s)),
        ("webhook-signature", " ".join(f"v1,{signature}" for signature in signatures)),
    )
