"""A login by form that gives a cookie: one for the calls of a batch, which send it, and the last of them logs out."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from apiclient.auth.kind import Filled, Kind, Member, failed, hiding, with_header
from apiclient.course import Arrived, Course
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Request, Shared
from apiclient.http.head import Headers
from apiclient.http.redirect import location_of
from apiclient.http.validate import problem_with_url

METHODS = ("GET", "POST", "DELETE")


@dataclass(frozen=True, slots=True)
class Login:
    """What is asked to get in and to leave."""

    asks: Request
    expected_codes: str = ""
    failed_location: str = ""
    leaves: Request | None = None

    @property
    def key(self) -> Hashable:
        """What makes two logins the same: not the time that a call has for it."""
        asks, leaves = self.asks, self.leaves
        how = (self.expected_codes, self.failed_location, leaves and (leaves.method, leaves.url))
        return (asks.url, asks.headers, asks.body, asks.verify_tls, asks.proxy, how)

    def session(self) -> "Session":
        """One for the calls of a batch, or for a single one."""
        return Session(self)


class Session:
    """``join`` it with each course before the first one begins: the last one that ends logs out."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._shared = Shared()
        self._cookies: dict[str, str] = {}
        self._inside = 0

    def join(self) -> None:
        """One more course will go through it."""
        self._inside += 1

    def through(self, course: Course) -> Course:
        """The same course with the cookies of the login; how the login ended where it failed."""
        is_in = False
        try:
            asks = replace(self._login.asks, shared=self._shared)
            exchange = yield asks
            if problem := self._enter(exchange):
                course.close()
                return failed(exchange, asks, problem)
            is_in = True
            arrived = yield from _sending(course, self._cookies)
        finally:
            self._inside -= 1
        if is_in and not self._inside and self._login.leaves:
            yield _with_cookies(self._login.leaves, self._cookies)
        return arrived

    def _enter(self, exchange: Exchange) -> str:
        """Take the cookies; in a sentence, why there are none."""
        if self._cookies:
            return ""
        if exchange.failure:
            return f"The login gave no answer: {exchange.failure.label.lower()}. {exchange.error}".strip()
        location = location_of(exchange.headers)
        pointing = f" to {location}" if location else ""
        if exchange.status_code not in Expectation.of(self._login.expected_codes, None).codes:
            return f"The login answered {exchange.status_code}{pointing}, which is not what lets in."
        if self._login.failed_location and self._login.failed_location in location:
            return f"The login answered {exchange.status_code}{pointing}, which means that it failed."
        cookies = cookies_of(exchange.headers)
        if not cookies:
            return f"The login answered {exchange.status_code}{pointing} and gave no cookie."
        self._cookies = cookies
        return ""


def cookies_of(headers: Headers) -> dict[str, str]:
    """Names and values of the cookies that an answer sets, without their attributes; not those that it deletes."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "set-cookie":
            key, equals, text = value.partition(";")[0].partition("=")
            if equals and key.strip():
                found[key.strip()] = text.strip()
    return {name: text for name, text in found.items() if text}


def _sending(course: Course, cookies: Mapping[str, str]) -> Course:
    try:
        request = next(course)
        while True:
            request = course.send((yield _with_cookies(request, cookies)))
    except StopIteration as end:
        arrived: Arrived = end.value
        return replace(arrived, request=_with_cookies(arrived.request, cookies))


def _with_cookies(request: Request, cookies: Mapping[str, str]) -> Request:
    own = next((value for name, value in request.headers if name.lower() == "cookie"), "")
    sent = {part.partition("=")[0].strip() for part in own.split(";")}
    pairs = [f"{name}={text}" for name, text in cookies.items() if name not in sent]
    header = "; ".join([own, *pairs] if own else pairs)
    return hiding(with_header(request, "Cookie", header), *cookies.values())


def _login(auth: Filled, like: Request) -> Login:
    """``like`` has the base URL in place of its own, and what the service sends with every call."""
    body = urlencode(auth["fields"]).encode()
    asks = replace(like, method="POST", url=_at(like.url, auth["path"], "path"), body=body)
    asks = with_header(asks, "Content-Type", "application/x-www-form-urlencoded")
    leaves = None
    if path := auth.get("logout_path", ""):
        leaves = replace(like, method=auth.get("logout_method", "GET"), url=_at(like.url, path, "logout_path"))
        leaves = replace(leaves, body=b"", clean_up=True)
    return Login(asks, auth.get("expected_codes", ""), auth.get("failed_location", ""), leaves)


def _at(base_url: str, path: str, member: str) -> str:
    url = base_url.rstrip("/") + path
    if problem := problem_with_url(url):
        raise ValueError(f"{member}: {problem}")
    return url


def problem_with_path(path: str) -> str | None:
    """None when it can be added to the base URL."""
    if not path.startswith("/"):
        return "it begins with /, the host comes from the service's base URL."
    return problem_with_url(f"https://a.example{path}")


def problem_with_codes(codes: str) -> str | None:
    """None when the login may be judged by them."""
    try:
        Expectation.of(codes, None)
    except ValueError as error:
        return str(error)
    return None


FORM = Kind(
    "form",
    "Login form with a cookie",
    (
        Member("path", "Login path", "Added to the base URL: /login.", check=problem_with_path),
        Member(
            "fields",
            "Fields",
            "Sent as a form, one a line: user=me; a password as the placeholder of a secret.",
            form=True,
        ),
        Member("expected_codes", "Codes that let in", "Blank: 2xx and 3xx.", required=False, check=problem_with_codes),
        Member("failed_location", "Location of a failure", "A text in Location that says no: error=1.", required=False),
        Member(
            "logout_path", "Logout path", "Asked when the batch has ended.", required=False, check=problem_with_path
        ),
        Member("logout_method", "Logout method", "Blank: GET.", required=False, choices=METHODS),
    ),
    login=_login,
)
