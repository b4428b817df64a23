"""messages/: what servers said, by group."""

import pytest

from apiclient.models import Message, Team
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/messages/"
TEXT = (("Content-Type", "text/plain"),)


def say(call, text, code=500):
    return make_outcome(call, code, body=text.encode(), headers=TEXT)


@pytest.fixture
def said():
    """Two groups: one of two services, and a later one of a call alone."""
    here, there = make_call(make_service(name="Here")), make_call(make_service(name="There"))
    say(here, "order 1 of 7 not found", 404)
    say(there, "order 2 of 7 not found", 404)
    newest = say(there, "disk full")
    return here, there, newest


def test_groups_are_counted_with_their_services(admin_client, said):
    here, there, newest = said
    body = admin_client.get(ADDRESS).json()
    disk, order = body["results"]
    assert body["complete"] is True
    assert (disk["text"], disk["count"], disk["newest_outcome"]) == ("disk full", 1, str(newest.pk))
    assert (order["text"], order["count"]) == ("order 1 of 7 not found", 2)
    assert order["services"] == [here.service_id, there.service_id]
    assert order["first_seen"] <= order["last_seen"]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("service=here", ["order 1 of 7 not found"]),
        ("q=disk", ["disk full"]),
        ("status_code=500", ["disk full"]),
        ("category=client_error", ["order 1 of 7 not found"]),
        ("until=-1h", []),
    ],
)
def test_the_filters_of_the_contract_choose(admin_client, said, query, texts):
    assert [row["text"] for row in admin_client.get(f"{ADDRESS}?{query}").json()["results"]] == texts


def test_pages_are_walked_there_and_back(admin_client, said):
    first = admin_client.get(f"{ADDRESS}?limit=1").json()
    second = admin_client.get(first["next"]).json()
    assert [page["results"][0]["text"] for page in (first, second)] == ["disk full", "order 1 of 7 not found"]
    assert second["next"] is None
    assert admin_client.get(second["previous"]).json()["results"] == first["results"]


def test_one_group_comes_with_samples(admin_client, said):
    pk = Message.objects.get(text__startswith="order 1").pk
    whole = admin_client.get(f"{ADDRESS}{pk}/").json()
    assert (whole["id"], whole["count"], len(whole["services"])) == (pk, 2, 2)
    assert sorted(whole["samples"]) == ["order 1 of 7 not found", "order 2 of 7 not found"]
    narrowed = admin_client.get(f"{ADDRESS}{pk}/?service=here").json()
    assert (narrowed["count"], narrowed["samples"]) == (1, ["order 1 of 7 not found"])
    assert admin_client.get(f"{ADDRESS}{pk}/?until=-1h").json()["newest_outcome"] is None


@pytest.mark.parametrize(("path", "word"), [("?colour=red", "colour"), ("{pk}/?verdict=failed", "verdict")])
def test_a_word_that_is_not_understood_is_named(admin_client, said, path, word):
    answer = admin_client.get(ADDRESS + path.format(pk=Message.objects.first().pk))
    assert answer.status_code == 400 and answer.json()["errors"][0]["parameter"] == word


def test_what_other_teams_were_told_is_not_there(client, django_user_model, said):
    here, there, _ = said
    ann = django_user_model.objects.create_user("ann")
    team = Team.objects.create(name="Team", slug="team")
    team.members.add(ann)
    team.services.add(there.service)
    client.force_login(ann)
    rows = client.get(ADDRESS).json()["results"]
    assert [(row["text"], row["count"]) for row in rows] == [("disk full", 1), ("order 2 of 7 not found", 1)]
    assert rows[1]["services"] == [there.service_id]
    hidden = Message.objects.get(service=here.service)
    assert client.get(f"{ADDRESS}{hidden.pk}/").status_code == 404
    assert client.get(f"{ADDRESS}{rows[1]['id']}/").json()["services"] == [there.service_id]
