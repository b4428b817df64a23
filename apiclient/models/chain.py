"""What a call takes from its answers and sends after its own request, judged with what its service knows."""

from functools import partial
from typing import Any

from apiclient.chain import problem_with_captures, problem_with_steps
from apiclient.check import Wrong
from apiclient.values import filled, variables_of


def problems_with_chain(call: Any) -> dict[str, str]:
    """By field, a sentence that names the place: ``steps[2].path: ...``; absent and null are an empty list."""
    call.captures, call.steps = call.captures or [], call.steps or []
    return {field: f"{field}{wrong.place}: {wrong}" for field, wrong in wrong_in_chain(call).items()}


def wrong_in_chain(call: Any) -> dict[str, Wrong]:
    """The same with the way to the place."""
    service = getattr(call, "service", None)
    variables = variables_of(service) if service else {}
    if wrong := problem_with_captures(call.captures, variables):
        return {"captures": wrong}
    fill = partial(filled, service=service) if service else str
    base_url = service.base_url if service else "http://service.example"
    wrong = problem_with_steps(call.steps, call.captures, base_url, fill, variables)
    return {"steps": wrong} if wrong else {}
