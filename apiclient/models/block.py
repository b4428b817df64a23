"""Block: 70 minutes of slots (2^22 ms), as finely as PostgreSQL's index on calls tells times apart.

With the exact time in it no two entries would be equal and each would cost 45 bytes; by block those of a call are
stored once for all rows of the block, 11 bytes a row. The price: a question about one call must name its blocks and
sort by them, as the two functions here do. SQLite keeps the exact time, which costs it nothing beyond the call.
"""

from typing import Any

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from apiclient.slot import CALL_BITS

BLOCK_BITS = CALL_BITS + 22


class CallTimeIndex(models.Index):
    """Outcomes of a call by time: exactly on SQLite, by block on PostgreSQL."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return super().create_sql(model, schema_editor, using=using, **kwargs)
        by_block = models.Index(F("call"), block(), name=self.name)
        return by_block.create_sql(model, schema_editor, using=using, **kwargs)


def block() -> CombinedExpression:
    """The number of the block that an outcome's id lies in."""
    return F("id").bitrightshift(BLOCK_BITS)


def between(first: int, end: int) -> Q:
    """Outcomes of given calls from one id (in) to another (out)."""
    where = Q(id__gte=first, id__lt=end)
    if connection.vendor == "postgresql":
        where &= Q(GreaterThanOrEqual(block(), first >> BLOCK_BITS), LessThanOrEqual(block(), end - 1 >> BLOCK_BITS))
    return where


def newest_first(*, of_one_call: bool) -> list[Any]:
    """What to order outcomes by so that a few of them cost a look at a few of them."""
    return [block().desc(), "-id"] if of_one_call and connection.vendor == "postgresql" else ["-id"]
