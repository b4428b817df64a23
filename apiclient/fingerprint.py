"""Which error messages are the same one: a template without what changes each time, and its number. Pure."""

import re
from hashlib import blake2b

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s)?"
_ZONE = r"(?:z|utc|gmt|[a-z]{3,4}(?=\s\d{4}\b)|[+-]\d{2}:?\d{2})\b"
_CLOCK = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d+)?(?:\s?[ap]m\b)?(?:\s?{_ZONE})?"

# At one place the first row that fits wins. All ids share a word: whether one looks like hex is chance.
_CHANGING = (
    ("quoted", r"\"[^\"]*(?:\"|…$)|“[^”]*(?:”|…$)|«[^»]*(?:»|…$)|‘[^’]*(?:’|…$)|`[^`']*(?:[`']|…$)"),
    ("quoted", r"(?<!\w)'[^']*(?:'(?!\w)|…$)"),
    ("url", r"\b[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>]+"),
    ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    ("id", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"),
    ("time", rf"\b\d{{4}}-\d{{2}}-\d{{2}}(?:[t\s]{_CLOCK})?"),
    ("time", rf"\b{_WEEKDAY}{_MONTH}\s\d{{1,2}}\b(?:,?\s\d{{4}}\b(?!:))?(?:,?\s{_CLOCK})?(?:\s\d{{4}}\b)?"),
    ("time", rf"\b{_WEEKDAY}\d{{1,2}}[\s/-]{_MONTH}[\s/-]\d{{4}}\b(?:[\s:]{_CLOCK})?"),
    ("time", rf"\b\d{{1,4}}(?P<cut>[./])\d{{1,2}}(?P=cut)\d{{2,4}}\b(?![./]\d)(?:,?\s{_CLOCK})?"),
    ("address", r"\b\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?\b"),
    (
        "address",
        r"(?<![\w:])\[?(?=:*[0-9a-f])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){7})"
        r"[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\](?::\d+)?|(?:/\d+)?(?![\w:]))",
    ),
    ("time", rf"\b{_CLOCK}"),
    ("path", r"(?<![\w<])(?:[a-z]:|~|\.{1,2})?(?:[\\/][\w.~%@:+=,$-]+)+[\\/]?(?:\?[^\s\"'<>]*)?"),
    ("path", r"\b[\w.-]+(?:[\\/][\w.-]+){2,}(?:\?[^\s\"'<>]*)?"),
    ("id", r"\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b|\b(?=(?:[a-z_]*\d){3})(?=\d*[a-z_])\w{12,}\b"),
    ("n", r"(?:(?<![\w)])[-+])?\d+(?:[.,]\d+)*%?"),
)
_ANY = re.compile("|".join(f"(?P<{word}_{row}>{pattern})" for row, (word, pattern) in enumerate(_CHANGING)), re.I)
_LONGEST = 500
# Of a text cut at its end, only the beginning is the same each time: what changes moves the cut.
_SURE = 300


def template_of(message: str) -> str:
    """The message with numbers, ids, times, addresses, paths and quoted values as ``<n>``, ``<id>``, ..."""
    text = message[:_LONGEST]
    template = _ANY.sub(lambda found: f"<{str(found.lastgroup).partition('_')[0]}>", text)
    return f"{template[:_SURE]}…" if text.endswith("…") and len(template) > _SURE else template


def fingerprint(message: str) -> int:
    """A signed 64-bit number, the same for every message of one template and on every machine."""
    digest = blake2b(template_of(message).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
