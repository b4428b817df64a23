"""Secrets taken out before anything is kept or shown. Pure."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from apiclient.http.head import Headers

MASK = "•••"
SHORTEST_PIECE = 8  # of "Bearer abc" or "session=abc; theme=dark": shorter ones are words more often than secrets
SHORTEST_SECRET = 4  # shorter ones would mask half of every text and protect nobody

_SECRET_NAME = re.compile(
    r"auth|cookie|token|secret|passw|pwd|passphrase|session|credential|signature|api[-_]?key|access[-_]?key"
    r"|private[-_]?key|csrf|xsrf|jwt|(^|[-_.])(sid|sig|key|code|otp|pin|pass)$|^j_password|jsessionid|assertion",
    re.IGNORECASE,
)
# Named like secrets, and useful to people who look for a fault.
_PLAIN_NAMES = frozenset(
    {
        "www-authenticate",
        "proxy-authenticate",
        "authority",
        "author",
        "authors",
        ":authority",
    }
)
_USERINFO = re.compile(r"(?<=//)[^/?#@\s]*@(?:[^/?#@\s]*@)*")
_PARAMETER = re.compile(r"([?&;#])([^=&;#?\s]+)=([^&;#\s]*)")
_FORM = re.compile(r"[^=&\s<>{}\"]+=[^&\s<>{}\"]*(&[^=&\s<>{}\"]+=[^&\s<>{}\"]*)*")
_FIELD = re.compile(r"(^|&)([^=&]+)=([^&]*)")
_PIECE = re.compile(r"[\s;,]+")
_PERCENT = re.compile("%[0-9A-F]{2}")
_BEARER = re.compile(r"\b(Bearer|Basic|Digest|Token|ApiKey)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a header, query parameter or form field of this name holds a secret."""
    plain = unquote_plus(name).strip().lower()
    return plain not in _PLAIN_NAMES and _SECRET_NAME.search(plain) is not None


def redact_headers(headers: Headers) -> Headers:
    """The same headers, with the values of secret ones masked and addresses in the others cleaned."""
    return tuple((name, MASK if is_secret_name(name) else _cleaned(value)) for name, value in headers)


def redact_url(url: str) -> str:
    """The URL without user name, password and the values of secret parameters."""
    return _PARAMETER.sub(_masked_parameter, _USERINFO.sub(f"{MASK}@", url))


def secrets_of(headers: Headers, url: str) -> frozenset[str]:
    """What must not be kept of a request: the values of its secret headers and parameters, whole and in pieces."""
    values = [value for name, value in headers if is_secret_name(name)]
    values += [unquote_plus(value) for _, name, value in _PARAMETER.findall(url) if is_secret_name(name)]
    pieces = [piece for value in values for piece in _PIECE.split(value)]
    pieces += [piece.partition("=")[2] for piece in pieces]
    return frozenset(values) | {piece for piece in pieces if len(piece) >= SHORTEST_PIECE}


def redact_text(text: str, secrets: Iterable[str]) -> str:
    """The text with every known secret masked: as it is, URL-encoded, JSON-escaped, or in base64."""
    for form in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
        text = text.replace(form, MASK)
    return _BEARER.sub(rf"\1 {MASK}", text)


def redact_body(text: str) -> str | None:
    """A request's body with the values of secret fields masked: JSON or a form. None where fields cannot be told."""
    try:
        read = json.loads(text, object_pairs_hook=_each_once)
        clean = _masked_json(read)
        return text if clean == read else json.dumps(clean, ensure_ascii=False)
    except (ValueError, RecursionError):
        return _FIELD.sub(_masked_parameter, text) if _FORM.fullmatch(text) else None


def _masked_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: MASK if one and is_secret_name(key) else _masked_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked_json(one) for one in value]
    return _cleaned(value) if isinstance(value, str) else value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """ValueError for a key given twice: what stands under the first would not be looked at."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _cleaned(value: str) -> str:
    return redact_url(value) if "//" in value or "=" in value else value


def _masked_parameter(found: re.Match[str]) -> str:
    lead, name, value = found.groups()
    return f"{lead}{name}={MASK if value and is_secret_name(name) else value}"


@lru_cache(maxsize=1024)
def _forms(secret: str) -> tuple[str, ...]:
    if len(secret) < SHORTEST_SECRET:
        return ()
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        json.dumps(secret)[1:-1],
    }
    encoded |= {_PERCENT.sub(lambda found: found[0].lower(), form) for form in encoded}
    encoded |= {
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
    }
    return tuple(encoded | set(_base64_forms(raw)))


def _base64_forms(secret: bytes) -> Iterator[str]:
    """What base64 makes of the secret at each of the three places it can begin, without the shared edges."""
    for lead in range(3):
        padded = base64.b64encode(b"\0" * lead + secret)
        first = (lead * 8 + 5) // 6
        last = (lead + len(secret)) * 8 // 6
        whole = padded[first:last].decode()
        if len(whole) >= SHORTEST_SECRET:
            yield whole
            yield whole.replace("+", "-").replace("/", "_")
