"""A worker that could not work does not start: one line that says why and what to do, and nothing else happens."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, wait_for

WORKER = (
    sys.executable,
    "-W",
    "ignore",
    "-m",
    "celery",
    "--quiet",
    "-A",
    "dashboard",
    "worker",
    "--loglevel",
    "WARNING",
)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    from dashboard.up.broker import find_server

    path = Path("/tmp") / f"ab-worker-{os.getpid()}.sock"  # noqa: S108
    command = (find_server()[1], "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        wait_for(path.exists, 10, "the broker's socket")
        yield f"redis+socket://{path}"
        server.terminate()


@pytest.fixture
def installation(broker: str, tmp_path: Path) -> Iterator[Installation]:
    folder = tmp_path / "var"
    folder.mkdir()
    with Installation(folder, f"sqlite:///{tmp_path / 'worker.sqlite3'}", broker) as made:
        yield made


def closed_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def refusal(installation: Installation) -> Callable[..., str]:
    """The one line of a worker that could not start."""

    def start(*, files: int = 0, **variables: str) -> str:
        limited = ("bash", "-c", f'ulimit -n {files}; exec "$@"', "worker") if files else ()
        environment = installation.environment | variables
        done = subprocess.run((*limited, *WORKER), env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        (line,) = (done.stdout + done.stderr).strip().splitlines()
        return line

    return start


def test_a_database_that_does_not_answer(refusal: Callable[..., str]) -> None:
    port = closed_port()
    line = refusal(DATABASE_URL=f"postgresql://shop:planted@127.0.0.1:{port}/shop")
    assert line.startswith(f"The worker does not start: the database 127.0.0.1:{port}/shop does not answer")
    assert "correct DATABASE_URL" in line and "planted" not in line
    assert "lets this user write" in refusal(DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")


def test_a_database_url_that_is_none(refusal: Callable[..., str]) -> None:
    assert refusal(DATABASE_URL="mysql://planted").startswith("DATABASE_URL: only sqlite:///PATH and postgresql://")


def test_a_database_without_its_tables(refusal: Callable[..., str], tmp_path: Path) -> None:
    assert "not applied. Run manage.py migrate." in refusal(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")


def test_a_database_of_a_newer_version(refusal: Callable[..., str], installation: Installation) -> None:
    installation.python(
        "from django.db import connection\nfrom django.db.migrations.recorder import MigrationRecorder\n"
        "MigrationRecorder(connection).record_applied('apiclient', '9999_from_tomorrow')"
    )
    assert "newer version of Answerback (apiclient.9999_from_tomorrow). Install that version" in refusal()


def test_a_broker_that_refuses(refusal: Callable[..., str]) -> None:
    port = closed_port()
    line = refusal(CELERY_BROKER_URL=f"redis://:planted@127.0.0.1:{port}/0")
    assert f"127.0.0.1:{port}/0 does not answer" in line and "correct CELERY_BROKER_URL" in line
    assert "planted" not in line


def test_too_few_open_files_to_be_of_use(refusal: Callable[..., str]) -> None:
    line = refusal(files=420)
    assert "The limit of open files is enough for 18 slots at once" in line and "ulimit -n 20384" in line


def test_few_open_files_are_told_and_it_works_with_what_it_can_carry(installation: Installation) -> None:
    log = installation.folder / "worker.log"
    command = ("bash", "-c", 'ulimit -n 1000; exec "$@"', "worker", *WORKER, "--hostname", "few@%h")
    with log.open("wb") as output:
        worker = subprocess.Popen(command, env=installation.environment, stdout=output, stderr=output)
    seen = "from apiclient.models import Heartbeat\nprint(list(Heartbeat.objects.values_list('capacity', flat=True)))"
    try:
        wait_for(lambda: installation.python(seen).strip() == "[308]", 40, "its heartbeat", log.read_text)
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    assert "enough for 308 slots at once, not for ANSWERBACK_CONCURRENCY=10000" in log.read_text()
    assert installation.python(seen).strip() == "[]"
