"""Expressions written twice in one SELECT, where PostgreSQL must see that they are the same one.

`GROUP BY concat(x, $1)` does not allow `concat(x, $2)` in the select list, whatever the two values are. So where an
expression that is grouped by (or that DISTINCT and ORDER BY have to find again) is built once more, with the same
values, the two share their parameters: both are `concat(x, $1)`. Where a value is another one it is another expression,
with a parameter of its own. No value is ever text. https://www.postgresql.org/docs/current/sql-select.html#SQL-GROUPBY
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from qb.tree.nodes import Bind, ColumnNode, Node, Order, ParamNode, Relation, fields_of
from qb.tree.slots import slots
from qb.tree.statements import NestedShape, RawStatement, SelectNode, SetNode

_SIMPLE = frozenset((str, int, bool, bytes))


def written_twice(select: SelectNode, twins: dict[int, Bind]) -> None:
    """Add to `twins`, by their id, the values of what is written once more, each with the one it stands for."""
    ordered = select.order_by if select.distinct or select.distinct_on else ()
    roots = [
        root
        for root in map(_plain, (*select.group_by, *select.distinct_on, *ordered))
        if not isinstance(root, ColumnNode | Bind | ParamNode)
    ]
    if not roots:
        return
    clauses = (*slots(select.shape), *select.group_by, *select.having, *select.distinct_on, *select.order_by)
    parts = list(_parts(clauses))
    for root in roots:
        for part in parts:
            if type(part) is type(root) and part is not root:
                for one, other in _pairs(root, part):
                    first, again = original(one, twins), original(other, twins)
                    if first is not again:
                        twins[id(again)] = first


def original(bind: Bind, twins: Mapping[int, Bind]) -> Bind:
    """The value whose parameter a value shares; itself where it has one of its own."""
    while (found := twins.get(id(bind))) is not None:
        bind = found
    return bind


def _plain(node: Node) -> Node:
    return node.operand if isinstance(node, Order) else node


def _parts(clauses: Iterable[Node]) -> Iterator[Node]:
    """Every expression inside others, nested queries left out: PostgreSQL looks for grouped columns alone in those."""
    stack: list[object] = list(clauses)
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(cast("tuple[object, ...]", item))
        elif isinstance(item, Node) and not isinstance(
            item, ColumnNode | Bind | ParamNode | Relation | NestedShape | SelectNode | SetNode | RawStatement
        ):
            yield item
            stack.extend(fields_of(item))


def _pairs(one: Node, other: Node) -> list[tuple[Bind, Bind]]:
    """The values of two expressions that are the same, where they are no same object; none where they differ."""
    pairs: list[tuple[Bind, Bind]] = []
    stack: list[tuple[object, object]] = [(one, other)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if isinstance(a, Bind):
            if not isinstance(b, Bind) or a.type != b.type or not _same(a, b):
                return []
            pairs.append((a, b))
        elif type(a) is not type(b):
            return []
        elif isinstance(a, Node) and not isinstance(a, ColumnNode | ParamNode | Relation):
            stack.extend(zip(fields_of(a), fields_of(cast("Node", b)), strict=True))
        elif isinstance(a, tuple):
            mine, theirs = cast("tuple[object, ...]", a), cast("tuple[object, ...]", b)
            if len(mine) != len(theirs):
                return []
            stack.extend(zip(mine, theirs, strict=True))
        elif a != b:
            return []
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
