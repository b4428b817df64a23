"""A secret has a name that can be written and a value that can be masked, once for each environment."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from apiclient.models import Secret
from apiclient.models.revision import revision
from tests.builders import make_call, make_secret, make_service

pytestmark = pytest.mark.django_db


def problems(**fields):
    with pytest.raises(ValidationError) as caught:
        Secret(**{"service": make_service(), "name": "key", "value": "planted-value"} | fields).full_clean()
    return caught.value.message_dict


@pytest.mark.parametrize("name", ["", "1a", "a b", "a.b", "{{ a }}", "a" * 61])
def test_a_name_that_cannot_be_written_is_refused(name):
    assert set(problems(name=name)) == {"name"}


def test_a_value_too_short_to_mask_or_too_long_is_refused_and_not_repeated():
    assert "at least 4" in problems(value="abc")["value"][0]
    assert "At most 32768" in problems(value="planted" * 5_000)["value"][0]
    assert "NUL" in problems(value="plan\0ted")["value"][0]
    assert "planted" not in str(problems(value="planted" * 5_000))


def test_its_environment_is_one_of_the_services():
    service = make_service(environments={"staging": {}})
    assert "no environment 'live'" in problems(service=service, environment="live")["environment"][0]
    make_secret(service, environment="staging")


def test_there_is_one_of_a_name_in_each_environment():
    service = make_service(environments={"staging": {}})
    make_secret(service, name="key")
    make_secret(service, name="key", environment="staging")
    assert "'key' for every environment already" in problems(service=service, name="key")["name"][0]
    assert "'key' in 'staging' already" in problems(service=service, name="key", environment="staging")["name"][0]


def test_what_calls_rely_on_stays():
    service = make_service(environments={"staging": {}})
    secret = make_secret(service, name="key")
    for field, value in (("name", "other"), ("environment", "staging"), ("service", make_service())):
        changed = Secret.objects.get(pk=secret.pk)
        setattr(changed, field, value)
        with pytest.raises(ValidationError, match="This stays as it is"):
            changed.full_clean()


def test_one_that_a_running_call_needs_is_kept_and_the_calls_are_named():
    service = make_service(variables={"login": "u:{{ secret.key }}"}, environments={"staging": {}, "live": {}})
    secret = make_secret(service, name="key")
    call = make_call(service, name="Basket", path="/?login={{ login }}")
    assert [one.name for one in secret.using_calls()] == ["Basket"]
    with pytest.raises(ProtectedError, match="Calls use it: Basket"), transaction.atomic():
        secret.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        Secret.objects.all().delete()
    make_secret(service, name="key", environment="live").delete()
    call.enabled = False
    call.save()
    secret.delete()
    assert not Secret.objects.exists()


def test_one_that_another_takes_the_place_of_is_no_longer_needed():
    service = make_service(environments={"staging": {}}, environment="staging")
    secret = make_secret(service, name="key")
    make_secret(service, name="key", environment="staging")
    make_call(service, path="/{{ secret.key }}")
    secret.delete()


def test_secrets_go_with_their_service():
    service = make_service()
    make_secret(service, name="key")
    make_call(service, path="/{{ secret.key }}")
    service.delete()
    assert not Secret.objects.exists()


@pytest.mark.parametrize(
    ("fields", "value", "words"),
    [
        ({"path": "/?key={{ secret.key }}"}, "two planted words", "URL would be none"),
        ({"headers": {"X-Key": "{{ secret.key }}"}}, "planted\nline", "X-Key contains a line feed"),
    ],
)
def test_a_value_that_running_calls_could_not_send_is_refused_and_not_repeated(fields, value, words):
    service = make_service()
    secret = make_secret(service, name="key")
    call = make_call(service, name="Basket", **fields)
    secret.value = value
    with pytest.raises(ValidationError) as caught:
        secret.full_clean()
    told = caught.value.message_dict["value"][0]
    assert "'Basket'" in told and words in told and "planted" not in told
    call.enabled = False
    call.save()
    secret.full_clean()


def test_every_change_is_an_edit_of_its_service():
    secret = make_secret()
    for change in (secret.save, secret.delete):
        number, before = revision(), secret.service.updated_at
        change()
        secret.service.refresh_from_db()
        assert revision() > number
        assert secret.service.updated_at > before
