"""What the tests of requests on the wire share."""

from collections.abc import Iterator

import pytest

from apiclient.http import Engine, Guard


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(Guard(["127.0.0.1", "::1"]), user_agent="Answerback-Test")
    engine.start()
    yield engine
    engine.stop()
