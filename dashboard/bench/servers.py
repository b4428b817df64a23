"""What a bench runs against: its own target, a fresh database, an empty broker; and the machine it runs on."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from kombu import Connection

from dashboard.broker import BrokerError, check

NAME = "answerback_bench"
QUEUE = "answerback"


class BenchError(Exception):
    """One line: what is missing and what to do."""


@contextmanager
def target(*, tls: bool = False) -> Iterator[str]:
    """The URL of a target of our own, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="answerback-target-") as folder:
        command = (sys.executable, "-m", "dashboard.bench.target", *(_certificate(Path(folder)) if tls else ()))
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            try:
                yield f"http{'s' if tls else ''}://127.0.0.1:{int(process.stdout.readline())}/"  # type: ignore[union-attr]
            finally:
                process.terminate()


@contextmanager
def postgresql(server: str) -> Iterator[str]:
    """The URL of a fresh database on the server, dropped afterwards."""
    try:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {NAME}")
            try:
                yield f"{server}/{NAME}"
            finally:
                connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        raise BenchError(f"--postgresql: {server} does not answer or refuses: {said}") from error


def empty_broker(url: str) -> None:
    """Messages of the run before would ring for batches that are not there. BenchError where it does not answer."""
    try:
        check(url)
    except BrokerError as error:
        raise BenchError(f"--redis: {error}") from error
    with Connection(url) as connection:
        connection.SimpleQueue(QUEUE).clear()


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} x {model}, Python {sys.version.split()[0]}"


def _certificate(folder: Path) -> tuple[str, str]:
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = ("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    try:
        subprocess.run(  # noqa: S603
            (*command, "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", certificate),
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchError("https: no certificate could be made. Install the openssl command.") from error
    return certificate, key
