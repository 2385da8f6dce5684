"""ON CONFLICT: what to do about a row that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qb.errors import DefinitionError, QueryError
from qb.query.entity import Entity
from qb.query.expr.column import Assignment, Column
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.logic import condition
from qb.query.expr.typed import is_param
from qb.query.set import assigned
from qb.tree.expressions import Bind, ColumnNode, Constant, Expression, Null, ParamNode, RawSql
from qb.tree.node import Node
from qb.tree.on_conflict import ConflictNode
from qb.tree.relations import ExcludedSource, TableSource, excluded_from, label
from qb.tree.visit import rewrite, within
from qb.types.identifier import identifier


def conflict(
    entity: Entity,
    columns: Sequence[Expr[Any]],
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
    if where is not None and not columns:
        raise QueryError("on_conflict: where names a partial unique index, and so needs the columns that it is on")
    if update_where is not None and not update:
        raise QueryError("on_conflict: update_where says which rows are updated, and so needs update=[...]")
    if constraint is not None:
        _named(constraint)
    if update and isinstance(entity.relation, TableSource) and entity.relation.name == "excluded":
        raise QueryError(
            "on_conflict(update=...): this table is called excluded, as PostgreSQL calls the row that was not inserted"
            ": rename the table, or write the statement with sql(...) and INSERT INTO excluded AS t"
        )
    updates = assigned(entity, update, "on_conflict(update=...)") if update else ()
    changed = None if update_where is None else condition(update_where)
    _check_excluded(entity, (updates, *(() if changed is None else (changed,))))
    return ConflictNode(
        tuple(_target(entity, column) for column in columns),
        constraint,
        None if where is None else in_the_text(condition(where)),
        updates,
        changed,
    )


def _check_excluded(entity: Entity, given: tuple[object, ...]) -> None:
    for used in within(given):
        if isinstance(used, ColumnNode) and isinstance(used.relation, ExcludedSource):
            row = used.relation
            if entity.relation is None or row != excluded_from(entity.relation):
                raise QueryError(
                    f"on_conflict(update=...): excluded({row.table}.{used.name}) is no column of the row that was not "
                    f"inserted, which is one of {label(entity.relation) if entity.relation else 'the table'}"
                )


def _target(entity: Entity, item: object) -> str | Expression:
    """A column's name, or the expression that an index is on."""
    table = label(entity.relation) if entity.relation else "the table"
    if not is_expr(item) or is_param(item):
        shown = "a parameter" if is_expr(item) else type(item).__name__
        raise QueryError(
            f"on_conflict takes the columns or expressions of a unique index of {table}, such as User.id or "
            f"fn.lower(User.name), not {shown}"
        )
    if isinstance(item, Column):
        if item.node.relation != entity.relation:
            raise QueryError(f"on_conflict: {item.label} is not a column of {table}")
        return item.node.name
    used = [found for found in within(item.node) if isinstance(found, ColumnNode)]
    if not used and not any(isinstance(found, RawSql) for found in within(item.node)):
        raise QueryError(f"on_conflict: an expression names no column of {table}, as one of its indexes would")
    for column in used:
        if column.relation != entity.relation:
            raise QueryError(f"on_conflict: {label(column.relation)}.{column.name} is not a column of {table}")
    return in_the_text(item.node)


def _named(constraint: str) -> None:
    try:
        identifier(constraint, "on_conflict(constraint=...)")
    except DefinitionError as error:
        raise QueryError(str(error)) from None


def in_the_text(node: Expression) -> Expression:
    """What an index is on, or its predicate, the values in the text: PostgreSQL finds no index by a parameter."""
    made: Expression = rewrite(node, _constant)
    return made


def _constant(node: Node) -> Node:
    if isinstance(node, ParamNode):
        raise QueryError(
            "on_conflict names an index by its expressions and its where, which have no parameters: write the value, "
            f"not {node.name}"
        )
    if isinstance(node, Bind):
        return Null() if node.value is None else Constant(node.type.literal(node.value), node.type.base)
    return node
