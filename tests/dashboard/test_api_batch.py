"""batches/: what is claimed and has no outcome yet, for staff."""

import pytest

from apiclient import schedule
from apiclient.clock import now_ms
from apiclient.models import Batch, Team
from tests.builders import make_call

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/batches/"


@pytest.fixture
def claimed():
    call = make_call()
    return call, *schedule.claim_now(call, now_ms())


def test_an_open_batch_waits_and_is_leased(admin_client, claimed):
    call, batch_id, slot = claimed
    (shown,) = admin_client.get(ADDRESS).json()["results"]
    assert (shown["id"], shown["location"], shown["open_slots"], shown["lease"]) == (batch_id, "default", 1, None)
    assert shown["age_ms"] >= 0 and shown["created_at"].endswith("Z") and "slots" not in shown
    schedule.take(batch_id, now_ms())
    whole = admin_client.get(f"{ADDRESS}{batch_id}/").json()
    assert whole["lease"]["nth"] == 1 and whole["lease"]["until"].endswith("Z")
    assert [(one["outcome"], one["call"]) for one in whole["slots"]] == [(str(slot), call.pk)]


def test_it_is_for_staff_and_for_who_sees_everything(client, django_user_model, claimed):
    ann = django_user_model.objects.create_user("ann")
    client.force_login(ann)
    for path in (ADDRESS, f"{ADDRESS}{claimed[1]}/"):
        assert client.get(path).status_code == 403
    ann.is_staff = True
    ann.save()
    assert client.get(ADDRESS).status_code == 200


def test_staff_see_no_slots_of_other_teams(client, django_user_model, claimed):
    ann = django_user_model.objects.create_user("ann", is_staff=True)
    client.force_login(ann)
    address = f"{ADDRESS}{claimed[1]}/"
    hidden = client.get(address).json()
    assert (hidden["open_slots"], hidden["slots"]) == (0, [])
    team = Team.objects.create(name="Team", slug="team")
    team.members.add(ann)
    team.services.add(claimed[0].service)
    assert client.get(address).json()["open_slots"] == 1


def test_nothing_is_written_here(admin_client, claimed):
    assert admin_client.delete(f"{ADDRESS}{claimed[1]}/").status_code == 405
    assert Batch.objects.exists()


def test_a_page_of_many_takes_as_many_queries_as_one_of_one(admin_client, claimed, django_assert_num_queries):
    for _ in range(5):
        schedule.claim_now(claimed[0], now_ms())
    with django_assert_num_queries(4):
        assert len(admin_client.get(ADDRESS).json()["results"]) == 6
