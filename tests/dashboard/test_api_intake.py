"""``imports/``: files of other tools by program."""

import json

import pytest

from apiclient.models import Service
from tests.apiclient.management.test_import import PETS

pytestmark = pytest.mark.django_db
PATH = "/api/v1/imports/"


def post(client, body, query=""):
    return client.post(PATH + query, json.dumps(body), content_type="application/json")


def test_a_dry_run_tells_and_saves_nothing(admin_client):
    answer = post(admin_client, {"text": json.dumps(PETS)}, "?dry_run=true")
    told = answer.json()
    assert answer.status_code == 200 and not Service.objects.exists()
    assert told["source"] == "openapi" and told["dry_run"] is True
    assert told["counts"]["call"] == {"create": 2, "change": 0, "delete": 0}
    assert {"member": "base_url", "before": None, "after": "https://pets.example/v1"} in told["changes"][0][
        "differences"
    ]


def test_it_is_saved_and_sent_again_there_is_nothing_left_to_do(admin_client):
    body = {"source": "openapi", "text": json.dumps(PETS), "service": "Animals"}
    assert post(admin_client, body).json()["changes"]
    assert Service.objects.get().name == "Animals"
    assert post(admin_client, body).json()["changes"] == []


def test_whatever_is_wrong_is_a_problem_with_its_place_and_nothing_is_saved(admin_client):
    wrong = PETS | {"servers": [{"url": "ftp://pets.example"}]}
    answer = post(admin_client, {"text": json.dumps(wrong)})
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert ("/text", "Pets / base_url") in [(one["pointer"], one["place"]) for one in answer.json()["errors"]]
    own = {"source": "answerback", "text": "services: [{nam: x}]"}
    assert post(admin_client, own, "?dry_run=true").json()["errors"][0]["place"] == "services[0].nam"
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"), ({"text": 5}, "/text"), ({"text": "hello"}, "/source"),
        ({"text": "x", "source": "y"}, "/source"),
        ({"text": "x", "from": 1}, "/from"), ([], ""), ({"text": "a\0b"}, "/text"),
    ],
)  # fmt: skip
def test_a_body_that_is_not_understood_is_pointed_at(admin_client, body, pointer):
    answer = post(admin_client, body)
    assert answer.status_code == 400 and pointer in [one["pointer"] for one in answer.json()["errors"]]


def test_words_of_the_address_are_read_strictly(admin_client):
    assert post(admin_client, {"text": "x"}, "?dry_run=maybe").status_code == 400
    assert post(admin_client, {"text": "x"}, "?dry=true").status_code == 400


def test_a_secret_is_in_no_answer(admin_client):
    text = "curl https://a.example/x -H 'Authorization: Bearer planted-secret'"
    own = "services: [{name: A, base_url: 'https://a.example', headers: {Authorization: planted-secret}}]"
    for body in ({"text": own}, {"text": text, "source": "curl"}):
        assert "planted" not in post(admin_client, body, "?dry_run=true").content.decode()
