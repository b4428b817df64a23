"""A request as the curl command that sends the same, secrets masked, for people to copy. Pure."""

import re
import shlex
from collections.abc import Iterator

from apiclient.http.exchange import Request
from apiclient.http.redact import hidden_in, redact_body, redact_headers, redact_text, redact_url

ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
GLOBBED = re.compile(r"[\[\]{}]")
UNSHOWN = "@body"
"""What stands for a body in which no secret could be told from the rest: curl reads it from a file of that name."""


def curl_command(request: Request, user_agent: str) -> str:
    """One option a line, for any shell that knows ``$'...'``; it works once the secrets stand where their masks are.

    ``user_agent`` is what the engine calls itself where the request names none.
    """
    return " \\\n  ".join(["curl", *_options(request, user_agent), quoted(_masked(redact_url(request.url), request))])


def quoted(text: str) -> str:
    """The text as one word of the shell. What could not be seen, or would turn what is seen around, is escaped."""
    if not ODD.search(text):
        return shlex.quote(text)
    plain = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    return f"$'{ODD.sub(_escaped, plain)}'"


def _options(request: Request, user_agent: str) -> Iterator[str]:
    if request.method == "HEAD":
        yield "--head"
    elif request.method != "GET":
        yield f"--request {quoted(request.method)}"
    for name, value in redact_headers(request.headers):
        yield f"--header {quoted(_masked(f'{name}: {value}' if value else f'{name};', request))}"
    given = {name.lower() for name, _ in request.headers}
    if "user-agent" not in given:
        yield f"--user-agent {quoted(user_agent)}"
    if "accept-encoding" not in given:
        yield "--compressed"
    yield from _body(request)
    if request.follow_redirects:
        yield f"--location --max-redirs {request.limits.redirects}"
    if not request.verify_tls:
        yield "--insecure"
    yield f"--max-time {request.limits.timeout_ms / 1000:g}"
    if GLOBBED.search(request.url):
        yield "--globoff"


def _body(request: Request) -> Iterator[str]:
    if not request.body:
        return
    if not any(name.lower() == "content-type" for name, _ in request.headers):
        yield "--header Content-Type:"  # curl would name one of its own
    text = redact_body(request.body.decode("utf-8", "replace"))
    shown = UNSHOWN if text is None else redact_text(text, hidden_in(request))
    yield f"--data-binary {quoted(shown)}"


def _masked(text: str, request: Request) -> str:
    return redact_text(text, request.secrets) if request.secrets else text


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\x{octet:02x}" for octet in found[0].encode("utf-8", "surrogatepass"))
