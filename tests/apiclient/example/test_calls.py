"""The example as data: saved once, into an empty database, and every call leads to a route that exists."""

import pytest

from apiclient.example.answers import PASSWORD, ROUTES
from apiclient.example.calls import is_loaded, load_example
from apiclient.models import Call, DocumentedAnswer, Service, Team
from apiclient.prepare import prepare

pytestmark = pytest.mark.django_db


def test_it_is_loaded_into_an_empty_database_once():
    loaded = load_example(18765)
    assert loaded == Call.objects.count() > 20
    assert is_loaded(18765)
    assert not is_loaded(18766)
    assert load_example(18765) == 0
    assert Call.objects.count() == loaded


def test_everybody_sees_it_where_there_is_such_a_team(everyone):
    load_example(18765)
    assert {team.slug for service in Service.objects.all() for team in service.teams.all()} == {"everyone"}
    Service.objects.all().delete()
    Team.objects.all().delete()
    assert load_example(18765) > 0


def test_a_database_with_a_service_gets_no_example():
    Service.objects.create(name="Mine", slug="mine", base_url="http://192.0.2.1")
    assert load_example(18765) == 0
    assert not Call.objects.exists()


def test_every_call_of_the_example_asks_a_route_that_exists():
    load_example(18765)
    paths = Call.objects.filter(service__slug="example-api").values_list("path", flat=True)
    assert {path.split("/")[1] for path in paths} <= set(ROUTES)


def test_strangers_being_refused_is_what_one_call_expects():
    load_example(18765)
    assert Call.objects.get(path="/secured").expected_codes == "401"


def test_each_category_comes_within_half_a_minute():
    load_example(18765)
    soon = Call.objects.filter(interval_seconds__lte=20).values_list("path", flat=True)
    assert {"/orders", "/jasper/404", "/page/502", "/hang"} <= set(soon)


def test_its_reference_tells_documented_answers_from_others():
    load_example(18765)
    orders = Call.objects.get(service__slug="example-api", path="/orders")
    assert set(DocumentedAnswer.objects.filter(call=orders).values_list("codes", flat=True)) == {"200"}
    assert DocumentedAnswer.objects.filter(call=None).exists()


def test_its_chain_and_its_check_are_ready_to_be_sent():
    load_example(18765)
    chain, export = Call.objects.get(path="/login"), Call.objects.get(path="/export")
    assert prepare(chain).course and PASSWORD.encode() in prepare(chain).request.body
    assert PASSWORD not in chain.body
    assert prepare(export).expectation.checks
