"""What the example answers, without a socket."""

import json

import pytest

from apiclient.example.answers import PASSWORD, ROUTES, TOUR, Asked, Ending, answer

TABLE = {*range(100, 102), *range(200, 207), *range(300, 306), 307, *range(400, 418), *range(500, 506)}


def code(given) -> int:
    return int(given.data.split(b" ")[1])


def test_the_tour_goes_through_the_table():
    assert len(TOUR) == 40
    assert set(TOUR) == TABLE


def test_every_route_is_documented():
    import apiclient.example.answers as module

    assert all(f"/{name}" in (module.__doc__ or "") for name in ROUTES)


def test_an_answer_follows_from_the_request_alone():
    for name in ROUTES:
        asked = Asked("GET", "404" if name in {"status", "problem", "jasper", "page"} else "7", {}, 5, 1e9)
        assert answer(name, asked) == answer(name, asked)


def test_orders_are_mostly_answered_and_have_spells_of_trouble():
    codes = [code(answer("orders", Asked("GET", count=second, now=1e9 + second))) for second in range(3600)]
    spells = [codes[start : start + 30].count(503) for start in range(0, 3600, 30)]
    assert set(codes) == {200, 429, 503}
    assert codes.count(200) > 2700
    assert max(spells) >= 8
    assert min(spells) <= 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [("deploys", {201, 409}), ("legacy", {301, 404, 410}), ("flaky", {200, 500, 502, 504})],
)
def test_weather_routes_vary(name, expected):
    given = [answer(name, Asked("GET", count=count)) for count in range(200)]
    assert {code(found) for found in given if found.ending is not Ending.RESET} == expected


def test_error_messages_differ_in_their_numbers_only():
    texts = {answer("status", Asked("GET", "404", count=count)).data.split(b"\r\n\r\n")[1] for count in range(5)}
    assert len(texts) > 1
    assert all(text.startswith(b"Order ") and text.endswith(b" does not exist.\n") for text in texts)


def test_an_error_descriptor_comes_in_json_or_xml():
    as_json = answer("jasper", Asked("GET", "404")).data.split(b"\r\n\r\n")[1]
    as_xml = answer("jasper", Asked("GET", "404", {"accept": "application/xml"})).data
    assert json.loads(as_json)["errorCode"] == "resource.not.found"
    assert b"<errorDescriptor><errorCode>resource.not.found" in as_xml


@pytest.mark.parametrize("argument", ["", "99", "1000", "abc", "-1"])
def test_a_wrong_code_is_a_bad_request(argument):
    assert code(answer("status", Asked("GET", argument))) == 400


def test_a_session_is_for_who_logged_in():
    assert code(answer("login", Asked("POST", body='{"password": "guess"}'))) == 401
    given = answer("login", Asked("POST", body=json.dumps({"password": PASSWORD})))
    token = json.loads(given.data.split(b"\r\n\r\n")[1])["token"]
    signed = {"authorization": f"Bearer {token}"}
    codes = [code(answer("session", Asked(method, headers=signed))) for method in ("GET", "DELETE")]
    assert (code(answer("session", Asked("GET"))), codes) == (401, [200, 204])


def test_an_export_says_in_its_body_alone_that_it_failed():
    given = [answer("export", Asked("GET", count=count)) for count in range(100)]
    assert {code(found) for found in given} == {200}
    assert {json.loads(found.data.split(b"\r\n\r\n")[1])["phase"] for found in given} == {"finished", "failed"}
