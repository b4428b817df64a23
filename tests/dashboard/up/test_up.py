"""`manage.py up` as a new user runs it: from an empty folder to outcomes of all four categories, and away again."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

ROOT = Path(__file__).parents[3]
CHOSEN_BY_TESTS = ("DATABASE_URL", "CELERY_BROKER_URL", "ANSWERBACK_ALLOWED_NETWORKS", "ANSWERBACK_ADMIN_PASSWORD")
CATEGORIES = """select distinct case when status_code is null then 'no_response' when status_code < 400 then 'success'
    when status_code < 500 then 'client_error' else 'server_error' end from apiclient_outcome"""


class Up:
    """One run of the command; what it wrote is in ``text``."""

    def __init__(self, folder: Path, family, port: int, words: tuple[str, ...], env: dict[str, str]) -> None:
        self.folder, self.port = folder, port
        inherited = {name: value for name, value in family.env.items() if name not in CHOSEN_BY_TESTS}
        chosen = {"ANSWERBACK_VAR_DIR": str(folder / "var"), "PORT": str(port)}
        chosen |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        command = [sys.executable, str(ROOT / "manage.py"), "up", *words]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, env=inherited | chosen | env, cwd=folder, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def output(self) -> Path:
        return self.folder / f"output-{self.port}"

    @property
    def text(self) -> str:
        return self.output.read_text()

    def query(self, sql: str) -> list:
        with closing(sqlite3.connect(self.folder / "var" / "answerback.sqlite3")) as database:
            return database.execute(sql).fetchall()


@pytest.fixture
def up(family, tmp_path, free_port, until) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(*words: str, **env: str) -> Up:
        env.setdefault("ANSWERBACK_EXAMPLE_PORT", str(free_port()))
        started.append(Up(tmp_path, family, free_port(), words, env))
        return started[-1]

    yield start
    for run in started:
        run.process.terminate()
        run.process.wait(timeout=200)
    until(lambda: not family.members(), "the end of every process")


@pytest.fixture
def running(up, until) -> Callable[..., Up]:
    """Start and wait for the address."""

    def start(*words: str, **env: str) -> Up:
        run = up(*words, **env)
        address = f"Answerback is at http://127.0.0.1:{run.port}/"
        until(
            lambda: address in run.text or run.process.poll() is not None, lambda: f"the address; it said\n{run.text}"
        )
        assert address in run.text, run.text
        return run

    return start


def page_after_login(port: int, password: str) -> tuple[str, str]:
    """The address and text of the page that a login leads to."""
    address = f"http://127.0.0.1:{port}/accounts/login/"
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(address) as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token
    form = {"username": "admin", "password": password, "csrfmiddlewaretoken": token[1]}
    with opener.open(address, urlencode(form).encode()) as answer:
        return answer.url, answer.read().decode()


def test_from_an_empty_folder_to_all_four_categories_and_away(running, until, family):
    run = running()
    password = re.search(r"password (\S+)  \(shown this once\)", run.text)
    assert password
    until(lambda: len(run.query(CATEGORIES)) == 4, "all four categories")
    url, page = page_after_login(run.port, password[1])
    assert url == f"http://127.0.0.1:{run.port}/"
    assert "Example API" in page
    assert not any(password[1] in "".join(map(str, row)) for row in run.query("select * from apiclient_user"))
    assert "127.0.0.0/8,::1/128" in run.text
    run.process.terminate()
    assert run.process.wait(timeout=200) == 0
    until(lambda: not family.members(), "the end of every process")


def test_the_packaged_broker_serves_where_no_server_is_on_the_path(running, until, family, tmp_path):
    run = running(PATH=str(tmp_path))
    until(lambda: run.query("select count(*) from apiclient_outcome")[0][0], "an outcome")
    assert family.members("valkey-server unixsocket:")


def test_kill_9_leaves_nothing_and_the_next_start_goes_on(running, until, family):
    first = running("--no-example")
    first.process.kill()
    first.process.wait()
    until(lambda: not family.members(), "the end of every process")
    second = running("--no-example")
    assert "Login: as before" in second.text
    assert "password" not in second.text.replace("changepassword", "")
    assert second.query("select count(*) from apiclient_service") == [(0,)]


def test_killed_children_come_back(running, until, family):
    run = running("--no-example")
    for word, name in {"gunicorn": "web", "unixsocket:": "broker", "worker1@": "worker1"}.items():
        before = set(family.members(word))
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until(lambda word=word, before=before: set(family.members(word)) - before, name)
        assert f"{name} " in run.text


def test_a_fixed_first_password_is_not_printed(running):
    run = running("--no-example", ANSWERBACK_ADMIN_PASSWORD="planted-pa55word")
    assert "planted" not in run.text
    url, _ = page_after_login(run.port, "planted-pa55word")
    assert url == f"http://127.0.0.1:{run.port}/"


def test_a_second_one_in_the_same_folder_is_refused(running, up):
    first = running("--no-example")
    second = up("--no-example")
    assert second.process.wait(timeout=60) == 1
    assert f"another `up` runs here: process {first.process.pid} holds" in second.text


def refusal(run: Up) -> str:
    """The one line of a run that could not start."""
    assert run.process.wait(timeout=60) != 0
    assert "Traceback" not in run.text
    assert "Starting" not in run.text
    return run.text.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "0"], "argument --workers: '0' is not a whole number from 1 to 64"),
        (["--port", "http"], "argument --port: 'http' is not a whole number from 1 to 65535"),
        (["--host", "no-such-host.invalid"], "cannot listen on no-such-host.invalid:"),
        (["--host", "203.0.113.1"], "Cannot assign requested address"),
    ],
)
def test_a_wrong_option_is_named(up, words, said):
    assert said in refusal(up(*words))


def test_a_taken_port_is_named(up, running):
    run = running("--no-example")
    advice = refusal(up("--port", str(run.port), ANSWERBACK_VAR_DIR=str(run.folder / "other")))
    assert f"cannot listen on 127.0.0.1:{run.port} (Address already in use). Stop what listens there" in advice


@pytest.mark.parametrize(
    ("port", "said"), [("0", "from 1 to 65535, not '0'"), ("65536", "not '65536'"), ("same", "cannot have")]
)
def test_a_wrong_example_port_is_named(up, free_port, port, said):
    web = str(free_port())
    line = refusal(up("--port", web, ANSWERBACK_EXAMPLE_PORT=web if port == "same" else port))
    assert said in line
    assert "ANSWERBACK_EXAMPLE_PORT" in line


def test_a_silent_database_is_named_without_its_password(up, free_port):
    port = free_port()
    said = refusal(up(DATABASE_URL=f"postgresql://somebody:planted@127.0.0.1:{port}/nothing"))
    assert f"the database 127.0.0.1:{port}/nothing does not answer" in said
    assert "correct DATABASE_URL" in said
    assert "planted" not in said


def test_a_silent_broker_is_named(up, free_port):
    said = refusal(up(CELERY_BROKER_URL=f"redis://127.0.0.1:{free_port()}/0"))
    assert "does not answer" in said
    assert "CELERY_BROKER_URL" in said
