"""What the migrations make is what the models say, and rows live through the way there and back."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apiclient.models import Outcome
from tests.builders import make_call, make_outcome

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has partitions")


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


def values(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(value for (value,) in cursor.fetchall())


def indexes():
    return values("SELECT indexdef FROM pg_indexes WHERE tablename = 'apiclient_outcome'")


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(apps.get_app_config("apiclient").get_models()), ids=lambda model: model.__name__)
def test_the_tables_have_the_columns_indexes_and_constraints_of_the_models(model):
    with connection.cursor() as cursor:
        table = model._meta.db_table
        columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
        names = set(connection.introspection.get_constraints(cursor, table))
    assert columns == {field.column for field in model._meta.local_fields}
    assert {index.name for index in model._meta.indexes} <= names
    assert {constraint.name for constraint in model._meta.constraints} <= names


@pytest.mark.django_db
def test_the_index_on_calls_is_the_one_of_this_database():
    with connection.cursor() as cursor:
        index = connection.introspection.get_constraints(cursor, "apiclient_outcome")["outcome_call_time"]
    if connection.vendor == "sqlite":
        assert index["columns"] == ["call_id", "id"]
    else:
        assert indexes() == [
            "CREATE INDEX outcome_call_time ON ONLY public.apiclient_outcome USING btree (call_id, ((id >> 44)))",
            "CREATE INDEX outcome_missed ON ONLY public.apiclient_outcome USING btree (id, missed_because) "
            "WHERE (missed_because IS NOT NULL)",
            "CREATE UNIQUE INDEX apiclient_outcome_pkey ON ONLY public.apiclient_outcome USING btree (id)",
        ]


@on_postgresql
@pytest.mark.django_db
def test_outcomes_are_partitioned_by_the_range_of_their_ids():
    (definition,) = values("SELECT pg_get_partkeydef('apiclient_outcome'::regclass)")
    assert definition == "RANGE (id)"


@pytest.mark.django_db(transaction=True)
def test_rows_live_through_the_migration_and_back():
    call = make_call()
    for day in (1, 1, 2, 9):
        make_outcome(call, due_at=datetime(2026, 3, day, 12, 0, day, Outcome.objects.count() * 1000, tzinfo=UTC))
    before = list(Outcome.objects.order_by("id").values())
    try:
        migrate(("apiclient", "0001_initial"))
        rows = "SELECT id FROM apiclient_outcome"
        assert values(rows) == [row["id"] for row in before]
        if connection.vendor == "postgresql":
            assert values("SELECT count(*) FROM pg_partitioned_table") == [0]
            assert "(call_id, id)" in indexes()[0]
    finally:
        migrate()
    assert list(Outcome.objects.order_by("id").values()) == before
    if connection.vendor == "postgresql":
        assert values("SELECT count(*) FROM apiclient_outcome_rest") == [0]
        assert values("SELECT count(*) FROM apiclient_outcome_20260301") == [2]
