"""One relation inside and outside of a query: there every column of it means the inner one.

`many(Node, on=Node.parent == Node.id)` compares an inner row with itself, for each row around it. That is refused where
it cannot be meant: PostgreSQL would answer, and with the wrong rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple, TypeAlias, assert_never

from qb.errors import QueryError
from qb.tree.delete import DeleteNode
from qb.tree.expressions import Between, ColumnNode, Exists, Infix, InQuery, NameNode, Present, RawSql, ScalarQuery
from qb.tree.from_clause import from_clause
from qb.tree.insert import InsertNode
from qb.tree.node import Node, children, nodes_in
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource, Relation, label
from qb.tree.select import SelectNode
from qb.tree.shapes import NestedShape
from qb.tree.statements import StatementNode, is_query
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.visit import RELATION_KINDS, within

Holder: TypeAlias = Exists | ScalarQuery | InQuery | NestedShape
"""What holds a query that sees the one around it."""
_NONE: frozenset[Relation] = frozenset()


def refuse_shadowed(place: Holder, query: StatementNode, around: Set[Relation], reach: Reach) -> None:
    """QueryError for an `exists` over what the query around it reads from, with nothing of that query in it; and for a
    `many` or a scalar query of that kind that compares the inner relation's columns with each other."""
    shadowed = [relation for arm in arms(query) for relation in sources(arm) if relation in around]
    if not shadowed or not reach.of(query).free.isdisjoint(around):
        return
    if isinstance(place, Exists):
        what = "exists(...)"
    elif isinstance(place, NestedShape | ScalarQuery) and any(_compares_itself(arm, shadowed) for arm in arms(query)):
        what = "many(...)" if isinstance(place, NestedShape) else "as_scalar()"
    else:
        return
    name = label(shadowed[0])
    raise QueryError(
        f"{what} reads from {name}, as the query around it does, and nothing in it is of the query around it: every "
        f'column of {name} in there means the inner one. Give the inner one a name of its own, inner = alias({name}, "'
        'inner"), and compare its columns with those of the outer one'
    )


def refuse_unlinked(place: Holder, around: Set[Relation], reach: Reach) -> None:
    """QueryError for `many(table, on=...)` where `on` says nothing about the row around it: all would have one list."""
    if not isinstance(place, NestedShape) or not place.on or not around:
        return
    free, raw = reach.of(place.query)
    if raw or not free.isdisjoint(around):  # raw SQL may name it in its text
        return
    name = label(sources(place.query)[0])
    raise QueryError(
        f"many({name}, on=...) compares nothing with the row around it, so that every row would have the same list: "
        f"compare a column of {name} with one of the outer query (with alias(...) where that reads from {name}, too), "
        f"or write many(select({name}).where(...)) to mean it"
    )


def sources(query: StatementNode) -> tuple[Relation, ...]:
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
        case SetNode() | RawStatement():
            return ()
        case _:
            assert_never(query)


def in_from(query: StatementNode) -> tuple[Relation, ...]:
    """The same without what is written to."""
    return sources(query) if isinstance(query, SelectNode) else sources(query)[1:]


def lateral(read: Iterable[Relation]) -> Iterator[StatementNode]:
    """The queries in FROM that use columns of what stands before them."""
    yield from (each.query for each in read if isinstance(each, QuerySource) and each.lateral)


def arms(query: StatementNode) -> Iterator[StatementNode]:
    """The queries that set operations put together; one that is none is its own."""
    stack = [query]
    while stack:
        item = stack.pop()
        if isinstance(item, SetNode):
            stack += (item.right, item.left)
        else:
            yield item


class Reached(NamedTuple):
    """What is used inside of a query, at any depth: relations that nothing in there reads from, and whether SQL of the
    user's own is among it."""

    free: frozenset[Relation]
    raw: bool


class _Own(NamedTuple):
    """What a query, or a tree, uses itself, and the queries in it."""

    used: set[Relation]
    raw: bool
    inside: list[StatementNode]


class Reach:
    """What the queries of a statement reach, each gone through once, however deep it stands in others."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[int, Reached] = {}

    def of(self, query: StatementNode) -> Reached:
        """What a query uses of those around it."""
        opened: dict[int, _Own] = {}
        stack = [query]
        while id(query) not in self._known:
            each = stack[-1]
            own = opened.get(id(each))
            if own is None:
                own = opened[id(each)] = _own([*children(each), *lateral(sources(each))])
                stack += (inner for inner in own.inside if id(inner) not in self._known)
                continue
            stack.pop()
            if id(each) not in self._known:
                used, raw = self._all(own)
                self._known[id(each)] = Reached(frozenset(used.difference(sources(each))), raw)
        return self._known[id(query)]

    def within(self, root: object) -> Reached:
        """What an expression, or a tuple of them, uses."""
        own = _own(nodes_in(root))
        for each in own.inside:
            self.of(each)
        used, raw = self._all(own)
        return Reached(frozenset(used), raw)

    def _all(self, own: _Own) -> tuple[set[Relation], bool]:
        inner = [self._known[id(each)] for each in own.inside]
        return own.used.union(*(each.free for each in inner)), own.raw or any(each.raw for each in inner)


def _own(stack: list[Node]) -> _Own:
    used, raw, inside = set[Relation](), False, list[StatementNode]()
    while stack:
        node = stack.pop()
        if isinstance(node, ColumnNode | Present | NameNode):
            if node.relation is not None:
                used.add(node.relation)
        elif is_query(node):
            inside.append(node)
        elif type(node) not in RELATION_KINDS:
            raw = raw or isinstance(node, RawSql)
            stack += children(node)
    return _Own(used, raw, inside)


def _compares_itself(query: StatementNode, shadowed: list[Relation]) -> bool:
    if not isinstance(query, SelectNode):
        return False
    conditions = (query.where, query.having, tuple(join.on for join in query.joins))
    used: dict[int, frozenset[Relation]] = {}
    for node in reversed(list(within(conditions, queries=False))):  # what is inside comes first
        if isinstance(node, ColumnNode):
            used[id(node)] = frozenset((node.relation,))
            continue
        inside = [used.get(id(each), _NONE) for each in children(node)]
        used[id(node)] = _NONE.union(*inside)
        compares = isinstance(node, Between) or (isinstance(node, Infix) and node.operator not in ("AND", "OR"))
        if compares and any(relation in inside[0] and relation in _NONE.union(*inside[1:]) for relation in shadowed):
            return True
    return False
