"""`manage.py up` as a new user runs it: from an empty folder to outcomes of all four categories, and away again."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

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

    def query(self, sql: str, var: Path | None = None) -> list:
        with closing(sqlite3.connect((var or self.folder / "var") / "answerback.sqlite3")) as database:
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


def page_after_login(port: int, password: str, opener: OpenerDirector | None = None) -> tuple[str, str]:
    """The address and text of the page that a login leads to; ``opener`` stays logged in."""
    address = f"http://127.0.0.1:{port}/accounts/login/"
    opener = opener or build_opener(HTTPCookieProcessor(CookieJar()))
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


def test_a_database_of_a_newer_version_is_refused(up):
    var = up("--port", "0").folder / "var"
    manage(var, "migrate")
    with closing(sqlite3.connect(var / "answerback.sqlite3")) as database:
        database.execute(
            "insert into django_migrations (app, name, applied) values ('apiclient', '9999_new', '2030-1-1')"
        )
        database.commit()
    assert "migrated by a newer version of Answerback (apiclient.9999_new). Install that version" in refusal(up())


def test_too_few_open_files_are_refused(family, tmp_path, free_port):
    chosen = {"ANSWERBACK_VAR_DIR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    command = ("bash", "-c", 'ulimit -n 420; exec "$@"', "up", sys.executable, "manage.py", "up", "--no-example")
    env = family.env | chosen | {"PORT": str(free_port())}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    line = done.stderr.splitlines()[-1]
    assert "enough for 18 slots at once" in line and "ulimit -n 20384" in line


@pytest.fixture
def disk(tmp_path) -> Iterator[Callable[[int], Path]]:
    """Make a file system of so many MiB."""
    path = tmp_path / "disk"
    path.mkdir()

    def mount(size_mb: int) -> Path:
        command = ("mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(path))
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
        return path

    yield mount
    subprocess.run(("umount", "--lazy", str(path)), capture_output=True)


def fill(folder: Path) -> Path:
    """A file that leaves no byte free."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 10, 1):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    return filler


@pytest.mark.parametrize(("size_mb", "is_full"), [(1, True), (10, False), (20, False)])
def test_a_full_disk_is_refused_in_one_line(disk, up, size_mb, is_full):
    """Full, with too little room to begin, with too little to end the preparation."""
    path = disk(size_mb)
    if is_full:
        fill(path)
    run = up("--no-example", ANSWERBACK_VAR_DIR=str(path / "var"))
    said = refusal(run)
    assert "Free some space" in said
    assert said.startswith(("ANSWERBACK_VAR_DIR: ", "CommandError: "))


def test_a_disk_that_fills_up_is_told_once_and_all_is_recorded_when_there_is_room_again(disk, running, until):
    var = disk(80) / "var"
    run = running(ANSWERBACK_VAR_DIR=str(var), ANSWERBACK_ADMIN_PASSWORD="planted-pa55word")
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page_after_login(run.port, "planted-pa55word", opener)

    def outcomes() -> int:
        return int(run.query("select count(*) from apiclient_outcome", var)[0][0])

    until(lambda: outcomes() > 20, "outcomes")
    filler = fill(var.parent)
    told = "does not take what is to be stored"
    until(lambda: told in run.text, lambda: f"a line of the worker; it said\n{run.text}")
    time.sleep(5)  # five ticks and more
    assert run.text.count(told) == 1
    assert "Traceback" not in run.text
    with opener.open(f"http://127.0.0.1:{run.port}/") as page:
        assert "Free some space" in page.read().decode()
    with pytest.raises(HTTPError) as refused:
        opener.open(f"http://127.0.0.1:{run.port}/readyz")
    assert (refused.value.code, refused.value.read()) == (503, b"The disk is full. Free some space.")
    filler.unlink()
    until(lambda: "takes what is stored again" in run.text, lambda: f"the end of it; it said\n{run.text}")
    before = outcomes()
    until(lambda: outcomes() > before + 20, "more outcomes")
    assert ", 0 differences" in manage(var, "verify")


def manage(var: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in CHOSEN_BY_TESTS}
    environment |= {"ANSWERBACK_VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    command = (sys.executable, str(ROOT / "manage.py"), *words)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
