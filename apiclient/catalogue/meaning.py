"""The words for what a status code means: its class, its column, and everything known about it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self


class CodeClass(StrEnum):
    """The hundreds of a status code, or NONE when no code came back."""

    label: str

    INFORMATIONAL = "1xx", "1xx informational"
    SUCCESS = "2xx", "2xx success"
    REDIRECTION = "3xx", "3xx redirection"
    CLIENT_ERROR = "4xx", "4xx client error"
    SERVER_ERROR = "5xx", "5xx server error"
    NONE = "none", "No response"

    # The default lets a type checker accept CodeClass("4xx"), the look-up by word.
    def __new__(cls, word: str, label: str = "") -> Self:
        member = str.__new__(cls, word)
        member._value_, member.label = word, label
        return member


class Category(StrEnum):
    """The three columns of the code table, and one for no answer at all."""

    label: str

    SUCCESS = "success", "Success"
    CLIENT_ERROR = "client_error", "Client error"
    SERVER_ERROR = "server_error", "Server error"
    NO_RESPONSE = "no_response", "No response"

    def __new__(cls, word: str, label: str = "") -> Self:
        member = str.__new__(cls, word)
        member._value_, member.label = word, label
        return member


CATEGORY_OF_CLASS = {
    CodeClass.INFORMATIONAL: Category.SUCCESS,
    CodeClass.SUCCESS: Category.SUCCESS,
    CodeClass.REDIRECTION: Category.SUCCESS,
    CodeClass.CLIENT_ERROR: Category.CLIENT_ERROR,
    CodeClass.SERVER_ERROR: Category.SERVER_ERROR,
    CodeClass.NONE: Category.NO_RESPONSE,
}


RFC = re.compile(r"\bRFC (\d+)")


class Sense(NamedTuple):
    """One of the meanings that a code has somewhere: its phrase, and who uses it so."""

    phrase: str
    origin: str

    @property
    def registered(self) -> bool:
        """Whether this is what IANA's registry says."""
        return self.origin.startswith("IANA")

    @property
    def rfc(self) -> int | None:
        """The number of the RFC that defines it so."""
        found = RFC.search(self.origin)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one status code, or none, means. Total: unregistered and invalid codes have one too.

    ``message`` is the code table's wording where it has the code (``seed``), else the registry's, else the
    first unofficial one. ``meanings`` holds every phrase met in the wild, the registry's first; it is empty
    for a code that nobody claims, and ``origin`` then says so. ``valid`` is False outside 100..599.
    """

    code: int | None
    message: str
    code_class: CodeClass
    category: Category
    origin: str
    meanings: tuple[Sense, ...] = ()
    valid: bool = True
    seed: bool = False
