"""Expressions written twice in one SELECT, where PostgreSQL must see that they are the same one.

`GROUP BY concat(x, $1)` does not allow `concat(x, $2)` in the select list, whatever the two values are. So where an
expression that is grouped by (or that DISTINCT and ORDER BY have to find again) is built once more, with the same
values, the two share their parameters: both are `concat(x, $1)`. Where a value is another one it is another expression,
with a parameter of its own. No value is ever text. https://www.postgresql.org/docs/current/sql-select.html#SQL-GROUPBY
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from qb.tree.expressions import Bind, ColumnNode, Expression, Order, ParamNode
from qb.tree.node import Branch, Node, children, fields_of, nodes_in
from qb.tree.select import SelectNode
from qb.tree.shapes import NestedShape
from qb.tree.slots import slots
from qb.tree.statements import is_query
from qb.tree.visit import RELATIONS, within

_SIMPLE = frozenset((str, int, bool, bytes))
_SIMPLE_NODES = (ColumnNode, Bind, ParamNode)
_OUTLINED = 16


def written_twice(select: SelectNode, twins: dict[int, Bind]) -> None:
    """Add to `twins`, by their id, the values of what is written once more, each with the one it stands for."""
    ordered = select.order_by if select.distinct or select.distinct_on else ()
    roots = [
        root
        for root in map(plain, (*select.group_by, *select.distinct_on, *ordered))
        if not isinstance(root, _SIMPLE_NODES)
    ]
    if not roots:
        return
    clauses = (*slots(select.shape), *select.group_by, *select.having, *select.distinct_on, *select.order_by)
    for _, pairs in written_again(roots, clauses):
        for one, other in pairs:
            first, again = original(one, twins), original(other, twins)
            if first is not again:
                twins[id(again)] = first


def written_again(
    roots: Sequence[Expression], clauses: tuple[object, ...]
) -> Iterator[tuple[Node, list[tuple[Bind, Bind]]]]:
    """Each part of the clauses that says the same as one of the roots, which are no plain columns or values, and the
    values that the two hold, each beside the other."""
    sizes = _sizes((clauses, tuple(roots)))
    parts: dict[object, list[Node]] = {}
    for part in within(clauses, queries=False):  # PostgreSQL looks for grouped columns alone in nested queries
        if not isinstance(part, (*_SIMPLE_NODES, NestedShape, *RELATIONS)):
            parts.setdefault((sizes[id(part)], _outline(part)), []).append(part)
    for root in roots:
        for part in parts.get((sizes[id(root)], _outline(root)), ()):
            if (pairs := _pairs(root, part)) is not None:
                yield part, pairs


def original(bind: Bind, twins: Mapping[int, Bind]) -> Bind:
    """The value whose parameter a value shares; itself where it has one of its own."""
    while (found := twins.get(id(bind))) is not None:
        bind = found
    return bind


def plain(node: Expression) -> Expression:
    """What is ordered by, without its direction."""
    return node.operand if isinstance(node, Order) else node


def _sizes(clauses: tuple[object, ...]) -> dict[int, int]:
    """How many nodes each node is, by its id: of a long chain, none of its parts is as long."""
    sizes: dict[int, int] = {}
    stack = [(node, False) for node in nodes_in(clauses)]
    while stack:
        node, ready = stack.pop()
        inside = [] if isinstance(node, (NestedShape, *RELATIONS)) else [n for n in children(node) if not is_query(n)]
        if ready or not inside:
            sizes[id(node)] = 1 + sum(sizes[id(each)] for each in inside)
        elif id(node) not in sizes:
            stack.append((node, True))
            stack += ((each, False) for each in inside if id(each) not in sizes)
    return sizes


def _outline(node: Node) -> object:
    """What two expressions that are the same have in common for certain: their kinds and simple values, of the first
    few nodes from the right."""
    found: list[object] = []
    stack: list[object] = [node]
    while stack and len(found) < _OUTLINED:
        item = stack.pop()
        if isinstance(item, Bind):
            value: object = item.value
            found.append((value.__class__, value if value.__class__ in _SIMPLE else None))
        elif isinstance(item, Branch):
            found.append(type(item))
            stack += fields_of(item)
        elif type(item) is tuple:
            items = cast("tuple[object, ...]", item)
            found.append(len(items))
            stack += items[-_OUTLINED:]
        elif isinstance(item, Node | str):
            found.append(item)
    return tuple(found)


def _pairs(one: Node, other: Node) -> list[tuple[Bind, Bind]] | None:
    """The values of two expressions that are the same, where they are no same object; None where they differ."""
    pairs: list[tuple[Bind, Bind]] = []
    stack: list[tuple[object, object]] = [(one, other)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if isinstance(a, Bind):
            if not isinstance(b, Bind) or a.type != b.type or not _same(a, b):
                return None
            pairs.append((a, b))
        elif type(a) is not type(b):
            return None
        elif isinstance(a, Branch):
            stack.extend(zip(fields_of(a), fields_of(cast("Node", b)), strict=True))
        elif isinstance(a, tuple):
            mine, theirs = cast("tuple[object, ...]", a), cast("tuple[object, ...]", b)
            if len(mine) != len(theirs):
                return None
            stack.extend(zip(mine, theirs, strict=True))
        elif a != b:
            return None
    return pairs


def _same(a: Bind, b: Bind) -> bool:
    """Whether two values of one type are the same to PostgreSQL: -0.0 is not 0.0, and 1.10 not 1.1."""
    if a.value is b.value:
        return True
    if type(a.value) is not type(b.value):
        return False
    if type(a.value) in _SIMPLE:
        return bool(a.value == b.value)
    try:
        return a.type.literal(a.value) == b.type.literal(b.value)
    except (TypeError, ValueError):
        return False  # what does not fit its type fails, with the name of its column
