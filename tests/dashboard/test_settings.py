"""A setting that cannot be is told in one line that names the variable and what is allowed, and nothing starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def check(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSWERBACK_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings", "ANSWERBACK_VAR_DIR": str(folder)} | variables
    command = (sys.executable, "manage.py", "check")
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("DATABASE_URL", "mysql://somewhere/x", "sqlite:///PATH"),
        ("DATABASE_URL", "nonsense", "sqlite:///PATH"),
        ("DATABASE_URL", "postgresql://u:p@h:port/x", "sqlite:///PATH"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO"),
        ("LOG_FORMAT", "xml", "console, json"),
        ("ANSWERBACK_WORKERS", "0", "1 to"),
        ("ANSWERBACK_WORKERS", "two", "1 to"),
        ("ANSWERBACK_KEEP_SUCCESSES", "0", "1 to"),
        ("ANSWERBACK_KEEP_ROLLUPS", "forever", "1 to"),
        ("ANSWERBACK_CONCURRENCY", "-1", "1 to"),
        ("ANSWERBACK_EXAMPLE_PORT", "70000", "65535"),
        ("ANSWERBACK_HTTPS", "perhaps", "true, on"),
        ("ANSWERBACK_API_RATE", "-1", "0 to"),
        ("ANSWERBACK_PUSH_RATE", "many", "0 to"),
        ("ANSWERBACK_PROXIES", "11", "0 to 10"),
        ("ANSWERBACK_CORS_ORIGINS", "status.example.org", "https://"),
        ("ANSWERBACK_CORS_ORIGINS", "https://a.example,*", "* alone"),
        ("ANSWERBACK_CORS_ORIGINS", "https://a.example/path", "https://"),
        ("CACHE_URL", "memcached://cache", "redis://"),
    ],
)
def test_a_bad_value_is_one_line(tmp_path: Path, name: str, value: str, allowed: str) -> None:
    done = check(tmp_path, **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: ")
    assert allowed in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_value_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "level").write_text("debug")
    assert check(tmp_path, LOG_LEVEL_FILE=str(tmp_path / "level")).returncode == 0
    missing = check(tmp_path, LOG_LEVEL_FILE=str(tmp_path / "nowhere"))
    assert missing.returncode == 1


def test_a_network_that_is_none_is_named(tmp_path: Path) -> None:
    done = check(tmp_path, ANSWERBACK_ALLOWED_NETWORKS="10.0.0.0/99")
    assert done.returncode == 1
    assert "ANSWERBACK_ALLOWED_NETWORKS" in done.stderr and "10.0.0.0/99" in done.stderr


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    assert check(tmp_path).returncode == 0
    key = tmp_path / "secret_key"
    first = key.read_text()
    assert len(first) > 50
    assert key.stat().st_mode & 0o777 == 0o600
    assert check(tmp_path).returncode == 0
    assert key.read_text() == first
