"""Planted secrets are nowhere in what is kept."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.http.redact import MASK, is_secret_name, redact_bytes, redact_headers, redact_text, redact_url

SECRET = 'pä$$ w/"rd+\\1'


@pytest.mark.parametrize(
    "name",
    [
        *["Authorization", "PROXY-AUTHORIZATION", "Cookie", "set-cookie", "X-Api-Key", "apikey", "X-Auth-Token"],
        *[
            "client_secret",
            "j_password",
            "sessionid",
            "JSESSIONID",
            "access_token",
            "X-CSRFToken",
            "api_key",
            "key",
            "sig",
        ],
        *["X-Amz-Signature", "private_key", "pwd", "passphrase", "%61pi_key", "X-Vault-Token", "code"],
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)
    assert redact_headers(((name, "hunter2"),)) == ((name, MASK),)
    assert redact_url(f"https://a.example/?x=1&{name}=hunter2#end") == f"https://a.example/?x=1&{name}={MASK}#end"


@pytest.mark.parametrize(
    "name",
    ["Accept", "Content-Type", "Date", "ETag", "WWW-Authenticate", "monkey", "zipcode", "page", "design", "author"],
)
def test_other_names_keep_their_values(name: str) -> None:
    assert redact_headers(((name, "plain"),)) == ((name, "plain"),)


def test_a_location_is_cleaned_too() -> None:
    headers = (("Location", "https://u:hunter2@a.example/?token=hunter2&page=2"),)
    assert redact_headers(headers) == (("Location", f"https://{MASK}@a.example/?token={MASK}&page=2"),)


@pytest.mark.parametrize(
    "url",
    [
        "https://u:hunter2@a.example/x",
        "https://hunter2@a.example",
        "//u:p@hunter2@a.example/",
        "https://:hunter2@[::1]:8/",
    ],
)
def test_userinfo_is_masked(url: str) -> None:
    cleaned = redact_url(url)
    assert "hunter2" not in cleaned and MASK in cleaned and ("a.example" in cleaned or "[::1]:8" in cleaned)


def test_a_plain_url_is_left_alone() -> None:
    url = "https://a.example:8443/users/me@a.example?page=2&sort=name#top"
    assert redact_url(url) == url


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"me:" + SECRET.encode() + b"!").decode(),
    ],
)
def test_known_secrets_are_masked_in_every_form(form: str) -> None:
    cleaned = redact_text(f"before {form} after", [SECRET])
    assert MASK in cleaned and form not in cleaned
    assert cleaned.startswith("before ") and cleaned.endswith(" after")


def test_schemes_of_authorization_are_masked_unasked() -> None:
    assert redact_text("sent Authorization: Bearer abcdefgh.ijkl-mn", []) == f"sent Authorization: Bearer {MASK}"


def test_secrets_too_short_to_hide_leave_the_text_readable() -> None:
    assert redact_text("a plain text", ["a", ""]) == "a plain text"


@given(st.text(min_size=4), st.text(), st.text())
def test_no_text_keeps_a_secret(secret: str, before: str, after: str) -> None:
    masked = redact_text(before + secret + after, [secret])
    assert secret not in masked.replace(MASK, "\0")


def test_a_body_in_utf8_stays_in_it_though_another_secret_is_not_ascii() -> None:
    masked = redact_bytes("größe: token-1234".encode(), {"token-1234", "pässwort"})
    assert masked.decode() == f"größe: {MASK}"
