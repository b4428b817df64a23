"""What is wrong with a configured URL, method, header or body, in a sentence for people. Pure."""

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

import idna

SCHEMES = ("http", "https")
URL_LENGTH = 2000
HEADER_LENGTH = 8000
BODILESS_METHODS = frozenset({"GET", "HEAD", "TRACE"})

# libcurl writes these from the URL and the body: a second one would smuggle a request or dodge the guard's purpose.
WRITTEN_BY_US = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "proxy-authorization",
        "proxy-connection",
    }
)

_UNSPEAKABLE = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHOD = re.compile(r"[A-Z][A-Z-]{0,19}")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
# What RFC 3986 lets stand in a path or query, and "%" so that what is encoded already stays as it is.
SAFE_IN_URL = "%/:?#[]@!$&'()*+,;=-._~{}|^`\"<>"


def problem_with_url(url: str) -> str | None:
    """None when the URL may be called as it is written; the address it resolves to is judged by the guard."""
    if len(url) > URL_LENGTH:
        return f"The URL is {len(url)} characters long; at most {URL_LENGTH} are allowed."
    if found := _UNSPEAKABLE.search(url):
        return (
            f"The URL contains {_shown(found[0])}; spaces, control characters and backslashes are not allowed"
            " (write a space as %20)."
        )
    try:
        parts = urlsplit(url)
        return _problem_with_parts(parts) or _problem_with_host(parts) or _problem_with_port(parts)
    except ValueError as error:
        return f"The URL cannot be read ({error}); it must look like https://api.example.org/path."


def ascii_url(url: str) -> str:
    """The URL as it is sent: an international host name in punycode, other characters percent-encoded as UTF-8.

    ValueError when the host is no name that DNS can carry.
    """
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = parts.hostname or ""
    netloc = parts.netloc if host.isascii() else parts.netloc.lower().replace(host, _punycode(host))
    path, query = (quote(part, safe=SAFE_IN_URL) for part in (parts.path, parts.query))
    return parts._replace(netloc=netloc, path=path, query=query, fragment="").geturl()


def problem_with_method(method: str) -> str | None:
    """None when the method may be sent."""
    if method == "CONNECT":
        return "The method CONNECT is not allowed: it opens a tunnel and asks nothing of the API."
    if not _METHOD.fullmatch(method):
        return (
            f"The method {method[:40]!r} is not allowed; it must be 1 to 20 capital letters or hyphens,"
            " such as GET, POST or PROPFIND."
        )
    return None


def problem_with_header(name: str, value: str) -> str | None:
    """None when the header may be sent. The sentence never repeats the value, which may be a secret."""
    if not _TOKEN.fullmatch(name):
        return (
            f"The header name {name[:60]!r} is not allowed; it must be letters, digits and !#$%&'*+-.^_`|~"
            " without spaces or a colon."
        )
    if name.lower() in WRITTEN_BY_US:
        return f"The header {name} is not allowed: it is written from the call's own URL and body."
    if found := _CONTROL.search(value):
        return (
            f"The value of the header {name} contains {_shown(found[0])};"
            " line breaks and control characters are not allowed."
        )
    if len(name) + len(value) > HEADER_LENGTH:
        return f"The header {name} is longer than {HEADER_LENGTH} characters, the most that is allowed."
    if not _encodable(value):
        return (
            f"The value of the header {name} contains half a character (a lone surrogate); only whole ones are allowed."
        )
    return None


def problem_with_body(method: str, body: str | bytes) -> str | None:
    """None when this method may carry this body."""
    if body and method in BODILESS_METHODS:
        return f"The body must be empty for {method}; a body is allowed with POST, PUT, PATCH, DELETE and the like."
    return None


def _problem_with_parts(parts: SplitResult) -> str | None:
    if parts.scheme not in SCHEMES:
        named = f"has the scheme {parts.scheme!r}" if parts.scheme else "has no scheme"
        return f"The URL {named}; it must begin with http:// or https://."
    if "@" in parts.netloc:
        return "The URL contains a user name or password before the host; put them into the authentication or a header."
    if not parts.hostname:
        return "The URL has no host; it must look like https://api.example.org/path."
    return None


def _problem_with_host(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return _problem_with_ipv6(host)
    try:
        name = host if host.isascii() else _punycode(host)
    except ValueError as error:
        return f"The URL's host {host[:80]!r} is not a name that DNS can carry ({error})."
    labels = name.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _problem_with_ipv4(host)
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return (
            f"The URL's host {host[:80]!r} is not a host name; allowed are labels of 1 to 63 letters, digits,"
            " hyphens and underscores, joined by dots."
        )
    return None


def _problem_with_ipv4(host: str) -> str | None:
    try:
        IPv4Address(host)
    except ValueError:
        return (
            f"The URL's host {host[:80]!r} is an IP address in an odd spelling;"
            " it must be four decimal numbers from 0 to 255, such as 192.0.2.1."
        )
    return None


def _problem_with_ipv6(host: str) -> str | None:
    try:
        IPv6Address(host.partition("%")[0])
    except ValueError:
        return f"The URL's host [{host[:80]}] is not an IPv6 address; it must look like [2001:db8::1]."
    return None


def _problem_with_port(parts: SplitResult) -> str | None:
    _, colon, text = parts.netloc.rpartition("]")[2].rpartition(":")
    if colon and not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        return f"The URL's port {text[:20]!r} is not allowed; it must be a number from 1 to 65535."
    return None


def _punycode(host: str) -> str:
    """ValueError (idna.IDNAError is one) when the host cannot be encoded."""
    # Mapped first, so that circled digits and ideographic full stops are judged as what resolvers make of them.
    mapped = unicodedata.normalize("NFKC", host).replace("。", ".").lower()
    return mapped if mapped.isascii() else idna.encode(mapped, uts46=True).decode("ascii")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(character: str) -> str:
    names = {
        " ": "a space",
        "\t": "a tab",
        "\r": "a carriage return",
        "\n": "a line feed",
        "\0": "NUL",
        "\\": "a backslash",
    }
    return names.get(character, f"the character U+{ord(character):04X}")
