"""curl commands as people paste them, read without a shell and without running anything."""

import pytest

from apiclient.importers import Draft
from apiclient.importers.curl import read
from apiclient.importers.options import HARMLESS, HARMLESS_WITH_VALUE, REFUSED, SHORT

URL = "https://api.example.org/orders"
CHROME_BASH = r"""curl 'https://shop.example/api/orders?page=2' \
  -X 'PUT' \
  -H 'accept: application/json' \
  -H 'accept-encoding: gzip, deflate, br, zstd' \
  -H 'authorization: Bearer abc.def' \
  -H ':authority: shop.example' \
  -H 'content-type: application/json' \
  -b 'session=1; theme=dark' \
  --data-raw $'{"name":"O\'Brien \u00e9 \ud83d\ude00\\n","note":"a!"}' \
  --compressed"""
CHROME_CMD = """curl ^"https://shop.example/api/orders?page=2^&x=^%^20^" ^
  -H ^"accept: application/json^" ^
  -H ^"content-type: application/json^" ^
  --data-raw ^"^{^\\^"name^\\^":^\\^"O'Brien^\\^"^}^" ^
  --compressed"""
CHROME_CMD_OLD = """curl "https://shop.example/api?a=1&b=^2" ^\r
  -H "accept: */*" ^\r
  --data-binary "{\\"a\\":\\"one\\""^\r
\r
"two\\"}" """


def test_the_shortest_one():
    assert read(f"curl {URL}") == Draft(URL)


def test_what_chrome_copies_for_bash():
    draft = read(CHROME_BASH)
    assert (draft.method, draft.url) == ("PUT", "https://shop.example/api/orders?page=2")
    assert draft.headers == {
        "accept": "application/json",
        "authorization": "Bearer abc.def",
        "content-type": "application/json",
        "Cookie": "session=1; theme=dark",
    }
    assert draft.body == '{"name":"O\'Brien é 😀\\n","note":"a!"}'


def test_what_chrome_copies_for_the_command_line_of_windows():
    draft = read(CHROME_CMD)
    assert draft.url == "https://shop.example/api/orders?page=2&x=%20"
    assert (draft.method, draft.body) == ("POST", '{"name":"O\'Brien"}')
    assert draft.headers == {"accept": "application/json", "content-type": "application/json"}


def test_what_older_browsers_copied_for_windows():
    draft = read(CHROME_CMD_OLD)
    assert (draft.url, draft.body) == ("https://shop.example/api?a=1&b=^2", '{"a":"one"\ntwo"}')


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("-X DELETE", {"method": "DELETE"}),
        ("-XDELETE", {"method": "DELETE"}),
        ("--request patch", {"method": "PATCH"}),
        ("-I", {"method": "HEAD"}),
        ("-L", {"follow_redirects": True}),
        ("--location", {"follow_redirects": True}),
        ("-k", {"verify_tls": False}),
        ("-kLsS", {"verify_tls": False, "follow_redirects": True}),
        ("-sSLXOPTIONS", {"method": "OPTIONS", "follow_redirects": True}),
        ("-m 5", {"timeout_ms": 5000}),
        ("--max-time 0.0001", {"timeout_ms": 100}),
        ("-H 'Accept: text/plain'", {"headers": {"Accept": "text/plain"}}),
        ("-HAccept:text/plain", {"headers": {"Accept": "text/plain"}}),
        ("-H 'X-Empty;'", {"headers": {"X-Empty": ""}}),
        ("-H 'Accept:'", {"headers": {}}),
        ("-H 'a: 1' -H 'A: 2'", {"headers": {"A": "2"}}),
        ("-H 'Host: api.example.org' -H 'Connection: close'", {"headers": {}}),
        ("-u ann:secret", {"headers": {"Authorization": "Basic YW5uOnNlY3JldA=="}}),
        ("-A Probe/1", {"headers": {"User-Agent": "Probe/1"}}),
        ("-e https://example.org", {"headers": {"Referer": "https://example.org"}}),
        ("-b a=1 -b b=2", {"headers": {"Cookie": "a=1; b=2"}}),
        ("-r 0-9", {"headers": {"Range": "bytes=0-9"}}),
        ("--oauth2-bearer abc", {"headers": {"Authorization": "Bearer abc"}}),
        ("--url-query 'b=x y' --url-query +c=%20 --url-query d", {"url": f"{URL}?b=x+y&c=%20&d"}),
        ("-G -d a=1 --data-urlencode 'b=x y&'", {"url": f"{URL}?a=1&b=x+y%26"}),
        ("--data-urlencode '=a b' -G", {"url": f"{URL}?a+b"}),
        ("--data-urlencode 'a b' -G", {"url": f"{URL}?a+b"}),
    ],
)
def test_options_change_the_request(options, wanted):
    for command in (f"curl {options} {URL}", f"curl {URL} {options}", f"curl --url {URL} {options}"):
        draft = read(command)
        assert {name: getattr(draft, name) for name in wanted} == wanted
        assert (draft.body, draft.method) == ("", wanted.get("method", "GET"))


