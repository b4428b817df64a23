"""A field that is assigned as text, stored encrypted and read as what has to be opened."""

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection

from apiclient.models import Secret
from apiclient.seal import Sealed, UnreadableError
from tests.builders import make_secret, make_service

pytestmark = pytest.mark.django_db


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM apiclient_secret")
        return str(cursor.fetchone()[0])


def test_the_database_never_holds_the_text():
    secret = make_secret(value="planted-value")
    assert isinstance(secret.value, Sealed)
    assert "planted-value" not in stored()
    assert Secret.objects.get().value.open() == "planted-value"
    Secret.objects.update(value="another-value")
    assert "another-value" not in stored()
    assert Secret.objects.get().value.open() == "another-value"


def test_it_can_be_left_unread():
    make_secret(value="planted-value")
    assert Secret.objects.defer("value").get().value.open() == "planted-value"


def test_nothing_can_be_looked_up_by_it():
    with pytest.raises(TypeError, match="encrypted"):
        Secret.objects.filter(value="planted-value")


def test_what_another_key_made_is_loaded_and_deleted_but_not_opened(settings):
    make_secret(value="planted-value")
    settings.ANSWERBACK_SECRETS_KEYS = [Fernet.generate_key().decode()]
    secret = Secret.objects.get()
    with pytest.raises(UnreadableError):
        secret.value.open()
    secret.service.delete()
    assert not Secret.objects.exists()


def test_a_dump_holds_what_is_stored_and_loads_again():
    make_secret(make_service(), value="planted-value")
    dump = serializers.serialize("json", Secret.objects.all())
    assert "planted-value" not in dump
    Secret.objects.update(value="another-value")
    for one in serializers.deserialize("json", dump):
        one.save()
    assert Secret.objects.get().value.open() == "planted-value"


def test_no_text_is_none():
    with pytest.raises(ValidationError) as caught:
        Secret(value="").full_clean()
    assert "value" in caught.value.message_dict
