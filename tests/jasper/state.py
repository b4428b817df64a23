"""What the server knows, and the switches that make it mislead."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

ADMIN, SUPERUSER, PASSWORD = "jasperadmin|organization_1", "superuser", "p&ss=wörd +1"
REPORT = "/public/Samples/Small"


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


@dataclass
class Execution:
    """A report that runs in the session that started it. Each look at its status takes the next of ``course``."""

    session: str
    course: list[str]

    def look(self) -> str:
        return self.course.pop(0) if len(self.course) > 1 else self.course[0]


@dataclass
class State:
    """Each member is a fact of the server; tests set them. Those of the last part make it mislead."""

    version: str = "10.1.0"
    edition: str = "PRO"
    expiration: str = field(default_factory=lambda: in_days(365))
    users: dict[str, str] = field(default_factory=lambda: dict.fromkeys((ADMIN, SUPERUSER), PASSWORD))
    sessions: dict[str, str] = field(default_factory=dict)
    """The open ones: id and user."""
    opened: int = 0
    resources: set[str] = field(default_factory=lambda: {"/public", "/public/Samples", REPORT})
    lists: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: [{"id": 1, "label": name}]
            for name in ("jobs", "alerts", "favorites", "users", "roles", "organizations", "keys", "inputControls")
        }
    )
    """Those that can be empty, which 204 then says."""
    jobs: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"7": {"nextFireTime": in_days(1), "previousFireTime": in_days(-1), "value": "NORMAL"}}
    )
    executions: dict[str, Execution] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    """Of exports and imports that were started."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    keys_on: bool = True
    """Off: /GetEncryptionKey answers an error object with 200."""
    get_login: bool = False
    licence_ended: bool = False
    whitelist: str = ""
    """Of domains that browsers may call from: a regular expression, '' for all."""
    course: tuple[str, ...] = ("queued", "execution", "ready")
    """What a report execution becomes, look by look."""
    sql_broken: bool = False
    error_in_text: bool = False
    """A report run answers 200, a text, and the header JasperServerError."""
    doc_codes: bool = True
    """201 where the documentation says so; False: 200 as the server's source has it."""
    page_instead: bool = False
    """The login page, with 200, for whatever is asked."""
    delay_s: float = 0.0

    def open_session(self, user: str) -> str:
        session = uuid4().hex.upper()
        self.sessions[session] = user
        self.opened += 1
        return session

    def close_session(self, session: str) -> None:
        """With it goes the output of the reports that ran in it."""
        self.sessions.pop(session, None)
        for key in [key for key, one in self.executions.items() if one.session == session]:
            del self.executions[key]
