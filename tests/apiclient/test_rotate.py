"""Everything encrypted is encrypted again by the newest key, once; what cannot be read is named and left alone."""

import json

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from apiclient import rotate
from apiclient.models import Secret, Webhook
from apiclient.models.revision import revision
from tests.builders import make_secret, make_service, make_webhook

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def three(settings, monkeypatch):
    """More rows than a batch takes, by the old key."""
    monkeypatch.setattr(rotate, "BATCH", 2)
    settings.ANSWERBACK_SECRETS_KEYS = [OLD]
    shop = make_service(name="Shop")
    return [make_secret(shop, name=f"key-{nth}", value=f"value-{nth}") for nth in range(3)]


def run(capsys):
    call_command("rotate_keys", "--json")
    return json.loads(capsys.readouterr().out)


def test_texts_stay_and_the_old_key_is_no_longer_needed(three, settings, capsys):
    hook = make_webhook()
    secret, number = hook.newest_secret, revision()
    settings.ANSWERBACK_SECRETS_KEYS = [NEW, OLD]
    assert run(capsys) == {"rotated": 4, "current": 0, "unreadable": []}
    assert run(capsys) == {"rotated": 0, "current": 4, "unreadable": []}
    settings.ANSWERBACK_SECRETS_KEYS = [NEW]
    assert [one.value.open() for one in Secret.objects.order_by("pk")] == ["value-0", "value-1", "value-2"]
    assert Webhook.objects.get().newest_secret == secret
    assert (revision(), Secret.objects.get(pk=three[0].pk).updated_at) == (number, three[0].updated_at)
    assert rotate.unreadable() == []


def test_what_no_key_opens_is_named_left_alone_and_the_rest_goes_on(three, settings, capsys):
    settings.ANSWERBACK_SECRETS_KEYS = [NEW]
    make_secret(three[0].service, name="new", value="value-new")
    settings.ANSWERBACK_SECRETS_KEYS = [Fernet.generate_key().decode(), NEW]
    before = dict(Secret.objects.values_list("name", "value"))
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "not readable: secret key-0 of Shop" in said and "1 encrypted again" in said and "value" not in said
    after = dict(Secret.objects.values_list("name", "value"))
    assert [name for name in after if after[name] != before[name]] == ["new"]
    assert rotate.unreadable() == [f"secret key-{nth} of Shop" for nth in range(3)]
