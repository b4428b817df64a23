"""Real sockets: every answer, however hostile, ends within its limits as a typed exchange."""

import logging
import resource
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue

import pytest

from apiclient.catalogue.failure import Failure
from apiclient.catalogue.missed import MissedBecause
from apiclient.http import Door, Engine, Exchange, Guard, Limits, Request
from tests.certificate import self_signed
from tests.target import Target, hostile_paths

SHORT = Limits(timeout_ms=700)
SEED_CODES = [
    *[200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 306, 307],
    *[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417],
    *[500, 501, 502, 503, 504, 505],
]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with Target() as target:
        yield target


def get(url: str, limits: Limits = SHORT, **options: object) -> Request:
    return Request("GET", url, limits=limits, **options)  # type: ignore[arg-type]


def send_all(engine: Engine, requests: list[Request]) -> list[Exchange]:
    """The exchanges in the order of the requests, all sent at once."""
    answers: list[Exchange | None] = [None] * len(requests)
    left = threading.Semaphore(0)

    def keep(place: int, exchange: Exchange) -> None:
        answers[place] = exchange
        left.release()

    for place, request in enumerate(requests):
        engine.submit(request, lambda exchange, place=place: keep(place, exchange))  # type: ignore[misc]
    assert all(left.acquire(timeout=30) for _ in requests)
    return [answer for answer in answers if answer]


class TestCodes:
    @pytest.mark.parametrize("code", SEED_CODES)
    def test_every_code_of_the_table_comes_back_as_it_was_answered(
        self, engine: Engine, target: Target, code: int
    ) -> None:
        exchange = engine.send(get(f"{target.url}/status/{code}"))
        assert (exchange.status_code, exchange.failure, exchange.reason) == (code, None, "Reason")
        assert exchange.http_version == "1.1"
        assert (exchange.remote_address, exchange.remote_port) == ("127.0.0.1", target.port)

    def test_100_comes_before_the_final_code(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"{target.url}/continue-then/404"))
        assert (exchange.interim, exchange.status_code) == ((100,), 404)

    def test_early_hints_are_not_the_answer(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"{target.url}/interim/100,102,103"))
        assert (exchange.interim, exchange.status_code) == ((100, 102, 103), 200)
        assert exchange.header("X-Interim") == ""

    @pytest.mark.parametrize("headers", [(), (("Connection", "Upgrade"), ("Upgrade", "echo"))])
    def test_101_ends_the_exchange_asked_for_or_not(
        self, engine: Engine, target: Target, headers: tuple[tuple[str, str], ...]
    ) -> None:
        exchange = engine.send(get(f"{target.url}/upgrade", Limits(), headers=headers))
        assert (exchange.status_code, exchange.failure) == (101, None)
        assert exchange.header("upgrade") == "echo"
        assert exchange.phases.total < 5_000_000

    @pytest.mark.parametrize("code", [199, 226, 299, 418, 451, 499, 520, 599, 600, 999])
    def test_codes_nobody_registered_are_kept(self, engine: Engine, target: Target, code: int) -> None:
        exchange = engine.send(get(f"{target.url}/status/{code}"))
        assert exchange.status_code == (code if code >= 200 else None)

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            *[
                (f"HTTP/1.1 {odd}", None)
                for odd in ("000 x", "99 x", "1000 x", "abc x", "-200 x", "", "2000", "20", "200.5 x", "0200")
            ],
            *[("HTTP/9.7 200 x", None), ("HTTP/x 200 x", None), ("SMTP 220 hello", None)],
            *[("HTTP/1.1 200", 200), ("HTTP/1.0 200 OK", 200), ("HTTP/1.1 200 <script>alert(1)</script>", 200)],
        ],
    )
    def test_status_lines(self, engine: Engine, target: Target, line: str, code: int | None) -> None:
        exchange = engine.send(get(f"{target.url}/status-line?line={line.replace(' ', '%20')}"))
        assert exchange.status_code == code
        assert exchange.failure is (Failure.PROTOCOL if code is None else None)

    def test_a_long_reason_is_cut_and_loses_its_control_characters(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"{target.url}/status-line?line=HTTP/1.1%20200%20%1b%07{'r' * 900}"))
        assert exchange.reason == "r" * 198 or exchange.reason == "r" * 200


