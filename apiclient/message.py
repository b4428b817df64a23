"""The detailed message that an error's body may hold, as one line of plain text. Pure, and safe for any bytes.

XML and HTML are searched, not parsed: no parser, no entity that expands, no reference that is fetched, and a
body that was cut off or is not well-formed gives its message too. No pattern reads a character twice.
"""

import codecs
import html
import json
import re
from collections.abc import Iterable, Iterator

LONGEST = 500
_READ = 64 << 10
_DEEPEST = 8
_MOST_AT_ONCE = 5

# Where a message stands, best first; compared without case, "_" and "-".
_KEYS = (
    "detail",
    "message",
    "errordescriptor",
    "errordescription",
    "errormessage",
    "errormessages",
    "errors",
    "error",
    "fault",
    "faultstring",
    "description",
    "reason",
    "msg",
    "title",
    "text",
    "errorcode",
    "code",
)
_RANK = {key: rank for rank, key in enumerate(_KEYS)}
_NAMES = "|".join(re.sub(r"(?<=error)(?=[dmc])", "[_-]?", key) for key in sorted(_KEYS, key=len, reverse=True))

_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.I)
_SAFE_CHARSET = re.compile(r"utf|iso-?8859|windows-?\d|cp\d|koi8|shift_?jis|euc|gb|big5|us-ascii|ascii|latin", re.I)
_NOT_TEXT = re.compile(r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|gzip)", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_UNSEEN = re.compile(
    r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HTML = re.compile(r"<!doctype\s{1,9}html|<html", re.I)
_HEADING = re.compile(r"<(title|h1)(?:\s[^<>]*)?>([^<]{0,2000})", re.I)
_ELEMENT = re.compile(
    rf"<(?:[\w.-]{{1,40}}:)?({_NAMES})(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[((?:[^\]]|\](?!\]>)){{0,2000}})|([^<]{{0,2000}}))",
    re.I | re.A,  # without re.A, "meſſage" is "message" too
)
_MEMBER = re.compile(rf"\"({_NAMES})\"\s*:\s*\"((?:[^\"\\]|\\.){{0,2000}})", re.I | re.A | re.S)


def message_of(body: bytes, content_type: str) -> str:
    """One line of at most 500 characters with nothing unseen in it; '' when the body holds no message.

    ``text/plain`` is taken as it is. Anything else is judged by how it begins, since content types lie:
    JSON, XML and HTML by the words that usually hold a message, what is none of them as plain text.
    """
    text = decoded(body[:_READ], content_type)
    if content_type.strip().lower().startswith("text/plain"):
        return _one_line(text)
    return _one_line(_extracted(text.lstrip("\ufeff \t\r\n"), content_type))


def _extracted(text: str, content_type: str) -> str:
    if text.startswith(("{", "[", '"')) and (told := _from_json(text)) is not None:
        return told
    if text.startswith("<"):
        return _from_html(text) if _HTML.search(text[:1000]) else _from_xml(text) or _from_html(text)
    binary = _NOT_TEXT.match(content_type) or _CONTROL.search(text[:1000])
    return "" if binary else text


def decoded(body: bytes, content_type: str) -> str:
    """By the charset that is named, else by its byte order mark, else UTF-8, else the old web's default."""
    named = _CHARSET.search(content_type[:500])
    charset = named[1] if named and _SAFE_CHARSET.match(named[1]) else ""
    if not charset and body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = "utf-16"
    try:
        if charset:
            return body.decode(charset, "replace")
        return codecs.getincrementaldecoder("utf-8")().decode(body)  # forgives a character cut at the end
    except (LookupError, ValueError):
        return body.decode("windows-1252", "replace")


def _from_json(text: str) -> str | None:
    """None when it only begins like JSON: ``[ERROR] no route``. What was cut off or is too deep is searched."""
    try:
        # No number is needed, and a float of any length is quick to read: an int is not.
        return _told(json.loads(text, strict=False, parse_int=float))
    except RecursionError:
        return _from_members(text)
    except ValueError:
        return _from_members(text) or ("" if text.startswith("{") else None)


def _from_members(text: str) -> str:
    return _joined(map(_unescaped, _best((found[1], found[2]) for found in _MEMBER.finditer(text))))


def _told(value: object, depth: int = 0) -> str:
    """What a JSON value says: itself, or what its best key says, or what the things in it say."""
    if depth > _DEEPEST:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return _joined(_told(each, depth + 1) for each in value)
    if isinstance(value, dict):
        return next(filter(None, (_told(value[key], depth + 1) for key in _ranked(value))), "") or _fields(value)
    return ""


def _ranked(value: dict[str, object]) -> list[str]:
    known = [(_RANK[plain], key) for key in value if (plain := _plain(key)) in _RANK]
    return [key for _, key in sorted(known)]


def _fields(value: dict[str, object]) -> str:
    """Validation errors by field: ``{"email": ["is not valid"]}``."""
    lists = ((name, told) for name, told in value.items() if isinstance(told, list))
    return _joined(f"{name}: {told[0]}" for name, told in lists if told and isinstance(told[0], str))


def _from_xml(text: str) -> str:
    found = ((each[1], html.unescape(each[2] or each[3] or "")) for each in _ELEMENT.finditer(text))
    return _joined(_best(found))


def _from_html(text: str) -> str:
    headings = ((each[1].lower() != "title", html.unescape(each[2]).strip()) for each in _HEADING.finditer(text))
    return min((heading for heading in headings if heading[1]), default=(False, ""))[1]


def _best(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Of (name, text) pairs, the different texts under the best name that has any."""
    by_rank: dict[int, dict[str, None]] = {}
    for name, text in found:
        if text.strip():
            by_rank.setdefault(_RANK[_plain(name)], {})[text.strip()] = None
    yield from by_rank[min(by_rank)] if by_rank else ()


def _joined(texts: Iterable[str]) -> str:
    """The first few different ones."""
    different: dict[str, None] = {}
    for text in texts:
        if text:
            different[text[: 2 * LONGEST]] = None
        if len(different) == _MOST_AT_ONCE:
            break
    return "; ".join(different)


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _one_line(text: str) -> str:
    line = " ".join(_UNSEEN.sub("", text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
