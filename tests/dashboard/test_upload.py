"""Uploads end where they are too large."""

import pytest
from django.core.exceptions import RequestDataTooBig

from dashboard.upload import MOST_BYTES, Bounded


def test_it_is_refused_by_what_is_announced_and_by_what_comes():
    handler = Bounded()
    handler.handle_raw_input(None, {}, MOST_BYTES)
    with pytest.raises(RequestDataTooBig):
        handler.handle_raw_input(None, {}, MOST_BYTES + 1)
    piece = b"x" * (1 << 20)
    for _ in range(MOST_BYTES >> 20):
        assert handler.receive_data_chunk(piece, 0) == piece
    with pytest.raises(RequestDataTooBig):
        handler.receive_data_chunk(b"x", 0)
    assert handler.file_complete(5) is None
