"""Reads and writes beside the product, without its code: what is really there."""

import json
import sqlite3
from typing import Any

import psycopg


class Database:
    """Reads and writes beside the product, whichever database ``url`` names."""

    def __init__(self, url: str) -> None:
        self._connection: Any
        if url.startswith("sqlite"):
            self._connection = sqlite3.connect(url.partition("///")[2], timeout=30, isolation_level=None)
        else:
            self._connection = psycopg.connect(url, autocommit=True, connect_timeout=5)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def do(self, statement: str) -> None:
        self._connection.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(query).fetchall())

    def slot_lists(self, table: str) -> list[list[int]]:
        """The slots of each row of ``table``."""
        found = (row[0] for row in self.rows(f"SELECT slots FROM {table}"))
        return [json.loads(slots) if isinstance(slots, str) else slots for slots in found]
