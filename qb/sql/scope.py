"""Checks of a whole statement before it is compiled: every column's relation is there, and no forgotten WHERE."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import cast

from qb.errors import QueryError
from qb.sql.nodes import (
    Bind,
    Call,
    ColumnNode,
    ExcludedSource,
    Node,
    Order,
    ParamNode,
    Present,
    QuerySource,
    Relation,
    fields_of,
    label,
)
from qb.sql.nullability import check_shape
from qb.sql.select import from_clause, outer_relations
from qb.sql.statements import (
    DeleteNode,
    InsertNode,
    NestedShape,
    RawStatement,
    SelectNode,
    SetNode,
    UpdateNode,
)
from qb.sql.walk import is_query, within

_NONE: frozenset[Relation] = frozenset()


def check(statement: Node, around: Set[Relation] = _NONE) -> None:
    """QueryError for a statement that can never work; `around` is what an enclosing query reads from."""
    match statement:
        case SelectNode():
            _reads(statement)
            sources = _unique((*from_clause(statement), *(join.relation for join in statement.joins)))
            scope = around | sources
            check_shape(statement.shape, outer_relations(statement))
            seen = set(around) | set(from_clause(statement))
            for join in statement.joins:
                seen.add(join.relation)
                if join.on is not None:
                    _expressions((join.on,), seen, "a join's on (a join sees only what stands before it)")
            _expressions((statement.shape,), scope, "the select list")
            _expressions(statement.where, scope, "where")
            _expressions(statement.group_by + statement.having, scope, "group_by or having")
            _expressions(statement.order_by + statement.distinct_on, scope, "order_by")
            for locking in statement.locking:
                for relation in locking.of:
                    if relation not in sources:
                        raise QueryError(f"for_(of=...): {label(relation)} is not in the query")
            _queries(sources)
        case SetNode(left=left, right=right):
            check(left, around)
            check(right, around)
        case InsertNode():
            scope = around | {statement.table}
            if statement.query is not None:
                check(statement.query, around)
            if isinstance(statement.rows, tuple):
                for row in statement.rows:
                    _expressions(row, around, "values")
            if statement.conflict is not None:
                both = scope | {ExcludedSource()}
                conflict = statement.conflict
                _expressions((conflict.where, conflict.update_where), both, "on_conflict")
                _expressions(tuple(value for _, value in conflict.updates), both, "on_conflict(update=...)")
            _expressions((statement.shape,), scope, "returning")
        case UpdateNode():
            if not statement.assignments:
                raise QueryError(f"update({label(statement.table)}) changes nothing: add .set(...)")
            _needs_where(statement.where, statement.every_row, "update", statement.table)
            sources = _unique((statement.table, *statement.from_, *(join.relation for join in statement.joins)))
            scope = around | sources
            _expressions(tuple(value for _, value in statement.assignments), scope, "set")
            _expressions(statement.where, scope, "where")
            _expressions((statement.shape,), scope, "returning")
            _queries(sources)
        case DeleteNode():
            _needs_where(statement.where, statement.every_row, "delete", statement.table)
            sources = _unique((statement.table, *statement.using))
            scope = around | sources
            _expressions(statement.where, scope, "where")
            _expressions((statement.shape,), scope, "returning")
            _queries(sources)
        case RawStatement() | _:
            pass


def _reads(statement: SelectNode) -> None:
    if from_clause(statement):
        return
    if statement.joins:
        name = label(statement.joins[0].relation)
        raise QueryError(
            f"the query joins {name} to nothing: say what it reads from with .from_(...), and for a self join give one "
            f'of the two another name with alias({name}, "name")'
        )
    for found in within(statement.shape, queries=False):
        if isinstance(found, Call) and found.star:
            raise QueryError(f"{found.name}() has no rows to count: say which with .from_(...)")


def _needs_where(where: tuple[Node, ...], every_row: bool, verb: str, table: Relation) -> None:
    if not where and not every_row:
        raise QueryError(
            f"{verb}({label(table)}) has no where and would touch every row: add .where(...), or .all_rows() to mean it"
        )
    if where and every_row:
        raise QueryError(f"{verb}({label(table)}) has both where and all_rows(): drop one of them")


def _unique(sources: Iterable[Relation]) -> Set[Relation]:
    found: dict[str, Relation] = {}
    for relation in sources:
        name = label(relation)
        if name in found:
            raise QueryError(
                f'two relations of the query are called "{name}": give one another name with alias(table, "name")'
            )
        found[name] = relation
    return set(found.values())


def _queries(sources: Iterable[Relation]) -> None:
    for relation in sources:
        if isinstance(relation, QuerySource):
            check(relation.query)


def _expressions(roots: Iterable[object], scope: Set[Relation], clause: str) -> None:
    stack: list[object] = list(roots)
    while stack:
        node = stack.pop()
        if isinstance(node, ColumnNode | Present):
            if node.relation not in scope:
                _missing(node, scope, clause)
        elif isinstance(node, NestedShape):
            check(node.query, scope)
        elif isinstance(node, Node) and is_query(node):
            check(node, scope)
        elif isinstance(node, Order) and clause not in ("order_by", "the select list"):
            raise QueryError(f"asc() and desc() belong in order_by, not in {clause}")
        elif isinstance(node, Node) and not isinstance(node, Bind | ParamNode | Relation):
            stack.extend(fields_of(node))
        elif isinstance(node, tuple):
            stack.extend(cast("tuple[object, ...]", node))


def _missing(node: ColumnNode | Present, scope: Set[Relation], clause: str) -> None:
    name = label(node.relation)
    what = f"{name}.{node.name}" if isinstance(node, ColumnNode) else name
    there = ", ".join(sorted(label(relation) for relation in scope)) or "nothing"
    if isinstance(node.relation, ExcludedSource):
        raise QueryError(
            f"{clause} uses excluded({what}): only on_conflict(update=...) sees the row that was not inserted"
        )
    raise QueryError(
        f"{clause} uses {what}, and {name} is not in the query, which reads from {there}: "
        f"add .join({name}, on=...) or .from_({name})"
    )
