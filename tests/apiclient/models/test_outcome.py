from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apiclient.catalogue import Failure, Verdict
from apiclient.models import Outcome
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db
TEXT = (("Content-Type", "text/plain"),)


def test_an_outcome_shows_its_own_words_although_its_group_shows_the_first() -> None:
    call, now = make_call(), timezone.now()
    first = make_outcome(call, 500, due_at=now - timedelta(minutes=2), headers=TEXT, body=b"order 17 is lost")
    second = make_outcome(call, 500, due_at=now - timedelta(minutes=1), headers=TEXT, body=b"order 18 is lost")
    assert first.detail.message == second.detail.message
    assert second.detail.message.text == "order 17 is lost"
    assert second.detail.said == "order 18 is lost"


def test_an_outcome_without_a_message_says_nothing() -> None:
    assert make_outcome(make_call(), 200).detail.said == ""


def test_an_outcome_knows_its_moment_its_meaning_and_its_verdict() -> None:
    due_at = timezone.now().replace(microsecond=5000)
    outcome = make_outcome(make_call(), failure=Failure.DNS, due_at=due_at, lag_ms=7)
    assert outcome.due_at == due_at
    assert outcome.started_at == due_at + timedelta(milliseconds=7)
    assert (outcome.kind_of_failure, outcome.judgement) == (Failure.DNS, Verdict.FAILED)
    assert outcome.meaning.message == Failure.DNS.label


@pytest.mark.parametrize(("status_code", "failure"), [(None, None), (200, Failure.DNS)])
def test_the_database_refuses_an_outcome_with_both_a_code_and_a_failure_or_with_neither(
    status_code: int | None, failure: Failure | None
) -> None:
    call = make_call()
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.create(id=call.pk, call=call, status_code=status_code, failure=failure, verdict=Verdict.FAILED)
