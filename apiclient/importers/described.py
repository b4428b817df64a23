"""Services and calls as a file describes them, before anything is compared with what is there. Pure.

None means that the file does not say: what is there stays, and something new gets its default. 0 for a number that
may be absent says that there is none: on demand, no limit. A call's auth {} is its service's.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A documented answer. ``codes`` as in ``404``, ``500-504``, ``4xx``; ``kind`` is ``success``, ``error`` or ''.

    '' leaves it to the code table: 1xx to 3xx are success.
    """

    codes: str
    message: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class DescribedCall:
    """``name`` says which call of the service it is. The other members are those of ``models.Call``."""

    name: str
    slug: str | None = None
    method: str | None = None
    path: str | None = None
    headers: dict[str, str] | None = None
    body: str | None = None
    auth: dict[str, Any] | None = None
    interval_seconds: int | None = None
    cron: str | None = None
    time_zone: str | None = None
    locations: tuple[str, ...] | None = None
    timeout_ms: int | None = None
    follow_redirects: bool | None = None
    verify_tls: bool | None = None
    expected_codes: str | None = None
    slow_after_ms: int | None = None
    fail_after_ms: int | None = None
    confirm_after_s: int | None = None
    checks: list[dict[str, Any]] | None = None
    captures: list[dict[str, Any]] | None = None
    steps: list[dict[str, Any]] | None = None
    enabled: bool | None = None
    answers: tuple[Answer, ...] | None = None


@dataclass(frozen=True, slots=True)
class DescribedService:
    """``name`` says which service it is. ``answers`` are documented for each of its calls."""

    name: str
    slug: str | None = None
    base_url: str | None = None
    description: str | None = None
    headers: dict[str, str] | None = None
    auth: dict[str, Any] | None = None
    variables: dict[str, str] | None = None
    environments: dict[str, dict[str, str]] | None = None
    environment: str | None = None
    proxy: str | None = None
    concurrency: int | None = None
    enabled: bool | None = None
    answers: tuple[Answer, ...] | None = None
    calls: tuple[DescribedCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """What one file holds. ``notes`` name what was left out, each with its place in the file."""

    services: tuple[DescribedService, ...]
    notes: tuple[str, ...] = ()
