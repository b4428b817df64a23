"""A curl command -> the request it would send. Nothing is run, no file is read, and what is not understood is named."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote_plus, urlsplit

from apiclient.importers.draft import Draft
from apiclient.importers.options import HARMLESS, HARMLESS_WITH_VALUE, REFUSED, SHORT, SIGNED, WRITTEN_ANEW
from apiclient.importers.words import split

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LONGEST_SECONDS = 120
MOST = 300
"""Headers, and cookies, of one command."""


SECRET_MEMBERS = frozenset({"password", "access_key", "secret_key"})
"""Of ``Draft.auth``."""


def read(text: str, *, signs: bool = False) -> Draft:
    """The request of this command, which begins with ``curl``. ValueError with a sentence for people.

    With ``signs`` the draft may have an ``auth`` that is made anew for each request (Digest, AWS); else it is refused.
    """
    command = _Command(signs=signs)
    rest = iter(split(text)[1:])
    only_urls = False
    for word in rest:
        if only_urls or word == "-" or not word.startswith("-"):
            command.take_url(word)
        elif word == "--":
            only_urls = True
        elif word.startswith("--"):
            command.take(word, word[2:], rest)
        else:
            command.take_short(word, rest)
    return command.draft()


@dataclass
class _Command:
    """What the words said so far."""

    signs: bool = False
    user: str = ""
    is_digest: bool = False
    aws: str = ""
    urls: list[str] = field(default_factory=list)
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    content_type: str = FORM
    follow: bool = False
    insecure: bool = False
    in_query: bool = False
    head: bool = False
    timeout_ms: int | None = None
    query: list[str] = field(default_factory=list)

    def take_short(self, word: str, rest: Iterator[str]) -> None:
        """Short options may stand together, the last one with its value behind it: ``-sSXPOST``."""
        letters = word[1:]
        for at, letter in enumerate(letters):
            name = SHORT.get(letter, "")
            if not name:
                raise ValueError(f"The option -{letter} of {word[:40]!r} is not known here. Leave it out.")
            behind = letters[at + 1 :]
            if self.take(f"-{letter}", name, iter([behind]) if behind else rest) and behind:
                return

    def take(self, shown: str, name: str, rest: Iterator[str]) -> bool:
        """Do what the option says; whether it took a value from ``rest``. ``shown`` is how it was written."""
        sentence = REFUSED.get(name)
        if sentence and not (self.signs and name in SIGNED):
            raise ValueError(f"{shown} {sentence}")
        if name in HARMLESS:
            return False
        if name in _SWITCHES:
            _SWITCHES[name](self)
            return False
        if name not in _WITH_VALUE and name not in HARMLESS_WITH_VALUE:
            raise ValueError(f"The option {shown[:60]} is not known here. Leave it out.")
        value = next(rest, None)
        if value is None:
            raise ValueError(f"{shown} needs a value, and the command ends there.")
        if name in _WITH_VALUE:
            _WITH_VALUE[name](self, value)
        return True

    def take_url(self, text: str) -> None:
        self.urls.append(text)

    def take_method(self, text: str) -> None:
        self.method = text.upper()

    def take_header(self, line: str) -> None:
        """``Name: value``; ``Name:`` leaves curl's own out, ``Name;`` sends it empty."""
        if line.startswith("@"):
            raise ValueError("-H reads headers from a file, and no file can be read here. Write them out.")
        name, colon, value = line.removeprefix(":").partition(":")
        if not colon and not line.endswith(";"):
            raise ValueError(f"The header {line[:40]!r} has no colon. Write it as Name: value.")
        # Pseudo headers of HTTP/2, such as ":authority", are the URL once more.
        if not line.startswith(":") and (value.strip() or not colon):
            self.set_header(name.strip().removesuffix(";"), value.strip())

    def set_header(self, name: str, value: str) -> None:
        """A header of the same name, whatever its case, is replaced."""
        if len(self.headers) >= MOST or len(self.cookies) > MOST:
            raise ValueError(f"The command has more than {MOST} headers or cookies.")
        self.headers = {other: kept for other, kept in self.headers.items() if other.lower() != name.lower()}
        self.headers[name] = value

    def take_data(self, text: str, *, option: str = "-d", raw: bool = False) -> None:
        if text.startswith("@") and not raw:
            raise ValueError(
                f"{option} {text[:60]} reads a file, and no file can be read here. Paste its text instead."
            )
        self.data.append(text)

    def take_encoded(self, text: str) -> None:
        """``name=content``, ``=content`` or ``content``: the content is encoded, the name is not."""
        name, mark, content = text.partition("=")
        if "@" in name:
            raise ValueError(f"--data-urlencode {text[:60]} reads a file, and no file can be read here.")
        self.data.append(
            quote_plus(name) if not mark else f"{name}={quote_plus(content)}" if name else quote_plus(content)
        )

    def take_json(self, text: str) -> None:
        self.take_data(text, option="--json")
        self.content_type = JSON

    def take_user(self, text: str) -> None:
        if ":" not in text:
            raise ValueError("-u has a user and no password, for which curl would ask. Write it as user:password.")
        self.user = text
        self.set_header("Authorization", f"Basic {b64encode(text.encode()).decode()}")

    def take_cookie(self, text: str) -> None:
        if "=" not in text:
            raise ValueError(f"-b {text[:60]} reads cookies from a file. Write them as name=value.")
        self.cookies.append(text)
        self.set_header("Cookie", "; ".join(self.cookies))

    def take_timeout(self, text: str) -> None:
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0
        if not 0 < seconds <= LONGEST_SECONDS:
            raise ValueError(f"--max-time {text[:20]} is not between 0 and {LONGEST_SECONDS} seconds.")
        self.timeout_ms = max(100, round(seconds * 1000))

    def draft(self) -> Draft:
        """The whole; ValueError where something is missing or contradicts itself."""
        if len(self.urls) != 1:
            raise ValueError(
                f"The command has {len(self.urls)} URLs ({', '.join(self.urls)[:80]}). Paste one at a time."
                if self.urls
                else "The command has no URL."
            )
        url = self.urls[0] if "://" in self.urls[0] else f"http://{self.urls[0]}"  # as curl itself would
        separator = "" if self.content_type == JSON else "&"
        body, headers = separator.join(self.data), self._sent_headers(url)
        added = "&".join(self.query)
        if self.in_query and body:
            added, body = "&".join(filter(None, (added, body))), ""
        if added:
            url = f"{url}{'&' if '?' in url else '?'}{added}"
        if auth := self._auth():
            headers = {key: value for key, value in headers.items() if key.lower() != "authorization"}
        return Draft(
            auth=auth,
            url=url,
            method=self.method or self._usual_method(),
            headers=headers,
            body=body,
            follow_redirects=self.follow,
            verify_tls=not self.insecure,
            timeout_ms=self.timeout_ms,
        )

    def _auth(self) -> dict[str, Any]:
        """What signs each request anew."""
        user, _, password = self.user.partition(":")
        if not self.is_digest and not self.aws:
            return {}
        if not user:
            raise ValueError(f"{'--digest' if self.is_digest else '--aws-sigv4'} needs -u with a user and a password.")
        if self.is_digest:
            return {"kind": "digest", "user": user, "password": password}
        _, _, region, service = [*self.aws.split(":"), "", "", "", ""][:4]
        if not region or not service:
            raise ValueError("--aws-sigv4 must name region and service: aws:amz:eu-west-1:execute-api.")
        return {"kind": "aws_sigv4", "access_key": user, "secret_key": password, "region": region, "service": service}

    def take_url_query(self, text: str) -> None:
        """Added to the URL's query, the content encoded."""
        if "@" in text.partition("=")[0]:
            raise ValueError(f"--url-query {text[:60]} reads a file, and no file can be read here.")
        name, mark, content = text.partition("=")
        self.query.append(
            text[1:] if text[:1] == "+" else f"{name}={quote_plus(content)}" if mark else quote_plus(name)
        )

    def _usual_method(self) -> str:
        if self.head:
            return "HEAD"
        return "POST" if self.data and not self.in_query else "GET"

    def _sent_headers(self, url: str) -> dict[str, str]:
        kept = {name: value for name, value in self.headers.items() if name.lower() not in WRITTEN_ANEW}
        given = {name.lower() for name in kept}
        for name in [name for name in kept if name.lower() == "host"]:
            if kept.pop(name).lower() != urlsplit(url).netloc.lower():
                raise ValueError("The header Host names another server than the URL, which no call can.")
        if self.data and not self.in_query and "content-type" not in given:
            kept["Content-Type"] = self.content_type
        if self.content_type == JSON and "accept" not in given:
            kept["Accept"] = JSON
        return kept


