"""A server that lets in who proves who asks, and an engine to ask it."""

from collections.abc import Iterator

import pytest

from apiclient.auth import oauth2
from apiclient.http import Engine, Guard
from tests.proving import Proving


@pytest.fixture
def server() -> Iterator[Proving]:
    with Proving() as server:
        yield server


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(Guard(["127.0.0.1"]), user_agent="Answerback-Test")
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(autouse=True)
def no_tokens() -> None:
    oauth2.forget_all()
