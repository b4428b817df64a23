"""Does the broker answer, and how many messages wait in it?"""

import re
from collections.abc import Iterable
from typing import Any

from kombu import Connection
from kombu.exceptions import ChannelError

from apiclient.http.redact import MASK

PATIENCE_S = 3
USE = "set CELERY_BROKER_URL to redis://:PASSWORD@HOST:PORT/NUMBER or amqp://USER:PASSWORD@HOST:PORT//."


class BrokerError(Exception):
    """Why there is no broker, and what to do about it: one line, without a password."""


def check(url: str) -> None:
    """BrokerError where the broker of CELERY_BROKER_URL does not answer within some seconds."""
    depths(url, ())


def depths(url: str, queues: Iterable[str]) -> dict[str, int]:
    """How many messages wait in each queue, 0 in one that nobody made yet. BrokerError where the broker is silent."""
    options = {"socket_connect_timeout": PATIENCE_S, "socket_timeout": PATIENCE_S}
    try:
        with Connection(url, connect_timeout=PATIENCE_S, transport_options=options) as connection:
            connection.ensure_connection(max_retries=1, interval_start=1, timeout=5)
            return {queue: _depth(connection, queue) for queue in queues}
    except (ValueError, KeyError) as error:  # whose text could be a piece of the password
        raise BrokerError(f"the broker's address cannot be used: {USE}") from error
    except Exception as error:
        said = " ".join(str(error).split())
        raise BrokerError(
            f"the broker {shown(url)} does not answer ({said}). Start it, or correct CELERY_BROKER_URL; "
            "without that variable `manage.py up` starts an embedded broker."
        ) from error


def shown(url: str) -> str:
    """Without user and password, even where a password was not written as a URL wants it."""
    return re.sub("//.*@", f"//{MASK}@", url)


def _depth(connection: Connection, queue: str) -> int:
    try:
        channel: Any = connection.default_channel
        return int(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:
        return 0
