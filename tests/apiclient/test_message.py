import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.message import LONGEST, message_of

JSON = "application/json"
XML = "application/xml"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No report 7"}, "No report 7"),
        ({"title": "Not Found", "status": 404}, "Not Found"),
        ({"title": "Bad", "errors": [{"detail": "no name"}, {"detail": "no age"}]}, "no name; no age"),
        ({"message": "Not here"}, "Not here"),
        ({"Message": "Not here"}, "Not here"),
        ({"message": "", "error": "gone"}, "gone"),
        ({"error": "Not here"}, "Not here"),
        ({"error": {"code": 404, "message": "Not here"}}, "Not here"),
        ({"error": {"type": "index_not_found", "reason": "no such index"}, "status": 404}, "no such index"),
        ({"error": True, "msg": "broken"}, "broken"),
        ({"error": "invalid_grant", "error_description": "The code expired"}, "The code expired"),
        ({"timestamp": 1, "status": 500, "error": "Internal Server Error", "message": "No disk"}, "No disk"),
        ({"errorMessages": ["Issue does not exist"], "errors": {}}, "Issue does not exist"),
        ({"errors": ["too short", "too plain", "too short"]}, "too short; too plain"),
        ({"errors": {"email": ["is not valid"], "name": ["is taken"]}}, "email: is not valid; name: is taken"),
        ({"email": ["This field is required."]}, "email: This field is required."),
        ({"detail": [{"loc": ["body", "age"], "msg": "field required"}]}, "field required"),
        ({"message": "No folder", "errorCode": "folder.not.found", "parameters": ["/x"]}, "No folder"),
        ({"errorCode": "resource.not.found", "parameters": ["/x"]}, "resource.not.found"),
        ({"errorDescriptor": {"message": "Weak password", "errorCode": "weak.password"}}, "Weak password"),
        ([{"message": "one", "errorCode": "a"}, {"message": "two", "errorCode": "b"}], "one; two"),
        ("just a string", "just a string"),
        ({"fault": {"faultstring": "Quota exceeded"}}, "Quota exceeded"),
        ({"data": {"id": 1}}, ""),
        ({"code": 404}, ""),
        ([], ""),
    ],
)
def test_json_shapes(shape: object, message: str) -> None:
    body = json.dumps(shape).encode()
    assert message_of(body, JSON) == message
    assert message_of(body, "") == message_of(body, HTML) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<errorDescriptor><errorCode>a.b</errorCode><message>No folder</message></errorDescriptor>", "No folder"),
        ("<errorDescriptor><errorCode>access.denied</errorCode></errorDescriptor>", "access.denied"),
        ("<?xml version='1.0'?>\n<error>Gone &amp; lost</error>", "Gone & lost"),
        ("<es><e><message>one</message></e><e><message>two</message></e></es>", "one; two"),
        ("<message><![CDATA[a < b]]></message>", "a < b"),
        ("<problem xmlns='urn:x'><title>Bad</title><detail>No name</detail></problem>", "No name"),
        ("<s:Fault><faultcode>s:Client</faultcode><faultstring>No such call</faultstring></s:Fault>", "No such call"),
        ("<s:Fault><s:Reason><s:Text xml:lang='en'>Bad input</s:Text></s:Reason></s:Fault>", "Bad input"),
        ("<Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>", "No such key."),
        ("<a><b>nothing of interest</b></a>", ""),
        ("<message>cut of", "cut of"),
    ],
)
def test_xml_shapes(text: str, message: str) -> None:
    assert message_of(text.encode(), XML) == message_of(text.encode(), "") == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE html><html><head><title>502\n Bad&nbsp;Gateway</title></head><h1>x</h1>", "502 Bad Gateway"),
        ("<html><body><h1>Not Found</h1><p>message</p></body></html>", "Not Found"),
        ("<HTML><TITLE id=a>Error</TITLE><message>no</message>", "Error"),
        ("<h1>Only a heading</h1>", "Only a heading"),
        ("<html><body>nothing</body></html>", ""),
    ],
)
def test_html_gives_its_title(text: str, message: str) -> None:
    assert message_of(text.encode(), HTML) == message_of(text.encode(), JSON) == message


@pytest.mark.parametrize("text", ["Unauthorized", '{"message": "x"}', "<title>x</title>", "[1]"])
def test_plain_text_is_taken_as_it_is(text: str) -> None:
    assert message_of(text.encode(), "text/plain;charset=UTF-8") == text


