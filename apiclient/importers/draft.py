"""A request as somebody brought it, before it is a call."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Draft:
    """``timeout_ms`` is None where none was given. The URL is as it was written: who keeps it validates it.

    ``auth`` holds its secrets as they were written: it is never kept like that.
    """

    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    follow_redirects: bool = False
    verify_tls: bool = True
    timeout_ms: int | None = None
    auth: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port: ``https://api.example.org:8443``. ValueError when the URL has none."""
        parts = urlsplit(self.url)
        if not parts.scheme or not parts.netloc:
            raise ValueError(f"{self.url[:80]!r} has no host. It must look like https://api.example.org/path.")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The host with its port, as it was written."""
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        """What follows the origin, the query included; the fragment is never sent."""
        parts = urlsplit(self.url)
        return (parts.path or "/" * bool(parts.query)) + (f"?{parts.query}" if parts.query else "")
