"""The bare libcurl loop on the same target: what no Python program around libcurl can pass."""

import time

import pycurl

IN_FLIGHT = 200


def calls_per_second(url: str, seconds: float) -> tuple[float, float]:
    """(calls per second, calls per CPU-second) of one process doing nothing else, a new connection per call."""
    multi, free = pycurl.CurlMulti(), [_handle(url) for _ in range(IN_FLIGHT)]
    done, started, cpu = 0, time.monotonic(), time.process_time()
    while time.monotonic() - started < seconds:
        while free:
            multi.add_handle(free.pop())
        multi.perform()
        _, finished, failed = multi.info_read()
        if failed:
            raise RuntimeError(f"the bench's own target did not answer: {failed[0][2]}")
        for handle in finished:
            multi.remove_handle(handle)
        free.extend(finished)
        done += len(finished)
        multi.select(0.01)
    elapsed, used = time.monotonic() - started, time.process_time() - cpu
    return done / elapsed, done / used


def _handle(url: str) -> pycurl.Curl:
    handle = pycurl.Curl()
    for option, value in (
        (pycurl.URL, url),
        (pycurl.FORBID_REUSE, 1),
        (pycurl.FRESH_CONNECT, 1),
        (pycurl.SSL_SESSIONID_CACHE, 0),
        (pycurl.SSL_VERIFYPEER, 0),
        (pycurl.SSL_VERIFYHOST, 0),
        (pycurl.WRITEFUNCTION, len),
    ):
        handle.setopt(option, value)
    return handle
