"""What a request is refused for, as errors; ``problem`` makes answers of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rest_framework.exceptions import APIException


class BadQuery(APIException):
    """Words of the address that were not understood: a sentence for each, by its name."""

    status_code = 400

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"Not understood in the address: {', '.join(problems)}.")
        self.problems = problems


class BadBody(APIException):
    """Members of the body that were not understood: a sentence for each, by its JSON pointer; '' is the whole body."""

    status_code = 400

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(summary(problems))
        self.errors = [{"pointer": pointer, "detail": text} for pointer, text in problems.items()]


class BadHeader(APIException):
    """A header of the request that was not understood."""

    status_code = 400

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"Not understood in the headers: {name}.")
        self.errors = [{"header": name, "detail": problem}]


class Refused(APIException):
    """Any other refusal: its status, a sentence, headers to send with it, seconds after which to try again."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, wait: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status_code, self.headers = status, dict(headers or {})
        if wait is not None:
            self.wait = wait  # which DRF sends as Retry-After


def too_large(most: int) -> Refused:
    return Refused(413, f"The body is too large. At most {most} bytes are read.")


def pointers(detail: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """What a ValidationError says, member by member: JSON pointers (RFC 6901) and sentences."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else f"/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield from pointers(inner, pointer + step)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from pointers(inner, pointer if isinstance(inner, str) else f"{pointer}/{index}")
    else:
        yield pointer, str(detail)


def summary(found: Iterable[str]) -> str:
    named = [pointer for pointer in dict.fromkeys(found) if pointer]
    return f"Not understood in the body: {', '.join(named)}." if named else "The body was not understood."
