"""How much travels: bytes on the wire, told by the browser, not time."""

from playwright.sync_api import CDPSession

FIRST_VISIT, LATER_VISIT = 80_000, 20_000
HEADS = 1_000
"""Bytes of headers an answer may have; Chromium counts them too."""


def counted(session: CDPSession) -> list[float]:
    """The encoded length of each answer, as they come."""
    lengths: list[float] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    return lengths


def test_the_overview_is_light_and_lighter_the_next_time(visit):
    person = visit()
    lengths = counted(person.context.new_cdp_session(person.page))
    person.goto("/")
    person.page.wait_for_load_state("networkidle")
    first, requests = sum(lengths), len(lengths)
    lengths.clear()
    person.goto("/")
    person.page.wait_for_load_state("networkidle")
    assert requests >= 4 and 10_000 < first < FIRST_VISIT, first
    assert sum(lengths) < LATER_VISIT, lengths


def test_what_never_changes_is_not_asked_for_again(visit):
    person = visit("/")
    person.goto("/")
    for answer in person.answers:
        if "/static/" in answer.url:
            assert "immutable" in answer.headers["cache-control"] and answer.headers.get("content-encoding") == "gzip"


def test_the_first_paint_needs_the_page_and_one_stylesheet(visit):
    page = visit("/").page
    entries = "performance.getEntriesByType('resource').map((one) => [one.renderBlockingStatus, one.name])"
    blocking = [name for status, name in page.evaluate(entries) if status == "blocking"]
    assert len(blocking) == 1 and blocking[0].endswith(".css"), blocking
