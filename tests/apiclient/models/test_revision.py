"""Every edit of what is configured moves the revision, in the transaction of the edit."""

import pytest
from django.db import transaction

from apiclient.models.revision import revision
from tests.builders import make_call, make_service


@pytest.mark.django_db
def test_making_editing_and_deleting_a_service_or_a_call_moves_it():
    moments = [revision()]
    service = make_service()
    moments.append(revision())
    call = make_call(service)
    moments.append(revision())
    service.save()
    moments.append(revision())
    call.save()
    moments.append(revision())
    call.delete()
    moments.append(revision())
    service.delete()
    moments.append(revision())
    assert moments == sorted(set(moments))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [make_service, make_call])
def test_an_edit_that_is_taken_back_takes_its_move_back(make):
    make_service()
    before = revision()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make()
        assert revision() > before
        raise ZeroDivisionError
    assert revision() == before
