"""A secret has a name that can be written and a value that can be masked, once for each environment."""

import pytest
from django.core.exceptions import ValidationError

from apiclient.models import Secret
from apiclient.models.revision import revision
from tests.builders import make_secret, make_service

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
    assert "already exists" in str(problems(service=service, name="key"))


def test_every_change_is_an_edit_of_its_service():
    secret = make_secret()
    for change in (secret.save, secret.delete):
        number, before = revision(), secret.service.updated_at
        change()
        secret.service.refresh_from_db()
        assert revision() > number
        assert secret.service.updated_at > before