def _set(name: str, value: bool) -> Callable[[_Command], None]:
    return lambda command: setattr(command, name, value)


def _header(name: str) -> Callable[[_Command, str], None]:
    return lambda command, value: command.set_header(name, value)


_SWITCHES: dict[str, Callable[[_Command], None]] = {
    "insecure": _set("insecure", True),
    "location": _set("follow", True),
    "location-trusted": _set("follow", True),
    "get": _set("in_query", True),
    "head": _set("head", True),
    "digest": _set("is_digest", True),
}
_WITH_VALUE: dict[str, Callable[[_Command, str], None]] = {
    "url": _Command.take_url,
    "url-query": _Command.take_url_query,
    "aws-sigv4": lambda command, value: setattr(command, "aws", value),
    "request": _Command.take_method,
    "header": _Command.take_header,
    "data": _Command.take_data,
    "data-ascii": _Command.take_data,
    "data-binary": partial(_Command.take_data, option="--data-binary"),
    "data-raw": partial(_Command.take_data, raw=True),
    "data-urlencode": _Command.take_encoded,
    "json": _Command.take_json,
    "user": _Command.take_user,
    "user-agent": _header("User-Agent"),
    "referer": _header("Referer"),
    "cookie": _Command.take_cookie,
    "max-time": _Command.take_timeout,
    "range": lambda command, value: command.set_header("Range", f"bytes={value}"),
    "oauth2-bearer": lambda command, value: command.set_header("Authorization", f"Bearer {value}"),
}
