"""What the example service answers. Pure: an answer follows from the request, the clock and a count of requests.

=================  =====================================================================================
path               answers
=================  =====================================================================================
/status/<code>     any code from 100 to 999. An error has a plain-text message, a redirect points at
                   /status/200, 101 upgrades, another 1xx comes as an interim answer before a 200
/tour              the 40 codes of the table, one after the other
/problem/<code>    application/problem+json (RFC 9457)
/jasper/<code>     JasperReports' errorDescriptor, in JSON, or in XML where Accept asks for it
/page/<code>       an HTML error page, as a proxy makes it
/secured           401 without an Authorization header, 200 with one
/slow/<ms>         200 after so many milliseconds
/big/<bytes>       200 with so many bytes
/loop              a redirect to itself
/orders            mostly 200; 429 now and then; spells of 503 every few minutes
/flaky             200, 500, 502, 504, or the connection is cut
/deploys           201, sometimes 409, sometimes slow
/legacy            301, 404 or 410
/login             200 with a token where the body has the password of the example, else 401
/session           200 with the token as Bearer, else 401; DELETE ends it: 204
/export            200 whatever became of it: its JSON says "phase": "finished" or "failed"
/garbage           a broken status line
/reset             the connection is reset
/close             the connection ends without an answer
/truncated         half of the promised body
/hang              nothing, until the client leaves
=================  =====================================================================================
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from html import escape
from http import HTTPStatus
from math import sin
from zlib import crc32

TOUR = (*range(100, 102), *range(200, 207), *range(300, 306), 307, *range(400, 418), *range(500, 506))
"""The codes of the table, in its order."""
TEXT = "text/plain; charset=utf-8"
PASSWORD = "open sesame"  # noqa: S105  (of nobody)
TOKEN = "example-token-"  # noqa: S105
ADDED_HEADERS = {
    401: 'WWW-Authenticate: Basic realm="example"',
    405: "Allow: GET, HEAD",
    407: 'Proxy-Authenticate: Basic realm="example"',
    416: "Content-Range: bytes */0",
    426: "Upgrade: TLS/1.3",
    429: "Retry-After: 1",
    503: "Retry-After: 5",
}
REASONS = {
    404: "Order {n} does not exist.",
    409: "Release {n} is already being deployed.",
    429: "Too many requests: {n} in the last minute, 60 are allowed.",
    500: "Could not save order {n}: connection pool exhausted.",
    502: "Upstream orders-{n} closed the connection.",
    503: "Database is restarting, {n} requests are waiting.",
    504: "Upstream did not answer within {n} ms.",
}
"""Messages as an application would word them; ``{n}`` varies from answer to answer."""


class Ending(Enum):
    """What happens to the connection after the bytes of an answer."""

    KEEP = "kept for the next request"
    CLOSE = "closed"
    RESET = "reset"
    HANG = "left open and silent"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: ``argument`` is what follows the route's name, ``count`` how often the route was asked before,
    ``now`` seconds since 1970."""

    method: str
    argument: str = ""
    headers: dict[str, str] | None = None
    count: int = 0
    now: float = 0.0
    body: str = ""

    def header(self, name: str) -> str:
        return (self.headers or {}).get(name, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes on the wire after ``wait_s`` seconds, and what becomes of the connection."""

    data: bytes
    ending: Ending = Ending.KEEP
    wait_s: float = 0.0


def reason(code: int) -> str:
    """The phrase of the status line, empty for a code without one."""
    return HTTPStatus(code).phrase if code in HTTPStatus._value2member_map_ else ""


def message(code: int, number: int) -> str:
    return REASONS.get(code, f"{reason(code) or 'Failed'}: request {{n}} was refused by the example.").format(n=number)


def say(code: int, body: str = "", kind: str = TEXT, wait_s: float = 0.0, *headers: str) -> Answer:
    """A whole answer with one code, its body and the headers that the code demands."""
    lines = [f"HTTP/1.1 {code} {reason(code)}", "Server: Answerback example", *headers]
    if code in ADDED_HEADERS:
        lines.append(ADDED_HEADERS[code])
    if 300 <= code < 400 and code != 304 and not any(header.startswith("Location") for header in headers):
        lines.append("Location: /status/200")
    if code in {204, 304}:
        body = ""
    else:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body.encode())}"]
    return Answer(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), wait_s=wait_s)


def interim(code: int) -> Answer:
    """101 switches protocols and then says nothing; another 1xx comes before a 200."""
    if code == 101:
        lines = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: answerback\r\n\r\n"
        return Answer(lines.encode(), Ending.HANG)
    return Answer(f"HTTP/1.1 {code} {reason(code)}\r\n\r\n".encode() + say(200, "fine\n").data)


def plain(code: int, number: int, wait_s: float = 0.0) -> Answer:
    """One code as an application would answer it: an error says what happened in plain text."""
    if code < 200:
        return interim(code)
    body = f"{message(code, number)}\n" if code >= 400 else "" if code == 205 else "fine\n"
    return say(code, body, TEXT, wait_s)


def roll(asked: Asked, name: str) -> int:
    """0 to 99, even and repeatable: the same for the same route and count."""
    return crc32(f"{name}:{asked.count}".encode()) % 100


def number(asked: Asked) -> int:
    """A number that varies from answer to answer, for messages."""
    return 1000 + crc32(str(asked.count).encode()) % 9000


def code_of(asked: Asked) -> int:
    code = int(asked.argument)
    if not 100 <= code <= 999:
        raise ValueError("a status code has three digits: 100 to 999")
    return code


def status(asked: Asked) -> Answer:
    return plain(code_of(asked), number(asked))


def tour(asked: Asked) -> Answer:
    return plain(TOUR[asked.count % len(TOUR)], number(asked))


def problem(asked: Asked) -> Answer:
    code = code_of(asked)
    body = {"type": "about:blank", "title": reason(code), "status": code, "detail": message(code, number(asked))}
    return say(code, json.dumps(body), "application/problem+json")


def jasper(asked: Asked) -> Answer:
    code, text = code_of(asked), f"Resource /reports/{number(asked)} not found"
    if "xml" in asked.header("accept"):
        inner = f"<errorCode>resource.not.found</errorCode><message>{text}</message>"
        return say(code, f'<?xml version="1.0"?><errorDescriptor>{inner}</errorDescriptor>', "application/xml")
    body = {"message": text, "errorCode": "resource.not.found", "parameters": [f"/reports/{number(asked)}"]}
    return say(code, json.dumps(body), "application/json")


def page(asked: Asked) -> Answer:
    code = code_of(asked)
    title = escape(f"{code} {reason(code)}")
    return say(code, f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", "text/html")


def secured(asked: Asked) -> Answer:
    return say(200, "welcome\n") if asked.header("authorization") else plain(401, number(asked))


def slow(asked: Asked) -> Answer:
    return say(200, "at last\n", TEXT, min(int(asked.argument), 600_000) / 1000)


def big(asked: Asked) -> Answer:
    return say(200, "x" * min(int(asked.argument), 64 << 20))


def loop(asked: Asked) -> Answer:
    return say(302, "", TEXT, 0.0, "Location: /loop")


def orders(asked: Asked) -> Answer:
    """Spells of trouble: three waves of different length, bad where they meet."""
    level = sin(asked.now / 47) + sin(asked.now / 113) + sin(asked.now / 307)
    chance, rolled = (45 if level > 1.2 else 6), roll(asked, "orders")
    wait_s = (8 + rolled * rolled / 200 + max(level, 0) * 60) / 1000
    code = 503 if rolled < chance else 429 if rolled > 96 else 200
    return plain(code, number(asked), wait_s)


def flaky(asked: Asked) -> Answer:
    rolled = roll(asked, "flaky")
    if rolled < 5:
        return Answer(b"", Ending.RESET)
    code = next(code for limit, code in ((15, 500), (25, 502), (33, 504), (100, 200)) if rolled < limit)
    return plain(code, number(asked), rolled / 500)


def deploys(asked: Asked) -> Answer:
    rolled = roll(asked, "deploys")
    return plain(409 if rolled < 25 else 201, number(asked), 0.9 if rolled > 85 else 0.12)


def legacy(asked: Asked) -> Answer:
    return plain((301, 301, 404, 301, 410)[asked.count % 5], number(asked))


def login(asked: Asked) -> Answer:
    if asked.method != "POST" or f'"{PASSWORD}"' not in asked.body:
        return plain(401, number(asked))
    return say(200, json.dumps({"token": f"{TOKEN}{number(asked)}"}), "application/json")


def session(asked: Asked) -> Answer:
    if not asked.header("authorization").startswith(f"Bearer {TOKEN}"):
        return plain(401, number(asked))
    return say(204) if asked.method == "DELETE" else say(200, '{"user": "example"}', "application/json")


def export(asked: Asked) -> Answer:
    """As servers do that answer for the request and not for what was asked."""
    failed = roll(asked, "export") < 20
    body = {"phase": "failed", "message": message(500, number(asked))} if failed else {"phase": "finished"}
    return say(200, json.dumps(body), "application/json")


def fixed(data: bytes, ending: Ending) -> "Route":
    return lambda asked: Answer(data, ending)


Route = Callable[[Asked], Answer]
ROUTES: dict[str, Route] = {
    "status": status,
    "tour": tour,
    "problem": problem,
    "jasper": jasper,
    "page": page,
    "secured": secured,
    "slow": slow,
    "big": big,
    "loop": loop,
    "orders": orders,
    "flaky": flaky,
    "deploys": deploys,
    "legacy": legacy,
    "login": login,
    "session": session,
    "export": export,
    "garbage": fixed(b"HELO example ready\r\n\r\n", Ending.CLOSE),
    "reset": fixed(b"", Ending.RESET),
    "close": fixed(b"", Ending.CLOSE),
    "truncated": fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", Ending.CLOSE),
    "hang": fixed(b"", Ending.HANG),
}


def answer(name: str, asked: Asked) -> Answer:
    """The answer of one route; a wrong argument or an unknown path is told as an API would."""
    route = ROUTES.get(name)
    if route is None:
        return say(404, f"No such path. There are: {', '.join(f'/{known}' for known in ROUTES)}\n")
    try:
        return route(asked)
    except ValueError as error:
        return say(400, f"/{name}/{asked.argument}: {error}\n")
