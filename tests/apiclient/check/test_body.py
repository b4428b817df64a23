"""The body's text: whole, empty, cut, and in whatever charset."""

import pytest

from tests.apiclient.check.judged import judged

READY = {"kind": "body", "is": "contains", "value": "ready"}


def test_text_is_looked_for():
    assert judged(READY, b"is ready.") == ('The body must contain "ready".', True, False)
    assert judged(READY, b"starting") == ('The body must contain "ready": it does not.', False, False)
    assert judged({"kind": "body", "is": "matches", "value": r"^\d+\.\d+"}, b"8.2.0\n").holds


def test_white_space_at_the_ends_does_not_count():
    assert judged({"kind": "body", "is": "equals", "value": "OK"}, b"\r\n OK\n").holds


def test_an_empty_body():
    assert judged(READY).sentence == 'The body must contain "ready": it is empty.'
    assert judged({"kind": "body", "is": "absent"}, b" \n").holds
    assert judged({"kind": "body", "is": "present"}).holds is False
    assert judged({"kind": "body", "is": "lacks", "value": "error"}).holds


def test_the_charset_that_is_named_is_used():
    headers = [("Content-Type", "text/plain; charset=utf-16le")]
    assert judged(READY, "ready ж".encode("utf-16le"), headers=headers).holds


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (READY, True),
        ({"kind": "body", "is": "contains", "value": "later"}, False),
        ({"kind": "body", "is": "lacks", "value": "error"}, False),
        ({"kind": "body", "is": "equals", "value": "ready"}, False),
    ],
)
def test_of_a_body_that_was_cut_only_what_is_seen_is_believed(check, holds):
    result = judged(check, b"ready", whole=9)
    assert result.holds is holds
    assert holds or "Only the first 5 of 9 bytes were looked at." in result.sentence
