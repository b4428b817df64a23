"""The server's certificate, out of what libcurl tells of its chain. Pure."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from apiclient.http.head import clean

Fields = Sequence[tuple[bytes, bytes]]
"""Names and values of one certificate, as libcurl's CERTINFO lists them."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's own certificate, read even when its verification failed."""

    subject: str
    issuer: str
    expires_at: datetime | None

    @classmethod
    def of(cls, chain: Sequence[Fields] | None) -> Self | None:
        """The first of the chain; None where there is none."""
        if not chain:
            return None
        fields = {name.decode("latin-1"): clean(value.decode("utf-8", "replace")) for name, value in chain[0]}
        expires_at = _moment(fields.get("Expire date", ""))
        return cls(fields.get("Subject", ""), fields.get("Issuer", ""), expires_at)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    except (ValueError, OverflowError):
        return None
