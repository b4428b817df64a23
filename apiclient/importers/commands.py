"""A file of curl commands -> services with calls, one service for each origin. Pure; nothing is ever run."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apiclient.importers import curl, pasted
from apiclient.importers.described import Described
from apiclient.importers.document import checked
from apiclient.importers.draft import Draft
from apiclient.importers.located import Located, services_of
from apiclient.importers.naming import Names, one_line
from apiclient.importers.recorded import METHODS, Concealer, Recorded, located
from apiclient.importers.sensitive import Secrets

LONGEST = 2_000_000
MOST = 500
BEGINNING = re.compile(r"^[ \t]*(?:[$>] )?(curl)(?:\.exe)?(?=\s|$)", re.MULTILINE | re.IGNORECASE)


def read(text: str, name: str = "") -> Described:
    """Each command is a call. ValueError names the line of a command that cannot be read."""
    text = checked(text)
    if len(text) > LONGEST:
        raise ValueError(f"The file has {len(text)} characters; at most {LONGEST} of curl commands are read.")
    secrets = Secrets()
    concealer = Concealer(secrets)
    names: dict[str, Names] = {}
    found: list[Located] = []
    for line, draft in _drafts(text):
        if one := _located(draft, f"line {line}", concealer, names):
            found.append(one)
    if not found:
        raise ValueError("The file has no line that begins with curl.")
    services = services_of(name or "Imported commands", found)
    if not name:
        services = tuple(replace(one, name=(one.base_url or "").partition("://")[2][:120]) for one in services)
    return Described(services, tuple(secrets.notes()))


def _drafts(text: str) -> Iterator[tuple[int, Draft]]:
    """Line and request of each command. One that begins within another's quotes is part of that."""
    starts = [match.start(1) for match in BEGINNING.finditer(text)]
    if len(starts) > MOST:
        raise ValueError(f"The file has {len(starts)} curl commands; at most {MOST} are read.")
    at = 0
    while at < len(starts):
        end = at + 1
        line = text.count("\n", 0, starts[at]) + 1
        while True:
            command = text[starts[at] : starts[end] if end < len(starts) else len(text)]
            try:
                if len(command) > pasted.LONGEST:
                    raise ValueError(f"the command has {len(command)} characters; at most {pasted.LONGEST} are read.")
                draft = curl.read(_without_prompt(command), signs=True)
                break
            except ValueError as error:
                if "never closed" not in str(error) or end >= len(starts) or end - at > 5:
                    raise ValueError(f"line {line}: {error}") from None
                end += 1
        yield line, draft
        at = end


def _without_prompt(command: str) -> str:
    """Without what begins the next line and belongs to its command."""
    return re.sub(r"\n[ \t]*[$>] ?\Z", "\n", command)


def _located(draft: Draft, place: str, concealer: Concealer, names: dict[str, Names]) -> Located | None:
    if draft.method not in METHODS:
        raise ValueError(f"{place}: no call can be made by {one_line(draft.method, 20)}.")
    origin = draft.origin
    recorded = Recorded(draft.method, draft.url, place, draft.headers, draft.body, _auth(draft.auth, place, concealer))
    found = located(recorded, concealer, names.setdefault(origin, Names()))
    if found is None:
        raise ValueError(f"{place}: its path or body is longer than a call's can be.")
    call = replace(
        found.call,
        follow_redirects=draft.follow_redirects or None,
        verify_tls=None if draft.verify_tls else False,
        timeout_ms=draft.timeout_ms,
    )
    return replace(found, call=call)


def _auth(auth: dict[str, Any], place: str, concealer: Concealer) -> dict[str, Any]:
    """With placeholders instead of the secrets that the command wrote out."""
    return {
        key: concealer.secrets.placeholder(key, place, value) if key in curl.SECRET_MEMBERS else value
        for key, value in auth.items()
    }
