"""httpbin behind gunicorn, which nobody here wrote: what it answers is what the exchange says."""

import base64
import json
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from apiclient.catalogue import Failure
from apiclient.catalogue.http_status import REGISTERED, UNOFFICIAL
from apiclient.http import Engine, Exchange, Limits, Request
from tests.wild import running

PATIENT = Limits(timeout_ms=20_000, connect_timeout_ms=20_000)  # gunicorn may still be importing at the first call
SERVED_CODES = sorted(
    {code for code, *_ in (*REGISTERED, *UNOFFICIAL) if 200 <= code <= 999} | {299, 399, 418, 451, 499, 599, 600, 999}
)
METHODS_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def httpbin() -> Iterator[str]:
    """Its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        number = listening.fileno()
        gunicorn = [sys.executable, "-m", "gunicorn", "tests.httpbin_app:app", f"--bind=fd://{number}"]
        options = ["--worker-class=gthread", "--threads=24", "--no-control-socket", "--log-level=error"]
        with running([*gunicorn, *options, "--graceful-timeout=1"], [number]):
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def ask(engine: Engine, httpbin: str) -> Any:
    """``ask(path, method="GET", limits=..., **fields of the request)`` gives the exchange."""

    def send(path: str, method: str = "GET", limits: Limits = PATIENT, **fields: Any) -> Exchange:
        return engine.send(Request(method, httpbin + path, limits=limits, **fields))

    return send


class TestCodes:
    def test_every_status_it_can_answer_comes_back(self, engine: Engine, httpbin: str) -> None:
        answers: dict[int, Exchange] = {}
        left = threading.Semaphore(0)

        def keep(code: int, exchange: Exchange) -> None:
            answers[code] = exchange
            left.release()

        for code in SERVED_CODES:
            request = Request("GET", f"{httpbin}/status/{code}", limits=PATIENT)
            engine.submit(request, lambda exchange, code=code: keep(code, exchange))  # type: ignore[misc]
        assert all(left.acquire(timeout=30) for _ in SERVED_CODES)
        assert {code: exchange.status_code for code, exchange in answers.items()} == {c: c for c in SERVED_CODES}
        assert len(SERVED_CODES) > 70 and all(exchange.http_version == "1.1" for exchange in answers.values())

    @pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    @pytest.mark.parametrize("code", [201, 204, 304, 401, 404, 503])
    def test_with_every_method(self, ask: Any, method: str, code: int) -> None:
        exchange = ask(f"/status/{code}", method)
        assert exchange.status_code == (200 if method == "OPTIONS" else code)

    def test_the_words_of_an_answer_are_kept(self, ask: Any) -> None:
        exchange = ask("/status/418")
        assert b"teapot" in exchange.body and exchange.header("x-more-info") == "http://tools.ietf.org/html/rfc2324"
        assert exchange.reason == "I'M A TEAPOT"


class TestRedirects:
    @pytest.mark.parametrize("kind", ["redirect", "relative-redirect", "absolute-redirect"])
    def test_followed_every_hop_is_recorded(self, ask: Any, httpbin: str, kind: str) -> None:
        exchange = ask(f"/{kind}/3", follow_redirects=True)
        assert (exchange.status_code, exchange.url) == (200, f"{httpbin}/get")
        assert [hop.status_code for hop in exchange.redirects] == [302] * 3
        assert exchange.redirects[0].url == f"{httpbin}/{kind}/3"
        assert exchange.redirects[2].location.endswith("/get")

    @pytest.mark.parametrize("kind", ["redirect", "relative-redirect", "absolute-redirect"])
    def test_not_followed_it_is_the_answer(self, ask: Any, kind: str) -> None:
        exchange = ask(f"/{kind}/3")
        assert (exchange.status_code, exchange.redirects) == (302, ()) and exchange.header("Location")

    def test_more_than_allowed_are_a_failure(self, ask: Any) -> None:
        assert ask("/redirect/6", follow_redirects=True).failure is Failure.TOO_MANY_REDIRECTS

    @pytest.mark.parametrize(
        ("code", "arrives"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
    )
    def test_the_method_and_body_that_arrive(self, ask: Any, code: int, arrives: str) -> None:
        path = f"/redirect-to?status_code={code}&url=/anything"
        exchange = ask(path, "POST", body=b"a body", follow_redirects=True)
        seen = json.loads(exchange.body)
        assert (seen["method"], seen["data"]) == (arrives, "a body" if arrives == "POST" else "")


class TestTime:
    def test_a_delay_beyond_the_deadline_is_a_timeout(self, ask: Any) -> None:
        exchange = ask("/delay/1", limits=Limits(timeout_ms=300))
        assert exchange.failure is Failure.TIMEOUT and exchange.phases.wait >= 200_000

    def test_a_delay_within_it_is_spent_waiting(self, ask: Any) -> None:
        exchange = ask("/delay/1")
        assert exchange.status_code == 200 and exchange.phases.wait >= 1_000_000
        assert exchange.phases.transfer < exchange.phases.wait

    def test_a_slow_body_is_spent_in_transfer(self, ask: Any) -> None:
        exchange = ask("/drip?duration=0.4&numbytes=4&delay=0")
        assert (exchange.status_code, exchange.body) == (200, b"****") and exchange.phases.transfer >= 200_000

    def test_a_drip_beyond_the_deadline_keeps_what_came(self, ask: Any) -> None:
        exchange = ask("/drip?duration=2&numbytes=4&delay=0", limits=Limits(timeout_ms=700))
        assert exchange.failure is Failure.TIMEOUT and 1 <= exchange.body_bytes < 4


class TestBodies:
    @pytest.mark.parametrize(("path", "mark"), [("/gzip", "gzipped"), ("/deflate", "deflated"), ("/brotli", "brotli")])
    def test_compressed_ones_are_unpacked(self, ask: Any, path: str, mark: str) -> None:
        exchange = ask(path)
        assert json.loads(exchange.body)[mark] is True and exchange.body_bytes == len(exchange.body)

    def test_chunked_lines(self, ask: Any) -> None:
        exchange = ask("/stream/20")
        assert exchange.header("Transfer-Encoding") == "chunked"
        assert [json.loads(line)["id"] for line in exchange.body.splitlines()] == list(range(20))

    @pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 4096])
    def test_chunked_bytes(self, ask: Any, size: int) -> None:
        exchange = ask(f"/stream-bytes/{size}?seed=1&chunk_size=1024")
        assert (exchange.status_code, len(exchange.body), exchange.body_bytes) == (200, size, size)

    @pytest.mark.parametrize("path", ["/bytes/{}?seed=1", "/stream-bytes/{}?seed=1&chunk_size=7"])
    @pytest.mark.parametrize(("size", "whole"), [(999, True), (1000, True), (1001, False)])
    def test_around_the_limit(self, ask: Any, path: str, size: int, whole: bool) -> None:
        exchange = ask(path.format(size), limits=Limits(timeout_ms=10_000, body_read=1000, body_kept=100))
        assert exchange.failure is (None if whole else Failure.TOO_LARGE)
        assert len(exchange.body) == 100 and exchange.body_bytes == size

    @pytest.mark.parametrize(
        ("path", "kind", "words"),
        [
            ("/html", "text/html; charset=utf-8", "Herman Melville"),
            ("/xml", "application/xml", "<slideshow"),
            ("/json", "application/json", "slideshow"),
            ("/encoding/utf8", "text/html; charset=utf-8", "∮ E⋅da = Q"),
            ("/robots.txt", "text/plain", "Disallow"),
        ],
    )
    def test_their_type_and_text(self, ask: Any, path: str, kind: str, words: str) -> None:
        exchange = ask(path)
        assert exchange.header("content-type") == kind and words in exchange.body.decode()

    def test_an_image_is_bytes(self, ask: Any) -> None:
        assert ask("/image/png").body.startswith(b"\x89PNG\r\n\x1a\n")

    def test_a_range(self, ask: Any) -> None:
        exchange = ask("/range/100", headers=(("Range", "bytes=10-19"),))
        assert (exchange.status_code, exchange.body) == (206, b"klmnopqrst")


class TestChallenges:
    def test_basic(self, ask: Any) -> None:
        refused = ask("/basic-auth/user/pass")
        pair = base64.b64encode(b"user:pass").decode()
        passed = ask("/basic-auth/user/pass", headers=(("Authorization", f"Basic {pair}"),))
        assert refused.status_code == 401 and refused.header("WWW-Authenticate").startswith("Basic realm=")
        assert passed.status_code == 200 and json.loads(passed.body)["authenticated"] is True

    @pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
    def test_digest(self, ask: Any, algorithm: str) -> None:
        exchange = ask(f"/digest-auth/auth/user/pass/{algorithm}")
        challenge = exchange.header("WWW-Authenticate")
        assert exchange.status_code == 401 and challenge.startswith("Digest ") and "nonce=" in challenge
        assert algorithm in challenge and exchange.failure is None

    def test_bearer(self, ask: Any) -> None:
        assert ask("/bearer").header("WWW-Authenticate") == "Bearer"
        assert ask("/bearer", headers=(("Authorization", "Bearer t0ken"),)).status_code == 200

    def test_hidden(self, ask: Any) -> None:
        assert ask("/hidden-basic-auth/user/pass").status_code == 404


class TestAsked:
    def test_our_headers_and_no_others(self, ask: Any, httpbin: str) -> None:
        headers = (("X-Our-Own", "yes"), ("Accept-Language", "de"))
        seen = json.loads(ask("/headers", headers=headers).body)["headers"]
        assert set(seen.pop("Accept-Encoding").split(", ")) >= {"gzip", "deflate", "br"}
        assert seen == {
            "Host": httpbin.removeprefix("http://"),
            "User-Agent": "Answerback-Test",
            "Accept": "*/*",
            "X-Our-Own": "yes",
            "Accept-Language": "de",
        }

    def test_our_headers_replace_its_own(self, ask: Any) -> None:
        headers = (("User-Agent", "other"), ("Accept", "text/plain"), ("Accept-Encoding", "identity"))
        seen = json.loads(ask("/headers", headers=headers).body)["headers"]
        assert {name: seen[name] for name, _ in headers} == dict(headers)

    @pytest.mark.parametrize("method", METHODS_WITH_BODY)
    @pytest.mark.parametrize("text", ["", "plain", '{"name": "Grüße, 世界 🌍"}', "a\0b\r\nc", "x" * 70_000])
    def test_a_body_arrives_unchanged(self, ask: Any, method: str, text: str) -> None:
        headers = (("Content-Type", "application/json; charset=utf-8"),)
        exchange = ask(
            "/anything", method, body=text.encode(), headers=headers, limits=Limits(20_000, body_kept=1 << 20)
        )
        seen = json.loads(exchange.body)
        assert (seen["method"], seen["data"]) == (method, text)
        assert seen["headers"].get("Content-Length", "0") == str(len(text.encode()))
        assert "Expect" not in seen["headers"] and "Transfer-Encoding" not in seen["headers"]

    def test_a_form_arrives_as_its_fields(self, ask: Any) -> None:
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        assert json.loads(ask("/post", "POST", body=b"a=1&b=%C3%BC", headers=headers).body)["form"] == {
            "a": "1",
            "b": "ü",
        }

    def test_query_and_path_arrive_as_written(self, ask: Any, httpbin: str) -> None:
        seen = json.loads(ask("/anything/a%2Fb/ü?q=a%20b&q=%26&r=ü").body)
        assert seen["args"] == {"q": ["a b", "&"], "r": "ü"} and seen["url"].startswith(f"{httpbin}/anything/a/b/ü?")

    def test_cookies_are_shown_and_not_kept(self, ask: Any) -> None:
        exchange = ask("/cookies/set?flavour=oat")
        assert exchange.status_code == 302 and exchange.header("Set-Cookie") == "flavour=oat; Path=/"
        followed = ask("/cookies/set?flavour=oat", follow_redirects=True)
        assert json.loads(followed.body) == {"cookies": {}}
        assert json.loads(ask("/cookies").body) == {"cookies": {}}

    def test_the_headers_of_an_answer(self, ask: Any) -> None:
        exchange = ask("/response-headers?X-One=1&X-Two=a&X-Two=b")
        assert [value for name, value in exchange.headers if name == "X-Two"] == ["a", "b"]
        assert exchange.header("x-one") == "1" and exchange.header("Content-Type") == "application/json"

    def test_an_etag_answers_304(self, ask: Any) -> None:
        assert ask("/etag/abc", headers=(("If-None-Match", "abc"),)).status_code == 304
        assert ask("/etag/abc", headers=(("If-Match", "other"),)).status_code == 412
