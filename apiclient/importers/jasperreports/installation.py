"""One installation of JasperReports Server: where it is, who asks it, and what of it may be asked. Pure."""

from dataclasses import dataclass
from urllib.parse import quote_plus

NAME = "JasperReports Server"
PASSWORD = "jasper_password"  # noqa: S105 - the name of a secret
PASSWORD_ENCODED = "jasper_password_encoded"  # noqa: S105
"""The same password as a form spells it: values are put into a body as they are."""


@dataclass(frozen=True, slots=True)
class Installation:
    """``base_url`` ends in ``/jasperserver`` or ``/jasperserver-pro``; ``organisation`` is '' where there are none.

    ``report`` is the URI of a small report, ``job`` the id of a scheduled one: '' leaves their probes paused.
    ``password_known`` is False where the calls would have no password to sign in with: they arrive paused.
    """

    base_url: str
    user: str
    organisation: str = ""
    name: str = NAME
    report: str = ""
    job: str = ""
    password_known: bool = True

    @property
    def login(self) -> str:
        """The name that signs in: ``jasperadmin|organization_1``."""
        return f"{self.user}|{self.organisation}" if self.organisation else self.user

    @property
    def is_pro(self) -> bool:
        """Organisations and the path of the commercial edition tell it from the community's."""
        return bool(self.organisation) or self.base_url.rstrip("/").endswith("-pro")

    @property
    def may_export(self) -> bool:
        """Only the system's admin may, who belongs to no organisation."""
        return not self.organisation

    def problem(self) -> str | None:
        """A sentence that names the option, or None where all may be used. The URL is judged where it is saved."""
        if not self.user.strip():
            return "user: give the name that signs in, such as jasperadmin."
        if found := next((mark for mark in "|:" if mark in self.user + self.organisation), None):
            return f"user and organisation: {found} is not allowed in them; give each by its own option."
        if self.job and not self.job.isdecimal():
            return f"job: {self.job[:20]!r} is not the id of a job, which is a number."
        return None


@dataclass(frozen=True, slots=True)
class Before:
    """What is there already: the calls by name, and what has a value (secrets as ``secret.name``)."""

    calls: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


def encoded(text: str) -> str:
    """As the value of a form's field."""
    return quote_plus(text, errors="surrogatepass")
