"""POST outcomes/: what other programs tell is stored once, judged as our own is; what is refused says why."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apiclient.models import Outcome
from apiclient.submission import MEMBERS
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/outcomes/"


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Pay", interval_seconds=None)


def item(call, seconds_ago=60, **members):
    started_at = (timezone.now() - timedelta(seconds=seconds_ago)).isoformat()
    return {"call": call.pk, "started_at": started_at, "status_code": 200, "timings_ms": {"total": 12.5}} | members


def post(client, body, content_type="application/json"):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    # Django's client leaves the content type out where there is no body.
    return client.generic("POST", ADDRESS, data, CONTENT_TYPE=content_type)


def test_one_outcome_is_stored_and_shown(admin_client, call):
    answer = post(admin_client, item(call, timings_ms={"dns": 1, "connect": 2, "wait": 3.25, "transfer": 1}))
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "duplicates": 0, "invalid": 0, "errors": []})
    assert Outcome.objects.get().total_us == 7250


def test_an_array_and_lines_tell_of_many(admin_client, call):
    told = [item(call, seconds_ago=n) for n in range(5)]
    assert post(admin_client, told).json() == {"stored": 5, "duplicates": 0, "invalid": 0, "errors": []}
    lines = "\n".join(map(json.dumps, [*told, item(call, seconds_ago=9)]))
    answer = post(admin_client, lines, "application/x-ndjson; charset=utf-8")
    assert answer.json() == {"stored": 1, "duplicates": 5, "invalid": 0, "errors": []}
    assert post(admin_client, []).json() == post(admin_client, "", "application/x-ndjson").json() == NOTHING


NOTHING = {"stored": 0, "duplicates": 0, "invalid": 0, "errors": []}


@pytest.mark.parametrize("lines", [False, True])
def test_valid_ones_are_stored_and_each_invalid_one_is_listed(admin_client, call, lines):
    told = [
        item(call),
        item(call, timings_ms={"total": -1}),
        item(call) | {"call": 4_000_000},
        item(call),
        item(call, seconds_ago=-3600),
        7,
    ]
    told[3]["started_at"] = told[0]["started_at"]
    body = "\n".join(map(json.dumps, told)) if lines else told
    answer = post(admin_client, body, "application/x-ndjson" if lines else "application/json")
    body = answer.json()
    assert (answer.status_code, body["stored"], body["duplicates"], body["invalid"]) == (200, 1, 1, 4)
    assert [error["index"] for error in body["errors"]] == [1, 2, 4, 5]
    assert [error["pointer"] for error in body["errors"]] == ["/1/timings_ms/total", "/2/call", "/4/started_at", "/5"]
    assert body["errors"][1]["detail"] == "There is no call 4000000."


def test_a_line_that_is_no_json_is_listed_and_an_array_that_is_none_is_refused_whole(admin_client, call):
    lines = f'{json.dumps(item(call))}\n{{"call": NaN}}\n'
    answer = post(admin_client, lines, "application/x-ndjson").json()
    assert (answer["stored"], answer["errors"][0]["index"]) == (1, 1)
    assert answer["errors"][0]["detail"] == "NaN is no JSON. Use a number, or null."
    answer = post(admin_client, f"[{json.dumps(item(call, seconds_ago=5))}, {{]")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].startswith("Item 1: No JSON")
    assert Outcome.objects.count() == 1


def test_one_that_is_refused_is_a_problem_with_its_place(admin_client, call):
    answer = post(admin_client, item(call, status_code=99))
    assert answer.status_code == 400
    said = "Use a whole number from 100 to 999, or give a failure."
    assert answer.json()["errors"] == [{"pointer": "/status_code", "detail": said}]


def test_where_none_is_taken_the_request_has_failed(admin_client, call):
    answer = post(admin_client, [item(call, status_code=99), 5])
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/0/status_code", "/1"]
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "headers", "sentence"),
    [
        ("text/plain", {}, "'text/plain' is not taken here"),
        ("", {}, "'' is not taken here"),
        ("application/json; charset=latin-1", {}, "in UTF-8"),
        ("application/json", {"Content-Encoding": "gzip"}, "Content-Encoding 'gzip' is not taken"),
    ],
)
def test_a_body_of_another_kind_is_a_415(admin_client, call, content_type, headers, sentence):
    answer = admin_client.generic("POST", ADDRESS, json.dumps(item(call)), content_type=content_type, headers=headers)
    assert answer.status_code == 415
    assert sentence in answer.json()["detail"]


def test_words_in_the_address_are_refused(admin_client, call):
    answer = admin_client.post(f"{ADDRESS}?dry=1", json.dumps(item(call)), content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "dry")


def test_more_than_ten_thousand_are_too_many(admin_client, call, monkeypatch):
    monkeypatch.setattr("dashboard.api.push.MOST_ITEMS", 2_000)
    told = [item(call, seconds_ago=n) for n in range(2_001)]
    answer = post(admin_client, told)
    assert (answer.status_code, Outcome.objects.count()) == (413, 0)
    assert answer.json()["detail"] == "A request has at most 2000 outcomes. Send several."
    answer = post(admin_client, "\n".join(map(json.dumps, told)), "application/x-ndjson")
    assert answer.status_code == 413
    assert answer.json()["detail"].endswith("What came before is handled: 2000 lines.")
    assert [answer.json()[word] for word in ("stored", "duplicates", "invalid")] == [2000, 0, 0]
    assert Outcome.objects.count() == 2_000


def test_a_body_that_is_too_large_is_not_read(admin_client):
    answer = post(admin_client, b" " * ((16 << 20) + 1))
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert "16 MiB" in answer.json()["detail"]


def test_only_who_may_edit_can_tell(client, django_user_model, call):
    assert post(client, item(call)).status_code in (401, 403)
    client.force_login(django_user_model.objects.create_user("reader"))
    assert post(client, item(call)).status_code == 403
    assert not Outcome.objects.exists()


def test_a_call_out_of_reach_is_not_there(client, django_user_model, call):
    client.force_login(django_user_model.objects.create_user("stranger", is_staff=True))
    answer = post(client, item(call))
    assert (answer.status_code, answer.json()["detail"]) == (400, f"There is no call {call.pk}.")


def test_what_was_told_is_on_the_page_of_the_call_and_in_the_list(admin_client, call):
    post(admin_client, item(call, status_code=503, message="out of beans", request_id="r-1"))
    row = admin_client.get(ADDRESS).json()["results"][0]
    assert (row["location"], row["status_code"], row["verdict"]) == ("pushed", 503, "failed")
    assert row["started_at"] == row["due_at"]
    assert admin_client.get(f"{ADDRESS}?location=pushed").json()["results"] == [row]
    assert admin_client.get(f"{ADDRESS}?location=default").json()["results"] == []
    assert admin_client.get(f"{ADDRESS}{row['id']}/").json()["detail"]["message"] == "out of beans"
    page = admin_client.get(reverse("call", args=[call.service.slug, call.slug]))
    assert "out of beans" in page.content.decode()
    page = admin_client.get(reverse("outcome", args=[row["id"]]))
    assert "another program" in page.content.decode()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4), max_size=6), st.booleans())
def test_garbage_gives_reasons_and_never_a_fault(admin_client, call, changes, lines):
    told = [item(call, number) | change for number, change in enumerate(changes)]
    texts = [json.dumps(one) for one in told]
    if lines:
        answer = post(admin_client, "\n".join(texts), "application/x-ndjson")
    else:
        answer = post(admin_client, f"[{','.join(texts)}]")
    body = answer.json()
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert body["stored"] + body["duplicates"] + body["invalid"] == len(told)
        assert len(body["errors"]) == body["invalid"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode), st.booleans())
def test_any_bytes_are_answered(admin_client, data, lines):
    answer = post(admin_client, data, "application/x-ndjson" if lines else "application/json")
    assert answer.status_code in (200, 400)
