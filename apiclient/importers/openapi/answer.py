"""Every documented answer of an operation. Pure."""

from apiclient.codes import TERM, parse_codes
from apiclient.importers.described import Answer
from apiclient.importers.naming import first_paragraph
from apiclient.importers.part import Part

LONGEST_MESSAGE = 300
MOST_ANSWERS = 299
ERRORS = "400-599"
ALL = "100-599"
"""What ``default`` covers: errors where a success is documented, everything where none is."""


def answers_of(operation: Part) -> tuple[Answer, ...]:
    """In the order of the file; ``default`` comes last, since each code of its own wins."""
    found: dict[frozenset[int], Answer] = {}
    rest: Part | None = None
    responses = operation.at("responses")
    for code, response in responses.members():
        if code.startswith("x-"):
            continue
        if code.lower() == "default":
            rest = response
        elif covered := _covered(code):
            found.setdefault(covered, Answer(code.lower(), _message(response)))
        else:
            responses.note(f"{code[:60]!r} is no status code and was left out.")
        if len(found) > MOST_ANSWERS:
            raise responses.problem(f"more than {MOST_ANSWERS} codes.")
    if rest is not None:
        has_success = any(answer.codes[0] in "123" for answer in found.values())
        other = Answer(ERRORS, _message(rest), "error") if has_success else Answer(ALL, _message(rest))
        found.setdefault(parse_codes(other.codes), other)
    return tuple(found.values())


def _covered(code: str) -> frozenset[int]:
    """What ``404``, ``4XX`` or ``500-504`` names; nothing where it is none."""
    try:
        return parse_codes(code) if TERM.fullmatch(code) else frozenset()
    except ValueError:
        return frozenset()


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
