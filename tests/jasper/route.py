"""Which function answers which method and path."""

import re
from collections.abc import Callable

from tests.jasper.message import Asked, Said
from tests.jasper.state import State

Answer = Callable[..., Said]
ROUTES: list[tuple[str, re.Pattern[str], Answer]] = []


def route(methods: str, path: str) -> Callable[[Answer], Answer]:
    """Names in braces match one part of the path, or as many as there are where they end in ``*``."""
    pattern = re.sub(r"\{(\w+)(\*?)\}", lambda found: "(.+)" if found[2] else "([^/?]+)", path)

    def keep(answer: Answer) -> Answer:
        ROUTES.extend((method, re.compile(pattern), answer) for method in methods.split())
        return answer

    return keep


def find(state: State, asked: Asked) -> Said | None:
    for method, pattern, answer in ROUTES:
        if method == asked.method and (match := pattern.fullmatch(asked.path)):
            return answer(state, asked, *match.groups())
    return None
