"""The site map: who gets in, and that no page needs or allows inline script or style."""

import re

import pytest
from django.urls import reverse

from tests.builders import make_call, make_outcome, make_service

INLINE = re.compile(rb"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses() -> list[str]:
    call = make_call(make_service(name="Shop"), name="List")
    outcome = make_outcome(call, status_code=500, body=b"boom", body_bytes=4, headers=(("Content-Type", "text/plain"),))
    return [
        reverse("overview"),
        reverse("service", args=["shop"]),
        reverse("call", args=["shop", "list"]),
        reverse("outcomes"),
        reverse("outcome", args=[outcome.pk]),
        reverse("codes"),
    ]


def test_every_page_sends_strangers_to_the_login(client, addresses):
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={address}")


def test_every_page_has_a_strict_policy_and_nothing_inline(admin_client, addresses):
    for address in [*addresses, "/nothing/here/"]:
        answer = admin_client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert not INLINE.search(answer.content), address


def test_garbage_in_any_word_of_any_page_is_answered_beside_the_filter(admin_client, addresses):
    words = {
        "since": "banana", "until": "2026-13-45", "status_code": "9-", "code_class": "7xx", "category": "x",
        "step": "1s", "failure": "0", "verdict": "perhaps", "service": "nobody", "call": "a/b/c",
        "before": "x" * 300, "q": "\x00",
        HOSTILE: HOSTILE,
    }  # fmt: skip
    for address in addresses[:4] + addresses[5:]:
        answer = admin_client.get(address, words)
        assert answer.status_code == 200
        assert b"is no moment" in answer.content and b"alert(1)</script>" not in answer.content
        assert not INLINE.search(answer.content.replace(b"&quot;", b"").replace(b"onerror=alert", b"")), address


def test_hostile_names_bodies_and_headers_are_shown_as_text(admin_client):
    service = make_service(name=HOSTILE, slug="hostile", description=HOSTILE)
    call = make_call(service, name=HOSTILE + "\u202egnp", slug="call", path="/" + "a" * 900)
    outcome = make_outcome(
        call, status_code=500, reason=HOSTILE, body=HOSTILE.encode() + b"\x80\xff", body_bytes=60,
        headers=(("Content-Type", "text/plain"), ("X-Odd", HOSTILE)),
    )  # fmt: skip
    for name, args in (
        ("overview", []), ("service", ["hostile"]), ("call", ["hostile", "call"]), ("outcomes", []),
        ("outcome", [outcome.pk]), ("codes", []),
    ):  # fmt: skip
        content = admin_client.get(reverse(name, args=args)).content
        assert b"<script>" not in content and b"<img" not in content, name
        assert "\u202e".encode() not in content, name


def test_an_unknown_address_is_a_page_in_the_same_look(admin_client):
    for address in ("/services/nobody/", "/services/nobody/nothing/", "/outcomes/1/", f"/outcomes/{10**30}/", "/x"):
        answer = admin_client.get(address)
        assert answer.status_code == 404
        assert b"There is nothing at this address" in answer.content and b"dashboard.css" in answer.content


def test_a_fault_of_ours_is_a_page_too(admin_client, monkeypatch):
    admin_client.raise_request_exception = False
    monkeypatch.setattr("dashboard.pages.overview.tally", None)
    answer = admin_client.get("/")
    assert answer.status_code == 500 and b"Something broke on our side" in answer.content


def test_log_in_and_out(client, django_user_model):
    django_user_model.objects.create_user("ann", password="correct horse")
    assert b'name="username"' in client.get("/accounts/login/").content
    assert b"enter a correct" in client.post("/accounts/login/", {"username": "ann", "password": "x"}).content
    answer = client.post("/accounts/login/", {"username": "ann", "password": "correct horse", "next": "/codes/"})
    assert (answer.status_code, answer.url) == (302, "/codes/")
    assert client.post("/accounts/logout/").url == "/accounts/login/"
    assert client.get("/").status_code == 302
