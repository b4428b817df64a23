"""Many rows at once, on both databases alike."""

import pytest
from django.db import IntegrityError, transaction

from apiclient.models import Due, Message
from apiclient.models.bulk import array, insert_rows, update_column
from tests.builders import make_call, make_service

COLUMNS = ("service_id", "fingerprint", "template", "text", "first_seen", "last_seen")


@pytest.mark.django_db
def test_a_row_that_is_there_is_an_error_of_django_and_nothing_is_inserted():
    service = make_service()
    rows = [(service.pk, number, "t", "t", "2026-01-01 00:00+00:00", "2026-01-01 00:00+00:00") for number in (1, 2, 1)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Message, COLUMNS, rows)
    assert not Message.objects.exists()
    insert_rows(Message, COLUMNS, rows[:2])
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_a_column_is_set_by_key_and_null_too():
    one, other, untouched = (make_call().dues.get() for _ in range(3))
    update_column(Due, "due_ms", {one.pk: 7, other.pk: None})
    found = dict(Due.objects.values_list("pk", "due_ms"))
    assert found == {one.pk: 7, other.pk: None, untouched.pk: untouched.due_ms}


def test_a_list_is_written_as_postgresql_reads_it():
    assert array([]) == "{}" and array([1, None, -(2**62)]) == "{1,NULL,-4611686018427387904}"
