"""``manage.py import jasperreports``, as docs/jasperreports.md shows it, against the server of the tests."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apiclient.models import Call, Secret, Service
from tests.jasper import PASSWORD, SUPERUSER, Jasper

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "jasperreports.md").read_text()
BASE = "https://reports.example.org/jasperserver-pro"
MINIMUM = ("--base-url", BASE, "--user", "jasperadmin")


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\nand a second line\n")
    return path


def run(*words: object) -> str:
    out = StringIO()
    call_command("import", "jasperreports", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_dry_run_says_what_a_run_then_does_and_a_second_time_there_is_nothing_to_do(password):
    words = (*MINIMUM, "--organisation", "organization_1", "--password-file", password)
    with pytest.raises(SystemExit) as exit_code:
        run(*words, "--dry-run")
    assert exit_code.value.code == 3 and not Service.objects.exists()
    said = run(*words)
    assert "Probe 01: version" in said and PASSWORD not in said
    assert Call.objects.count() == 160
    assert {secret.name for secret in Secret.objects.all()} == {"jasper_password", "jasper_password_encoded"}
    assert json.loads(run(*words, "--json"))["changes"] == []
    run(*words, "--dry-run")  # exits by itself, since nothing would change


@pytest.mark.django_db
def test_another_password_is_a_change_that_a_dry_run_tells(password, tmp_path):
    run(*MINIMUM, "--password-file", password)
    password.write_text("another one")
    with pytest.raises(SystemExit):
        run(*MINIMUM, "--password-file", password, "--dry-run")
    assert {secret.value.open() for secret in Secret.objects.filter(name="jasper_password")} == {PASSWORD}


@pytest.mark.django_db
def test_a_server_of_another_name_stands_beside_it(password):
    run(*MINIMUM, "--password-file", password)
    run(*MINIMUM, "--service", "Staging reports", "--password-file", password)
    assert set(Service.objects.values_list("name", flat=True)) == {"JasperReports Server", "Staging reports"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("jasperreports",), "jasperreports needs --base-url and --user."),
        (("jasperreports", "--base-url", BASE), "jasperreports needs --user."),
        (("jasperreports", "shop.json", *MINIMUM), "jasperreports reads no file, so leave shop.json out."),
        (("jasperreports", *MINIMUM, "--password-file", "/nowhere"), "--password-file: /nowhere: No such file"),
        (("jasperreports", *MINIMUM, "--job", "nightly"), "job: 'nightly' is not the id of a job"),
        (("jasperreports", "--base-url", "reports", "--user", "x"), "base_url: The URL has no scheme"),
        (("openapi", "shop.json", "--user", "x"), "--user is an option of jasperreports alone."),
        (("openapi",), "FILE is missing"),
    ],
)
def test_what_is_wrong_is_named(words, said):
    with pytest.raises(CommandError) as refused:
        call_command("import", *words)
    assert said in str(refused.value) and refused.value.returncode == 2
    assert not Service.objects.exists()


@pytest.mark.flow
def test_the_example_of_the_page(tmp_path):
    """Every command of it, in a shell, with an empty database."""
    (example,) = re.findall(r"```bash\n(.*?)```", DOCS, re.DOTALL)
    with Jasper() as jasper:
        jasper.state.users["jasperadmin|organization_1"] = "opensesame & more"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSWERBACK_")} | {
            "ANSWERBACK_VAR_DIR": str(tmp_path),
            "ANSWERBACK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "JASPER": jasper.url.removesuffix("/jasperserver-pro"),
            "JASPER_PASSWORD": "opensesame & more",
        }
        commands = f".venv/bin/python manage.py migrate -v0\n{example}".replace(".venv/bin/python", sys.executable)
        done = subprocess.run(
            ("bash", "-uc", commands), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        assert "\n200 OK: passed" in done.stdout, done.stdout[-500:]
        assert jasper.state.sessions == {}
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"opensesame" not in kept and "opensesame" not in done.stdout + done.stderr


def test_the_page_names_every_option_and_every_probe():
    assert all(f"`{option}`" in DOCS for option in ("--base-url", "--password-file", "--service"))
    assert re.findall(r"^\| (\d\d) ", DOCS, re.MULTILINE) == [f"{number:02}" for number in range(1, 11)]
    assert SUPERUSER in DOCS
