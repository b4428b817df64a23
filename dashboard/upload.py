"""Uploaded files, stopped before they fill memory or disk. Named in the settings."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 20 << 20


class Bounded(FileUploadHandler):
    """Hands everything on to the next handler, up to ``MOST_BYTES`` in one request."""

    received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        self._refuse(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        self._refuse(self.received)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _refuse(self, size: int) -> None:
        if size > MOST_BYTES:
            raise RequestDataTooBig(f"At most {MOST_BYTES} bytes can be uploaded.")
