"""A command that needs the database says in one line why it cannot work with it, and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def manage(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSWERBACK_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings", "ANSWERBACK_VAR_DIR": str(folder)} | variables
    command = (sys.executable, "manage.py", *words)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("words", [("run_call", "a/b"), ("verify",), ("verify", "--json"), ("migrate",)])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://shop:planted@127.0.0.1:1/shop", "The database 127.0.0.1:1/shop does not answer"),
        ("sqlite:////nowhere/at/all.sqlite3", "The database /nowhere/at/all.sqlite3 does not answer"),
    ],
)
def test_a_database_that_does_not_answer(tmp_path: Path, words: tuple[str, ...], url: str, said: str) -> None:
    done = manage(tmp_path, *words, DATABASE_URL=url)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert line.startswith(said) and "correct DATABASE_URL" in line and "planted" not in line


def test_a_database_without_its_tables(tmp_path: Path) -> None:
    done = manage(tmp_path, "verify", DATABASE_URL="")
    (line,) = done.stderr.splitlines()
    assert (done.returncode, line.endswith("not applied. Run manage.py migrate.")) == (2, True)


def test_doctor_reports_while_the_database_is_down(tmp_path: Path) -> None:
    down = {
        "DATABASE_URL": "postgresql://shop:planted@127.0.0.1:1/shop",
        "CELERY_BROKER_URL": "redis://:planted@127.0.0.1:1",
    }
    done = manage(tmp_path, "doctor", **down)
    lines = done.stdout.splitlines()
    assert done.returncode == 1 and done.stderr == ""
    assert lines[0].startswith("problem  database") and any(line.startswith("problem  broker") for line in lines)
    assert "planted" not in done.stdout


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = manage(tmp_path / "file" / "var", "check")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith(f"ANSWERBACK_VAR_DIR: {tmp_path}/file/var cannot be used (Not a directory). Free some space")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("up", "--workers", "0"), "argument --workers: '0' is not a whole number from 1 to 64"),
        (("bench", "--calls", "0"), "argument --calls: '0': use a whole number from 1 to 100000"),
        (("verify", "--nonsense"), "unrecognized arguments: --nonsense"),
    ],
)
def test_an_option_that_is_not_taken(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = manage(tmp_path, *words)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert line == f"manage.py {words[0]}: {said}. --help lists what it takes."
