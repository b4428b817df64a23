"""JSON read strictly."""

import pytest

from dashboard.api.strict import DEEPEST, loads


def test_json_is_read_as_it_stands():
    assert loads('{"a": [1, 2.5, null, "ü"], "b": {"a": true}}'.encode()) == {
        "a": [1, 2.5, None, "ü"],
        "b": {"a": True},
    }


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "No JSON at line 1, column 1"),
        (b'{"a": 1,\n "b" 2}', "No JSON at line 2, column 6"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b"[-Infinity]", "-Infinity is no JSON"),
        (b'{"a": 1, "b": 2, "a": 3}', "The name 'a' stands twice"),
        (b'"\xff"', "Byte 2 is no UTF-8"),
        (b"\xef\xbb\xbf{}", "No JSON at line 1, column 1"),
        (b"[" + b"9" * 5_000 + b"]", "A number of 5000 digits"),
        (b"[" * 100_000, "Nested deeper than 32"),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "Nested deeper than 32"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "Nested deeper than 32"),
    ],
)
def test_what_is_no_json_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        loads(data)


def test_the_deepest_allowed_is_read():
    text = b"[" * DEEPEST + b"1" + b"]" * DEEPEST
    assert loads(text)


def test_one_doubled_name_among_very_many_is_found():
    data = b"{" + b",".join(b'"%d":1' % number for number in range(100_000)) + b',"99999":2}'
    with pytest.raises(ValueError, match="'99999' stands twice"):
        loads(data)
