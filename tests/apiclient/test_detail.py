"""The texts of an outcome are kept whole, harmless to the database, and without the request's secrets."""

from datetime import UTC, datetime

import pytest

from apiclient.detail import Evidence, keep_details
from apiclient.http import Certificate, Exchange, Hop, Request
from apiclient.models import Message, OutcomeDetail
from apiclient.slot import slot_id, to_ms
from tests.builders import head_of, make_call, make_outcome

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECRET = "s3cr3t-c4n4ry-0123456789"
pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call(interval_seconds=None)


def kept(call, request=None, number=0, headers=(), **exchange):
    slot = slot_id(to_ms(NOW) + 2 * number, call.pk)
    exchange = Exchange(head=head_of(headers), **({"status_code": 500} | exchange))
    keep_details([Evidence(slot, call.service_id, request or Request("GET", call.url), exchange)])
    return OutcomeDetail.objects.get(pk=slot)


def test_everything_that_was_heard_is_kept(call):
    detail = kept(
        call,
        Request("POST", "http://h/x", (("Accept", "a/b"),)),
        reason="Oops",
        http_version="1.1",
        remote_address="2001:db8::1",
        remote_port=443,
        headers=(("Server", "x"),),
        body=b"\xff\x00 raw",
        interim=(100, 103),
        redirects=(Hop("http://h/a", 302, "/b"),),
        certificate=Certificate("CN=h", "CN=ca", NOW),
        error="",
    )
    assert (detail.method, detail.url, detail.reason, detail.http_version) == ("POST", "http://h/x", "Oops", "1.1")
    assert (detail.remote_address, detail.remote_port) == ("2001:db8::1", 443)
    assert detail.request_headers == [["Accept", "a/b"]] and detail.headers == [["Server", "x"]]
    assert bytes(detail.body) == b"\xff\x00 raw"
    assert detail.interim == [100, 103]
    assert detail.redirects == [{"url": "http://h/a", "status_code": 302, "location": "/b"}]
    assert detail.certificate == {"subject": "CN=h", "issuer": "CN=ca", "expires_at": "2026-03-04T12:00:00+00:00"}


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ((("Authorization", f"Bearer {SECRET}"),), "http://h/x"),
        ((("X-Api-Key", SECRET),), "http://h/x"),
        ((("Cookie", f"session={SECRET}; theme=dark"),), "http://h/x"),
        ((), f"http://h/x?api_key={SECRET}&a=b"),
        ((), f"http://h/x?a=b&token={SECRET}#f"),
    ],
)
def test_secrets_of_the_request_are_kept_nowhere_even_when_they_come_back(call, headers, url):
    detail = kept(
        call,
        Request("GET", url, headers),
        reason=f"bad {SECRET}",
        body=f"you sent {SECRET} and nobody is allowed".encode(),
        headers=(("Location", f"http://user:{SECRET}@h/?token={SECRET}"), ("Set-Cookie", f"a={SECRET}")),
        redirects=(Hop(f"http://h/?token={SECRET}", 302, f"//h/?token={SECRET}"),),
    )
    everything = [str(value) for row in OutcomeDetail.objects.values() for value in row.values()]
    everything += [str(bytes(detail.body))] + [str(value) for row in Message.objects.values() for value in row.values()]
    assert not [text for text in everything if SECRET in text]
    assert "nobody is allowed" in detail.message.text


def test_a_body_is_changed_in_nothing_but_its_secrets(call):
    body = bytes(range(256)) * 2 + "€".encode()
    assert bytes(kept(call, Request("GET", "http://h/?key=zyxwvuts"), body=body).body) == body


@pytest.mark.parametrize("code", [200, 302, None])
def test_only_errors_have_a_message(call, code):
    failure = {} if code else {"failure": 1}
    assert kept(call, status_code=code, body=b"all is well", **failure).message is None


def test_messages_differ_by_service_and_by_what_they_say(call):
    other = make_call()
    make_outcome(call, 500, due_at=NOW, body=b"disk 1 full")
    make_outcome(other, 500, due_at=NOW, body=b"disk 2 full")
    make_outcome(call, 500, due_at=NOW.replace(minute=1), body=b"no route")
    assert Message.objects.count() == 3


@pytest.mark.parametrize("body", [b"1 " * 250, b"'a' " * 125, b"1.1.1.1/2 " * 50, b"x" * 10_000])
def test_a_template_longer_than_its_text_still_fits(call, body):
    assert kept(call, body=body).message.template


def test_the_longest_a_server_can_say_fits(call):
    detail = kept(call, reason="r" * 5_000, http_version="9" * 500, body=b"\x00" * 64)
    assert detail.reason == "r" * 200


def test_known_messages_cost_the_same_queries_however_many(call, django_assert_max_num_queries):
    evidence = [
        Evidence(
            slot_id(to_ms(NOW) + 2 * n, call.pk),
            call.service_id,
            Request("GET", call.url),
            Exchange(status_code=500, body=f"message {'abcdefghij'[n % 10]}".encode()),
        )
        for n in range(100)
    ]
    with django_assert_max_num_queries(6):
        keep_details(evidence)
    assert Message.objects.count() == 10


@pytest.mark.parametrize(
    "told",
    [
        lambda secret: secret.encode("utf-16"),
        lambda secret: b"x" * 100 + secret.encode()[:-3],
        lambda secret: ('{"message": "no ' + "".join(f"\\u{ord(one):04x}" for one in secret) + ' here"}').encode(),
    ],
)
def test_a_secret_that_was_put_in_is_masked_however_it_is_spelt(call, told):
    request = Request(
        "GET", f"http://h/{SECRET}?q={SECRET}", (("X-Thing", f"a {SECRET}"),), secrets=frozenset({SECRET})
    )
    body = told(SECRET)
    detail = kept(
        call,
        request,
        body=body,
        body_bytes=len(body) + 3,
        reason=f"No {SECRET}",
        error=f"No {SECRET}",
        headers=((f"X-{SECRET}", f"b {SECRET}"),),
        redirects=(Hop(f"http://h/{SECRET}", 302, f"/to/{SECRET}"),),
    )
    row = OutcomeDetail.objects.filter(pk=detail.pk).values().get()
    row["body"] = bytes(row["body"])
    everything = str(row) + row["body"].decode("utf-16", "replace") + detail.said
    assert SECRET[:-3] not in everything
    assert everything.count("•••") >= 8
    assert not Message.objects.filter(text__contains=SECRET).exists()
