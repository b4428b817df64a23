"""``manage.py apply``: files become services and calls; and ``manage.py export``: the other way round."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apiclient.models import Call, Service
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
SHOP = """\
services:
  - name: Shop
    base_url: https://shop.example   # ours
    calls:
      - name: Orders
        path: /orders
        interval_seconds: 30
      - name: Basket
        path: /basket
"""


def run(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    path = folder / "shop.yaml"
    path.write_text(SHOP)
    return path


def test_a_dry_run_tells_what_would_change_and_exits_with_three(file, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("apply", str(file), "--dry-run")
    assert ended.value.code == 3 and not Service.objects.exists()
    said = capsys.readouterr().out
    assert "+ call Shop / Orders" in said and "      interval_seconds: 30" in said and "3 to create" in said


def test_to_apply_saves_and_to_apply_again_does_nothing(file, everyone):
    assert "3 created, 0 changed, 0 deleted." in run("apply", file)
    shop = Service.objects.get()
    assert shop.managed_by == "config/shop.yaml" and [team.slug for team in shop.teams.all()] == ["everyone"]
    assert run("apply", file) == "Nothing to do.\n"
    assert json.loads(run("apply", file, "--dry-run", "--json"))["changes"] == []


def test_a_second_version_shows_the_difference(file):
    run("apply", file)
    file.write_text(SHOP.replace("30", "15"))
    told = json.loads(run("apply", file, "--json"))
    assert told["counts"]["call"] == {"create": 0, "change": 1, "delete": 0}
    assert told["changes"][0]["differences"] == [{"member": "interval_seconds", "before": 30, "after": 15}]


def test_pruning_deletes_what_is_not_named_any_more(file):
    run("apply", file)
    make_service(name="By hand")
    file.write_text(SHOP.partition("      - name: Basket")[0])
    assert "Not named by the file, and kept: Shop / Basket." in run("apply", file)
    assert "- call Shop / Basket" in run("apply", file, "--prune")
    other = file.with_name("other.yaml")
    other.write_text("services: [{name: Bank, base_url: 'https://bank.example'}]")
    file.unlink()
    assert "- service Shop" in run("apply", file.parent, "--prune")
    assert set(Service.objects.values_list("name", flat=True)) == {"By hand", "Bank"}


def test_a_wrong_file_exits_with_two_names_the_place_and_saves_nothing(file):
    for text, place in (
        (SHOP.replace("path: /basket", "paht: x"), r"config/shop.yaml: services\[0\].calls\[1\].paht"),
        (SHOP.replace("/basket", "basket"), "Shop / Basket / path"),
        ("services: [", "config/shop.yaml: line"),
    ):
        file.write_text(text)
        for words in (("apply", file), ("apply", file, "--dry-run")):
            with pytest.raises(CommandError, match=place) as refused:
                run(*words)
            assert refused.value.returncode == 2
    assert not Service.objects.exists()
    with pytest.raises(CommandError, match="No such file"):
        run("apply", file.with_name("none.yaml"))


def test_calls_that_name_a_secret_without_value_wait_for_it(file):
    file.write_text(SHOP.replace("path: /basket", "path: '/basket?key={{ secret.key }}'\n        enabled: true"))
    assert "Shop: {{ secret.key }} has no value yet, so these calls are paused: Basket." in run("apply", file)
    assert not Call.objects.get(name="Basket").enabled
    assert "Nothing to do." in run("apply", file)
    Service.objects.get().secrets.create(name="key", value="planted-secret")
    assert "enabled: false -> true" in run("apply", file)
    assert "planted" not in run("export")


def test_what_is_exported_and_applied_again_changes_nothing(file):
    service = make_service(name="Shop", headers={"Authorization": "Bearer planted-secret"}, concurrency=None)
    make_call(service, name="Orders", path="/o?token=planted-secret", cron="@daily", interval_seconds=None)
    make_call(service, name="On demand", method="POST", body='{"password": "planted-secret"}', interval_seconds=None)
    file.write_text(run("export", "shop"))
    assert "planted" not in file.read_text() and "•••" in file.read_text()
    assert "managed_by" in run("apply", file)
    assert run("apply", file) == "Nothing to do.\n"
    service.refresh_from_db()
    assert service.headers == {"Authorization": "Bearer planted-secret"}


def test_a_mask_for_which_nothing_is_kept_is_refused(file):
    service = make_service(name="Shop", headers={"Authorization": "Bearer planted-secret"})
    file.write_text(run("export", "shop"))
    service.delete()
    with pytest.raises(CommandError, match="Shop / headers: ••• stands for what is kept"):
        run("apply", file)


def test_an_export_into_a_file_keeps_its_comments_and_its_services(file):
    run("apply", file)
    make_service(name="By hand")
    Call.objects.filter(name="Orders").update(interval_seconds=45)
    assert "written" in run("export", "--into", file)
    assert file.read_text() == SHOP.replace("30", "45").replace(
        "  - name: Shop\n", "  - name: Shop\n    slug: shop\n"
    ).replace("- name: Orders\n", "- name: Orders\n        slug: orders\n").replace(
        "- name: Basket\n", "- name: Basket\n        slug: basket\n"
    )
    assert "unchanged" in run("export", "--into", file)
    assert run("apply", file) == "Nothing to do.\n"


def test_an_unknown_service_is_refused(file):
    with pytest.raises(CommandError, match="There is no service 'none'"):
        run("export", "none")


def test_the_schema_is_printed():
    assert json.loads(run("export", "--schema"))["title"]


def test_where_the_address_is_known_the_file_names_its_schema(settings):
    settings.ANSWERBACK_URL = "https://status.example"
    make_service()
    first = run("export").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=https://status.example/static/dashboard/answerback.schema.json"
