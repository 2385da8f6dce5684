"""The expressions of a schema as queries: what is said within defaults, checks, indexes, policies and views.

Where the schema has just been created PostgreSQL has read them. A database that is asked as it is has to take them,
too: a view may have been changed, a function been dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from qb.kit.table_classes import classes_of
from qb.model.materialized_view import MaterializedView
from qb.model.policy import Policy
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.model.view import View
from qb.query.expr.expr import Expr
from qb.query.functions.fn import fn
from qb.query.select import select
from qb.tree.expressions import Expression
from qb.tree.statements import StatementNode
from qb.types import pg


class FoundExpression(NamedTuple):
    """Something that the server is to take, by the object that it stands in."""

    what: str
    node: Callable[[], StatementNode]


def bodies_of(schema: Schema) -> Iterator[FoundExpression]:
    """The queries of views: what the server gives for one is compared with what its columns are in Python."""
    for each in schema.others:
        if isinstance(each, View | MaterializedView) and not each.external:
            yield FoundExpression(f"the query of {each.identity}", partial(_itself, each.body.node))


def expressions_of(schema: Schema) -> Iterator[FoundExpression]:
    """Defaults, generated columns, checks, conditions of indexes and policies, each said of its table's rows."""
    for table, cls in classes_of(schema, external=True).items():
        if not table.external:
            for what, expression, is_condition in _of_table(table):
                yield FoundExpression(what, partial(_said_of_rows, cls, expression, is_condition))
        for each in table.attached:
            if isinstance(each, Policy):
                for word, body in (("using", each.using), ("with check", each.with_check)):
                    if body is not None:
                        yield FoundExpression(f"{each.identity} ({word})", partial(_said_of_rows, cls, body.node, True))


def _of_table(table: TableDefinition) -> Iterator[tuple[str, Expression, bool]]:
    for column in table.columns:
        if column.default is not None:
            yield f"the default of {column.identity}", column.default, False
        if column.generated is not None:
            yield f"the expression of {column.identity}", column.generated, False
    for check in table.checks:
        yield str(check.identity), check.condition, True
    for index in table.indexes:
        if index.where is not None:
            yield f"the condition of {index.identity}", index.where, True


def _itself(node: StatementNode) -> StatementNode:
    return node


def _said_of_rows(cls: type[Any], expression: Expression, is_condition: bool) -> StatementNode:
    """A query of a table with the expression in its condition: what type a default has its column says."""
    said = Expr[bool | None](expression, pg.boolean, bool, True)
    made: Any = select
    asked: Any = made(fn.count()).from_(cls).where(said if is_condition else said.is_not_null())
    node: StatementNode = asked.node
    return node
