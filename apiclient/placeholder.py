"""Placeholders: ``{{ name }}`` of a variable and ``{{ secret.name }}`` of a secret, put in as they are. Pure."""

import re
from collections.abc import Iterable, Mapping

SECRET = "secret."  # noqa: S105
"""What the names of secrets begin with where variables and secrets stand together."""
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
LONGEST_NAME = 60
LONGEST_ENVIRONMENT = 40
LONGEST_VALUE = 8_000
MOST = 500
"""Variables of one service, and environments."""
_ANY = re.compile(r"\{\{ *((?:secret\.)?[A-Za-z][A-Za-z0-9_-]*) *\}\}")
_SECRET = re.compile(r"\{\{ *(secret\.[A-Za-z][A-Za-z0-9_-]*) *\}\}")


class Plain(str):
    """A value in which nothing is a placeholder: it came from elsewhere, and must not name a secret."""


class UnknownName(ValueError):
    """``name`` has no value."""

    def __init__(self, name: str) -> None:
        kind = "secret" if name.startswith(SECRET) else "variable"
        super().__init__(f"There is no {kind} {name.removeprefix(SECRET)!r}.")
        self.name = name


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; those of secrets inside the value of a variable too.

    ``values`` holds secrets as ``secret.name``. UnknownName for the first that is not there. What else stands
    between braces is plain text, and so is what stands in the value of a secret.
    """
    return _ANY.sub(lambda found: _value(found[1], values), text) if "{{" in text else text


def names_in(text: str) -> set[str]:
    """The names of its placeholders, those of secrets as ``secret.name``."""
    return set(_ANY.findall(text)) if "{{" in text else set()


def without(text: str) -> str:
    """The text with nothing where its placeholders stand."""
    return _ANY.sub("", text) if "{{" in text else text


def needed_of(texts: Iterable[str], values: Mapping[str, str]) -> dict[str, str]:
    """The values of all names in the texts that have one, and of the secrets that those of variables name."""
    names = {name for text in texts for name in names_in(text) if name in values}
    nested = {inner for name in names if not name.startswith(SECRET) for inner in _SECRET.findall(values[name])}
    return {name: values[name] for name in names | nested if name in values}


def secrets_in(texts: Iterable[str], values: Mapping[str, str]) -> frozenset[str]:
    """The values of all secrets that are put into the texts, what must be masked wherever they come back."""
    return frozenset(value for name, value in needed_of(texts, values).items() if name.startswith(SECRET))


def _value(name: str, values: Mapping[str, str]) -> str:
    value = _found(name, values)
    if name.startswith(SECRET) or "{{" not in value or isinstance(value, Plain):
        return value
    return _SECRET.sub(lambda found: _found(found[1], values), value)


def _found(name: str, values: Mapping[str, str]) -> str:
    try:
        return values[name]
    except KeyError:
        raise UnknownName(name) from None


def problem_with_name(name: object, kind: str = "name") -> str | None:
    """None when a variable or a secret may have this name."""
    if isinstance(name, str) and NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return None
    rule = f"Use 1 to {LONGEST_NAME} letters A-Z, digits, _ and -, a letter first."
    return f"{str(name)[:LONGEST_NAME]!r} is no {kind}. {rule}"


def problem_with_variables(variables: object) -> str | None:
    """None, or what is wrong with a JSON object of names and texts."""
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        return 'Use a JSON object of names and texts, such as {"tenant": "acme"}.'
    if len(variables) > MOST:
        return f"At most {MOST} variables."
    problems = (
        problem_with_name(name, "name of a variable") or _problem_with_value(name, value)
        for name, value in variables.items()
    )
    return next(filter(None, problems), None)


def problem_with_environments(environments: object) -> str | None:
    """None, or what is wrong with a JSON object of environments, each an object of variables."""
    if not isinstance(environments, dict) or not all(isinstance(one, dict) for one in environments.values()):
        return 'Use a JSON object of environments, such as {"staging": {"tenant": "test"}}.'
    if len(environments) > MOST:
        return f"At most {MOST} environments."
    for name, variables in environments.items():
        if problem := _problem_with_environment(name) or problem_with_variables(variables):
            return problem if repr(name) in problem else f"{name!r}: {problem}"
    return None


def _problem_with_environment(name: str) -> str | None:
    return problem_with_name(name, "name of an environment") or (
        None if len(name) <= LONGEST_ENVIRONMENT else f"{name!r}: at most {LONGEST_ENVIRONMENT} characters."
    )


def _problem_with_value(name: str, value: str) -> str | None:
    if len(value) > LONGEST_VALUE:
        return f"The variable {name!r} is longer than {LONGEST_VALUE} characters, the most that is allowed."
    if "\0" in value:
        return f"The variable {name!r} contains NUL, which cannot be sent."
    if others := sorted(one for one in names_in(value) if not one.startswith(SECRET)):
        return f"The variable {name!r} names the variable {others[0]!r}. Its value may name secrets only."
    return None