@pytest.mark.parametrize("content_type", ["", JSON, XML, HTML, "nonsense", "application/octet-stream"])
@pytest.mark.parametrize("text", ["upstream timed out", "[ERROR] no route", '"x" is not a name'])
def test_what_is_no_markup_is_plain_text_whatever_it_is_called(text: str, content_type: str) -> None:
    assert message_of(text.encode(), content_type) == text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"\x89PNG\r\n\x1a\n\x00\x00", ""), (b"\x1f\x8b\x08\x00abc", JSON), (b"GIF89a", "image/gif"), (b"", "text/plain")],
)
def test_what_is_no_text_has_no_message(body: bytes, content_type: str) -> None:
    assert message_of(body, content_type) == ""


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ("Zugriff für Müller".encode(), "text/plain", "Zugriff für Müller"),
        ("Zugriff für Müller".encode("latin-1"), "text/plain", "Zugriff für Müller"),
        ("Zugriff für Müller".encode("latin-1"), "text/plain; charset=iso-8859-1", "Zugriff für Müller"),
        ("エラー".encode("shift_jis"), "text/plain; charset=Shift_JIS", "エラー"),
        ("Zugriff für".encode("utf-16"), "", "Zugriff für"),
        (b'\xef\xbb\xbf{"message": "x"}', JSON, "x"),
        ("für".encode(), "text/plain; charset=klingon", "für"),
        ("für".encode()[:2], "text/plain", "f"),
        (b"a\xffb", "text/plain; charset=utf-8", "a\ufffdb"),
        (b"eJxLBAAAYgBi", "text/plain; charset=base64", "eJxLBAAAYgBi"),
        (b"a-b", "text/plain; charset=punycode", "a-b"),
    ],
)
def test_charsets_named_missing_and_wrong(body: bytes, content_type: str, message: str) -> None:
    assert message_of(body, content_type) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  two \r\n\t words\x0b\x1f ", "two words"),
        ("nul\x00 bell\x07 del\x7f csi\x9b", "nul bell del csi"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("abc\u202egnp\u2066.exe\u200f", "abcgnp.exe"),
        ("line\u2028para\u2029end", "line para end"),
        ("\x00 \x00", ""),
    ],
)
def test_what_is_unseen_is_stripped_and_space_is_folded(text: str, message: str) -> None:
    assert message_of(text.encode(), "text/plain; charset=utf-8") == message


def test_lone_surrogates_in_json_do_not_reach_the_database() -> None:
    assert message_of(rb'{"message": "a\ud800b"}', JSON) == "ab"


def test_a_long_message_ends_in_an_ellipsis_within_the_limit() -> None:
    assert message_of(b"x" * 500, "text/plain") == "x" * 500
    assert message_of(b"x" * 501, "text/plain") == "x" * 499 + "…"


def test_json_that_was_cut_off_still_gives_its_message() -> None:
    assert (
        message_of(rb'{"error": "a", "message": "No \"x\" \u00fc", "trace": "' + b"at java" * 20000, JSON) == 'No "x" ü'
    )


HOSTILE = {
    "brackets": b"[" * 100_000,
    "objects": b'{"error":' * 20_000,
    "message in the deep": b'{"error":' * 5_000 + b'{"message": "deep"}',
    "digits": b'{"n": ' + b"9" * 60_000 + b"}",
    "infinite": b'{"n": 1e999999, "code": NaN}',
    "entities": b'<!DOCTYPE l [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><message>&c;&c;</message>' * 800,
    "outside entity": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><message>&a;</message>',
    "open cdata": b"<message><![CDATA[" * 4_000,
    "open comments": b"<!--" * 16_000,
    "open tags": b"<message " * 8_000,
    "open titles": b"<html>" + b"<title" * 10_000,
    "less than": b"<" * 65_536,
    "spaces": b"<message>" + b" " * 65_000 + b"<message>",
    "key and spaces": b'{"message"' + b" " * 65_000,
    "keys and spaces": b'{"message" ' * 6_000,
    "quotes": b'"' * 65_536,
    "backslashes": b'{"message": "' + b"\\" * 65_000,
    "broken members": b'{"text":"\\' * 6_500,
    "escapes": b"\x1b[" * 32_000,
    "numeric reference": b"<message>&#" + b"9" * 60_000 + b";</message>",
    "prefix": b"<" + b"a" * 65_000 + b":message>",
    "long s": "<meſſage>x</meſſage>".encode(),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("content_type", ["", "text/plain", JSON, XML, HTML])
def test_hostile_bodies_end_in_a_short_clean_line(body: bytes, content_type: str) -> None:
    assert_clean(message_of(body, content_type))


def test_entities_are_neither_expanded_nor_fetched() -> None:
    assert message_of(HOSTILE["outside entity"], XML) == "&a;"


ALPHABET = st.sampled_from(
    ['{"', '"', ":", "[", "]", "}", "message", "error", "<", ">", "</", "title", "&#1;", "\\u", "x"]
)
CONTENT_TYPES = st.sampled_from(["", "text/plain", JSON, XML, HTML]) | st.text(max_size=30).map(
    "text/x; charset=".__add__
)


@given(st.binary(max_size=300) | st.lists(ALPHABET).map(lambda parts: "".join(parts).encode()), CONTENT_TYPES)
def test_any_bytes_end_in_a_short_clean_line(body: bytes, content_type: str) -> None:
    assert_clean(message_of(body, content_type))


@given(st.text(st.characters()), st.sampled_from(["message", "detail", "errors"]))
def test_any_json_text_ends_in_a_short_clean_line(text: str, key: str) -> None:
    assert_clean(message_of(json.dumps({key: text}).encode(), JSON))


def assert_clean(message: str) -> None:
    assert len(message) <= LONGEST and message == " ".join(message.split())
    assert not {unicodedata.category(each) for each in message} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(each) for each in message} & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}
