"""Names of what is imported: short enough, no two alike, and of letters that a placeholder can hold. Pure."""

import re
import unicodedata

LONGEST_NAME = 120
LONGEST_SLUG = 80
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_UNSLUGGED = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[-\s]+")


def one_line(text: str, longest: int) -> str:
    """The text in one line of at most that many characters."""
    # What is cut off first cannot fill memory with blanks.
    line = " ".join(text[: longest * 20].split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def first_paragraph(text: str, longest: int) -> str:
    """What a description says first, in one line."""
    # Cut off first: thousands of operations may share one text of megabytes.
    return one_line(text[: longest * 20].strip().split("\n\n", 1)[0], longest)


def placeholder_name(text: str) -> str:
    """A name as ``{{ name }}`` may hold it: ``pet id`` -> ``pet_id``."""
    name = _UNFIT.sub("_", text).strip("_-")[:50]
    if not name:
        return "value"
    return name if name[0].isalpha() else f"value_{name}"


class Names:
    """Gives each call a name and, where the name makes none of its own, a slug."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._slugs: set[str] = set()
        self._last: dict[str, int] = {}

    def take(self, wanted: str, otherwise: str) -> tuple[str, str | None]:
        """The name, numbered when it was taken before, and a slug where the name's own is empty or taken."""
        name = self._free(one_line(wanted, LONGEST_NAME) or one_line(otherwise, LONGEST_NAME), self._names)
        own = _slug(name)
        slug = self._free(own or _slug(otherwise) or "call", self._slugs, longest=LONGEST_SLUG, mark="-{}")
        return name, None if slug == own else slug

    def _free(self, wanted: str, taken: set[str], *, longest: int = LONGEST_NAME, mark: str = " ({})") -> str:
        found, number = wanted, self._last.get(wanted + mark, 1)
        while found in taken:
            number += 1
            end = mark.format(number)
            found = f"{wanted[: longest - len(end)]}{end}"
        self._last[wanted + mark] = number
        taken.add(found)
        return found


def _slug(name: str) -> str:
    """As the page makes it of a name that comes without."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _GAPS.sub("-", _UNSLUGGED.sub("", text)).strip("-_")[:LONGEST_SLUG]
