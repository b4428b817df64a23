"""Parameters of a path, query, header or cookie -> what is written into the request. Pure."""

import json
from typing import Any
from urllib.parse import quote

from apiclient.importers.openapi.sample import NOTHING, given
from apiclient.importers.part import Part, plain

MOST_PARAMETERS = 300
_SEPARATORS = {"ssv": "%20", "tsv": "%09", "pipes": "|", "spaceDelimited": "%20", "pipeDelimited": "|"}


def parameters_of(item: Part, operation: Part) -> list[Part]:
    """Those of the path and of the operation, whose own win."""
    found: dict[tuple[str, str], Part] = {}
    for owner in (item, operation):
        for parameter in owner.at("parameters").items():
            found[(parameter.text("name"), parameter.text("in"))] = parameter
            if len(found) > MOST_PARAMETERS:
                raise parameter.problem(f"this is one of more than {MOST_PARAMETERS} parameters of one operation.")
    return list(found.values())


def example_of(parameter: Part) -> Any:
    """The value that the description gives as an example, a default or the first allowed one; NOTHING without."""
    sources = [parameter, parameter.at("schema")]
    if "content" in parameter:
        for _, media in parameter.at("content").members():
            sources += [media, media.at("schema")]
            break
    if parameter.value.get("type") == "array" or sources[1].value is not None:
        sources += [owner.at("items") for owner in sources[:2] if isinstance(owner.value, dict) and "items" in owner]
    return next((value for source in sources if (value := given(source)) not in (NOTHING, "")), NOTHING)


def path_text(value: Any) -> str:
    """As one segment: lists by comma."""
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
    return ",".join(_escaped(item) for item in value) if isinstance(value, list) else _escaped(value)


def query_text(parameter: Part, value: Any) -> str:
    """``name=value``, repeated or joined as the parameter's style says."""
    name = quote(parameter.text("name"), safe="")
    if "content" in parameter:
        return f"{name}={quote(json.dumps(value, ensure_ascii=False), safe='')}"
    if isinstance(value, dict):
        return _object_text(parameter, name, value)
    if not isinstance(value, list):
        return f"{name}={_escaped(value)}"
    style = parameter.text("collectionFormat") or parameter.text("style") or "form"
    is_joined = style in ("csv", *_SEPARATORS) or parameter.flag("explode") is False
    # Swagger joins by comma unless it says otherwise; OpenAPI 3 repeats.
    if is_joined or (style != "multi" and "type" in parameter):
        return f"{name}={_SEPARATORS.get(style, ',').join(_escaped(item) for item in value)}"
    return "&".join(f"{name}={_escaped(item)}" for item in value)


def _object_text(parameter: Part, name: str, value: dict[str, Any]) -> str:
    if parameter.text("style") == "deepObject":
        return "&".join(f"{name}[{quote(key, safe='')}]={_escaped(item)}" for key, item in value.items())
    if parameter.flag("explode") is False:
        return f"{name}={path_text(value)}"
    return "&".join(f"{quote(key, safe='')}={_escaped(item)}" for key, item in value.items())


def header_text(value: Any) -> str:
    """In one line."""
    if isinstance(value, dict | list):
        return " ".join(path_text(value).split())
    return " ".join(plain(value).split())


def _escaped(value: Any) -> str:
    if isinstance(value, dict | list):
        return quote(json.dumps(value, ensure_ascii=False, separators=(",", ":")), safe="")
    return quote(plain(value), safe=":@,~")
