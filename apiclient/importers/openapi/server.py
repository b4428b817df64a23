"""Where an API is: servers with variables, or Swagger's scheme, host and path. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from apiclient.importers.openapi.api import Api
from apiclient.importers.part import Part

_VARIABLE = re.compile(r"\{([^{}]{1,200})\}")
_ABSOLUTE = re.compile(r"https?://[^/\s?#]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Server:
    """``base_url`` is None where the description has none; ``prefix`` then is what paths begin with."""

    base_url: str | None
    prefix: str = ""


def server_of(api: Api, *parts: Part) -> Server:
    """The first server of the first part that has one: the operation, its path, the description."""
    if api.is_swagger:
        return _of_swagger(api.part)
    for part in parts:
        servers = list(part.at("servers").items())
        for server in servers:
            url = _filled(server)
            if _ABSOLUTE.match(url):
                return Server(_without_end(url))
        if servers:
            return Server(None, _path(_filled(servers[0])))
    return Server(None)


def _filled(server: Part) -> str:
    """The URL with each variable's default, or else the first of its values."""
    variables = server.at("variables")

    def value(match: re.Match[str]) -> str:
        if match[1] not in variables:
            return match[0]
        variable = variables.at(match[1])
        allowed = next(iter(variable.at("enum").items()), None)
        return variable.text("default") or (str(allowed.value) if allowed else "") or match[0]

    return _VARIABLE.sub(value, server.text("url").strip()[:2000])


def _without_end(url: str) -> str:
    return re.split(r"[?#]", url, maxsplit=1)[0].rstrip("/")


def _path(url: str) -> str:
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
    return path if not path or path.startswith("/") else f"/{path}"


def _of_swagger(part: Part) -> Server:
    path = part.text("basePath").strip().strip("/")
    prefix = f"/{path}" if path else ""
    host = part.text("host").strip().strip("/")
    schemes = [scheme.value for scheme in part.at("schemes").items()]
    if not host:
        return Server(None, prefix)
    scheme = "http" if "http" in schemes and "https" not in schemes else "https"
    return Server(f"{scheme}://{host}{prefix}")
