"""Documented answers: what a row may be, and which rows hold for a call."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apiclient.models import DocumentedAnswer, Revision
from apiclient.models.answer import LONGEST_MESSAGE, MOST_ROWS, reference_of, references_of
from tests.builders import make_answer, make_call, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Orders")


def problems(**fields):
    with pytest.raises(ValidationError) as refused:
        make_answer(**fields)
    return {name: " ".join(texts) for name, texts in refused.value.message_dict.items()}


def test_a_row_of_a_call_is_of_its_service_too(call):
    row = make_answer(call=call, codes=" 500-504,404 ", message="  Two \n lines ")
    assert (row.service, row.codes, row.message) == (call.service, "404, 500-504", "Two lines")
    assert DocumentedAnswer(call=call, codes="200").service_id is None
    bare = DocumentedAnswer(call=call, codes="200")
    bare.save()
    assert bare.service_id == call.service_id


@pytest.mark.parametrize(
    ("fields", "name", "says"),
    [
        ({"codes": "teapot"}, "codes", "is not a status code"),
        ({"codes": ""}, "codes", "blank"),
        ({"message": "x" * (LONGEST_MESSAGE + 1)}, "message", "at most 500 characters"),
        ({"message": "a\x00b"}, "message", "NUL"),
        ({"kind": "perhaps"}, "kind", "not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(call, fields, name, says):
    assert says in problems(call=call, **fields)[name]
    assert not DocumentedAnswer.objects.exists()


def test_no_two_rows_have_the_same_codes_however_they_are_written(call):
    make_answer(call=call, codes="400-499")
    assert problems(call=call, codes="4xx") == {"codes": "This call already has a row for 4xx. Change that one."}
    make_answer(service=call.service, codes="4xx")
    assert "This service already has" in problems(service=call.service, codes="400-499")["codes"]
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentedAnswer(service=call.service, codes="4xx").save()


def test_a_row_stays_where_it_is(call):
    row, other = make_answer(call=call), make_call()
    row.call, row.service = other, other.service
    with pytest.raises(ValidationError, match="stays with its"):
        row.full_clean()
    assert "another service" in problems(call=call, service=other.service)["call"]


def test_rows_end_somewhere(call):
    rows = [DocumentedAnswer(service=call.service, call=call, codes=str(100 + number)) for number in range(MOST_ROWS)]
    DocumentedAnswer.objects.bulk_create(rows)
    assert "300 are the most" in problems(call=call, codes="999")["codes"]


def test_a_call_has_its_own_rows_and_those_of_its_service(call):
    other = make_call(call.service)
    make_answer(call=call, codes="404", message="own")
    make_answer(call=other, codes="409")
    make_answer(service=call.service, codes="404", message="shared")
    assert {(row.message, row.own) for row in reference_of(call)} == {("own", True), ("shared", False)}
    found = references_of([(call.pk, call.service_id), (other.pk, call.service_id)])
    assert set(found[call.pk]) == set(reference_of(call))
    assert {row.codes for row in found[other.pk]} == {"404", "409"}


def test_every_edit_of_a_row_tells_the_workers(call):
    row = make_answer(call=call)
    before = Revision.objects.get().number
    row.message = "other"
    row.save()
    row.delete()
    assert Revision.objects.get().number == before + 2


def test_rows_go_with_their_call_and_their_service(call):
    make_answer(call=call)
    make_answer(service=call.service)
    call.delete()
    assert DocumentedAnswer.objects.count() == 1
    call.service.delete()
    assert not DocumentedAnswer.objects.exists()
