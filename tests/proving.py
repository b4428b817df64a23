"""A local server that lets in who proves who they are, by its own arithmetic: digest, AWS signatures, tokens, logins.

It knows ``USER`` and ``PASSWORD``, and as a signer ``ACCESS_KEY`` with the same password.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.target import Reply, Target

USER, PASSWORD = "jörg|acme", "pässword: 1"
ACCESS_KEY = "AKIDEXAMPLE"
REALM = "Answerback tests"
REGION, SERVICE = "eu-central-1", "execute-api"
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


class Proving(Target):
    """``asked`` counts the requests by the first word of their path.

    Tokens live ``token_seconds``; ``token_answer`` replaces what the token's address answers: (status, body).
    ``login_fails`` refuses every login; ``sessions`` are the cookies that are signed in now.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.nonces: set[str] = set()
        self.tokens: dict[str, float] = {}
        self.sessions: set[str] = set()
        self.token_seconds: float | None = 3600
        self.token_answer: tuple[str, str] | None = None
        self.login_fails = False
        self.asked: Counter[str] = Counter()

    async def answer(self, reply: Reply) -> None:
        self.asked[reply.kind] += 1
        own = getattr(self, f"_answer_{reply.kind}", None)
        await (own(reply) if own else super().answer(reply))

    def secret(self, name: str) -> str:
        """The password, or what is taken for a token or a key."""
        return PASSWORD if name == "password" else f"{name}-1234"

    async def _answer_basic(self, reply: Reply) -> None:
        word = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        await reply.send("200 OK" if _authorization(reply) == f"Basic {word}" else "401 Unauthorized")

    async def _answer_bearer(self, reply: Reply) -> None:
        is_right = _authorization(reply) == f"Bearer {self.secret('token')}"
        await reply.send("200 OK" if is_right else "401 Unauthorized")

    async def _answer_key(self, reply: Reply) -> None:
        given = reply.asked.headers.get("x-api-key") or reply.query.get("key")
        await reply.send("200 OK" if given == self.secret("key") else "401 Unauthorized")

    async def _answer_digest(self, reply: Reply) -> None:
        """``/digest/SHA-256`` or ``/digest/MD5``."""
        if self._proves_digest(reply, reply.rest.partition("/")[0]):
            await reply.send(body=b"proved")
            return
        nonce = secrets.token_hex(8)
        self.nonces.add(nonce)
        asks = f'Digest realm="{REALM}", nonce="{nonce}", algorithm={reply.rest.partition("/")[0]}, qop="auth"'
        await reply.send("401 Unauthorized", b"prove it", f"WWW-Authenticate: {asks}")

    def _proves_digest(self, reply: Reply, algorithm: str) -> bool:
        given = {name: quoted or plain for name, quoted, plain in _PAIR.findall(_authorization(reply))}
        if given.get("nonce") not in self.nonces or given.get("uri") != reply.asked.path:
            return False
        made = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

        def digest(*parts: str) -> str:
            return made(":".join(parts).encode("utf-8")).hexdigest()

        owner, what = digest(USER, REALM, PASSWORD), digest(reply.asked.method, given["uri"])
        wanted = digest(owner, given["nonce"], given["nc"], given["cnonce"], given["qop"], what)
        return hmac.compare_digest(wanted, given["response"])

    async def _answer_signed(self, reply: Reply) -> None:
        problem = problem_with_signature(reply)
        await (reply.send("403 Forbidden", problem.encode()) if problem else reply.send(body=b"signed"))

    async def _answer_token(self, reply: Reply) -> None:
        """The token's address: form or Basic for the client."""
        form = {name: values[0] for name, values in parse_qs(reply.asked.body.decode()).items()}
        if self.token_answer:
            status, body = self.token_answer
            await reply.send(status, body.replace("{secret}", form.get("client_secret", "")).encode())
            return
        token = f"token-{secrets.token_hex(12)}"
        self.tokens[token] = time.monotonic() + (self.token_seconds or 3600)
        told: dict[str, Any] = {"access_token": token, "token_type": "bearer"}
        if self.token_seconds is not None:
            told["expires_in"] = self.token_seconds
        await reply.send("200 OK", json.dumps(told).encode(), "Content-Type: application/json")

    async def _answer_guarded(self, reply: Reply) -> None:
        """Echoes the token it was given, as careless servers do."""
        token = _authorization(reply).removeprefix("Bearer ")
        if self.tokens.get(token, 0.0) > time.monotonic():
            await reply.send(body=b"welcome")
        else:
            await reply.send("401 Unauthorized", f"bad token {token}".encode())

    async def _answer_login(self, reply: Reply) -> None:
        form = {name: values[0] for name, values in parse_qs(reply.asked.body.decode()).items()}
        if self.login_fails or (form.get("j_username"), form.get("j_password")) != (USER, PASSWORD):
            await reply.send("302 Found", b"", "Location: /login.html?error=1")
            return
        session = f"session-{secrets.token_hex(12)}"
        self.sessions.add(session)
        cookies = (f"Set-Cookie: JSESSIONID={session}; Path=/; HttpOnly", "Set-Cookie: userLocale=en; Path=/")
        await reply.send("302 Found", b"", "Location: /home", *cookies)

    async def _answer_private(self, reply: Reply) -> None:
        session = _session(reply)
        known = session in self.sessions
        await reply.send("200 OK" if known else "401 Unauthorized", f"session {session}".encode())

    async def _answer_logout(self, reply: Reply) -> None:
        self.sessions.discard(_session(reply))
        await reply.send("302 Found", b"", "Location: /login.html")


def _authorization(reply: Reply) -> str:
    return reply.asked.headers.get("authorization", "")


def _session(reply: Reply) -> str:
    cookies = dict(pair.strip().partition("=")[::2] for pair in reply.asked.headers.get("cookie", "").split(";"))
    return cookies.get("JSESSIONID", "")


def problem_with_signature(reply: Reply) -> str:
    """What is wrong with an AWS Signature Version 4, worked out from what arrived; '' when nothing is."""
    asked = reply.asked
    given = dict(pair.strip().partition("=")[::2] for pair in _authorization(reply).partition(" ")[2].split(","))
    if not _authorization(reply).startswith("AWS4-HMAC-SHA256 "):
        return "not signed"
    access, day, region, service, end = given["Credential"].split("/")
    if (access, region, service, end) != (ACCESS_KEY, REGION, SERVICE, "aws4_request"):
        return f"signed for {given['Credential']}"
    names = given["SignedHeaders"].split(";")
    parts = urlsplit(asked.path)
    query = sorted(tuple(map(unquote, pair.partition("=")[::2])) for pair in parts.query.split("&") if pair)
    canonical = "\n".join(
        [
            asked.method,
            quote(parts.path, safe="/~"),  # encoded twice, for every service but S3
            "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in query),
            *(f"{name}:{asked.headers[name]}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(asked.body).hexdigest(),
        ]
    )
    moment, scope = asked.headers["x-amz-date"], f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{PASSWORD}".encode()
    for part in (day, region, service, "aws4_request", text):
        last, key = key, hmac.new(key, part.encode(), hashlib.sha256).digest()
    wanted = hmac.new(last, text.encode(), hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(wanted, given["Signature"]) else "the signature does not fit"
