"""What a way to prove who asks is made of: its members, and what it does to a request. Pure."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from apiclient.catalogue.failure import Failure
from apiclient.course import Arrived, Course
from apiclient.http import Exchange, Request
from apiclient.http.head import Headers
from apiclient.http.redact import is_secret_name
from apiclient.http.validate import problem_with_header
from apiclient.placeholder import SECRET, names_in

LONGEST_MEMBER = 2_000
MOST_FIELDS = 50
CONTROL = frozenset(map(chr, (*range(32), 127)))

Filled = Mapping[str, Any]
"""The JSON of one kind, its placeholders filled: texts, and one object of texts where a member is a form."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the JSON. ``secret`` ones hold a placeholder of a secret, ``choices`` are all that is allowed.

    ``form``: an object of names and texts instead of a text. ``label`` and ``hint`` are what people read beside it.
    """

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    choices: tuple[str, ...] = ()
    form: bool = False
    check: Callable[[str], str | None] = lambda text: None

    def problem(self, value: object) -> str | None:
        """None, or what is wrong with this value and what is allowed; it repeats no value of a secret."""
        if self.form:
            return self._problem_with_form(value)
        if not isinstance(value, str):
            return f"{self.name}: use a text."
        return self._problem_with_text(value)

    def _problem_with_text(self, text: str) -> str | None:
        if not text.strip():
            return f"{self.name}: {'give it, it is' if self.required else 'leave it out where it is'} empty."
        if len(text) > LONGEST_MEMBER:
            return f"{self.name}: at most {LONGEST_MEMBER} characters."
        if CONTROL & set(text):
            return f"{self.name}: line breaks and control characters are not allowed."
        if self.choices and text not in self.choices:
            return f"{self.name}: use {' or '.join(self.choices)}, not {text[:40]!r}."
        if self.secret and not has_secret(text):
            return f"{self.name}: {NO_SECRET}"
        problem = None if "{{" in text else self.check(text)
        return f"{self.name}: {problem}" if problem else None

    def _problem_with_form(self, value: object) -> str | None:
        if not isinstance(value, dict) or not value or not all(isinstance(text, str) for text in value.values()):
            return f'{self.name}: use an object of names and texts, such as {{"user": "me"}}.'
        if len(value) > MOST_FIELDS or any(len(name) + len(text) > LONGEST_MEMBER for name, text in value.items()):
            return f"{self.name}: at most {MOST_FIELDS} of them, and {LONGEST_MEMBER} characters each."
        for name, text in value.items():
            if is_secret_name(name) and not has_secret(text):
                return f"{self.name}: {name[:60]!r}: {NO_SECRET}"
        return None


NO_SECRET = "a secret does not stand here itself. Make a secret of the service, and write {{ secret.name }} instead."  # noqa: S105


def has_secret(text: str) -> bool:
    """Whether a placeholder of a secret stands in it."""
    return any(name.startswith(SECRET) for name in names_in(text))


class Session(Protocol):
    """Requests that prove who asks, for all the courses that go through it."""

    def join(self) -> None:
        """One more course will: said before it begins."""

    def through(self, course: Course) -> Course:
        """The same course, each of its requests proved."""


class Login(Protocol):
    """A way that needs requests of its own. Calls whose logins have the same ``key`` share a session in a batch."""

    @property
    def key(self) -> Hashable: ...

    def session(self) -> Session:
        """One for the calls of a batch, or for a single one."""


def unchanged(request: Request, auth: Filled) -> Request:
    """What a kind does to a request that needs a login."""
    return request


@dataclass(frozen=True, slots=True)
class Kind:
    """``apply`` proves it on one request; ``login`` makes ready what needs requests of its own.

    Both raise ValueError in a sentence when the values do not allow that. ``login`` is given a request to the base URL,
    with what the service sends with every call.
    ``problem`` is what no member can tell alone, asked where each is sound.
    """

    name: str
    label: str
    members: tuple[Member, ...]
    apply: Callable[[Request, Filled], Request] = unchanged
    problem: Callable[[Filled], str | None] = lambda auth: None
    login: Callable[[Filled, Request], Login] | None = None


def failed(exchange: Exchange, request: Request, problem: str) -> Arrived:
    """How a slot ends that could not prove who asks: what was answered instead is kept, and ``problem`` says so."""
    if exchange.missed_because:
        return Arrived(exchange, request)
    return Arrived(replace(exchange, status_code=None, failure=Failure.AUTH, error=problem), request)


def with_header(request: Request, name: str, value: str) -> Request:
    """The request with this header in the place of one of the same name; ValueError when it cannot be sent."""
    if problem := problem_with_header(name, value):
        raise ValueError(problem)
    others: Headers = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
    return replace(request, headers=(*others, (name, value)))


def hiding(request: Request, *secrets: str) -> Request:
    """The request, with further texts that are masked wherever they come back."""
    return replace(request, secrets=request.secrets | {secret for secret in secrets if secret})
