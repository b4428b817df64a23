"""Migrations take existing rows along, there and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db(transaction=True)
LOCATIONS = ("apiclient", "0005_locations")
ROLES = ("apiclient", "0010_roles")


def migrate(*targets: tuple[str, str]) -> Any:
    """The models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


def before(target: tuple[str, str]) -> tuple[str, str]:
    graph = MigrationExecutor(connection).loader.graph
    (parent,) = (node.key for node in graph.node_map[target].parents if node.key[0] == "apiclient")
    return parent


@pytest.fixture
def newest() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_calls_keep_their_place_in_the_default_location_there_and_back(newest: None) -> None:
    old = migrate(before(LOCATIONS))
    service = old.get_model("apiclient", "Service").objects.create(name="S", slug="s", base_url="http://127.0.0.1/")
    make = old.get_model("apiclient", "Call").objects.create
    calls = [make(service=service, name=str(n), slug=str(n)) for n in range(3)]
    OldDue = old.get_model("apiclient", "Due")
    for n, call in enumerate(calls):
        OldDue.objects.create(call=call, due_ms=None if n == 2 else 1_000 + n, since_ms=n, cadence="60")
    old.get_model("apiclient", "Outcome").objects.create(id=5, call=calls[0], status_code=200, verdict=1)
    old.get_model("apiclient", "Batch").objects.create(slots=[1], created_ms=1, lease_ms=1)
    new = migrate(LOCATIONS)
    Due, Outcome = new.get_model("apiclient", "Due"), new.get_model("apiclient", "Outcome")
    rows = Due.objects.order_by("call").values_list("call", "location", "due_ms", "since_ms", "cadence")
    assert list(rows) == [
        (calls[0].pk, 0, 1_000, 0, "60"), (calls[1].pk, 0, 1_001, 1, "60"), (calls[2].pk, 0, None, 2, "60"),
    ]  # fmt: skip
    assert list(Outcome.objects.values_list("location", "missed_because")) == [(0, None)]
    assert new.get_model("apiclient", "Batch").objects.get().location_id == 0
    assert new.get_model("apiclient", "Service").objects.get().concurrency is None
    elsewhere = new.get_model("apiclient", "Location").objects.create(name="Paris", slug="paris")
    Due.objects.filter(call=calls[1].pk).update(location=elsewhere)
    Due.objects.create(call_id=calls[0].pk, location=elsewhere, due_ms=9, since_ms=9, cadence="60~2")
    back = migrate(before(LOCATIONS)).get_model("apiclient", "Due")
    places = back.objects.order_by("pk").values_list("pk", "due_ms", "cadence")
    assert list(places) == [(calls[0].pk, 1_000, "60"), (calls[1].pk, None, ""), (calls[2].pk, None, "60")]


def test_nobody_loses_sight_of_anything_by_roles_and_teams(newest: None) -> None:
    old = migrate(before(ROLES))
    User, Service = old.get_model("apiclient", "User"), old.get_model("apiclient", "Service")
    for name, fields in {"ann": {}, "bob": {"is_staff": True}, "root": {"is_superuser": True}}.items():
        User.objects.create(username=name, **fields)
    Service.objects.create(name="S", slug="s", base_url="http://127.0.0.1/")
    old.get_model("auth", "Group").objects.all().delete()
    old.get_model("apiclient", "Team").objects.all().delete()
    new = migrate(ROLES)
    members = new.get_model("auth", "Group").objects.order_by("name").values_list("name", "user__username")
    assert set(members) == {("viewer", "ann"), ("admin", "bob"), ("admin", "root"), ("editor", None)}
    admin = new.get_model("auth", "Group").objects.get(name="admin")
    assert admin.permissions.filter(codename="change_team").exists()  # before Django makes the permissions
    team = new.get_model("apiclient", "Team").objects.get()
    assert (team.name, team.members.count(), team.services.count()) == ("Everyone", 3, 1)
