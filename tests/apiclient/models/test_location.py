"""A location has a number for ever and a queue; what is used is not deleted by accident."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError

from apiclient.models import Batch, Call, Due, Location, Outcome
from apiclient.models.location import LAST_NUMBER
from tests.builders import make_call, make_location, make_outcome

pytestmark = pytest.mark.django_db


def test_the_default_location_is_there_and_has_the_queue_of_a_single_machine():
    default = Location.objects.get()
    assert (default.pk, default.queue) == (0, "answerback")
    default.slug = "frankfurt"
    default.save()
    assert default.queue == "answerback"


def test_a_location_gets_a_number_a_slug_and_a_queue():
    location = make_location(name="São Paulo")
    assert (location.slug, location.queue) == ("sao-paulo", "answerback.sao-paulo")
    assert 0 < location.number <= LAST_NUMBER


def test_a_number_is_never_given_again():
    first = make_location().number
    Location.objects.get(number=first).delete()
    assert make_location().number > first


def test_a_name_without_letters_is_told_what_to_do():
    with pytest.raises(ValidationError, match="Give a short name"):
        make_location(name="東京")


def test_when_all_numbers_are_given_it_says_so():
    Location.objects.create(number=LAST_NUMBER, name="Last", slug="last")
    with pytest.raises(ValidationError, match="All 199 numbers"):
        make_location()


def test_a_location_that_calls_run_in_is_not_deleted():
    paris = make_location(name="Paris")
    call = make_call(locations=[paris])
    with pytest.raises(ProtectedError, match=f"Calls run there: {call}"), transaction.atomic():
        paris.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        Location.objects.filter(pk=paris.pk).delete()
    call.locations.clear()
    paris.delete()
    assert list(Due.objects.values_list("location", flat=True)) == [0]


def test_the_default_location_is_not_deleted():
    with pytest.raises(ProtectedError, match="it stays"):
        Location.objects.get(pk=0).delete()


def test_outcomes_and_batches_outlive_their_location():
    paris, call = make_location(), make_call()
    make_outcome(call)
    Outcome.objects.update(location=paris)
    Batch.objects.create(slots=[], created_ms=0, lease_ms=1, location=paris)
    number = paris.pk
    paris.delete()
    assert Outcome.objects.get().location_id == Batch.objects.get().location_id == number


def test_a_deleted_call_leaves_its_locations():
    paris = make_location()
    make_call(locations=[paris]).delete()
    assert not Call.objects.exists() and not Due.objects.exists()
    assert Location.objects.filter(pk=paris.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_the_default_location_again():
    call_command("flush", interactive=False, verbosity=0)
    assert Location.objects.get().pk == 0
