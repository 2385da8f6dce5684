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
    Over,
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
                    _of_single_rows((join.on,), "on")
            _expressions((statement.shape,), scope, "the select list")
            _expressions(statement.where, scope, "where")
            _of_single_rows(statement.where, "where")
            _expressions(statement.group_by + statement.having, scope, "group_by or having")
            _of_single_rows(statement.group_by, "group_by")
            _of_groups(statement.having, "having")
            _expressions(statement.order_by + statement.distinct_on, scope, "order_by")
            if any(isinstance(node, Order) for node in statement.group_by):
                raise QueryError("asc() and desc() belong in order_by, not in group_by")
            _windowed((statement.shape, statement.order_by))
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
                    _of_single_rows(row, "values")
            if statement.conflict is not None:
                both = scope | {ExcludedSource()}
                conflict = statement.conflict
                _expressions((conflict.where, conflict.update_where), both, "on_conflict")
                _expressions(tuple(value for _, value in conflict.updates), both, "on_conflict(update=...)")
                _of_single_rows((conflict.where, conflict.updates, conflict.update_where), "on_conflict")
            _expressions((statement.shape,), scope, "returning")
            _of_single_rows((statement.shape,), "returning")
        case UpdateNode():
            if not statement.assignments:
                raise QueryError(f"update({label(statement.table)}) changes nothing: add .set(...)")
            _needs_where(statement.where, statement.every_row, "update", statement.table)
            sources = _unique((statement.table, *statement.from_, *(join.relation for join in statement.joins)))
            scope = around | sources
            values = tuple(value for _, value in statement.assignments)
            _expressions(values, scope, "set")
            _of_single_rows(values, "set")
            before = around | {*statement.from_}  # not the updated table itself: PostgreSQL joins it last
            for join in statement.joins:
                before |= {join.relation}
                _expressions((join.on,), before, "a join's on (it sees what from_ and the joins before it name)")
                _of_single_rows((join.on,), "on")
            _expressions(statement.where, scope, "where")
            _expressions((statement.shape,), scope, "returning")
            _of_single_rows((statement.where, statement.shape), "where or returning")
            _queries(sources)
        case DeleteNode():
            _needs_where(statement.where, statement.every_row, "delete", statement.table)
            sources = _unique((statement.table, *statement.using))
            scope = around | sources
            _expressions(statement.where, scope, "where")
            _expressions((statement.shape,), scope, "returning")
            _of_single_rows((statement.where, statement.shape), "where or returning")
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
            if not relation.cte:
                _reads_only(relation.query)
            check(relation.query)


def _reads_only(query: Node) -> None:
    if isinstance(query, InsertNode | UpdateNode | DeleteNode):
        raise QueryError(
            "an insert, update or delete inside another query is read through cte(...), as PostgreSQL runs it once "
            "and before the rest: cte(insert(...).returning(...))"
        )


def _of_single_rows(roots: object, clause: str) -> None:
    """Neither aggregates nor window functions: the clause is met row by row, before there are groups."""
    for found in within(roots, queries=False):
        if isinstance(found, Call) and (found.aggregate or found.window):
            instead = "use having, or a query of its own" if found.aggregate else "filter a subquery(...) by it"
            raise QueryError(f"{clause} is met row by row and cannot hold {found.name}(...): {instead}")


def _of_groups(roots: object, clause: str) -> None:
    for found in within(roots, queries=False):
        if isinstance(found, Over):
            raise QueryError(f"{clause} is met before windows are: select the window function in a subquery(...)")


def _windowed(roots: object) -> None:
    over = {id(found.call) for found in within(roots, queries=False) if isinstance(found, Over)}
    for found in within(roots, queries=False):
        if isinstance(found, Call) and found.window and id(found) not in over:
            raise QueryError(f"{found.name}(...) is a window function: add .over(order_by=...)")


def _expressions(roots: Iterable[object], scope: Set[Relation], clause: str) -> None:
    stack: list[object] = list(roots)
    while stack:
        node = stack.pop()
        if isinstance(node, ColumnNode | Present):
            if node.relation not in scope:
                _missing(node, scope, clause)
        elif isinstance(node, NestedShape):
            _reads_only(node.query)
            check(node.query, scope)
        elif isinstance(node, Node) and is_query(node):
            _reads_only(node)
            check(node, scope)
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
