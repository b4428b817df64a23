"""Members as files and people may see them: what is secret is masked, what refers to a secret stays. And back again.

A mask that is sent back unchanged stands for what is kept, so that a file can be applied where it was exported.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apiclient.http.redact import MASK, is_secret_name, redact_body, redact_headers, redact_url
from apiclient.importers.described import DescribedCall, DescribedService

_PLACEHOLDER = re.compile(r"\{\{\s*(?:secret\.)?[A-Za-z][A-Za-z0-9_-]*\s*\}\}")
_REFERRING = re.compile(rf"([?&;#]|^)([^=&;#?\s]+={_PLACEHOLDER.pattern})(?=[&;#]|$)")
_STASHED = re.compile("x=\x01([0-9]+)\x02")
_WORD = re.compile(r"[\w.-]+")
_SCHEMES = frozenset({"", "basic", "bearer", "token", "apikey", "digest"})


def shown(member: str, value: Any) -> Any:
    """The member's value without its secrets."""
    return _MASKED[member](value) if member in _MASKED and value else value


def restored(member: str, value: Any, kept: Any) -> Any:
    """The value with what is kept where the mask was sent back. ValueError where nothing is kept for it."""
    if member not in _MASKED or not has_mask(value):
        return value
    if value == shown(member, kept):
        return kept
    if member == "headers":
        masked = _headers(kept or {})
        found = {name: kept[name] if masked.get(name) == text else text for name, text in value.items()}
        value = found
    if has_mask(value):
        raise ValueError(f"{MASK} stands for what is kept, and nothing is kept for it. Give the value, or a secret.")
    return value


def has_mask(value: Any) -> bool:
    """Whether the mask stands anywhere in a JSON value."""
    if isinstance(value, str):
        return MASK in value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(has_mask, inner))


def _headers(headers: dict[str, str]) -> dict[str, str]:
    masked = redact_headers(tuple(headers.items()))
    return {name: headers[name] if _refers(headers[name]) else text for name, text in masked}


def _refers(text: str) -> bool:
    """Whether all that could be secret in the text is named, not written."""
    rest, times = _PLACEHOLDER.subn("", text)
    return times > 0 and rest.strip().lower() in _SCHEMES


def _address(text: str) -> str:
    return _around(text, redact_url)


def _around(text: str, redact: Callable[[str], str]) -> str:
    """Mask what is left when parameters that only refer to a secret are taken out, and put them in again."""
    stash: list[str] = []

    def take(found: re.Match[str]) -> str:
        stash.append(found[2])
        return f"{found[1]}x=\x01{len(stash) - 1}\x02"

    return _STASHED.sub(lambda found: stash[int(found[1])], redact(_REFERRING.sub(take, text)))


def _body(text: str) -> str:
    try:
        read = json.loads(text)
        redacted = json.loads(redact_body(text) or "")
    except (ValueError, RecursionError):
        return _around(text, _plain_body)
    return text if redacted == read else json.dumps(_again(read, redacted), ensure_ascii=False)


def _plain_body(text: str) -> str:
    """A form without its secrets. Other text, whose fields cannot be told, is shown where no word names a secret."""
    if (redacted := redact_body(text)) is not None:
        return redacted
    return MASK if any(map(is_secret_name, _WORD.findall(_PLACEHOLDER.sub("", text)))) else text


def _again(value: Any, masked: Any) -> Any:
    """The masked JSON, with texts that only refer to a secret put back."""
    if isinstance(value, dict) and isinstance(masked, dict):
        return {key: _again(one, masked[key]) for key, one in value.items()}
    if isinstance(value, list) and isinstance(masked, list):
        return [_again(one, other) for one, other in zip(value, masked, strict=True)]
    return value if isinstance(value, str) and _refers(value) else masked


def _steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{member: shown(member, value) for member, value in step.items()} for step in steps]


_MASKED: dict[str, Callable[[Any], Any]] = {
    "headers": _headers,
    "base_url": _address,
    "path": _address,
    "proxy": _address,
    "body": _body,
    "steps": _steps,
}


def concealed(service: DescribedService) -> DescribedService:
    """The service and its calls as they may be written into a file."""
    calls = tuple(replace(call, **_seen(call)) for call in service.calls)
    return replace(service, **_seen(service), calls=calls)


def _seen(thing: DescribedService | DescribedCall) -> dict[str, Any]:
    return {member: shown(member, getattr(thing, member)) for member in _MASKED if hasattr(thing, member)}
