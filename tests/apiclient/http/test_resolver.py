"""One lookup per name, and a name that hangs delays no other."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from apiclient.catalogue import Failure
from apiclient.http import Engine, Exchange, Guard, Limits, Request, resolver
from apiclient.http.resolver import Resolved, Resolver, look_up
from tests.target import Target


def test_the_system_is_asked() -> None:
    assert "127.0.0.1" in look_up("localhost").addresses
    assert look_up("does-not-exist.invalid").error.startswith("Could not resolve host: does-not-exist.invalid (")
    assert look_up("x" * 64 + ".example").addresses == ()


class Names:
    """In place of the system's lookup: counts, and hangs for names that begin with it."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.release = threading.Event()

    def look_up(self, host: str) -> Resolved:
        self.asked[host] += 1
        if host.startswith("hang"):
            self.release.wait(30)
        if host.startswith("lost"):
            return Resolved((), f"Could not resolve host: {host}")
        return Resolved(("127.0.0.2", "127.0.0.1"), "", time.monotonic() + 10)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    names = Names()
    monkeypatch.setattr(resolver, "look_up", names.look_up)
    yield names
    names.release.set()


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as target:
        yield target


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine(Guard(["127.0.0.0/8"]))
    engine.start()
    yield engine
    engine.stop()


class TestResolver:
    def test_however_many_ask_it_is_looked_up_once(self, names: Names) -> None:
        woken, told = threading.Event(), list[Resolved]()
        one = Resolver(woken.set)
        for _ in range(5):
            one.ask("good.example", time.monotonic() + 30, told.append)
        assert told == [] and one.waiting == 5 and one.next_deadline
        assert woken.wait(10)
        one.turn()
        one.ask("good.example", time.monotonic() + 30, told.append)
        assert [resolved.addresses for resolved in told] == [("127.0.0.2", "127.0.0.1")] * 6
        assert names.asked == {"good.example": 1} and one.waiting == 0

    def test_a_failure_is_asked_again(self, names: Names) -> None:
        woken, told = threading.Event(), list[Resolved]()
        one = Resolver(woken.set)
        for _ in range(2):
            woken.clear()
            one.ask("lost.example", time.monotonic() + 30, told.append)
            assert woken.wait(10)
            one.turn()
        assert len(told) == 2 and names.asked == {"lost.example": 2}

    def test_whose_time_is_over_is_told_and_the_lookup_goes_on(self, names: Names) -> None:
        woken, told = threading.Event(), list[Resolved]()
        one = Resolver(woken.set)
        one.ask("hang.example", time.monotonic() - 1, told.append)
        one.turn()
        assert [resolved.error for resolved in told] == ["Could not resolve host: hang.example (no answer in time)"]
        one.ask("hang.example", time.monotonic() + 30, told.append)
        names.release.set()
        assert woken.wait(10)
        one.turn()
        assert told[1].addresses and names.asked == {"hang.example": 1}

    def test_names_beyond_its_threads_wait_their_turn(self, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(resolver, "THREADS", 2)
        told: list[Resolved] = []
        one = Resolver(lambda: None)
        for number in range(5):
            one.ask(f"hang{number}.example", time.monotonic() + 30, told.append)
        assert len(names.asked) <= 2
        names.release.set()
        give_up = time.monotonic() + 10
        while len(told) < 5 and time.monotonic() < give_up:
            one.turn()
        assert len(told) == 5 and len(names.asked) == 5

    def test_what_is_kept_is_bounded(self, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(resolver, "MOST_KEPT", 3)
        woken = threading.Event()
        one = Resolver(woken.set)
        for host in ("a", "b", "c", "d", "a"):
            woken.clear()
            one.ask(host, time.monotonic() + 30, lambda _: None)
            assert woken.wait(10)
            one.turn()
        assert names.asked == {"a": 2, "b": 1, "c": 1, "d": 1}


class TestEngine:
    def test_names_that_hang_delay_no_other(self, engine: Engine, target: Target, names: Names) -> None:
        ended: list[Exchange] = []
        for number in range(600):
            engine.submit(Request("GET", f"http://hang{number % 100}.example/"), ended.append)
        for number in range(10):
            exchange = engine.send(Request("GET", f"http://good{number}.example:{target.port}/status/201"))
            assert exchange.status_code == 201
        assert ended == []

    def test_a_name_that_hangs_is_a_failure_of_dns_at_its_deadline(self, engine: Engine, names: Names) -> None:
        limits = Limits(timeout_ms=10_000, connect_timeout_ms=200)
        exchange = engine.send(Request("GET", "http://hang.example/", limits=limits))
        assert exchange.failure is Failure.DNS and "hang.example" in exchange.error
        assert exchange.phases.total == exchange.phases.dns >= 200_000

    def test_the_next_address_is_tried_when_the_first_refuses(
        self, engine: Engine, target: Target, names: Names
    ) -> None:
        exchange = engine.send(Request("GET", f"http://two.example:{target.port}/status/200"))
        assert (exchange.status_code, exchange.remote_address) == (200, "127.0.0.1")

    @pytest.mark.parametrize("host", ["dotted.example.", "UPPER.example", "bücher.example"])
    def test_every_spelling_of_a_name_finds_its_addresses(
        self, engine: Engine, target: Target, names: Names, host: str
    ) -> None:
        assert engine.send(Request("GET", f"http://{host}:{target.port}/status/200")).status_code == 200

    def test_a_redirect_to_another_name_is_looked_up_too(self, engine: Engine, target: Target, names: Names) -> None:
        url = f"http://one.example:{target.port}/redirect-to?url=http://two.example:{target.port}/status/200"
        exchange = engine.send(Request("GET", url, follow_redirects=True))
        assert exchange.status_code == 200 and names.asked == {"one.example": 1, "two.example": 1}

    def test_stopping_waits_for_no_name(self, names: Names) -> None:
        engine = Engine(Guard())
        engine.start()
        engine.submit(Request("GET", "http://hang.example/"), lambda _: None)
        began = time.monotonic()
        engine.stop()
        assert time.monotonic() - began < 5
