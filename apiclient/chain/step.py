"""The steps of a chain, read from a call's JSON: what is sent after its own request. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from apiclient.chain.capture import Capture, captures_of
from apiclient.check import Wrong, checks_of
from apiclient.expectation import Expectation
from apiclient.http.validate import problem_with_body

T = TypeVar("T")

MOST = 20
LONGEST_NAME = 120
LONGEST_PATH = 2_000
LONGEST_BODY = 256 << 10
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
MEMBERS = ("name", "method", "path", "headers", "body", "expected_codes", "checks", "captures", "always")
EXAMPLE = '{"name": "Orders", "method": "GET", "path": "/orders", "headers": {"Authorization": "Bearer {{ token }}"}}'


@dataclass(frozen=True, slots=True)
class Planned:
    """One step as it is configured, its placeholders not yet filled."""

    name: str
    method: str = "GET"
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expectation: Expectation = field(default_factory=Expectation)
    captures: tuple[Capture, ...] = ()
    always: bool = False


def steps_of(given: object) -> tuple[Planned, ...]:
    """Wrong with a sentence and the way to the member that is meant, such as (2, "path")."""
    if not isinstance(given, list | tuple):
        raise Wrong(f"Use a list, such as [{EXAMPLE}].")
    if len(given) > MOST:
        raise Wrong(f"{len(given)} steps: at most {MOST} are allowed.")
    found = []
    for index, one in enumerate(given):
        try:
            found.append(_step(one))
        except Wrong as error:
            raise Wrong(str(error), index, *error.where) from None
    return tuple(found)


def _step(given: object) -> Planned:
    if not isinstance(given, Mapping):
        raise Wrong(f"Use an object, such as {EXAMPLE}.")
    if unknown := next((member for member in given if member not in MEMBERS), None):
        raise Wrong(f"A step has {', '.join(MEMBERS)}.", str(unknown)[:40])
    name, method = _text(given, "name", LONGEST_NAME).strip(), given.get("method", "GET")
    if not name:
        raise Wrong("Give the step a name, such as Log out.", "name")
    if method not in METHODS:
        raise Wrong(f"{str(method)[:40]!r} is not one of {', '.join(METHODS)}.", "method")
    path, body = _text(given, "path", LONGEST_PATH), _text(given, "body", LONGEST_BODY)
    if path and path[0] not in "/?":
        raise Wrong("A path begins with / (or ? for a query alone); the host comes from the service.", "path")
    if problem := problem_with_body(method, body):
        raise Wrong(problem, "body")
    always = given.get("always", False)
    if not isinstance(always, bool):
        raise Wrong("Use true or false.", "always")
    return Planned(
        name, method, path, _headers(given), body, _expectation(given), _inside(captures_of, given, "captures"), always
    )


def _text(given: Mapping[str, Any], member: str, longest: int) -> str:
    text = given.get(member, "")
    if not isinstance(text, str):
        raise Wrong("Use a text.", member)
    if len(text.encode("utf-8", "surrogatepass")) > longest:
        raise Wrong(f"At most {longest} bytes.", member)
    return text


def _headers(given: Mapping[str, Any]) -> Mapping[str, str]:
    headers = given.get("headers", {})
    if not isinstance(headers, Mapping):
        raise Wrong('Use an object of names and texts, such as {"Accept": "text/plain"}.', "headers")
    for name, value in headers.items():
        if not isinstance(value, str):
            raise Wrong("Use a text.", "headers", str(name)[:80])
    return headers


def _expectation(given: Mapping[str, Any]) -> Expectation:
    codes = given.get("expected_codes", "")
    if not isinstance(codes, str) or len(codes) > 200:
        raise Wrong("Use a text of at most 200 characters, such as 200, 404.", "expected_codes")
    try:
        Expectation.of(codes, None)
    except ValueError as error:
        raise Wrong(str(error), "expected_codes") from None
    checks = _inside(checks_of, given, "checks")
    return Expectation.of(codes, None, checks=given["checks"] if checks else ())


def _inside(read: Callable[[object], tuple[T, ...]], given: Mapping[str, Any], member: str) -> tuple[T, ...]:
    """What ``read`` makes of a member, and its errors with the way to it."""
    try:
        return read(given.get(member, []))
    except Wrong as error:
        raise Wrong(str(error), member, *error.where) from None