class TestAsked:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
    def test_a_body_goes_with_every_method(self, engine: Engine, target: Target, method: str) -> None:
        sent = Request(method, f"{target.url}/echo", (("X-Request-Id", f"body-{method}"),), b"a\0b")
        assert engine.send(sent).body.endswith(b"\n\na\0b")
        seen = next(asked for asked in target.requests if asked.request_id == f"body-{method}")
        assert (seen.method, seen.body, seen.headers["user-agent"]) == (method, b"a\0b", "Answerback-Test")
        assert not {"expect", "content-type"} & set(seen.headers)

    def test_a_handle_used_again_keeps_nothing_of_its_last_request(self, engine: Engine, target: Target) -> None:
        engine.send(Request("POST", f"{target.url}/echo", (("X-Old", "1"), ("User-Agent", "old")), b"old"))
        engine.send(Request("HEAD", f"{target.url}/echo"))
        body = engine.send(Request("GET", f"{target.url}/echo")).body.decode()
        assert "old" not in body and "content-length" not in body and body.startswith("GET /echo\n")

    def test_head_asks_for_no_body(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(Request("HEAD", f"{target.url}/body?text=hello"))
        assert (exchange.status_code, exchange.body, exchange.header("content-length")) == (200, b"", "5")

    def test_an_empty_header_and_other_letters_are_sent(self, engine: Engine, target: Target) -> None:
        headers = (("X-Empty", ""), ("X-Letters", "é"))
        body = engine.send(Request("GET", f"{target.url}/echo?ü", headers)).body
        assert b"x-empty: \n" in body and "x-letters: é".encode("latin-1") not in body and b"GET /echo?%C3%BC" in body

    def test_the_environment_chooses_no_proxy(
        self, engine: Engine, target: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hunter2")
        monkeypatch.setenv("HOME", str(tmp_path))
        exchange = engine.send(get(f"{target.url}/echo"))
        assert exchange.status_code == 200 and b"authorization" not in exchange.body

    @pytest.mark.parametrize(
        "request_",
        [
            Request("G ET", "http://127.0.0.1/"),
            Request("GET\r\nX: y", "http://127.0.0.1/"),
            Request("GET", "http://127.0.0.1/", (("X", "a\r\nY: b"),)),
            Request("GET", "http://127.0.0.1/", (("X", "\ud800"),)),
            Request("GET", "http://127.0.0.1/\ud800"),
            Request("GET", "http://127.0.0.1/\0"),
            Request("GET", "http://" + "ü" * 300 + ".example/"),
        ],
    )
    def test_what_cannot_be_sent_is_an_exchange_and_not_an_error(self, engine: Engine, request_: Request) -> None:
        exchange = engine.send(request_)
        assert exchange.failure in (Failure.INTERNAL, Failure.BAD_URL) and exchange.error

    @pytest.mark.parametrize(
        "url", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:25/", "ws://127.0.0.1/"]
    )
    def test_no_other_scheme_is_spoken(self, engine: Engine, url: str) -> None:
        exchange = engine.send(get(url))
        assert exchange.failure is Failure.PROTOCOL and exchange.body == b""


class TestHostile:
    @pytest.mark.parametrize("path", list(hostile_paths()))
    def test_it_ends_within_its_limits(self, engine: Engine, target: Target, path: str) -> None:
        began = time.monotonic()
        exchange = engine.send(get(target.url + path))
        assert time.monotonic() - began < 5
        assert (exchange.status_code is None) == isinstance(exchange.failure, Failure)
        assert exchange.failure is not Failure.INTERNAL
        assert len(exchange.body) <= SHORT.body_kept and exchange.body_bytes <= SHORT.body_read + (64 << 10)
        assert len(exchange.headers) <= SHORT.header_count and len(exchange.interim) <= SHORT.header_count
        assert all(value.isprintable() for pair in exchange.headers for value in pair)
        assert exchange.status_code or exchange.error

    @pytest.mark.parametrize(
        ("path", "failure"),
        [
            *[(path, Failure.TOO_LARGE) for path in ("endless", "chunks-endless", "gzip-bomb", "gzip-bomb-twice")],
            *[(path, Failure.TOO_LARGE) for path in ("headers-many", "headers-big", "header-line-big", "flood-1xx")],
            *[(path, Failure.TIMEOUT) for path in ("drip", "drip-header", "drip-1xx", "hang")],
            *[(path, Failure.RESET) for path in ("close", "reset", "short-body", "cut-chunk")],
            *[(path, Failure.PROTOCOL) for path in ("double-content-length", "nul-header", "http09", "bad-gzip")],
        ],
    )
    def test_its_failure_is_typed(self, engine: Engine, target: Target, path: str, failure: Failure) -> None:
        assert engine.send(get(f"{target.url}/{path}")).failure is failure

    def test_others_are_not_delayed_by_bombs(self, engine: Engine, target: Target) -> None:
        requests = [get(target.url + path) for path in hostile_paths()] + [
            get(f"{target.url}/status/200", Limits())
        ] * 20
        assert [exchange.status_code for exchange in send_all(engine, requests)][-20:] == [200] * 20

    def test_the_body_is_decompressed_counted_and_cut(self, engine: Engine, target: Target) -> None:
        limits = Limits(body_kept=10)
        exchange = engine.send(get(f"{target.url}/gzip?text={'x' * 500}", limits))
        assert (exchange.status_code, exchange.body, exchange.body_bytes) == (200, b"x" * 10, 500)

    def test_a_body_as_long_as_the_limit_is_whole(self, engine: Engine, target: Target) -> None:
        assert engine.send(get(f"{target.url}/body?text=12345", Limits(body_read=5))).status_code == 200
        assert engine.send(get(f"{target.url}/body?text=123456", Limits(body_read=5))).failure is Failure.TOO_LARGE


class TestFailures:
    def test_a_name_that_does_not_exist(self, engine: Engine) -> None:
        exchange = engine.send(get("http://does-not-exist.invalid/", Limits()))
        assert exchange.failure is Failure.DNS and "does-not-exist.invalid" in exchange.error
        assert exchange.phases.dns == exchange.phases.total > 0

    def test_nobody_listens(self, engine: Engine) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            exchange = engine.send(get(f"http://127.0.0.1:{closed.getsockname()[1]}/"))
        assert exchange.failure is Failure.CONNECT_REFUSED

    def test_a_full_backlog_never_connects(self, engine: Engine) -> None:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(0)
            address = deaf.getsockname()
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(address)
            limits = Limits(timeout_ms=5000, connect_timeout_ms=300)
            exchange = engine.send(get(f"http://127.0.0.1:{address[1]}/", limits))
            for filler in fillers:
                filler.close()
        assert exchange.failure is Failure.CONNECT_TIMEOUT

    def test_the_phase_it_ended_in_lasts_to_the_end(self, engine: Engine, target: Target) -> None:
        phases = engine.send(get(f"{target.url}/hang")).phases
        assert phases.wait > 500_000 and phases.total >= phases.wait
        assert min(phases.dns, phases.connect, phases.tls, phases.transfer) >= 0

    def test_the_phases_of_a_success_add_up(self, engine: Engine, target: Target) -> None:
        phases = engine.send(get(f"{target.url}/delay/0.1", Limits())).phases
        assert phases.wait >= 90_000 and phases.tls == 0
        assert phases.dns + phases.connect + phases.wait + phases.transfer <= phases.total


class TestBlocked:
    def test_a_denied_address_sees_no_connection(self, engine: Engine) -> None:
        with Target("127.0.0.2") as denied:
            exchange = engine.send(get(f"{denied.url}/status/200"))
            assert denied.connections == 0
        assert exchange.failure is Failure.BLOCKED
        assert "127.0.0.2" in exchange.error and "ANSWERBACK_ALLOWED_NETWORKS" in exchange.error

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_nor_by_a_redirect(self, engine: Engine, target: Target, code: int) -> None:
        with Target("127.0.0.2") as denied:
            url = f"{target.url}/redirect-to?code={code}&url={denied.url}/"
            exchange = engine.send(get(url, follow_redirects=True))
            assert denied.connections == 0
        assert exchange.failure is Failure.BLOCKED
        assert [(hop.status_code, hop.location) for hop in exchange.redirects] == [(code, f"{denied.url}/")]

    @pytest.mark.parametrize(
        "host", ["localhost", "2130706433", "0x7f000001", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]"]
    )
    def test_nor_by_another_spelling(self, target: Target, host: str) -> None:
        strict = Engine(Guard())
        strict.start()
        before = target.connections
        exchange = strict.send(get(f"http://{host}:{target.port}/"))
        strict.stop()
        assert exchange.failure is Failure.BLOCKED and target.connections == before

    def test_a_name_is_judged_by_its_address(self, engine: Engine, target: Target) -> None:
        assert engine.send(get(f"http://localhost:{target.port}/status/200")).status_code == 200


class TestRedirects:
    def test_every_hop_is_recorded_and_the_times_add_up(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"{target.url}/redirect/3", follow_redirects=True))
        assert exchange.status_code == 200 and exchange.url == f"{target.url}/status/200"
        assert [hop.location for hop in exchange.redirects] == ["/redirect/2", "/redirect/1", "/status/200"]
        assert {hop.status_code for hop in exchange.redirects} == {302}

    def test_a_loop_ends(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"{target.url}/redirect-loop", follow_redirects=True))
        assert exchange.failure is Failure.TOO_MANY_REDIRECTS and len(exchange.redirects) == 5

    def test_unasked_they_are_the_answer(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"{target.url}/redirect/3"))
        assert (exchange.status_code, exchange.redirects) == (302, ())

    def test_one_deadline_covers_all_hops(self, engine: Engine, target: Target) -> None:
        began = time.monotonic()
        url = f"{target.url}/redirect-to?url=/redirect-to%3Furl=/hang"
        exchange = engine.send(get(url, follow_redirects=True))
        assert exchange.failure is Failure.TIMEOUT and len(exchange.redirects) == 2
        assert 0.5 < time.monotonic() - began < 5

    def test_secrets_stay_with_their_origin(self, engine: Engine, target: Target) -> None:
        with Target() as other:
            url = f"{target.url}/redirect-to?url={other.url}/echo"
            headers = (("Authorization", "Bearer hunter2"), ("X-Key", "hunter2"), ("Accept", "text/plain"))
            body = engine.send(get(url, follow_redirects=True, headers=headers)).body
        assert b"hunter2" not in body and b"accept: text/plain" in body


