"""Outcomes by day on PostgreSQL, and a note of how far deletion by age came.

The rows move into new tables in one transaction: count on the time and the disk space of a copy.
"""

from datetime import date, timedelta

from django.db import migrations, models

from apiclient.models.block import CallTimeIndex

TABLE = "apiclient_outcome"
EPOCH = date(2020, 1, 1)
DAY = 86_400_000 << 22
INDEX = CallTimeIndex(fields=["call", "id"], name="outcome_call_time")


def partition(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    _rename_away(schema_editor)
    schema_editor.execute(f"CREATE TABLE {TABLE} (LIKE {TABLE}_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)")
    schema_editor.execute(f"CREATE TABLE {TABLE}_rest PARTITION OF {TABLE} DEFAULT")
    for day in _days(schema_editor):
        moment = EPOCH + timedelta(day)
        schema_editor.execute(f"CREATE TABLE {TABLE}_{moment:%Y%m%d} PARTITION OF {TABLE} FOR VALUES FROM ({day * DAY}) TO ({(day + 1) * DAY})")
    _move_back(schema_editor)
    schema_editor.add_index(_model(apps), INDEX)


def unpartition(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    _rename_away(schema_editor)
    schema_editor.execute(f"CREATE TABLE {TABLE} (LIKE {TABLE}_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    _move_back(schema_editor)
    schema_editor.add_index(_model(apps), models.Index(fields=["call", "id"], name="outcome_call_time"))


def _model(apps):
    return apps.get_model("apiclient", "Outcome")


def _rename_away(schema_editor):
    schema_editor.execute(f"ALTER TABLE {TABLE} RENAME TO {TABLE}_before")
    schema_editor.execute("ALTER INDEX outcome_call_time RENAME TO outcome_call_time_before")
    schema_editor.execute(f"ALTER INDEX {TABLE}_pkey RENAME TO {TABLE}_pkey_before")


def _move_back(schema_editor):
    schema_editor.execute(f"INSERT INTO {TABLE} SELECT * FROM {TABLE}_before ORDER BY id")
    schema_editor.execute(f"DROP TABLE {TABLE}_before")
    schema_editor.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {TABLE}_pkey PRIMARY KEY (id)")


def _days(schema_editor):
    """The days that rows lie in, counted from 2020; one step into the primary key each."""
    days, after = [], 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(f"SELECT min(id) FROM {TABLE}_before WHERE id >= %s", [after])
            (first,) = cursor.fetchone()
            if first is None or first >= 2**63 - DAY:
                return days
            days.append(first // DAY)
            after = (days[-1] + 1) * DAY


class Migration(migrations.Migration):

    dependencies = [
        ("apiclient", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pruned",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("complete_s", models.IntegerField(default=0)),
                ("thinned_s", models.IntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "pruned",
            },
        ),
        migrations.SeparateDatabaseAndState(
            # SQLite has the very index already.
            state_operations=[
                migrations.RemoveIndex(model_name="outcome", name="outcome_call_time"),
                migrations.AddIndex(model_name="outcome", index=INDEX),
            ],
            database_operations=[migrations.RunPython(partition, unpartition)],
        ),
    ]
