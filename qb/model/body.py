"""The body of a view or a policy: a query, or a condition that may hold queries, as it is written into a database.

In a query a value is a parameter, a row becomes an object of Python's, and an alias, a CTE or a subquery is equal only
to itself. In the database there are text and names: values become constants, rows the columns they are made of, and two
bodies are equal where they say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec.structs import replace
from typing_extensions import TypeIs

from qb.model.object import Identity, of_table, within_table
from qb.model.type import named_type
from qb.model.written import constant, listed, parameter_in_definition
from qb.tree.expressions import Bind, Call, ColumnNode, ParamNode
from qb.tree.node import Node, children, fields_of
from qb.tree.relations import AliasSource, QuerySource, Relation, TableSource
from qb.tree.shapes import EntityShape, ItemShape, MappedShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.visit import rewrite
from qb.tree.walk import shape_key
from qb.types import SqlType, pg

N = TypeVar("N", bound=Node)


class SettledBody(msgspec.Struct, Generic[N], frozen=True, eq=False):
    """A settled query or condition. Equal by content: relations are compared by their places in it.

    >>> done = select(Task.title).where(Task.done)
    >>> body(done.node), body(done.node) == body(select(Task.title).where(Task.done).node)
    (<body on table tasks>, True)
    """

    node: N
    needs: tuple[Identity, ...]
    """What it uses: tables, views, columns, functions, sequences, enums, extensions. Raw SQL in it keeps its own to
    itself."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SettledBody):
            return NotImplemented
        mine, theirs = shape_key(self.node), shape_key(cast("SettledBody[Node]", other).node)
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self.needs)

    def __repr__(self) -> str:
        tables = [str(each) for each in self.needs if each.kind == "table"]
        return f"<body on {', '.join(tables) or 'no table'}>"


def body(node: N) -> SettledBody[N]:
    """A query or a condition without anything of Python's. DefinitionError for a prepared query's parameter, and for a
    value that its type cannot write."""
    made: dict[int, Relation] = {}
    met = _met(node)
    for each in met:
        if isinstance(each, QuerySource):
            query = _plain(each.query, made)
            origin: Any = None if each.origin is None else made[id(each.origin)]
            made[id(each)] = replace(each, query=query, origin=origin)
    return SettledBody(_plain(node, made), tuple(sorted(set(_needs(met)))))


def _met(root: Node) -> list[Node]:
    """Every node once, what is inside of it before it; those of CTEs and subqueries, too."""
    found: list[Node] = []
    seen: set[int] = set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            found.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += ((each, False) for each in reversed(children(node)))
    return found


def _plain(node: Node, made: Mapping[int, Relation]) -> Any:
    return rewrite(rewrite(node, listed), lambda each: made.get(id(each)) or _one(each))


def _one(node: Node) -> Node:
    if isinstance(node, Bind):
        return constant(node, plain=False)
    if isinstance(node, ParamNode):
        raise parameter_in_definition(node)
    if isinstance(node, EntityShape):
        present = node.present
        flag = () if present is None else (Output(present, named_type(pg.boolean), None, True, "", ""),)
        return TupleShape(tuple(map(ScalarShape, (*flag, *node.outputs))))
    if isinstance(node, TupleShape | MappedShape):
        return TupleShape(tuple(_flat(node.items)))
    types: dict[str, Any] = {
        name: named_type(value)
        for name, value in zip(node.__struct_fields__, fields_of(node), strict=True)
        if _is_type(value)
    }
    if isinstance(node, Output):
        types |= {"python": None, "optional": True, "table": ""}
    return replace(node, **types) if types else node


def _flat(items: Iterable[RowShape]) -> Iterable[ItemShape]:
    for each in items:  # an entity among them is a row of its columns by now
        if isinstance(each, TupleShape | MappedShape):
            yield from each.items
        else:
            yield each


def _is_type(value: object) -> TypeIs[SqlType[Any]]:
    return isinstance(value, SqlType)


def _needs(nodes: Iterable[Node]) -> Iterable[Identity]:
    for node in nodes:
        if isinstance(node, TableSource):
            yield of_table(node)
        elif isinstance(node, AliasSource):
            yield of_table(TableSource(node.schema, node.name, node.kind))
        elif isinstance(node, ColumnNode) and isinstance(of := node.relation, TableSource | AliasSource):
            if of.kind == "table":  # the columns of a view are none by themselves
                yield within_table("column", TableSource(of.schema, of.name), node.name)
        elif isinstance(node, Call) and node.function.uses is not None:
            kind, schema, name = node.function.uses
            yield Identity(kind, schema, "", name)
        for value in fields_of(node):
            if _is_type(value):
                yield from named_type(value).needs
