"""Calls that know their base URL and auth -> services, one for each base URL. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from apiclient.importers.described import DescribedCall, DescribedService
from apiclient.importers.naming import LONGEST_NAME, one_line
from apiclient.placeholder import names_in

NONE = {"kind": "none"}


@dataclass(frozen=True, slots=True)
class Located:
    """``base_url`` is None where the file has none, ``label`` then tells those apart; ``auth`` is {} for open ones."""

    base_url: str | None
    call: DescribedCall
    auth: dict[str, Any] = field(default_factory=dict)
    label: str = ""


def services_of(
    title: str,
    found: Sequence[Located],
    *,
    auth: dict[str, Any] | None = None,
    description: str | None = None,
    variables: dict[str, str] | None = None,
) -> tuple[DescribedService, ...]:
    """The one of the most calls first. ``auth`` is what the file says for all; without it, what most calls have."""
    counts = Counter((located.base_url, located.label) for located in found)
    common = _commonest(found) if auth is None else auth
    return tuple(
        _service(
            one_line(title, LONGEST_NAME) if at == 0 else one_line(f"{title[:60]} ({_host(*where)})", LONGEST_NAME),
            [located for located in found if (located.base_url, located.label) == where],
            DescribedService("", base_url=where[0], description=description, auth=common or None),
            variables or {},
        )
        for at, (where, _) in enumerate(counts.most_common())
    )


def _service(name: str, found: list[Located], service: DescribedService, variables: dict[str, str]) -> DescribedService:
    """With the variables that its calls name."""
    calls = tuple(_call(located, service.auth or {}) for located in found)
    named = {one for call in calls for one in names_of(call, call.auth or service.auth)}
    used = {name: value for name, value in variables.items() if name in named}
    return replace(service, name=name, calls=calls, variables=used or None)


def names_of(call: DescribedCall, auth: dict[str, Any] | None) -> set[str]:
    """Every variable and ``secret.name`` that the call needs."""
    texts = [call.path or "", call.body or "", *(call.headers or {}).values()]
    return names_in("\n".join([*texts, *(value for value in (auth or {}).values() if isinstance(value, str))]))


def _commonest(found: Sequence[Located]) -> dict[str, Any]:
    auths = {repr(located.auth): located.auth for located in found if located.auth}
    counts = Counter(repr(located.auth) for located in found if located.auth)
    return auths[counts.most_common(1)[0][0]] if counts else {}


def _call(located: Located, auth: dict[str, Any]) -> DescribedCall:
    return located.call if located.auth == auth else replace(located.call, auth=located.auth or NONE)


def _host(base_url: str | None, label: str) -> str:
    parts = urlsplit(base_url or "")
    return label or f"{parts.netloc}{parts.path}" or "no server given"
