"""A trigger that does what `column(on_update=...)` says, whoever updates the row.

https://www.postgresql.org/docs/current/plpgsql-trigger.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from msgspec.structs import replace

from qb.declare.constraint_names import constraint_name
from qb.declare.trigger import trigger, trigger_function
from qb.errors import DefinitionError
from qb.model.object import of_table
from qb.model.trigger import Trigger
from qb.query.entity import TableRow, entity_of
from qb.query.raw import Sql
from qb.tree.expressions import ColumnNode, Expression, NameNode, RawSql
from qb.tree.node import Node
from qb.tree.relations import TableSource
from qb.tree.statements import StatementNode, is_query
from qb.tree.visit import rewrite, within


def on_update_trigger(table: type[TableRow], /, *, name: str | None = None, schema: str | None = None) -> Trigger:
    """A trigger that sets the columns of a table with `on_update` where an UPDATE leaves them as they were: qb's own
    updates do that without it, those of others then, too. What an UPDATE gives them stays.

    Its function comes with it, in the table's schema or another one. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/plpgsql-trigger.html

    >>> class Note(Table, name="notes"):
    ...     id: Col[int] = column(primary_key=True)
    ...     edits: Col[int] = column(default=0, on_update=1)
    >>> [str(each.identity) for each in create_all(schema(Note, on_update_trigger(Note))).operations]
    ['function notes_on_update_trigger()', 'table notes', 'trigger notes.notes_on_update_trigger']
    """
    entity = entity_of(table)
    source = None if entity is None else entity.relation
    if entity is None or not isinstance(source, TableSource) or source.kind != "table":
        raise DefinitionError(f"an on_update_trigger is on a table, not on {table!r}")
    if not entity.touched:
        raise DefinitionError(f"{of_table(source).title} has no column with on_update=: give it one")
    name = constraint_name(source.name, ["on_update"], "trigger") if name is None else name
    parts: list[str | Expression | StatementNode] = ["BEGIN"]
    for attribute, value in entity.touched:
        column = entity.columns[attribute]
        if not column.type.wire.equality:
            raise DefinitionError(
                f"{column.label} is {column.type.name}, which PostgreSQL cannot compare with what it was: write a "
                "trigger_function(...) for it"
            )
        parts += _kept(column.node.name, _of_old(value, source, column.label))
    function = trigger_function(
        name, Sql(RawSql((*parts, "\n  RETURN NEW;\nEND"))), schema=source.schema if schema is None else schema
    )
    return replace(trigger(table, function, before="update", name=name), own=function)


def _kept(name: str, value: Expression) -> Iterator[Any]:
    column = NameNode(None, name)
    yield from ("\n  IF NEW.", column, " IS NOT DISTINCT FROM OLD.", column, " THEN\n    NEW.", column, " := ")
    yield from (value, ";\n  END IF;")


def _of_old(value: Expression, source: TableSource, label: str) -> Expression:
    """The value with the row's columns as they were. DefinitionError for a query that reads them, or their table."""
    met = list(within(value))
    if not any(map(is_query, met)):
        return cast("Expression", rewrite(value, _old))
    if any(isinstance(each, ColumnNode) and each.relation == source for each in met):
        raise DefinitionError(
            f"{label}: its on_update holds a query that uses columns of {of_table(source).title}: write a "
            "trigger_function(...) for it, which says whose they are"
        )
    return value


def _old(node: Node) -> Node:
    return RawSql(("OLD.", NameNode(None, node.name))) if isinstance(node, ColumnNode) else node