@pytest.mark.parametrize(
    ("options", "body", "headers"),
    [
        ("-d a=1", "a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("-d a=1 --data b=2", "a=1&b=2", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("-H 'content-type: text/plain' -d hello", "hello", {"content-type": "text/plain"}),
        ("--data-raw @literal", "@literal", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("--json '{\"a\": 1}'", '{"a": 1}', {"Content-Type": "application/json", "Accept": "application/json"}),
    ],
)
def test_data_makes_it_a_post(options, body, headers):
    draft = read(f"curl {URL} {options}")
    assert (draft.method, draft.body, draft.headers) == ("POST", body, headers)
    assert read(f"curl -X PUT {URL} {options}").method == "PUT"


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_changes_nothing_is_passed_over(name):
    assert read(f"curl --{name} {URL}") == Draft(URL)


@pytest.mark.parametrize("name", sorted(HARMLESS_WITH_VALUE))
def test_what_changes_nothing_is_passed_over_with_its_value(name):
    assert read(f"curl --{name} 7 {URL}") == Draft(URL)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_no_call_can_do_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"--{name} .*"):
        read(f"curl --{name} x {URL}")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("curl", "has no URL"),
        (f"curl {URL} {URL}", "has 2 URLs"),
        (f"curl --nonsense {URL}", "--nonsense is not known"),
        (f"curl -Q {URL}", "-Q of '-Q' is not known"),
        (f"curl {URL} -H", "needs a value"),
        (f"curl {URL} -H nonsense", "has no colon"),
        (f"curl {URL} -H @headers.txt", "from a file"),
        (f"curl {URL} -H 'Host: other.example'", "another server"),
        (f"curl {URL} -d @body.json", "-d @body.json reads a file"),
        (f"curl {URL} --data-binary @body.json", "--data-binary @body.json reads a file"),
        (f"curl {URL} --data-urlencode a@body.json", "reads a file"),
        (f"curl {URL} -F file=@a.png", "-F sends a form in parts"),
        (f"curl {URL} -b cookies.txt", "reads cookies from a file"),
        (f"curl {URL} -u ann", "no password"),
        (f"curl {URL} -m forever", "not between 0 and 120"),
        (f"curl {URL} -m nan", "not between 0 and 120"),
        (f"curl {URL} -m 121", "not between 0 and 120"),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_sentence(command, says):
    with pytest.raises(ValueError) as refused:
        read(command)
    assert says in str(refused.value)


def test_every_short_option_leads_somewhere():
    for letter in SHORT:
        try:
            read(f"curl {URL} -{letter} a:=1")
        except ValueError as refused:
            assert "not known" not in str(refused)


def test_a_url_without_a_scheme_is_asked_as_curl_asks_it():
    assert read("curl localhost:8000/x").url == "http://localhost:8000/x"


def test_what_follows_two_dashes_is_the_url():
    assert read(f"curl -s -- {URL}").url == URL


def test_what_signs_each_request_is_read_where_a_secret_can_be_kept():
    draft = read(f"curl --digest -u ann:secret {URL}", signs=True)
    assert (draft.auth, draft.headers) == ({"kind": "digest", "user": "ann", "password": "secret"}, {})
    assert "secret" not in repr(draft)
    with pytest.raises(ValueError) as refused:
        read(f"curl --digest -u ann:secret {URL}")
    assert str(refused.value) == "--digest signs in with Digest. Choose it as the auth of the service, with a secret."
