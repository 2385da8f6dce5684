"""One relation inside and outside of a query: there every column of it means the inner one.

`many(Node, on=Node.parent == Node.id)` compares an inner row with itself, for each row around it. That is refused where
it cannot be meant: PostgreSQL would answer, and with the wrong rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import cast

from qb.errors import QueryError
from qb.tree.from_clause import from_clause
from qb.tree.nodes import (
    Between,
    Bind,
    ColumnNode,
    Exists,
    Infix,
    NameNode,
    Node,
    ParamNode,
    Present,
    RawSql,
    Relation,
    ScalarQuery,
    fields_of,
    label,
)
from qb.tree.statements import DeleteNode, InsertNode, NestedShape, SelectNode, SetNode, UpdateNode
from qb.tree.walk import is_query, within


def refuse_shadowed(place: Node, query: Node, around: Set[Relation]) -> None:
    """QueryError for an `exists` over what the query around it reads from, with nothing of that query in it; and for a
    `many` or a scalar query of that kind that compares the inner relation's columns with each other."""
    shadowed = [relation for arm in _arms(query) for relation in sources(arm) if relation in around]
    if not shadowed or reaches(query, around):
        return
    match place:
        case Exists():
            what = "exists(...)"
        case NestedShape() | ScalarQuery() if any(_compares_itself(arm, shadowed) for arm in _arms(query)):
            what = "many(...)" if isinstance(place, NestedShape) else "as_scalar()"
        case _:
            return
    name = label(shadowed[0])
    raise QueryError(
        f"{what} reads from {name}, as the query around it does, and nothing in it is of the query around it: every "
        f'column of {name} in there means the inner one. Give the inner one a name of its own, inner = alias({name}, "'
        'inner"), and compare its columns with those of the outer one'
    )


def refuse_unlinked(place: Node, around: Set[Relation]) -> None:
    """QueryError for `many(table, on=...)` where `on` says nothing about the row around it: all would have one list."""
    if not isinstance(place, NestedShape) or not place.on or not around or reaches(place.query, around):
        return
    if any(isinstance(found, RawSql) for found in within(place.query)):  # which may name it in its text
        return
    name = label(sources(place.query)[0])
    raise QueryError(
        f"many({name}, on=...) compares nothing with the row around it, so that every row would have the same list: "
        f"compare a column of {name} with one of the outer query (with alias(...) where that reads from {name}, too), "
        f"or write many(select({name}).where(...)) to mean it"
    )


def sources(query: Node) -> tuple[Relation, ...]:
    """What a statement itself reads from or writes to; the sides of a set operation do that, not the operation."""
    match query:
        case SelectNode():
            return (*from_clause(query), *(join.relation for join in query.joins))
        case InsertNode():
            return (query.table,)
        case UpdateNode():
            return (query.table, *query.from_, *(join.relation for join in query.joins))
        case DeleteNode():
            return (query.table, *query.using)
        case _:
            return ()


def _arms(query: Node) -> Iterator[Node]:
    stack = [query]
    while stack:
        item = stack.pop()
        if isinstance(item, SetNode):
            stack += (item.right, item.left)
        else:
            yield item


def reaches(query: object, around: Set[Relation]) -> bool:
    """Whether anything inside a query, or a tree, at any depth, is of the queries around it."""
    stack: list[tuple[object, Set[Relation]]] = [(query, around)]
    while stack:
        item, outer = stack.pop()
        if isinstance(item, tuple):
            stack.extend((each, outer) for each in cast("tuple[object, ...]", item))
        elif isinstance(item, ColumnNode | Present | NameNode):
            if item.relation in outer:
                return True
        elif isinstance(item, Node) and not isinstance(item, Relation | Bind | ParamNode):
            if is_query(item):
                outer = outer - set(sources(item))
            stack.extend((field, outer) for field in fields_of(item))
    return False


def _compares_itself(query: Node, shadowed: list[Relation]) -> bool:
    if not isinstance(query, SelectNode):
        return False
    conditions = (query.where, query.having, tuple(join.on for join in query.joins))
    for found in within(conditions, queries=False):
        match found:
            case Infix(operator=operator, left=left, right=right) if operator not in ("AND", "OR"):
                pass
            case Between(operand=left, low=low, high=high):
                right = Infix("AND", low, high)
            case _:
                continue
        if any(relation in _used(left) and relation in _used(right) for relation in shadowed):
            return True
    return False


def _used(node: Node) -> set[Relation]:
    return {found.relation for found in within(node, queries=False) if isinstance(found, ColumnNode)}
