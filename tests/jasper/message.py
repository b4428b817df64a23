"""What comes in and goes out, and the forms that an error can have."""

import base64
import json
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

REASONS = {200: "OK", 201: "Created", 204: "No Content", 302: "Found", 400: "Bad Request", 401: "Unauthorized"}


@dataclass(frozen=True)
class Asked:
    """One request. Header names are in lower case; ``user`` and ``session`` are filled in once it has signed in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    user: str = ""
    session: str = ""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def fields(self) -> dict[str, str]:
        """Of the query, and of a form in the body."""
        form = parse_qs(self.body.decode()) if "form-urlencoded" in self.headers.get("content-type", "") else {}
        return self.query | {name: values[0] for name, values in form.items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "*/*")

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}

    @property
    def basic(self) -> tuple[str, str] | None:
        """User and password of the Authorization header."""
        scheme, _, text = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        user, _, password = base64.b64decode(text).decode().partition(":")
        return user, password


@dataclass
class Said:
    code: int
    body: bytes = b""
    content_type: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)


def empty(code: int = 204) -> Said:
    return Said(code)


def text(code: int, said: str, content_type: str = "text/plain") -> Said:
    return Said(code, said.encode(), content_type)


def data(asked: Asked, said: Any, code: int = 200) -> Said:
    """JSON, or XML where only that is accepted."""
    if "xml" in asked.accept and "json" not in asked.accept:
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in _flat(said))
        return Said(code, f"<?xml version='1.0'?><answer>{inner}</answer>".encode(), "application/xml")
    return Said(code, json.dumps(said).encode(), "application/json")


def page(code: int, title: str) -> Said:
    """What the container says where no service was reached."""
    shown = escape(title)
    return text(code, f"<html><head><title>{shown}</title></head><body><h1>{shown}</h1></body></html>", "text/html")


def login_page() -> Said:
    form = "<form action='j_spring_security_check'><input name='j_username'><input name='j_password'></form>"
    return text(200, f"<html><head><title>Login</title></head><body>{form}</body></html>", "text/html")


def redirect(location: str, *headers: tuple[str, str]) -> Said:
    return Said(302, headers=[("Location", location), *headers])


def descriptor(asked: Asked, error_code: str, message: str, *parameters: str) -> dict[str, Any]:
    """Only superusers see the stack trace; the UID is to be looked up in the server's log."""
    uid = str(uuid4())
    trace = ["com.jaspersoft.jasperserver.Trace: at line 1"] if asked.user == "superuser" else []
    return {
        "message": f"{message} (Error UID: {uid})",
        "errorCode": error_code,
        "parameters": [*parameters, *trace],
        "errorUid": uid,
    }


def error(asked: Asked, code: int, error_code: str, message: str, *parameters: str) -> Said:
    """An errorDescriptor as Accept wants it; as plain text where it wants neither JSON nor XML."""
    said = descriptor(asked, error_code, message, *parameters)
    if "json" in asked.accept or "*/*" in asked.accept:
        return Said(code, json.dumps(said).encode(), "application/json")
    if "xml" in asked.accept:
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in _flat(said))
        body = f'<?xml version="1.0" encoding="UTF-8"?><errorDescriptor>{inner}</errorDescriptor>'
        return Said(code, body.encode(), "application/xml")
    return text(code, said["message"])


def invalid(asked: Asked, *messages: str) -> Said:
    """Bean validation: a list of descriptors."""
    return Said(
        400,
        json.dumps([descriptor(asked, "mandatory.parameter.error", message) for message in messages]).encode(),
        "application/json",
    )


def _flat(said: Any) -> list[tuple[str, Any]]:
    if isinstance(said, dict):
        return list(said.items())
    return [("item", item) for item in said] if isinstance(said, list) else [("value", said)]
