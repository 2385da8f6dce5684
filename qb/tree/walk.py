"""Walking a tree: its shape (everything but the values, the key of the compile cache) and its values in order."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType
from typing import cast

from qb.tree.nodes import (
    AliasSource,
    Bind,
    ColumnNode,
    Infix,
    Node,
    ParamNode,
    Present,
    QuerySource,
    Relation,
    TableSource,
    fields_of,
)
from qb.tree.statements import (
    DeleteNode,
    EntityShape,
    InsertNode,
    NestedShape,
    RawStatement,
    SelectNode,
    SetNode,
    UpdateNode,
)
from qb.tree.twice import original, written_twice

_PLAIN = frozenset((str, bool, int, type(None)))
_MADE = frozenset((AliasSource, QuerySource))
"""The relations that a query makes."""


def shape_key(node: object) -> tuple[object, ...]:
    """The tree without its values: two queries with the same key have the same SQL, encoders and decoder."""
    return _walked(node)[0]


def same(first: object, second: object) -> bool:
    """Whether two trees give the same SQL with the same values, and what is done to their rows is the same code."""
    (key, values), (other_key, other_values) = walk(first), walk(second)
    if len(key) != len(other_key) or len(values) != len(other_values):
        return False
    if any(not _alike(a, b) for a, b in zip(key, other_key, strict=True)):
        return False
    pairs = zip(values, other_values, strict=True)
    return all(type(a.value) is type(b.value) and _equal(a.value, b.value) for a, b in pairs)


def _equal(a: object, b: object) -> bool:
    return bool(a == b) or repr(a) == repr(b)  # NaN equals nothing


def _alike(a: object, b: object) -> bool:
    if isinstance(a, FunctionType) and isinstance(b, FunctionType):
        return a.__code__ is b.__code__  # a lambda with a closure is made anew, too
    return a == b


def walk(node: object) -> tuple[tuple[object, ...], list[Bind]]:
    """The shape of a tree and its values, each once, in the order of their first appearance.

    A value that stands in two places (an expression in the select list and in GROUP BY) is one parameter, and the key
    says so: PostgreSQL does not know that `$1` and `$2` hold the same. In the same way the key numbers the aliases,
    CTEs and subqueries: it says which columns are of one relation, and two builds of one query have the same key.
    """
    key, values, _ = _walked(node)
    return key, values


def twins(node: object) -> dict[int, Bind]:
    """The values, by their id, that share the parameter of another one (see `qb/tree/twice.py`): part of the key."""
    found = _walked(node)[2]
    return {key: original(bind, found) for key, bind in found.items()}


def _walked(node: object) -> tuple[tuple[object, ...], list[Bind], dict[int, Bind]]:
    key: list[object] = []
    binds: dict[int, int] = {}
    values: list[Bind] = []
    relations: dict[int, tuple[object, ...]] = {}
    alike: dict[int, Bind] = {}
    add = key.append

    def visit(item: object) -> None:
        kind = type(item)
        if kind in _PLAIN:
            add(item)
        elif isinstance(item, Bind):
            if alike and id(item) in alike:
                # It may have been a parameter of its own further to the left, which it is no more there either.
                before: list[int | None] = []
                while id(item) in alike:
                    before.append(binds.get(id(item)))
                    item = alike[id(item)]
                add(tuple(before))
            position = binds.get(id(item))
            if position is None:
                position = binds[id(item)] = len(values)
                values.append(item)
            add(position)
            add(item.type)
            add(item.column)
        elif isinstance(item, ColumnNode) and type(item.relation) is TableSource:
            add(item)  # no value inside: the node stands for itself
        elif isinstance(item, EntityShape) and item.relation is not None:
            # A whole row: the relation says the rest, and a table has no value inside.
            table = item.relation if type(item.relation) is TableSource else None
            add((item.target, table, item.present is None))
            if table is None:
                visit(item.relation)
        elif isinstance(item, NestedShape):
            add(NestedShape)
            visit(item.query)  # its rows are the query's
        elif kind in _MADE:
            # By place, not by name; and each of its columns brings the same query along.
            again = relations.get(id(item))
            if again is not None:
                add(again)
                return
            relations[id(item)] = ("again", len(relations))
            add(kind)
            for field in fields_of(cast("Node", item)):
                visit(field)
        elif isinstance(item, Infix):
            # A chain leans to the left; a thousand conditions must not be a thousand calls deep.
            chain: list[Infix] = []
            left: Node = item
            while isinstance(left, Infix):
                chain.append(left)
                left = left.left
            add((Infix, len(chain)))
            visit(left)
            for infix in reversed(chain):
                add(infix.operator)
                visit(infix.right)
        elif isinstance(item, FunctionType) and not (item.__closure__ or item.__defaults__ or item.__kwdefaults__):
            add((item.__code__, id(item.__globals__)))  # a lambda is made anew each time its line runs
        elif isinstance(item, Node):
            if kind is SelectNode:
                select = cast("SelectNode", item)
                if select.group_by or select.distinct or select.distinct_on:
                    written_twice(select, alike)
            add(kind)
            for field in fields_of(item):
                visit(field)
        elif isinstance(item, tuple):
            items = cast("tuple[object, ...]", item)
            add(len(items))
            for each in items:
                visit(each)
        else:
            add(item)

    visit(node)
    return tuple(key), values, alike


def parameters(node: object) -> tuple[str, ...]:
    """The names of a prepared query's parameters that a tree uses."""
    return tuple(dict.fromkeys(found.name for found in within(node) if isinstance(found, ParamNode)))


def within(node: object, *, queries: bool = True) -> Iterator[Node]:
    """Every node of a tree, itself first; `queries` says whether to go into nested ones, too."""
    stack: list[object] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Node):
            yield item
            if isinstance(item, Relation | Bind | ParamNode):
                continue
            if not queries and isinstance(item, NestedShape):
                continue
            fields = fields_of(item)
            if not queries:
                fields = tuple(field for field in fields if not isinstance(field, Node) or not is_query(field))
            stack.extend(reversed(fields))
        elif isinstance(item, tuple):
            stack.extend(reversed(cast("tuple[object, ...]", item)))


def is_query(node: Node) -> bool:
    """Whether a node is a statement of its own, with relations of its own."""
    return isinstance(node, SelectNode | SetNode | InsertNode | UpdateNode | DeleteNode | RawStatement)


def relations(node: object) -> Iterator[Relation]:
    """The relations whose columns an expression or a select list uses, nested queries left out."""
    for found in within(node, queries=False):
        if isinstance(found, ColumnNode | Present):
            yield found.relation


def of_one_helper(one: Relation, other: Relation) -> bool:
    """Whether two aliases, CTEs or subqueries are built alike, as two calls of a function make them. The compiler gives
    them different names; two relations of one name that are built in different ways are rather a mistake."""
    alike = isinstance(one, AliasSource | QuerySource) and type(one) is type(other)
    return alike and shape_key(one) == shape_key(other)
