"""Many rows in one statement: COPY on PostgreSQL (380,000 rows per CPU-second), executemany on SQLite."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

FEW = 16
"""So many rows go into one plain INSERT: a COPY is two more messages to the server and back."""
Row = Sequence[Any]


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert plain tuples, values as the database stores them. IntegrityError when one is there already."""
    rows = list(rows)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if len(rows) <= FEW:
            _insert_few(cursor, f"INSERT INTO {table} ({names})", rows)
        elif connection.vendor == "postgresql":
            # Django does not see into a COPY: without this its errors would be psycopg's own.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def insert_few_new(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> set[int]:
    """Insert those of a few rows whose key, the column ``id``, is not there yet; the keys of these."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        _insert_few(cursor, f"INSERT INTO {table} ({names})", rows, "ON CONFLICT DO NOTHING RETURNING id")
        return {key for (key,) in cursor.fetchall()} if rows else set()


def _insert_few(cursor: Any, insert: str, rows: Sequence[Row], end: str = "") -> None:
    if rows:
        marks = f"({', '.join(['%s'] * len(rows[0]))})"
        cursor.execute(
            f"{insert} VALUES {', '.join([marks] * len(rows))} {end}", [value for row in rows for value in row]
        )


def keys_there(model: type[models.Model], keys: Iterable[int]) -> set[int]:
    """Those of the primary keys that have a row, in plain SQL."""
    keys = list(keys)
    table, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, str(model._meta.pk.column)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kind = model._meta.pk.rel_db_type(connection)
            cursor.execute(f"SELECT {key} FROM {table} WHERE {key} = ANY(%s::{kind}[])", [array(keys)])
        else:
            cursor.execute(
                f"SELECT {key} FROM {table} WHERE {key} IN (SELECT value FROM json_each(%s))", [json.dumps(keys)]
            )
        return {key for (key,) in cursor.fetchall()}


def update_column(model: type[models.Model], column: str, values: dict[int, int | None]) -> None:
    """Set an integer column by primary key, for thousands of rows at once."""
    if not values:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(str(model._meta.pk.column))
    name = connection.ops.quote_name(column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {table} SET {name} = v.value FROM unnest(%s::bigint[], %s::bigint[]) AS v(key, value) "
                f"WHERE {table}.{key} = v.key",
                [array(values), array(values.values())],
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET {name} = %s WHERE {key} = %s", [(value, key) for key, value in values.items()]
            )


def array(numbers: Iterable[int | None]) -> str:
    """PostgreSQL's own writing of a list, which its driver takes thirty times as long for."""
    listed = ",".join("NULL" if number is None else str(number) for number in numbers)
    return f"{{{listed}}}"
