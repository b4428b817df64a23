"""Slots outside the timetable are free ones, and batches hold no more than they may."""

import pytest

from apiclient.models import Batch
from apiclient.opening import BATCH_SLOTS, free_slot, make_batches
from apiclient.slot import due_ms_of, slot_id
from tests.builders import make_call

pytestmark = pytest.mark.django_db


def test_a_free_slot_is_an_odd_millisecond_that_nothing_has_taken():
    call = make_call()
    assert due_ms_of(free_slot(call.pk, 1000)) == 1001
    make_batches({(0, 0): [slot_id(1001, call.pk)]}, 1000)
    assert due_ms_of(free_slot(call.pk, 1000)) == 1003


def test_large_groups_are_split():
    pks = make_batches({(0, 1): list(range(BATCH_SLOTS + 1))}, 1000, confirms=True)
    assert sorted(len(batch.slots) for batch in Batch.objects.filter(pk__in=pks, confirms=True)) == [1, BATCH_SLOTS]
