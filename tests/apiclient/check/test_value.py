"""Values of JSON: every one that the path finds, in bounded time, whatever the body is."""

import time

import pytest

from apiclient.check import Wrong, checks_of
from tests.apiclient.check.judged import judged, nested

STATE = {"kind": "json", "path": "$.items[*].state", "is": "equals", "value": "ok"}


def items(*states):
    return {"items": [{"state": state} for state in states]}


def test_every_value_that_is_found_must_be_so():
    assert judged(STATE, items("ok")).sentence == 'The JSON value at $.items[*].state must be "ok": it is "ok".'
    assert judged(STATE, items("ok", "ok")).holds
    result = judged(STATE, items("ok", "bad", "bad"))
    assert (result.holds, result.sentence[-29:]) == (False, '"ok": number 2 of 3 is "bad".')


def test_where_none_is_found_only_what_forbids_holds():
    assert judged(STATE, {}).sentence.endswith("and is not there.")
    assert judged(STATE | {"is": "differs"}, {}).holds
    assert judged({"kind": "json", "path": "$.error", "is": "absent"}, {}).holds
    assert judged({"kind": "json", "path": "$.error", "is": "absent"}, {"error": None}).holds is False


def test_moments_and_numbers():
    later = {"kind": "json", "path": "$.expiration", "is": "after", "value": "30d"}
    assert judged(later, {"expiration": "2027-01-31"}).holds
    assert judged(later, {"expiration": 1795521600000}).holds is False
    assert judged({"kind": "json", "path": "$.n", "is": "greater", "value": 2}, {"n": 3}).holds


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the body is empty"),
        (b"<html>", "the body is not JSON"),
        (b"{", "the body is not JSON"),
        (b"[NaN]", "NaN is no value of JSON"),
        (b"1" * 5000, "the body is not JSON"),
        (nested(100_000), "nested deeper than 100 levels"),
        (nested(101), "nested deeper than 100 levels"),
    ],
)
def test_a_body_that_cannot_be_read_fails_with_the_reason(body, said):
    began = time.monotonic()
    result = judged(STATE, body)
    assert result.holds is False and said in result.sentence
    assert time.monotonic() - began < 2


def test_a_cut_body_is_not_read():
    result = judged(STATE, b'{"items": []}', whole=99)
    assert result.holds is False and "the body was cut. Only the first 13 of 99 bytes" in result.sentence


def test_a_path_over_a_mebibyte_ends_in_time():
    body = b"[" + b'{"state": "ok", "a": [1, 2, 3]},' * 32_000 + b"0]"
    for path in ("$[*].state", "$..*..*", "$..[?@.state == 'bad']"):
        began = time.monotonic()
        judged({"kind": "json", "path": path, "is": "equals", "value": "ok"}, body)
        assert time.monotonic() - began < 8, path


@pytest.mark.parametrize("path", [None, "", "items", "$.", 5])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(Wrong, match="JSONPath") as refused:
        checks_of([STATE | {"path": path}])
    assert refused.value.place == "[0].path"
