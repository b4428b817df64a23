"""httpbin as a WSGI app. Its last version for Python 3.11 needs four things that Werkzeug 3 took away."""

from ast import literal_eval
from typing import Any

from werkzeug import datastructures, http


class Challenge(datastructures.WWWAuthenticate):
    """With the method that fills in a digest challenge."""

    def set_digest(self, realm: str, nonce: str, qop: tuple[str, ...] = ("auth",), **fields: Any) -> None:
        self.parameters.update({"realm": realm, "nonce": nonce, "qop": ", ".join(qop), **fields})


if needs_help := not hasattr(http, "parse_authorization_header"):
    http.parse_authorization_header = datastructures.Authorization.from_header
    datastructures.WWWAuthenticate = Challenge

from httpbin import app  # noqa: E402  (only after what it asks for is there)


def bytes_again(response: Any) -> Any:
    """Werkzeug once read bytes in a header, and made bytes of a bytearray."""
    location = response.headers.get("Location", "")
    if location.startswith("b'"):
        response.headers["Location"] = literal_eval(location).decode()
    if response.is_sequence:
        response.response = [bytes(part) for part in response.response]
    return response


if needs_help:
    app.after_request(bytes_again)
