"""What is taken from an answer for the requests that follow: one value, under a name. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apiclient import jsonpath, pattern
from apiclient.check import Subject, Wrong
from apiclient.placeholder import problem_with_name

MOST = 20
LONGEST_VALUE = 64 << 10
LONGEST_EXPRESSION = 1_000
MEMBERS = ("name", "from", "expression")
EXAMPLE = '{"name": "token", "from": "json", "expression": "$.access_token"}'


class Missing(ValueError):
    """The answer does not hold what was to be taken; says so in a sentence without the value."""


@dataclass(frozen=True, slots=True)
class Capture:
    """``source`` is a word of ``SOURCES``; ``expression`` says where in it the value stands."""

    name: str
    source: str
    expression: str = ""

    def take(self, subject: Subject) -> str:
        """The value as text; Missing when there is none."""
        value = SOURCES[self.source](subject, self.expression)
        if value is None:
            raise Missing(f"{{{{ {self.name} }}}} was not found: {_where(self)}.")
        if len(value) > LONGEST_VALUE:
            raise Missing(f"{{{{ {self.name} }}}} is longer than {LONGEST_VALUE} characters, the most that is taken.")
        return value


def _from_json(subject: Subject, expression: str) -> str | None:
    try:
        found = jsonpath.compile(expression).first(subject.document)
    except ValueError as error:  # no JSON, or more of it than may be visited
        raise Missing(f"Nothing could be taken by {expression}: {error}") from None
    if found is None or isinstance(found, str):
        return found
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _from_header(subject: Subject, expression: str) -> str | None:
    wanted = expression.lower()
    return next((value for name, value in subject.exchange.headers if name.lower() == wanted), None)


def _from_cookie(subject: Subject, expression: str) -> str | None:
    """Of several with one name the last one counts, as browsers have it."""
    found = None
    for name, value in subject.exchange.headers:
        if name.lower() == "set-cookie":
            cookie, _, rest = value.partition("=")
            found = rest.partition(";")[0].strip() if cookie.strip() == expression else found
    return found


def _from_regex(subject: Subject, expression: str) -> str | None:
    return pattern.compile(expression).first(subject.text)


def _from_body(subject: Subject, _: str) -> str | None:
    return subject.text.strip() or None


SOURCES: dict[str, Callable[[Subject, str], str | None]] = {
    "json": _from_json,
    "header": _from_header,
    "cookie": _from_cookie,
    "regex": _from_regex,
    "body": _from_body,
}


def captures_of(given: object) -> tuple[Capture, ...]:
    """From a call's JSON; Wrong with a sentence and the way to the member that is meant."""
    if not isinstance(given, list | tuple):
        raise Wrong(f"Use a list, such as [{EXAMPLE}].")
    if len(given) > MOST:
        raise Wrong(f"{len(given)} captures: at most {MOST} are allowed.")
    found: list[Capture] = []
    for index, one in enumerate(given):
        try:
            capture = _capture(one)
            if any(capture.name == other.name for other in found):
                raise Wrong(f"{capture.name!r} is taken twice from one answer.", "name")
        except Wrong as error:
            raise Wrong(str(error), index, *error.where) from None
        found.append(capture)
    return tuple(found)


def _capture(given: object) -> Capture:
    if not isinstance(given, Mapping):
        raise Wrong(f"Use an object, such as {EXAMPLE}.")
    if unknown := next((member for member in given if member not in MEMBERS), None):
        raise Wrong(f"A capture has {', '.join(MEMBERS)}.", str(unknown)[:40])
    if problem := problem_with_name(given.get("name")):
        raise Wrong(problem, "name")
    source, expression = given.get("from"), given.get("expression", "")
    if not isinstance(source, str) or source not in SOURCES:
        raise Wrong(f"{str(source)[:40]!r} is not one of {', '.join(SOURCES)}.", "from")
    if problem := _problem_with_expression(source, expression):
        raise Wrong(problem, "expression")
    return Capture(str(given["name"]), source, expression.strip())


def _problem_with_expression(source: str, expression: Any) -> str | None:
    if not isinstance(expression, str) or len(expression) > LONGEST_EXPRESSION:
        return f"Use a text of at most {LONGEST_EXPRESSION} characters."
    if source == "body":
        return "Leave it out: the whole body is taken." if expression.strip() else None
    if not expression.strip():
        return f"Say what to look for: {EXAMPLES[source]}."
    try:
        if source == "json":
            jsonpath.compile(expression.strip())
        elif source == "regex":
            pattern.compile(expression.strip())
    except ValueError as error:
        return str(error)
    return None


EXAMPLES = {
    "json": "a JSONPath such as $.access_token",
    "header": "the name of a header, such as Location",
    "cookie": "the name of a cookie, such as JSESSIONID",
    "regex": "a regular expression whose first group is taken, such as id=([0-9]+)",
}


def _where(capture: Capture) -> str:
    match capture.source:
        case "json":
            return f"the JSON of the answer has no value at {capture.expression}"
        case "regex":
            return f"the body holds nothing that matches {capture.expression}"
        case "body":
            return "the body is empty"
        case _:
            return f"the answer has no {capture.source} {capture.expression}"
