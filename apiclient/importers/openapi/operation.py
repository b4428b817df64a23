"""One operation of a path -> one call. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from apiclient.importers.described import DescribedCall
from apiclient.importers.naming import Names
from apiclient.importers.openapi.answer import accepted_type, answers_of
from apiclient.importers.openapi.api import Api
from apiclient.importers.openapi.body import body_of
from apiclient.importers.openapi.parameter import example_of, header_text, parameters_of, path_text, query_text
from apiclient.importers.openapi.sample import NOTHING
from apiclient.importers.openapi.security import access_of
from apiclient.importers.openapi.server import Server, server_of
from apiclient.importers.part import Part
from apiclient.importers.sensitive import HIDDEN_HEADERS, is_sensitive

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BODILESS = frozenset({"GET", "HEAD"})
UNSUPPORTED = ("trace", "query")
MOST_CALLS = 5000
LONGEST_PATH = 2000
_WRITTEN_ELSEWHERE = frozenset({"accept", "content-type", "content-length", "host", "transfer-encoding"})
_TEMPLATE = re.compile(r"\{([^{}]{1,200})\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """``auth`` is {} where the operation is open to all; ``is_inherited`` where the description says it for all."""

    base_url: str | None
    call: DescribedCall
    auth: dict[str, Any]
    is_inherited: bool


@dataclass(slots=True)
class _Request:
    """What was put together so far. ``is_complete`` ends where a value or secret is missing."""

    path: str
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    is_complete: bool = True

    @property
    def target(self) -> str:
        query = "&".join(part for part in self.query if part)
        return self.path + (f"{'&' if '?' in self.path else '?'}{query}" if query else "")


def operations(api: Api) -> Iterator[Operation]:
    """Every operation in the order of the file; those that no call can make are noted."""
    count = 0
    for path, item in api.part.at("paths").members():
        if path.startswith("x-") or item.value is None:
            continue
        if not path.startswith("/") or len(path) > LONGEST_PATH:
            item.note(f"a path begins with / and has at most {LONGEST_PATH} characters; this was left out.")
            continue
        for method, operation in item.members():
            if method in UNSUPPORTED:
                operation.note(f"no call can be made by {method.upper()}; it was left out.")
            if method not in METHODS or operation.value is None:
                continue
            count += 1
            if count > MOST_CALLS:
                raise ValueError(f"paths: more than {MOST_CALLS} operations. Cut the description into several.")
            if found := _operation(api, path, item, method.upper(), operation):
                yield found


def _operation(api: Api, path: str, item: Part, method: str, operation: Part) -> Operation | None:
    server = server_of(api, operation, item, api.part)
    parameters = parameters_of(item, operation)
    request = _Request(_literal(path))
    _put_parameters(api, request, parameters)
    request.path = server.prefix + _rest_of_path(api, request, operation)
    access = access_of(api, operation)
    request.headers |= access.headers
    request.query += access.query
    body = _put_body(api, request, method, operation, parameters)
    if len(request.target) > LONGEST_PATH:
        operation.note(f"its path has more than {LONGEST_PATH} characters; it was left out.")
        return None
    is_runnable = method in SAFE and request.is_complete and access.is_complete
    name, slug = _name(api, server, operation, f"{method} {path}")
    call = DescribedCall(
        name=name,
        slug=slug,
        method=method,
        path=request.target,
        headers=request.headers or None,
        body=body or None,
        enabled=None if is_runnable else False,
        answers=answers_of(operation),
    )
    _note_callbacks(operation)
    return Operation(server.base_url, call, access.auth, access.is_inherited)


def _name(api: Api, server: Server, operation: Part, otherwise: str) -> tuple[str, str | None]:
    """The operation's id, which stays the same when words change, or else its summary."""
    wanted = operation.text("operationId") or operation.text("summary") or otherwise
    return api.names.setdefault(server.base_url, Names()).take(wanted, otherwise)


def _literal(path: str) -> str:
    """Without the fragment by which some descriptions tell operations of one path apart."""
    return quote(path.split("#", 1)[0] or "/", safe="/:@!$&'()*+,;=-._~?%{}")


def _put_parameters(api: Api, request: _Request, parameters: list[Part]) -> None:
    for parameter in parameters:
        place = parameter.text("in")
        name = parameter.text("name")
        if place == "path":
            template = "{" + quote(name, safe="/:@!$&'()*+,;=-._~?%") + "}"
            if template in request.path:
                request.path = request.path.replace(template, _value(api, request, parameter, path_text))
        elif parameter.flag("required") and name:
            _put_required(api, request, parameter, place, name)


def _put_required(api: Api, request: _Request, parameter: Part, place: str, name: str) -> None:
    if place == "query":
        value = example_of(parameter)
        request.query.append(
            f"{quote(name, safe='')}={_value(api, request, parameter, path_text)}"
            if value is NOTHING or is_sensitive(name)
            else query_text(parameter, value)
        )
    elif place == "header" and name.lower() not in _WRITTEN_ELSEWHERE and name.isascii() and name.isprintable():
        request.headers[name] = _value(api, request, parameter, header_text)
    elif place == "cookie":
        request.cookies.append(f"{name}={_value(api, request, parameter, path_text)}")
        request.headers["Cookie"] = "; ".join(request.cookies)


def _value(api: Api, request: _Request, parameter: Part, write: Any) -> str:
    """The example, or a placeholder. What is secret by its name is one whatever example is given."""
    name, where = parameter.text("name"), parameter.text("in")
    if where != "path" and (is_sensitive(name) or name.lower() in HIDDEN_HEADERS):
        request.is_complete = False
        return api.secrets.placeholder(name, parameter.place)
    value = example_of(parameter)
    if value is not NOTHING and (text := write(value)):
        return str(text)
    request.is_complete = False
    return api.lacking(name, parameter.place)


def _rest_of_path(api: Api, request: _Request, operation: Part) -> str:
    """The path with what no parameter describes as placeholders, too."""

    def placeholder(match: re.Match[str]) -> str:
        request.is_complete = False
        return api.lacking(match[1], operation.place)

    parts = re.split(r"(\{\{ [A-Za-z0-9_-]+ \}\})", request.path)
    return "".join(part if part.startswith("{{ ") else _TEMPLATE.sub(placeholder, part) for part in parts)


def _put_body(api: Api, request: _Request, method: str, operation: Part, parameters: list[Part]) -> str:
    if accepted := accepted_type(api.part, operation):
        request.headers["Accept"] = accepted
    if method in BODILESS:
        return ""
    body = body_of(api, operation, parameters)
    if body.text:
        request.headers["Content-Type"] = body.media_type.replace("*/*", "application/json")
    return body.text


def _note_callbacks(operation: Part) -> None:
    if "callbacks" in operation:
        operation.note("callbacks, which the API itself sends, are not imported.")