def served_by(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


class TestTls:
    @pytest.mark.parametrize(("host", "days"), [("localhost", 30), ("localhost", -1), ("elsewhere.example", 30)])
    def test_a_bad_certificate_is_a_failure_that_shows_it(
        self, engine: Engine, tmp_path: Path, host: str, days: int
    ) -> None:
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
        with Target("localhost", served_by(self_signed(tmp_path, host, expires))) as secure:
            refused = engine.send(get(f"{secure.url}/status/200", Limits()))
            accepted = engine.send(get(f"{secure.url}/status/200", Limits(), verify_tls=False))
            assert len(secure.requests) == 1
        assert refused.failure is Failure.TLS and "certificate" in refused.error
        assert (accepted.status_code, accepted.failure) == (200, None)
        assert accepted.phases.tls > 0
        for exchange in (refused, accepted):
            assert exchange.certificate
            assert host in exchange.certificate.subject and host in exchange.certificate.issuer
            assert exchange.certificate.expires_at == expires

    def test_a_server_without_tls(self, engine: Engine, target: Target) -> None:
        exchange = engine.send(get(f"https://127.0.0.1:{target.port}/"))
        assert exchange.failure in (Failure.TLS, Failure.TIMEOUT) and exchange.certificate is None


class TestLoop:
    def test_two_thousand_slow_answers_at_once(self, engine: Engine, target: Target) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < 6000:
            pytest.skip("the descriptor limit of this machine is too low")
        began = time.monotonic()
        exchanges = send_all(engine, [get(f"{target.url}/delay/1", Limits(timeout_ms=20_000))] * 2000)
        assert {exchange.status_code for exchange in exchanges} == {200}
        assert time.monotonic() - began < 20
        assert engine.in_flight == 0

    def test_a_request_begins_at_its_moment(self, engine: Engine, target: Target) -> None:
        moment = time.monotonic() + 0.3
        seen: Queue[Exchange] = Queue()
        engine.submit(get(f"{target.url}/status/200"), seen.put, start_at=moment)
        assert engine.in_flight == 1
        assert seen.get(timeout=10).started >= moment
        assert engine.in_flight == 0

    def test_a_done_that_fails_is_logged_and_the_loop_goes_on(
        self, engine: Engine, target: Target, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            engine.submit(get(f"{target.url}/status/200"), lambda _: [][0])
            for _ in range(3):
                assert engine.send(get(f"{target.url}/status/201")).status_code == 201
        assert "IndexError" in caplog.text

    def test_done_may_submit_again(self, engine: Engine, target: Target) -> None:
        codes: list[int | None] = []
        finished = threading.Event()

        def again(exchange: Exchange) -> None:
            codes.append(exchange.status_code)
            if len(codes) < 5:
                engine.submit(get(f"{target.url}/status/200"), again)
            else:
                finished.set()

        engine.submit(get(f"{target.url}/status/200"), again)
        assert finished.wait(10) and codes == [200] * 5

    def test_failures_leave_no_descriptor_open(self, engine: Engine, target: Target) -> None:
        descriptors = Path("/proc/self/fd")
        if not descriptors.exists():
            pytest.skip("this system does not list a process's descriptors under /proc")
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            ways = {
                f"http://127.0.0.1:{closed.getsockname()[1]}/": Failure.CONNECT_REFUSED,
                f"http://127.0.0.2:{target.port}/": Failure.BLOCKED,
                "http://does-not-exist.invalid/": Failure.DNS,
                f"{target.url}/reset": Failure.RESET,
                f"{target.url}/headers-many": Failure.TOO_LARGE,
                f"https://127.0.0.1:{target.port}/": None,
            }
            before = len(list(descriptors.iterdir()))
            for url, failure in ways.items():
                exchanges = send_all(engine, [get(url)] * 500)
                assert failure is None or {exchange.failure for exchange in exchanges} == {failure}
            patience = time.monotonic() + 10  # the target closes its own ends in its own time
            while len(list(descriptors.iterdir())) > before and time.monotonic() < patience:
                time.sleep(0.05)
            assert len(list(descriptors.iterdir())) <= before

    def test_stopping_drops_what_is_unfinished(self, target: Target) -> None:
        engine = Engine(Guard(["127.0.0.1"]))
        engine.start()
        called: list[Exchange] = []
        engine.submit(get(f"{target.url}/hang", Limits()), called.append)
        engine.submit(get(f"{target.url}/status/200"), called.append, start_at=time.monotonic() + 60)
        engine.stop()
        assert called == []
        with pytest.raises(RuntimeError, match="not running"):
            engine.submit(get(target.url), called.append)

    def test_an_engine_not_started_takes_nothing(self) -> None:
        with pytest.raises(RuntimeError, match="not running"):
            Engine(Guard()).send(get("http://127.0.0.1/"))


def test_a_door_lets_so_many_through_at_once_and_holds_up_no_other(engine: Engine, target: Target) -> None:
    door, ended = Door(2), Queue[tuple[str, Exchange]]()
    for _ in range(6):
        engine.submit(get(f"{target.url}/delay/0.3"), lambda exchange: ended.put(("limited", exchange)), door=door)
    for _ in range(6):
        engine.submit(get(f"{target.url}/status/200"), lambda exchange: ended.put(("free", exchange)))
    answers = [ended.get(timeout=30) for _ in range(12)]
    assert all(exchange.status_code == 200 for _, exchange in answers)
    limited = sorted((one for kind, one in answers if kind == "limited"), key=lambda one: one.started)
    ends = [one.started + one.phases.total / 1_000_000 for one in limited]
    assert max(one.started for kind, one in answers if kind == "free") < min(ends)
    starts = [one.started for one in limited]
    assert starts[2] - starts[0] >= 0.3 and starts[4] - starts[2] >= 0.3  # two, and two after these, and two
    assert door.inside == engine.doors.in_line == 0


def test_who_waits_too_long_at_a_door_is_missed_and_never_sent(
    engine: Engine, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apiclient.http.door.PATIENCE_S", 0.2)
    door, ended = Door(1), Queue[Exchange]()
    for path in ("/hang?at-the-door", "/status/200?behind-it"):
        engine.submit(get(target.url + path, Limits(timeout_ms=3_000)), ended.put, door=door)
    missed, hung = ended.get(timeout=10), ended.get(timeout=10)
    assert (missed.failure, missed.missed_because) == (Failure.MISSED, MissedBecause.SERVICE_LIMIT)
    assert hung.failure is Failure.TIMEOUT
    assert not any("behind-it" in asked.path for asked in target.requests)
    assert engine.send(get(f"{target.url}/status/200")).status_code == 200 and door.inside == 0


def test_a_long_line_of_requests_that_cannot_be_sent_ends(engine: Engine) -> None:
    door, ended = Door(1), Queue[Exchange]()
    for _ in range(3_000):
        engine.submit(Request("GET", "http://127.0.0.1/", headers=(("A", "b\nc"),)), ended.put, door=door)
    assert all(ended.get(timeout=10).failure is Failure.INTERNAL for _ in range(3_000))
