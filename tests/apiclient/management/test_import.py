"""``manage.py import``: files of other tools."""

import json
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command

from apiclient.models import Call, DocumentedAnswer, Service

pytestmark = pytest.mark.django_db
PETS = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://pets.example/v1"}],
    "paths": {
        "/pets": {
            "get": {"responses": {"200": {"description": "Pets"}, "404": {"description": "None"}}},
            "post": {"responses": {"201": {"description": "Made"}}},
        }
    },
}


def run(*words: object) -> str:
    out = StringIO()
    call_command("import", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def pets(tmp_path):
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(PETS))
    return path


def test_an_openapi_file_is_imported_and_a_second_time_there_is_nothing_to_do(pets):
    said = run("openapi", pets)
    assert "+ service Pets" in said and "+ answer Pets / " in said
    assert Service.objects.get().base_url == "https://pets.example/v1" and Service.objects.get().managed_by == ""
    assert Call.objects.get(method="GET").enabled and not Call.objects.get(method="POST").enabled
    assert DocumentedAnswer.objects.filter(source="openapi").count() == 3
    assert run("openapi", pets).endswith("Nothing to do.\n")


def test_what_people_have_set_stays_and_a_second_version_shows_its_difference(pets):
    run("openapi", pets)
    Call.objects.filter(method="POST").update(enabled=True)
    pets.write_text(json.dumps(PETS).replace('"None"', '"No pets"'))
    told = json.loads(run("openapi", pets, "--json"))
    assert [(one["thing"], one["codes"], one["action"]) for one in told["changes"]] == [("answer", "404", "change")]
    assert Call.objects.get(method="POST").enabled


def test_a_dry_run_saves_nothing(pets, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("import", "openapi", str(pets), "--dry-run")
    assert ended.value.code == 3 and not Service.objects.exists() and "to create" in capsys.readouterr().out


def test_it_goes_under_another_name_and_address_and_from_the_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(json.dumps(PETS).encode())))
    run("openapi", "-", "--service", "Animals", "--base-url", "https://animals.example")
    assert (Service.objects.get().name, Service.objects.get().base_url) == ("Animals", "https://animals.example")


def test_a_wrong_file_exits_with_two_and_saves_nothing(pets, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text('{"openapi": ')
    for words, place in (
        (("openapi", bad), "line 1"),
        (("openapi", tmp_path / "none.json"), "No such file"),
        (("openapi", pets, "--base-url", "ftp://a"), "Pets / base_url"),
        (("answerback", pets), "openapi"),
    ):
        with pytest.raises(CommandError, match=place) as refused:
            run(*words)
        assert refused.value.returncode == 2
    assert not Service.objects.exists()
