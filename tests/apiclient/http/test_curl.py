"""A request as a curl command: what the shell makes of it is what was meant, and no secret is in it."""

import subprocess

import pytest

from apiclient.http import Limits, Request
from apiclient.http.curl import curl_command, quoted
from apiclient.http.redact import MASK

TEXTS = (
    "plain", "", "two words", "it's", '"quoted"', "$HOME `id` $(id) !!", "back\\slash", "-o /etc/passwd", "a\nb\tc",
    "~", "*?[]{}", "#;&|<>", "ключ ☃ 🙂", "right\u202eleft", "it's \u200b\\ odd", "bell\x07", "a\r\nb", "\ufeff",
    "x" * 10_000,
)  # fmt: skip


def words(command: str) -> list[str]:
    """What a shell hands to the program, curl's name aside."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    done = subprocess.run(("bash", "-c", script), capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


def sent(method="GET", url="https://api.example/x", headers=(), body=b"", **fields) -> list[str]:
    return words(curl_command(Request(method, url, tuple(headers), body, **fields), "Answerback"))


def test_a_shell_reads_back_what_was_quoted():
    assert words("curl " + " ".join(map(quoted, TEXTS))) == list(TEXTS)


def test_what_turns_text_around_or_hides_in_it_is_written_out():
    shown = quoted("a\u202eb\u200bc\x1b[2J")
    assert shown.isascii() and shown.isprintable()


def test_a_plain_get_says_no_more_than_it_must():
    assert sent() == ["--user-agent", "Answerback", "--compressed", "--max-time", "10", "https://api.example/x"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"method": "HEAD"}, ["--head"]),
        ({"method": "DELETE"}, ["--request", "DELETE"]),
        ({"headers": [("X-Empty", "")]}, ["--header", "X-Empty;"]),
        ({"headers": [("User-Agent", "own")]}, ["--header", "User-Agent: own"]),
        ({"verify_tls": False}, ["--insecure"]),
        ({"follow_redirects": True}, ["--location", "--max-redirs", "5"]),
        ({"limits": Limits(timeout_ms=1500)}, ["--max-time", "1.5"]),
        ({"url": "https://api.example/{a}[1-9]"}, ["--globoff"]),
        ({"method": "POST", "body": b"a=it's"}, ["--header", "Content-Type:", "--data-binary", "a=it's"]),
    ],
)
def test_options_say_what_the_engine_does(fields, expected):
    found = sent(**fields)
    assert " ".join(expected) in " ".join(found)


def test_a_request_that_names_its_agent_gets_no_other():
    assert "--user-agent" not in sent(headers=[("user-agent", "own")])


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"user": "ann", "password": "planted"}', f'{{"user": "ann", "password": "{MASK}"}}'),
        (b'{"n": 1.50}', '{"n": 1.50}'),
        (b'[{"deep": {"api_key": ["planted"]}}]', f'[{{"deep": {{"api_key": "{MASK}"}}}}]'),
        (b'{"at": "https://ann:planted@x/?token=planted"}', f'{{"at": "https://{MASK}@x/?token={MASK}"}}'),
        (b"user=ann&password=planted", f"user=ann&password={MASK}"),
        (b'{"a": {"password": "planted"}, "a": 1}', "@body"),
        (b"<password>planted</password>", "@body"),
        (b"[" * 5_000, "@body"),
        (b"\xff\xfe planted", "@body"),
        (b'{"note": "planted-in-a-header"}', f'{{"note": "{MASK}"}}'),
    ],
)
def test_secrets_of_a_body_are_masked_and_a_body_that_cannot_be_read_is_not_shown(body, shown):
    found = sent("POST", headers=[("Authorization", "Bearer planted-in-a-header")], body=body)
    assert found[found.index("--data-binary") + 1] == shown
    assert "planted" not in " ".join(found)


def test_secrets_of_address_and_headers_are_masked():
    found = sent(url="https://ann:planted@api.example/?token=planted", headers=[("X-Api-Key", "planted")])
    assert "planted" not in " ".join(found) and f"X-Api-Key: {MASK}" in found
