"""What is wrong with the steps and captures of a call, in a sentence that names the place. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from apiclient.chain.capture import captures_of
from apiclient.chain.step import Planned, steps_of
from apiclient.check import Wrong
from apiclient.http.redact import is_secret_name, redact_body, redact_url
from apiclient.http.validate import problem_with_header, problem_with_url
from apiclient.placeholder import names_in, without

Fill = Callable[[str], str]
"""Puts in what is known of placeholders, and something that could stand anywhere for the rest."""


def problem_with_captures(given: object, variables: Collection[str] = ()) -> Wrong | None:
    """None, or what is wrong; ``variables`` are the names that mean something already."""
    try:
        for index, capture in enumerate(captures_of(given)):
            if capture.name in variables:
                raise Wrong(_taken(capture.name), index, "name")
    except Wrong as error:
        return error
    return None


def problem_with_steps(
    given: object, captures: object, base_url: str, fill: Fill, variables: Collection[str] = ()
) -> Wrong | None:
    """None, or what is wrong with the steps after a request from whose answer ``captures`` are taken."""
    try:
        steps = steps_of(given)
        first = {one.name for one in captures_of(captures)}
        for index, step in enumerate(steps):
            _look(index, step, base_url, fill, variables)
        _in_order(steps, first)
    except Wrong as error:
        return error
    return None


def _look(index: int, step: Planned, base_url: str, fill: Fill, variables: Collection[str]) -> None:
    url = fill(base_url.rstrip("/") + step.path if step.path else base_url)
    if problem := problem_with_url(url):
        raise Wrong(problem, index, "path")
    for name, value in step.headers.items():
        if problem := problem_with_header(name, fill(value)):
            raise Wrong(problem, index, "headers", name)
    _no_secret(index, step)
    for place, capture in enumerate(step.captures):
        if capture.name in variables:
            raise Wrong(_taken(capture.name), index, "captures", place, "name")


def _no_secret(index: int, step: Planned) -> None:
    """Steps are shown and exported as they are: what is secret in them must be a placeholder."""
    for name, value in step.headers.items():
        if is_secret_name(name) and value.strip() and not names_in(value):
            raise Wrong(_literal(f"The header {name}"), index, "headers", name)
    path, body = without(step.path), without(step.body)
    if redact_url(path) != path:
        raise Wrong(_literal("A parameter"), index, "path")
    if body and (redact_body(body) or body) != body:
        raise Wrong(_literal("A field"), index, "body")


def _literal(what: str) -> str:
    return f"{what} is a secret. Make a secret of the service and write {{{{ secret.name }}}} in its place."


def _in_order(steps: Sequence[Planned], known: set[str]) -> None:
    """A step may use what was taken before it, not what a later one takes."""
    taken = known | {one.name for step in steps for one in step.captures}
    for index, step in enumerate(steps):
        for member, texts in _texts(step).items():
            if late := min((name for text in texts for name in names_in(text) if name in taken - known), default=None):
                raise Wrong(f"{{{{ {late} }}}} is taken from an answer that comes later.", index, member)
        known = known | {one.name for one in step.captures}


def _texts(step: Planned) -> Mapping[str, Sequence[Any]]:
    return {"path": [step.path], "headers": list(step.headers.values()), "body": [step.body]}


def _taken(name: str) -> str:
    return f"The service has a variable {name!r}. Choose another name for what is taken from the answer."
