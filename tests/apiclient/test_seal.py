"""What is sealed opens by the keys that are there, and is an error, never a text, where none opens it."""

import pytest
from cryptography.fernet import Fernet

from apiclient.seal import PREFIX, Sealed, UnreadableError, seal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TEXT = "pä ss\n\ud800 {{ x }}"


def test_what_is_sealed_is_opened_and_shows_nothing():
    sealed = seal(TEXT)
    assert sealed.open() == TEXT
    assert TEXT not in f"{sealed} {sealed!r} {sealed.stored}"
    assert sealed.stored.startswith(PREFIX)
    assert seal(TEXT).stored != sealed.stored


def test_a_new_key_before_the_old_one_opens_both(settings):
    settings.ANSWERBACK_SECRETS_KEYS = [OLD]
    before = seal(TEXT)
    settings.ANSWERBACK_SECRETS_KEYS = [NEW, OLD]
    after = seal(TEXT)
    assert (before.open(), after.open()) == (TEXT, TEXT)
    assert (before.by_newest, after.by_newest) == (False, True)
    settings.ANSWERBACK_SECRETS_KEYS = [NEW]
    assert after.open() == TEXT
    with pytest.raises(UnreadableError, match="ANSWERBACK_SECRETS_KEYS"):
        before.open()


@pytest.mark.parametrize("damage", [lambda text: text[:-1], lambda text: text[:9] + "!" + text[10:], lambda _: "v1:ä"])
def test_what_is_damaged_is_no_text(damage):
    with pytest.raises(UnreadableError):
        Sealed(damage(seal(TEXT).stored)).open()


@pytest.mark.parametrize("stored", ["", "plain text", "v2:gAAAA", "v1:"])
def test_what_was_never_sealed_is_no_text(stored):
    with pytest.raises(UnreadableError):
        Sealed(stored).open()
    assert not Sealed(stored).by_newest
