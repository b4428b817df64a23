from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.slot import CALL_MASK, call_of, due_ms_of, first_slot, from_ms, slot_id, to_ms

MOMENTS = st.integers(0, to_ms(datetime(2089, 1, 1, tzinfo=UTC)))
CALLS = st.integers(1, CALL_MASK)


@given(MOMENTS, CALLS)
def test_a_slot_names_its_moment_and_its_call_and_fits_a_signed_64_bit_integer(due_ms: int, call_id: int) -> None:
    slot = slot_id(due_ms, call_id)
    assert (due_ms_of(slot), call_of(slot)) == (due_ms, call_id)
    assert 0 <= first_slot(due_ms) < slot < first_slot(due_ms + 1) < 2**63


@given(MOMENTS, MOMENTS, CALLS, CALLS)
def test_slots_sort_by_time(one: int, other: int, call_id: int, other_call: int) -> None:
    if one < other:
        assert slot_id(one, call_id) < slot_id(other, other_call)


@given(MOMENTS)
def test_milliseconds_and_moments_convert_without_loss(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


@pytest.mark.parametrize("call_id", [0, -1, CALL_MASK + 1])
def test_a_call_id_that_does_not_fit_is_refused(call_id: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        slot_id(1, call_id)
