"""What a name stands for: the variable of the environment over the service's own, secrets likewise."""

import pytest
from cryptography.fernet import Fernet

from apiclient.seal import UnreadableError
from apiclient.values import ValuesByService, filled, known_names, shown, values_of, without_value
from tests.builders import make_call, make_secret, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    found = make_service(
        variables={"tenant": "acme", "region": "eu"}, environments={"staging": {"tenant": "test"}, "live": {}}
    )
    make_secret(found, name="key", value="key-for-all")
    make_secret(found, name="key", value="key-of-staging", environment="staging")
    make_secret(found, name="live", value="key-of-live", environment="live")
    return found


@pytest.mark.parametrize(
    ("environment", "values"),
    [
        ("", {"tenant": "acme", "region": "eu", "secret.key": "key-for-all"}),
        ("staging", {"tenant": "test", "region": "eu", "secret.key": "key-of-staging"}),
        ("live", {"tenant": "acme", "region": "eu", "secret.key": "key-for-all", "secret.live": "key-of-live"}),
    ],
)
def test_an_environment_takes_the_place_of_what_counts_in_all(service, environment, values):
    service.environment = environment
    assert dict(values_of(service)) == values
    assert known_names(service) == set(values)
    assert len(values_of(service)) == len(values)
    assert "secret.nobody" not in values_of(service)


def test_secrets_are_read_when_one_is_wanted(service, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert values_of(service)["tenant"] == "acme"
    by_service = ValuesByService()
    with django_assert_num_queries(1):
        assert [by_service.of(service)["secret.key"] for _ in range(3)] == ["key-for-all"] * 3


def test_a_secret_that_cannot_be_decrypted_is_named_when_it_is_wanted(service, settings):
    settings.ANSWERBACK_SECRETS_KEYS = [Fernet.generate_key().decode()]
    values = values_of(service)
    assert "secret.key" in values
    with pytest.raises(UnreadableError, match="'key' cannot be decrypted"):
        values["secret.key"]


def test_a_service_that_is_not_saved_has_variables_only(service):
    service.pk = None
    assert set(values_of(service)) == {"tenant", "region"}


def test_what_is_shown_holds_variables_and_no_secret(service):
    assert shown("{{ tenant }}/{{ secret.key }}/{{nobody}}", service) == "acme/{{ secret.key }}/{{ nobody }}"
    assert filled("{{ tenant }}/{{ secret.key }}/{{ nobody }}", service) == "acme/a-secret/x"


def test_names_without_a_value_are_told_by_field(service):
    call = make_call(service)
    call.path, call.body = "/{{ tenant }}/{{ secret.key }}/{{ nobody }}", "{{ secret.none }}"
    found = without_value(call)
    assert set(found) == {"path", "body"}
    assert "{{ nobody }} has no value: give the service the variable 'nobody'" in found["path"]
    assert "the secret 'none'" in found["body"]
    service.headers = {"X": "{{ gone }}"}
    assert "'gone'" in without_value(call)["service"]


def test_a_secret_inside_a_variable_has_to_be_there_too(service):
    service.variables = {"login": "u:{{ secret.nobody }}"}
    call = make_call(service, path="/", enabled=False, body="", headers={"X": "{{ login }}"})
    assert "'nobody'" in without_value(call)["headers"]


def test_what_a_call_takes_from_its_answers_is_known_in_its_steps(service):
    call = make_call(service)
    call.captures = [{"name": "id", "from": "json", "expression": "$.id"}]
    call.steps = [{"name": "read", "path": "/{{ id }}/{{ other }}"}]
    assert "'other'" in without_value(call)["steps"]
    call.steps = [{"name": "read", "path": "/{{ id }}"}, "nonsense"]
    assert without_value(call) == {}
