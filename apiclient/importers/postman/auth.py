"""Auth of a collection, folder or request, its secrets taken out. Pure."""

from collections.abc import Callable
from typing import Any

from apiclient.importers.naming import one_line
from apiclient.importers.part import Part
from apiclient.importers.postman.collection import Collection

NOT_SAID: dict[str, Any] = {"kind": ""}
"""The next folder above decides."""


def auth_of(collection: Collection, owner: Part) -> tuple[dict[str, Any], bool]:
    """The auth, {} for none, and whether a call can do it; NOT_SAID where the owner says nothing."""
    part = owner.at("auth")
    kind = part.text("type") if isinstance(part.value, dict) else ""
    if kind in ("", "inherit"):
        return NOT_SAID, True
    if kind == "noauth":
        return {}, True
    given = _members(part, kind)
    if make := _KINDS.get(kind):
        return make(_Reader(collection, given, part.place)), True
    part.note(f"no call can sign in by {one_line(kind, 20)!r}; calls that need it are paused.")
    return {}, False


def _members(part: Part, kind: str) -> dict[str, str]:
    """A list of keys and values in 2.1, an object in 2.0."""
    members = part.at(kind)
    if isinstance(members.value, dict):
        return {key: _text(member.value) for key, member in members.members()}
    return {row.text("key"): _text(row.at("value").value) for row in members.items() if isinstance(row.value, dict)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


class _Reader:
    """Reads members as texts with placeholders, or as secrets."""

    def __init__(self, collection: Collection, given: dict[str, str], place: str) -> None:
        self._collection, self._given, self._place = collection, given, place

    def plain(self, key: str, default: str = "") -> str:
        return self._collection.text(self._given.get(key, ""), self._place) or default

    def secret(self, key: str, name: str) -> str:
        """A variable's name is the secret's; what is written out goes no further."""
        value = self._given.get(key, "").strip()
        if value.startswith("{{") and value.endswith("}}") and value.count("{{") == 1:
            return self._collection.secrets.placeholder(value[2:-2].strip(), self._place)
        return self._collection.secrets.placeholder(name, self._place, value)


def _user(reader: _Reader) -> dict[str, Any]:
    return {"user": reader.plain("username", "{{ user }}"), "password": reader.secret("password", "password")}


def _api_key(reader: _Reader) -> dict[str, Any]:
    place = "query" if reader.plain("in") == "query" else "header"
    return {"in": place, "name": reader.plain("key", "X-API-Key"), "value": reader.secret("value", "api_key")}


def _oauth2(reader: _Reader) -> dict[str, Any]:
    """Programs sign in by client credentials; any other grant ends in a token that people bring."""
    url = reader.plain("accessTokenUrl")
    if reader.plain("grant_type") != "client_credentials" or not url:
        return {"kind": "bearer", "token": reader.secret("accessToken", "token")}
    made = {
        "kind": "oauth2",
        "token_url": url,
        "client_id": reader.plain("clientId", "{{ client_id }}"),
        "client_secret": reader.secret("clientSecret", "client_secret"),
    }
    return {**made, "scope": scope} if (scope := reader.plain("scope")) else made


def _aws(reader: _Reader) -> dict[str, Any]:
    made = {
        "access_key": reader.secret("accessKey", "access_key"),
        "secret_key": reader.secret("secretKey", "secret_key"),
        "region": reader.plain("region", "us-east-1"),
        "service": reader.plain("service", "execute-api"),
    }
    return (
        {**made, "session_token": reader.secret("sessionToken", "session_token")}
        if reader.plain("sessionToken")
        else made
    )


_KINDS: dict[str, Callable[[_Reader], dict[str, Any]]] = {
    "basic": lambda reader: {"kind": "basic", **_user(reader)},
    "digest": lambda reader: {"kind": "digest", **_user(reader)},
    "bearer": lambda reader: {"kind": "bearer", "token": reader.secret("token", "token")},
    "apikey": lambda reader: {"kind": "api_key", **_api_key(reader)},
    "oauth2": _oauth2,
    "awsv4": lambda reader: {"kind": "aws_sigv4", **_aws(reader)},
}
