"""ON CONFLICT: what to do about a row that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from qb.errors import QueryError
from qb.sql.assign import assigned
from qb.sql.entity import Entity
from qb.sql.expr import Assignment, Column, Expr, condition
from qb.sql.nodes import (
    Bind,
    ColumnNode,
    Constant,
    ExcludedSource,
    Node,
    Null,
    ParamNode,
    Relation,
    fields_of,
    label,
)
from qb.sql.statements import ConflictNode

A = TypeVar("A")


def excluded(column: Column[A]) -> Expr[A]:
    """The value that the row which was not inserted has in a column, for `on_conflict(update=...)`.

    https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT

    >>> again = insert(new(User)(name="Ada", nickname="Countess"))
    >>> upsert = again.on_conflict(User.name, update=[User.nickname.to(excluded(User.nickname))])
    >>> db.one(upsert.returning(User.id, User.nickname))
    <Success: (1, 'Countess')>
    """
    node = ColumnNode(ExcludedSource(), column.node.name, column.node.nullable)
    return Expr(node, column.type, column.python, column.optional)


def conflict(
    entity: Entity,
    columns: Sequence[Column[Any]],
    update: Sequence[Assignment],
    nothing: bool,
    constraint: str | None,
    where: Expr[Any] | None,
    update_where: Expr[Any] | None,
) -> ConflictNode:
    """The clause; QueryError where it says too little or too much."""
    if nothing == bool(update):
        raise QueryError("on_conflict needs either nothing=True or update=[...], and not both")
    if columns and constraint is not None:
        raise QueryError("on_conflict takes columns or constraint=, not both")
    if update and not columns and constraint is None:
        raise QueryError("on_conflict(update=...) needs the columns, or the constraint, that conflict")
    for column in columns:
        if column.node.relation != entity.relation:
            table = label(entity.relation) if entity.relation else "the table"
            raise QueryError(f"on_conflict: {column.label} is not a column of {table}")
    return ConflictNode(
        tuple(column.node.name for column in columns),
        constraint,
        None if where is None else constant(condition(where)),
        assigned(entity, update, "on_conflict(update=...)") if update else (),
        None if update_where is None else condition(update_where),
    )


def constant(node: Node) -> Node:
    """The predicate of a partial index, its values in the text: PostgreSQL finds no index by a parameter."""
    if isinstance(node, ParamNode):
        raise QueryError(
            f"on_conflict(where=...) names a partial index, which has no parameters: write the value, not {node.name}"
        )
    if isinstance(node, Bind):
        return Null() if node.value is None else Constant(node.type.literal(node.value), node.type.base)
    return type(node)(*(_constants(field) for field in fields_of(node)))


def _constants(field: object) -> Any:
    if isinstance(field, tuple):
        return tuple(_constants(each) for each in cast("tuple[object, ...]", field))
    return constant(field) if isinstance(field, Node) and not isinstance(field, Relation) else field
