"""The classes of a schema's tables: a schema is settled, and what its rows are in Python its classes know."""

from __future__ import annotations

from typing import Any

from qb.errors import DefinitionError
from qb.model.schema import Schema
from qb.model.table import TableDefinition


def classes_of(schema: Schema, *, external: bool = False) -> dict[TableDefinition, type[Any]]:
    """The class of each table that is ours, in the order of their names; of partitions none: their rows are the
    table's. With `external` also those of tables that are somebody else's. DefinitionError for a schema that does not
    know them."""
    found: dict[TableDefinition, type[Any]] = {}
    for table in sorted(schema.tables, key=lambda each: each.identity):
        if (table.external and not external) or table.partition_of is not None:
            continue
        if table.source not in schema.gathered.classes:
            ways = "give the one that schema(...) made, from the module that holds it"
            raise DefinitionError(f"{schema!r} does not know its classes, as none does that was pickled: {ways}")
        found[table] = schema.gathered.classes[table.source]
    return found
