"""Files of curl commands."""

import pytest

from apiclient.importers.commands import read

FILE = r"""#!/bin/sh
# health
curl https://a.example/health
$ curl -sS -u ann:planted https://a.example/orders \
    -H 'Accept: application/json'

curl -X POST 'https://b.example/login?token=planted' -m 5 -L -k --data-raw $'{"password":"pl\u0061nted",
curl "note": "in quotes"}'
curl.exe ^"https://a.example/x^" ^
  -H ^"Cookie: sid=planted^"
"""


def test_each_command_is_a_call_of_its_origins_service():
    found = read(FILE)
    assert [(one.name, one.base_url, [call.name for call in one.calls]) for one in found.services] == [
        ("a.example", "https://a.example", ["GET /health", "GET /orders", "GET /x"]),
        ("b.example", "https://b.example", ["POST /login"]),
    ]
    login = found.services[1].calls[0]
    assert (login.timeout_ms, login.follow_redirects, login.verify_tls, login.enabled) == (5000, True, False, False)
    assert login.path == "/login?token={{ secret.token }}"
    assert login.body == '{"password":"{{ secret.password }}",\ncurl "note": "in quotes"}'.replace(
        "{{ secret.password }}", "{{ secret.password }}"
    )
    assert "planted" not in repr(found)
    assert [call.enabled for call in found.services[0].calls] == [None, False, False]


@pytest.mark.parametrize(
    ("options", "auth"),
    [
        ("-u ann:planted", {"kind": "basic", "user": "ann", "password": "{{ secret.password }}"}),
        ("-u ann:planted --digest", {"kind": "digest", "user": "ann", "password": "{{ secret.password }}"}),
        ("--oauth2-bearer planted", {"kind": "bearer", "token": "{{ secret.token }}"}),
        (
            "--aws-sigv4 aws:amz:eu-west-1:s3 -u planted:planted2",
            {
                "kind": "aws_sigv4",
                "access_key": "{{ secret.access_key }}",
                "secret_key": "{{ secret.secret_key }}",
                "region": "eu-west-1",
                "service": "s3",
            },
        ),
    ],
)
def test_what_signs_the_request_is_auth(options, auth):
    found = read(f"curl {options} https://a.example/")
    assert (found.services[0].auth, found.services[0].calls[0].headers) == (auth, None)
    assert "planted" not in repr(found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file has no line that begins with curl."),
        ("wget https://a.example", "The file has no line that begins with curl."),
        (
            "\ncurl https://a.example\ncurl --frob https://a.example",
            "line 3: The option --frob is not known here. Leave it out.",
        ),
        ("curl 'https://a.example", "line 1: A quote (') is opened and never closed. Was the whole command copied?"),
        ("curl -X PURGE https://a.example", "line 1: no call can be made by PURGE."),
        (
            "curl ftp://a.example",
            "line 1: 'ftp://a.example' is no URL that begins with http:// or https:// and has a host.",
        ),
        ("curl --digest https://a.example", "line 1: --digest needs -u with a user and a password."),
        (
            "curl --aws-sigv4 aws:amz -u a:b https://a.example",
            "line 1: --aws-sigv4 must name region and service: aws:amz:eu-west-1:execute-api.",
        ),
        ("curl https://a.example\n" * 501, "The file has 501 curl commands; at most 500 are read."),
        (
            "curl -d @/etc/passwd https://a.example",
            "line 1: -d @/etc/passwd reads a file, and no file can be read here. Paste its text instead.",
        ),
    ],
)
def test_what_cannot_be_read_names_its_line(text, sentence):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert str(refused.value) == sentence
