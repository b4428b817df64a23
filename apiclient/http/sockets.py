"""The sockets of one loop: which are watched for what, and the bell by which other threads wake it."""

import select
import socket
import time
from contextlib import suppress

import pycurl

CALM = 0.0002  # a look that waited this long found nothing to do
HASTE = 32  # so many looks without calm are load, not the few steps of one exchange
GATHER = 0.002

# libcurl's words for readiness and the kernel's, which share no bits.
WATCH = {
    pycurl.POLL_NONE: 0,
    pycurl.POLL_IN: select.POLLIN,
    pycurl.POLL_OUT: select.POLLOUT,
    pycurl.POLL_INOUT: select.POLLIN | select.POLLOUT,
}

EVENTS = select.POLLIN | select.POLLOUT | select.POLLERR | select.POLLHUP


def _readiness(mask: int) -> int:
    ready = pycurl.CSELECT_IN if mask & select.POLLIN else 0
    if mask & select.POLLOUT:
        ready |= pycurl.CSELECT_OUT
    return ready | pycurl.CSELECT_ERR if mask & (select.POLLERR | select.POLLHUP) else ready


READINESS = [_readiness(mask) for mask in range(EVENTS + 1)]
"""libcurl's word for each of the kernel's."""


class Sockets:
    """Belongs to the loop's thread, apart from ``wake``."""

    def __init__(self) -> None:
        self._poll = select.epoll() if hasattr(select, "epoll") else select.poll()
        self._in_seconds = hasattr(select, "epoll")
        self._bell, self._ear = socket.socketpair()
        self._bell.setblocking(False)
        self._ear.setblocking(False)
        self._poll.register(self._ear.fileno(), select.POLLIN)
        self._watched: dict[int, int] = {}
        self._awake = False
        self._haste = 0

    def wake(self) -> None:
        """End the wait of ``ready``, now or the next time. From any thread."""
        if not self._awake:
            self._awake = True
            with suppress(OSError):  # full: the loop has enough to wake up for. Closed: it has ended
                self._bell.send(b"!")

    def ready(self, until: float) -> list[tuple[int, int]]:
        """What libcurl is to be told: (descriptor, its word for what happened), waiting until time.monotonic().

        Under load it gathers for a moment first: a turn of the loop costs the same for one as for ten.
        """
        if self._haste > HASTE:
            time.sleep(GATHER)
        began = time.monotonic()
        patience = max(0.0, until - began)
        found = self._poll.poll(patience if self._in_seconds else patience * 1000)
        self._haste = self._haste + 1 if time.monotonic() - began < CALM else 0
        return [(descriptor, READINESS[mask & EVENTS]) for descriptor, mask in found if self._is_wanted(descriptor)]

    def watch(self, event: int, descriptor: int, _multi: pycurl.CurlMulti, _data: object) -> None:
        """What libcurl wants to know of a socket from now on: its M_SOCKETFUNCTION."""
        if event == pycurl.POLL_REMOVE:
            # libcurl closes it next, which takes it off the kernel's list as well.
            self._watched.pop(descriptor, None)
            return
        mask = WATCH[event]
        known = self._watched.get(descriptor)
        if known == mask:
            return
        self._watched[descriptor] = mask
        try:
            (self._poll.register if known is None else self._poll.modify)(descriptor, mask)
        except FileExistsError:  # it was left open and is wanted again
            self._poll.modify(descriptor, mask)

    def close(self) -> None:
        self._bell.close()
        self._ear.close()

    def _is_wanted(self, descriptor: int) -> bool:
        if descriptor in self._watched:
            return True
        if descriptor == self._ear.fileno():
            self._ear.recv(4096)
            self._awake = (
                False  # before anything is read that was queued, so that whoever comes from now on rings again
            )
        else:  # libcurl lost interest in it and left it open
            with suppress(OSError, KeyError):
                self._poll.unregister(descriptor)
        return False
