"""Security schemes -> auth with placeholders of secrets. Pure."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin

from apiclient.importers.openapi.api import Api
from apiclient.importers.openapi.server import server_of
from apiclient.importers.part import Part

MOST_SCHEMES = 20


@dataclass(slots=True)
class Access:
    """How an operation is let in. Further API keys stand in ``headers`` and ``query``."""

    auth: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    query: list[str] = field(default_factory=list)
    is_complete: bool = True
    is_inherited: bool = False


def access_of(api: Api, operation: Part) -> Access:
    """By the first alternative of the operation, or else of the whole description, that a call can do."""
    access = Access(is_inherited="security" not in operation)
    owner = api.part if access.is_inherited else operation
    if "security" not in owner:
        return access
    alternatives = list(owner.at("security").items())[:MOST_SCHEMES]
    if not alternatives or any(not alternative.value for alternative in alternatives):
        return access  # open to all, perhaps among other ways
    problems: list[str] = []
    for alternative in alternatives:
        found = Access(is_inherited=access.is_inherited, is_complete=False)
        if not (problem := _put_all(api, alternative, operation, found)):
            return found
        problems.append(problem)
    access.is_complete = False
    operation.note(f"no call can sign in as it asks ({'; '.join(problems)[:200]}); it is paused.")
    return access


def _put_all(api: Api, alternative: Part, operation: Part, access: Access) -> str:
    """What hinders this alternative, or ''."""
    schemes = _schemes(api)
    for name, scopes in alternative.members():
        if name not in schemes:
            return f"{name[:60]!r} is no security scheme of the file"
        scheme = schemes.at(name)
        auth = _auth(api, scheme, name, [str(scope.value) for scope in scopes.items()][:50], operation.place)
        if auth is None:
            return f"{name[:60]!r} is of the kind {scheme.text('scheme') or scheme.text('type')!r}"
        if not access.auth:
            access.auth = auth
        elif problem := _put_beside(access, auth, name):
            return problem
    return ""


def _put_beside(access: Access, auth: dict[str, Any], name: str) -> str:
    """A second scheme goes along if it is a key."""
    if auth["kind"] != "api_key":
        access.auth, auth = auth, access.auth
    if auth["kind"] != "api_key":
        return f"{name[:60]!r} would be a second way to sign in with the same request"
    if auth["in"] == "header":
        access.headers[auth["name"]] = auth["value"]
    else:
        access.query.append(f"{quote(auth['name'], safe='')}={auth['value']}")
    return ""


def _schemes(api: Api) -> Part:
    return api.part.at("securityDefinitions") if api.is_swagger else api.part.at("components").at("securitySchemes")


def _auth(api: Api, scheme: Part, name: str, scopes: list[str], place: str) -> dict[str, Any] | None:
    kind = scheme.text("type")

    def secret(end: str = "") -> str:
        return api.secrets.placeholder(f"{name}{end}", place)

    if kind == "basic":
        return {"kind": "basic", "user": secret("_user"), "password": secret("_password")}
    if kind == "http":
        return _http(scheme.text("scheme").lower(), secret)
    if kind == "apiKey":
        return _api_key(scheme, secret)
    if kind == "oauth2":
        return _oauth2(api, scheme, scopes, secret)
    if kind == "openIdConnect":
        return {"kind": "bearer", "token": secret()}
    if kind == "mutualTLS":
        return {"kind": "client_certificate", "certificate": secret("_certificate"), "key": secret("_key")}
    return None


def _http(scheme: str, secret: Any) -> dict[str, Any] | None:
    if scheme in ("basic", "digest"):
        return {"kind": scheme, "user": secret("_user"), "password": secret("_password")}
    return {"kind": "bearer", "token": secret()} if scheme == "bearer" else None


def _api_key(scheme: Part, secret: Any) -> dict[str, Any] | None:
    place, name = scheme.text("in"), scheme.text("name")
    if not name.isascii() or not name.isprintable() or not name:
        return None
    if place == "cookie":
        return {"kind": "api_key", "in": "header", "name": "Cookie", "value": f"{name}={secret()}"}
    return {"kind": "api_key", "in": place, "name": name, "value": secret()} if place in ("header", "query") else None


def _oauth2(api: Api, scheme: Part, scopes: list[str], secret: Any) -> dict[str, Any]:
    """Programs sign in by client credentials; what only people can do ends in a token that they bring."""
    flows = scheme.at("flows")
    flow = flows.at("clientCredentials") if "clientCredentials" in flows else scheme
    url = flow.text("tokenUrl").strip()
    is_for_programs = flow is not scheme or scheme.text("flow") == "application"
    if not is_for_programs or not url:
        return {"kind": "bearer", "token": secret()}
    base = server_of(api, api.part).base_url
    auth = {
        "kind": "oauth2",
        "token_url": urljoin(f"{base}/", url) if base else url,
        "client_id": secret("_client_id"),
        "client_secret": secret("_client_secret"),
    }
    return {**auth, "scope": " ".join(scopes)} if scopes else auth
