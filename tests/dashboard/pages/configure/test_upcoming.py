"""The next three runs, for what stands in the form."""

import pytest

from tests.builders import make_call, make_service

NEXT = "/configure/next/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"schedule": "interval", "interval_seconds": "5 min"}, "within 5 min of saving"),
        ({"schedule": "interval", "interval_seconds": "banana"}, "no length of time"),
        ({"schedule": "cron", "cron": "* * *", "time_zone": "UTC"}, "this one has 3"),
        ({"schedule": "cron", "cron": "0 6 * * *", "time_zone": "Mars"}, "not a time zone"),
        ({"schedule": "demand"}, "presses Run now"),
        ({"schedule": "nonsense"}, "not one of the available choices"),
        ({}, "Say how often"),
    ],
)
def test_it_says_when_or_what_is_wrong(admin_client, words, says):
    assert says in admin_client.get(NEXT, words).content.decode()


def test_set_times_are_named(admin_client):
    words = {"schedule": "cron", "cron": "0 6 * * *", "time_zone": "Europe/Kyiv"}
    assert admin_client.get(NEXT, words).content.decode().count("<time") == 6


def test_a_kept_call_keeps_its_place_in_the_interval(admin_client):
    call = make_call(make_service(name="Shop"), name="List", interval_seconds=300)
    words = {"schedule": "interval", "interval_seconds": "300", "call": "shop/list"}
    answer = admin_client.get(NEXT, words)
    assert answer.context["upcoming"].moments[0] == call.next_due_at
    assert len(answer.context["upcoming"].moments) == 3
