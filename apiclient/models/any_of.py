"""The lookup ``pk__any_of=ids``, for thousands of ids."""

import json
from typing import Any

from django.db import models
from django.db.models.lookups import Lookup

from apiclient.models.bulk import array


@models.IntegerField.register_lookup
class AnyOf(Lookup):
    """One parameter however many ids, where ``in`` writes and parses a mark for each of them."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", (*parameters, json.dumps(list(self.rhs)))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        # Of the column's own type: PostgreSQL looks a number up in a list of another type one by one.
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{left} = ANY(%s::{kind}[])", (*parameters, array(self.rhs))
