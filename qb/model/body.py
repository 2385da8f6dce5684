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

from qb.errors import DefinitionError
from qb.model.object import Identity, of_table, within_table
from qb.model.type import named_type
from qb.model.written import constant, listed
from qb.tree.expressions import Bind, Cast, ColumnNode, ParamNode
from qb.tree.node import Node, children
from qb.tree.relations import AliasSource, QuerySource, Relation, TableSource
from qb.tree.shapes import EntityShape, ItemShape, MappedShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.visit import rewrite
from qb.tree.walk import shape_key
from qb.types import pg

N = TypeVar("N", bound=Node)


class SettledBody(msgspec.Struct, Generic[N], frozen=True, eq=False):
    """A settled query or condition. Equal by content: relations are compared by their places in it.

    >>> done = select(Task.title).where(Task.done)
    >>> body(done.node), body(done.node) == body(select(Task.title).where(Task.done).node)
    (<body on table tasks>, True)
    """

    node: N
    needs: tuple[Identity, ...]
    """The tables, columns, enums and extensions that it uses. Raw SQL in it keeps its own to itself."""

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
    match node:
        case Bind():
            return constant(node, plain=False)
        case ParamNode(name=name):
            raise DefinitionError(f"the parameter {name} of a prepared query stands in a definition: give a value")
        case Cast(type=type_):
            return replace(node, type=named_type(type_))
        case Output(type=type_):
            return replace(node, type=named_type(type_), python=None, optional=True, table="")
        case EntityShape(outputs=outputs, present=present):
            flag = () if present is None else (Output(present, named_type(pg.boolean), None, True, "", ""),)
            return TupleShape(tuple(map(ScalarShape, (*flag, *outputs))))
        case TupleShape(items=items) | MappedShape(items=items):
            return TupleShape(tuple(_flat(items)))
        case _:
            return node


def _flat(items: Iterable[RowShape]) -> Iterable[ItemShape]:
    for each in items:  # an entity among them is a row of its columns by now
        if isinstance(each, TupleShape | MappedShape):
            yield from each.items
        else:
            yield each


def _needs(nodes: Iterable[Node]) -> Iterable[Identity]:
    for node in nodes:
        match node:
            case TableSource():
                yield of_table(node)
            case AliasSource(schema=schema, name=name):
                yield of_table(TableSource(schema, name))
            case ColumnNode(relation=TableSource() | AliasSource() as of, name=name):
                yield within_table("column", TableSource(of.schema, of.name), name)
            case Bind(type=type_) | Cast(type=type_):
                yield from named_type(type_).needs
            case _:
                pass
