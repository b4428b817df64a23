"""A message is only a bell. Where a thousand ring unheard one more says nothing, and would fill the broker's memory."""

import logging
import time
from typing import Any

from celery import Celery, Task
from kombu.exceptions import ChannelError

log = logging.getLogger(__name__)

MOST_MESSAGES = 1_000
"""A queue that holds so many gets no more; a batch that waits is announced again, and a tick comes every second."""
LOOK_EVERY_S = 1.0


class Bell(Task):  # type: ignore[type-arg]
    """Every task of the app, whoever asks for it: beat, a worker or the web server."""

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """As Celery's; None when the queue is full and nothing was sent."""
        queue = options.get("queue") or self.app.conf.task_default_queue
        if not _depth_of(queue).has_room(self.app):
            return None
        return super().apply_async(args, kwargs, **options)


class Depth:
    """How many messages a queue holds: asked once a second, counted on in between."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._looked_at = float("-inf")
        self._messages = 0
        self._is_full = False

    def has_room(self, app: Celery) -> bool:
        """Whether one more may be sent, which is then counted. kombu's OperationalError when the broker is away."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._messages, self._looked_at = messages_in(app, self._queue), time.monotonic()
        was_full, self._is_full = self._is_full, self._messages >= MOST_MESSAGES
        if self._is_full:
            if not was_full:
                log.warning("The queue %s holds %d messages. Does any worker serve it?", self._queue, self._messages)
            return False
        self._messages += 1
        return True


def messages_in(app: Celery, queue: str) -> int:
    """How many messages wait in a queue, 0 where there is none. kombu's OperationalError when the broker is away."""
    connection: Any
    with app.pool.acquire(block=True) as connection:
        connection.ensure_connection(max_retries=1)
        try:
            return int(connection.default_channel.queue_declare(queue=queue, passive=True).message_count)
        except ChannelError:  # what the transports without channels of their own say of an empty queue
            return 0
        except (*connection.channel_errors, *connection.connection_errors):
            connection.close()  # no such queue, or it broke while it was idle: sending tries again and knows more
            return 0


_depths: dict[str, Depth] = {}


def _depth_of(queue: str) -> Depth:
    return _depths.setdefault(queue, Depth(queue))
