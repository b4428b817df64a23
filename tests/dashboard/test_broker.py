"""The broker answers, or one line says why not and what to do; with real servers where they run."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection

from dashboard import broker
from dashboard.broker import BrokerError
from dashboard.up.broker import find_server
from tests.installation import wait_for
from tests.run import answers


@pytest.fixture
def redis(tmp_path) -> Iterator[str]:
    path = Path("/tmp") / f"ab-{os.getpid()}-{time.monotonic_ns()}.sock"  # noqa: S108
    command = (find_server()[1], "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        wait_for(path.exists, 10, "the broker's socket")
        yield f"redis+socket://{path}"
        server.terminate()


def closed_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def test_messages_that_wait_are_counted(redis):
    with Connection(redis) as connection:
        queue = connection.SimpleQueue("answerback")
        queue.put("one")
        queue.put("two")
        queue.close()
    assert broker.depths(redis, ["answerback", "nobody-made-this"]) == {"answerback": 2, "nobody-made-this": 0}
    broker.check(redis)


@pytest.mark.skipif(not answers(5672), reason="no RabbitMQ on its standard port")
def test_a_queue_that_rabbitmq_does_not_know_is_empty():
    url = "amqp://guest:guest@127.0.0.1:5672//"
    assert broker.depths(url, ["answerback-nobody-made-this"]) == {"answerback-nobody-made-this": 0}
    with pytest.raises(BrokerError, match="ACCESS_REFUSED") as raised:
        broker.check("amqp://guest:planted@127.0.0.1:5672//")
    assert "planted" not in str(raised.value)


def test_a_silent_one_is_named_in_one_line_without_its_password():
    port = closed_port()
    with pytest.raises(BrokerError) as raised:
        broker.check(f"redis://:planted@127.0.0.1:{port}/0")
    said = str(raised.value)
    assert f"127.0.0.1:{port}/0 does not answer" in said and "correct CELERY_BROKER_URL" in said
    assert "planted" not in said and len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "url", ["banana://planted", "redis://user:planted/x@127.0.0.1:1/0", "redis://:planted@h:port/0"]
)
def test_an_address_that_is_none_says_how_one_is_written_and_nothing_of_itself(url):
    with pytest.raises(BrokerError, match="redis://:PASSWORD@HOST:PORT/NUMBER") as raised:
        broker.check(url)
    assert "planted" not in str(raised.value)
