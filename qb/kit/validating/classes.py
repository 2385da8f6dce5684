"""The classes of a schema's tables: a schema is settled, and what its rows are in Python its classes know."""

from __future__ import annotations

from typing import Any

from qb.declare.table import Table, TableMeta, is_table
from qb.declare.table_state import state_of
from qb.model.schema import Schema
from qb.model.table import TableDefinition


def classes_of(schema: Schema, *, external: bool = False) -> dict[TableDefinition, type[Any]]:
    """The class of each table that is ours, in the order of their names; of partitions none: their rows are the
    table's. With `external` also those of tables that are somebody else's."""
    known: dict[object, list[TableMeta]] = {}
    stack: list[type[Any]] = [Table]
    while stack:
        for each in type.__subclasses__(stack.pop()):
            stack.append(each)
            found_one: Any = each
            if is_table(found_one):
                known.setdefault(state_of(found_one).relation, []).append(found_one)
    found: dict[TableDefinition, type[Any]] = {}
    for table in sorted(schema.tables, key=lambda each: each.identity):
        if (table.external and not external) or table.partition_of is not None:
            continue
        names = {each.name for each in table.columns}
        # Of several of one name, as tests have them, the one that was made last and has these columns.
        for each in reversed(known.get(table.source, [])):
            if {column.node.name for column in state_of(each).columns.values()} == names:
                found[table] = each
                break
    return found
