"""One way to go through a tree, and one to rewrite it. Both keep a stack of their own: a tree may be of any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, cast

from qb.tree.expressions import Bind, ColumnNode, Present
from qb.tree.node import Node, fields_of, nodes_in
from qb.tree.relations import (
    AliasSource,
    ExcludedSource,
    OwnSource,
    QuerySource,
    RecursiveSource,
    Relation,
    ShapeSource,
    TableSource,
)
from qb.tree.shapes import NestedShape
from qb.tree.statements import STATEMENTS

RELATIONS: Final = (TableSource, AliasSource, QuerySource, RecursiveSource, ExcludedSource, OwnSource, ShapeSource)
RELATION_KINDS: Final[frozenset[object]] = frozenset(RELATIONS)
"""The same, to ask quickly."""


def within(root: object, *, queries: bool = True) -> Iterator[Node]:
    """Every node of a tree, or of a tuple of trees, itself first; relations are met and not entered. `queries` says
    whether to go into nested ones, too."""
    stack = nodes_in(root)[::-1]
    while stack:
        node = stack.pop()
        yield node
        kind = type(node)
        if kind is ColumnNode:  # what most leaves are
            stack.append(cast("Any", node).relation)
            continue
        if kind in RELATION_KINDS or (not queries and kind is NestedShape):
            continue
        inside = nodes_in(kind.below(node))
        if not queries:
            inside = [each for each in inside if type(each) not in STATEMENTS]
        inside.reverse()
        stack += inside


def relations(node: object) -> Iterator[Relation]:
    """The relations whose columns an expression or a select list uses, nested queries left out."""
    for found in within(node, queries=False):
        if isinstance(found, ColumnNode | Present):
            yield found.relation


def rewrite(root: Node, change: Callable[[Node], Node]) -> Any:
    """A tree with each of its nodes changed, the inner ones first. Relations stay what they are, and what has nothing
    changed inside is the same object as before."""
    made: dict[int, Node] = {}
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if id(node) in made:
            continue
        kind = type(node)
        inside = [] if kind is Bind or kind in RELATION_KINDS else nodes_in(kind.inside(node))
        if ready or not inside:
            made[id(node)] = change(_with(node, made) if inside else node)
        else:
            stack.append((node, True))
            stack += ((each, False) for each in reversed(inside))
    return made[id(root)]


def _with(node: Node, made: dict[int, Node]) -> Node:
    fields = fields_of(node)
    changed = [_replaced(field, made) for field in fields]
    if all(one is other for one, other in zip(fields, changed, strict=True)):
        return node
    return type(node)(*changed)


def _replaced(field: object, made: dict[int, Node]) -> Any:
    if isinstance(field, Node):
        return made.get(id(field), field)
    if type(field) is tuple:
        items = cast("tuple[object, ...]", field)
        changed = tuple(_replaced(each, made) for each in items)
        return items if all(one is other for one, other in zip(items, changed, strict=True)) else changed
    return field


class Some(NamedTuple):
    """True where one of the nodes is."""

    of: Sequence[Node]


class Every(NamedTuple):
    """True where all of the nodes are."""

    of: Sequence[Node]


def decided(root: Node, rule: Callable[[Any], bool | Some | Every]) -> bool:
    """A question about a node whose answer follows from those of nodes inside of it, each asked once."""
    first = rule(root)
    if isinstance(first, bool):  # nearly always
        return first
    known: dict[int, bool] = {}
    asked: dict[int, Some | Every] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        answer = asked.get(id(node)) or rule(node)
        if isinstance(answer, bool):
            known[id(node)] = answer
        elif id(node) not in asked:
            asked[id(node)] = answer
            stack += (each for each in answer.of if id(each) not in known)
            continue
        else:
            found = (known[id(each)] for each in answer.of)
            known[id(node)] = any(found) if isinstance(answer, Some) else all(found)
        stack.pop()
    return known[id(root)]
