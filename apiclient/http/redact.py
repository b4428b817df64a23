"""Secrets taken out before anything is kept or shown. Pure."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from apiclient.http.exchange import Request
from apiclient.http.head import Headers, clean
from apiclient.http.validate import SAFE_IN_URL

MASK = "•••"
SHORTEST_PIECE = 8  # of "Bearer abc" or "session=abc; theme=dark": shorter ones are words more often than secrets
SHORTEST_LINE = 16  # of a secret of several lines
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
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
_PLACEHOLDER = r"\{\{ *[A-Za-z][\w.-]* *\}\}"
_PLACEHOLDERS = re.compile(rf"\s*(?:(?:Bearer|Basic|Digest|Token|ApiKey)\s+)?(?:{_PLACEHOLDER})+\s*", re.IGNORECASE)
_PARAMETER = re.compile(rf"([?&;#])([^=&;#?\s]+)=((?:{_PLACEHOLDER}|[^&;#\s])*)")
_VALUE = rf"(?:{_PLACEHOLDER}|[^&\s<>{{}}\"])*"
_FORM = re.compile(rf"[^=&\s<>{{}}\"]+={_VALUE}(&[^=&\s<>{{}}\"]+={_VALUE})*")
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
    return tuple((name, MASK if _is_secret(name, value) else _cleaned(value)) for name, value in headers)


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


def hidden_in(request: Request) -> frozenset[str]:
    """The same of a request, with the secrets that were put into it."""
    return request.secrets | secrets_of(request.headers, request.url)


def redact_text(text: str, secrets: Iterable[str], *, cut: bool = False) -> str:
    """The text with every known secret masked: as it is, URL-encoded, JSON- or HTML-escaped, or in base64.

    ``cut``: the text ends where it was cut off, so that it may end with the beginning of one.
    """
    forms = _all_forms(frozenset(secrets))
    for form in forms:
        text = text.replace(form, MASK)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    return _without_beginning(text, forms) if cut else text


def redact_bytes(body: bytes, secrets: Iterable[str], charset: str = "", *, cut: bool = False) -> bytes:
    """The same of a body, whichever of the usual charsets it is in; ``charset`` is the one it claims."""
    known = frozenset(secrets)
    narrow = (charset, "cp1252") if any(not secret.isascii() for secret in known) else ()
    for name in WIDE if known and b"\0" in body else narrow:
        for form in _all_forms(known):
            # What is ASCII is masked below, in a body that may be UTF-8 all the same.
            if (name in WIDE or not form.isascii()) and (wide := _encoded(form, name)):
                body = body.replace(wide, _encoded(MASK, name) or b"***")
    text = redact_text(body.decode("utf-8", "surrogateescape"), known, cut=cut)
    return text.encode("utf-8", "surrogateescape")


def redact_within(value: Any, secrets: Iterable[str]) -> Any:
    """The same of every text in a JSON value, the names of its members apart."""
    known = frozenset(secrets)
    if isinstance(value, dict):
        return {key: redact_within(one, known) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [redact_within(one, known) for one in value]
    return redact_text(value, known) if isinstance(value, str) else value


def _encoded(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset) if charset else b""
    except (LookupError, ValueError):
        return b""


def _without_beginning(text: str, forms: Iterable[str]) -> str:
    """Without the longest end that is the beginning of a secret, where that is more than chance."""
    for form in forms:
        for length in range(min(len(form), len(text)) - 1, max(SHORTEST_SECRET, len(form) // 4) - 1, -1):
            if text.endswith(form[:length]):
                return text[:-length] + MASK
    return text


def redact_body(text: str) -> str | None:
    """A request's body with the values of secret fields masked: JSON or a form. None where fields cannot be told."""
    try:
        read = json.loads(text, object_pairs_hook=_each_once)
        hidden = _masked_json(read)
        return text if hidden == read else json.dumps(hidden, ensure_ascii=False)
    except (ValueError, RecursionError):
        return _FIELD.sub(_masked_parameter, text) if _FORM.fullmatch(text) else None


def _masked_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: MASK if one and _is_secret(key, one) else _masked_json(one) for key, one in value.items()}
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
    return f"{lead}{name}={MASK if value and _is_secret(name, value) else value}"


def _is_secret(name: str, value: object) -> bool:
    """Placeholders alone only tell where a secret would be put in."""
    return is_secret_name(name) and not (isinstance(value, str) and _PLACEHOLDERS.fullmatch(value))


@lru_cache(maxsize=256)
def _all_forms(secrets: frozenset[str]) -> tuple[str, ...]:
    """What to look for, the longest first; of a text of several lines, such as a certificate, each line too."""
    lines = {line for secret in secrets for line in secret.splitlines() if len(line) >= SHORTEST_LINE}
    parts = secrets | lines | {" ".join(secret.split()) for secret in secrets}
    return tuple(sorted({form for part in parts for form in _forms(part)}, key=len, reverse=True))


@lru_cache(maxsize=1024)
def _forms(secret: str) -> tuple[str, ...]:
    if len(secret) < SHORTEST_SECRET:
        return ()
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {form for text in {secret, clean(raw.decode("latin-1"))} for form in _spellings(text)}
    return tuple(forms | set(_base64_forms(raw)))


def _spellings(text: str) -> Iterator[str]:
    """Of a text as it is, or as headers are read: URL-encoded, JSON- and HTML-escaped."""
    raw = text.encode("utf-8", "surrogatepass")
    encoded = {
        text,
        *(quote(raw, safe=safe) for safe in ("", "/", SAFE_IN_URL)),
        quote_plus(raw),
        json.dumps(text)[1:-1],
    }
    yield from encoded
    yield from (_PERCENT.sub(lambda found: found[0].lower(), form) for form in encoded)
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield json.dumps(text)[1:-1].replace("/", "\\/")
    yield from _html_forms(text)


def _html_forms(secret: str) -> Iterator[str]:
    """As servers of Python, PHP, Go and Java escape quotes, or leave them."""
    yield html.escape(secret, quote=False)
    for single in ("&#x27;", "&#39;", "&#039;", "&apos;"):
        for double in ("&quot;", "&#34;"):
            yield html.escape(secret, quote=False).replace("'", single).replace('"', double)


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
