"""What the loop is told of its sockets, and by whom it is woken."""

import select
import socket
import threading
import time
from collections.abc import Iterator

import pycurl
import pytest

from apiclient.http.sockets import HASTE, READINESS, Sockets


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    sockets = Sockets()
    yield sockets
    sockets.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    yield here, there
    here.close()
    there.close()


def watch(sockets: Sockets, event: int, descriptor: int) -> None:
    sockets.watch(event, descriptor, None, None)  # type: ignore[arg-type]


def soon() -> float:
    return time.monotonic() + 5


def test_what_is_watched_is_told_in_the_words_of_libcurl(sockets, pair):
    here, there = pair
    watch(sockets, pycurl.POLL_OUT, here.fileno())
    assert sockets.ready(soon()) == [(here.fileno(), pycurl.CSELECT_OUT)]
    watch(sockets, pycurl.POLL_IN, here.fileno())
    there.send(b"x")
    assert sockets.ready(soon()) == [(here.fileno(), pycurl.CSELECT_IN)]


def test_what_is_let_go_is_told_no_more_even_if_it_stays_open(sockets, pair):
    here, there = pair
    watch(sockets, pycurl.POLL_IN, here.fileno())
    watch(sockets, pycurl.POLL_REMOVE, here.fileno())
    there.send(b"x")
    assert sockets.ready(time.monotonic() + 0.05) == []
    watch(sockets, pycurl.POLL_IN, here.fileno())
    assert sockets.ready(soon()) == [(here.fileno(), pycurl.CSELECT_IN)]


def test_a_number_used_again_is_another_socket(sockets):
    for _ in range(3):
        here, there = socket.socketpair()
        watch(sockets, pycurl.POLL_OUT, here.fileno())
        assert sockets.ready(soon()) == [(here.fileno(), pycurl.CSELECT_OUT)]
        watch(sockets, pycurl.POLL_REMOVE, here.fileno())
        here.close()
        there.close()


def test_another_thread_wakes_it_before_and_while_it_waits(sockets):
    sockets.wake()
    assert sockets.ready(soon()) == []
    threading.Timer(0.05, sockets.wake).start()
    until = soon()
    assert sockets.ready(until) == [] and time.monotonic() < until


def test_it_waits_no_longer_than_asked_and_gathers_only_under_load(sockets, pair):
    here, _ = pair
    assert sockets.ready(0.0) == []
    watch(sockets, pycurl.POLL_OUT, here.fileno())
    for _ in range(HASTE + 5):
        assert sockets.ready(soon()) == [(here.fileno(), pycurl.CSELECT_OUT)]


def test_every_word_of_the_kernel_has_one_of_libcurl():
    assert READINESS[select.POLLIN | select.POLLOUT] == pycurl.CSELECT_IN | pycurl.CSELECT_OUT
    assert READINESS[select.POLLHUP] == READINESS[select.POLLERR] == pycurl.CSELECT_ERR
