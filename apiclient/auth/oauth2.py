"""OAuth 2 client credentials (RFC 6749 section 4.4): a token of the token server in every request.

A process keeps a token for all calls with the same auth, renews it before it expires, and once when a request that may
be sent again is answered 401.
"""

import json
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

from apiclient.auth.basic import encoded
from apiclient.auth.bearer import with_bearer
from apiclient.auth.kind import Filled, Kind, Member, failed, hiding
from apiclient.course import Arrived, Course
from apiclient.http import Exchange, Request, Shared
from apiclient.http.head import Headers
from apiclient.http.validate import problem_with_header, problem_with_url

BASIC, BODY = "basic", "body"
UNTOLD_SECONDS = 300.0
"""How long a token is used whose server does not say when it expires."""
EARLY_SECONDS = 30.0
"""So much before it expires it is renewed, or at half its time where that is shorter."""
LONGEST_SECONDS = 86_400.0
MOST_KEPT = 1_000
SENT_AGAIN = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_WORDS = 300


@dataclass(slots=True)
class Token:
    """``shared`` brings the text, once for all; it is used until ``fresh_until`` (time.monotonic())."""

    shared: Shared
    text: str = ""
    fresh_until: float = 0.0


_kept: dict[Any, Token] = {}
"""Those of this process, by whom they were asked for and how."""


class Client:
    """Asks for tokens, and is its own session: they outlive a batch.

    ``like`` is a request of the call: its limits, proxy and secrets hold for the token's too.
    """

    def __init__(self, auth: Filled, like: Request) -> None:
        self._auth = auth
        self._asks = _token_request(auth, like)
        self.key: Hashable = (self._asks.url, self._asks.headers, self._asks.body, like.proxy, like.verify_tls)

    def session(self) -> "Client":
        """Itself."""
        return self

    def join(self) -> None:
        """Nothing to prepare: a token is for whoever asks."""

    def through(self, course: Course) -> Course:
        """The same course, with a token in each of its requests."""
        kept = _kept.get(self.key)
        before = kept.text if kept else ""
        token = yield from self._token()
        if isinstance(token, Arrived):
            course.close()
            return token
        hidden, renewed = {token}, token != before
        try:
            request = next(course)
            while True:
                exchange = yield with_bearer(request, token)
                if exchange.status_code == 401 and not renewed:
                    renewed = True
                    self._forget(token)
                    fresh = (yield from self._token()) if request.method in SENT_AGAIN else token
                    if isinstance(fresh, str) and fresh != token:
                        token = fresh
                        hidden.add(token)
                        exchange = yield with_bearer(request, token)
                request = course.send(exchange)
        except StopIteration as end:
            arrived: Arrived = end.value
            return replace(arrived, request=hiding(with_bearer(arrived.request, token), *hidden))

    def _token(self) -> Any:
        """A course of its own: the token's text, or how the slot ended without one."""
        kept = _kept.get(self.key)
        if kept is None or kept.fresh_until <= time.monotonic():
            kept = kept if kept and not kept.text and kept.shared.answer is None else self._keep(Token(Shared()))
        if not kept.text:
            request = replace(self._asks, shared=kept.shared)
            exchange = yield request
            if problem := self._read(kept, exchange):
                if _kept.get(self.key) is kept:
                    del _kept[self.key]
                return failed(exchange, request, problem)
        return kept.text

    def _keep(self, token: Token) -> Token:
        if len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[self.key] = token
        return token

    def _forget(self, text: str) -> None:
        """Unless another one has renewed it meanwhile."""
        kept = _kept.get(self.key)
        if kept is not None and kept.text == text:
            del _kept[self.key]

    def _read(self, token: Token, exchange: Exchange) -> str:
        """Take the token out of the answer; in a sentence, why there is none."""
        if token.text:
            return ""
        told = _object(exchange.body) if exchange.status_code else {}
        text = told.get("access_token")
        if exchange.status_code != 200 or not isinstance(text, str) or not text:
            return _problem(exchange, told)
        if problem_with_header("Authorization", text):
            return "The token server's access_token cannot stand in a header."
        seconds = told.get("expires_in")
        token.text, token.fresh_until = text, time.monotonic() + _useful(seconds)
        return ""


def forget_all() -> None:
    """As a process that has just begun."""
    _kept.clear()


def _useful(seconds: object) -> float:
    """How long a token is used that lives for so many seconds, as its server says; many write a text."""
    try:
        lives = min(float(str(seconds)), LONGEST_SECONDS)
    except ValueError:
        return UNTOLD_SECONDS
    return max(lives - min(EARLY_SECONDS, lives / 2), 0.0) if lives == lives else UNTOLD_SECONDS


def _token_request(auth: Filled, like: Request) -> Request:
    url = auth["token_url"]
    if problem := problem_with_url(url):
        raise ValueError(f"token_url: {problem}")
    form = {"grant_type": "client_credentials"}
    form |= {name: auth[name] for name in ("scope", "audience") if auth.get(name)}
    headers: Headers = (("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"))
    secret = auth["client_secret"]
    if auth.get("client_auth", BASIC) == BODY:
        form |= {"client_id": auth["client_id"], "client_secret": secret}
        hidden = secret
    else:
        hidden = encoded(quote_plus(auth["client_id"]), quote_plus(secret))
        headers = (("Authorization", f"Basic {hidden}"), *headers)
    body = urlencode(form).encode()
    asks = Request("POST", url, headers, body, verify_tls=like.verify_tls, limits=like.limits, proxy=like.proxy)
    return hiding(asks, *like.secrets, hidden)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _problem(exchange: Exchange, told: dict[str, Any]) -> str:
    if exchange.failure:
        return f"The token server gave no answer: {exchange.failure.label.lower()}. {exchange.error}".strip()
    words = ": ".join(str(told[name]) for name in ("error", "error_description") if told.get(name))[:LONGEST_WORDS]
    if exchange.status_code == 200:
        return f"The token server answered 200 without an access_token{f' ({words})' if words else ''}."
    return f"The token server answered {exchange.status_code}{f': {words}' if words else ''}."


OAUTH2 = Kind(
    "oauth2",
    "OAuth 2 (client credentials)",
    (
        Member("token_url", "Token URL", "Where tokens are given out.", check=problem_with_url),
        Member("client_id", "Client id"),
        Member("client_secret", "Client secret", secret=True),
        Member("scope", "Scope", "Parted by spaces.", required=False),
        Member("audience", "Audience", "Where the token server asks for one.", required=False),
        Member(
            "client_auth", "Client sent", "basic unless the server wants body.", required=False, choices=(BASIC, BODY)
        ),
    ),
    login=Client,
)
