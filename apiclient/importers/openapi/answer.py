"""Every documented answer of an operation. Pure."""

from apiclient.codes import TERM
from apiclient.importers.described import Answer
from apiclient.importers.naming import first_paragraph
from apiclient.importers.part import Part

LONGEST_MESSAGE = 300
MOST_ANSWERS = 300
ERRORS = "400-599"
ALL = "100-599"
"""What ``default`` covers: errors where a success is documented, everything where none is."""


def answers_of(operation: Part) -> tuple[Answer, ...]:
    """In the order of the file; ``default`` comes last, since each code of its own wins."""
    found: list[Answer] = []
    rest: Part | None = None
    responses = operation.at("responses")
    for code, response in responses.members():
        if code.startswith("x-"):
            continue
        if code.lower() == "default":
            rest = response
        elif not TERM.fullmatch(code) or len(found) >= MOST_ANSWERS:
            responses.note(f"{code[:60]!r} is no status code and was left out.")
        else:
            found.append(Answer(code.lower(), _message(response)))
    if rest is not None:
        has_success = any(answer.codes[0] in "123" for answer in found)
        found.append(Answer(ERRORS, _message(rest), "error") if has_success else Answer(ALL, _message(rest)))
    return tuple({answer.codes: answer for answer in reversed(found)}.values())[::-1]  # the first of equal codes


def _message(response: Part) -> str:
    return first_paragraph(response.text("description"), LONGEST_MESSAGE)


def accepted_type(api_produces: Part, operation: Part) -> str:
    """The media type that a good answer has, if one of them is JSON."""
    types: list[str] = []
    for code, response in operation.at("responses").members():
        if code[:1] == "2" and "content" in response:
            types += [name for name, _ in response.at("content").members()]
    types += [str(kind.value) for part in (operation, api_produces) for kind in part.at("produces").items()]
    return next((kind for kind in types[:50] if "json" in kind.lower() and kind.isprintable()), "")
