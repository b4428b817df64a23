"""Log lines: which request they belong to, no token in them, and one JSON object each for LOG_FORMAT=json."""

import json
import logging
import re
from datetime import UTC, datetime

from apiclient.http.redact import MASK
from dashboard.request_id import current

SECRET = re.compile(r"(ab_[0-9a-f]{12}_)[0-9a-f]{16,}")


def without_tokens(text: str) -> str:
    """The same text; of our own tokens only what is no secret."""
    return SECRET.sub(rf"\1{MASK}", text)


class ConsoleFormatter(logging.Formatter):
    """A line for people. What was logged while a request was answered ends with its id."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        request_id = current.get()
        line = super().formatMessage(record)
        return f"{line} (request {request_id})" if request_id else line

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


class JsonFormatter(logging.Formatter):
    """Time (ISO 8601 UTC), level, logger, message, and the request's id and the traceback where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current.get():
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return without_tokens(json.dumps(line, ensure_ascii=False))
