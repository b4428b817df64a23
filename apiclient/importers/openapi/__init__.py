"""OpenAPI 3.0, 3.1 and Swagger 2.0, JSON or YAML -> services with calls and every documented answer. Pure.

References are followed within the file only; nothing is fetched or opened.
"""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlsplit

from apiclient.importers.described import Described, DescribedCall, DescribedService
from apiclient.importers.document import load
from apiclient.importers.naming import LONGEST_NAME, first_paragraph, one_line
from apiclient.importers.openapi.api import Api
from apiclient.importers.openapi.operation import Operation, operations
from apiclient.importers.part import Part, Root, kind_of

NONE = {"kind": "none"}
LONGEST_DESCRIPTION = 500


def read(text: str, name: str = "") -> Described:
    """What the description describes; ``name`` is for one without a title. ValueError names the place."""
    root = Root(load(text), has_references=True)
    api = Api(root.part, is_swagger=_is_swagger(root.part))
    _note_what_is_left_out(root.part)
    found = list(operations(api))
    if not found:
        raise ValueError("paths: the description has no operation that could be called.")
    _note_other_servers(root.part)
    return Described(_services(api, found, name), (*root.notes, *api.notes()))


def _is_swagger(part: Part) -> bool:
    """Whether it is Swagger 2.0; ValueError when it is neither that nor OpenAPI 3."""
    if not isinstance(part.value, dict):
        raise ValueError(f"An OpenAPI description is an object; this is {kind_of(part.value)}.")
    swagger, openapi = part.text("swagger"), part.text("openapi")
    if swagger in ("2.0", "2"):
        return True
    if not openapi and not swagger:
        raise ValueError('The file has neither "openapi" nor "swagger" at its top, so it is no OpenAPI description.')
    if swagger or openapi.split(".")[0] != "3":
        raise ValueError(f"Version {swagger or openapi} is not read; OpenAPI 3.0, 3.1 and Swagger 2.0 are.")
    if openapi.split(".")[:2] not in (["3"], ["3", "0"], ["3", "1"]):
        part.note(f"version {openapi[:20]} is read as 3.1.")
    return False


def _note_what_is_left_out(part: Part) -> None:
    if isinstance(hooks := part.value.get("webhooks"), dict) and hooks:
        part.note(f"webhooks: {len(hooks)} requests that the API itself sends are not imported.")


def _note_other_servers(part: Part) -> None:
    others = [server.text("url") for server in part.at("servers").items()][1:]
    if others:
        shown = one_line(", ".join(others), 300)
        part.note(f"servers: the first is called; change the base URL to call another ({shown}).")


def _services(api: Api, found: list[Operation], name: str) -> tuple[DescribedService, ...]:
    """One service for each base URL, that of the most calls first."""
    info = api.part.at("info")
    title = one_line(info.text("title"), LONGEST_NAME) or one_line(name, LONGEST_NAME) or "Imported API"
    counts = Counter(operation.base_url for operation in found)
    auth = _common_auth(api, found)
    return tuple(
        DescribedService(
            name=title if at == 0 else one_line(f"{title[:60]} ({_host(base_url)})", LONGEST_NAME),
            base_url=base_url,
            description=first_paragraph(info.text("description") or info.text("summary"), LONGEST_DESCRIPTION) or None,
            auth=auth or None,
            calls=tuple(_call(operation, auth) for operation in found if operation.base_url == base_url),
        )
        for at, (base_url, _) in enumerate(counts.most_common())
    )


def _host(base_url: str | None) -> str:
    parts = urlsplit(base_url or "")
    return f"{parts.netloc}{parts.path}" or "no server given"


def _common_auth(api: Api, found: list[Operation]) -> dict[str, object]:
    """What the description says for all, or else what most operations say."""
    if "security" in api.part:
        return next((operation.auth for operation in found if operation.is_inherited), {})
    texts = Counter(repr(operation.auth) for operation in found if operation.auth)
    commonest = texts.most_common(1)
    return next((operation.auth for operation in found if commonest and repr(operation.auth) == commonest[0][0]), {})


def _call(operation: Operation, auth: dict[str, object]) -> DescribedCall:
    if operation.auth == auth:
        return operation.call
    return replace(operation.call, auth=operation.auth or NONE)
