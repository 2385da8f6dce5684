"""Expressions written twice in one SELECT, where PostgreSQL must see that they are the same one.

`GROUP BY concat(x, $1)` does not allow `concat(x, $2)` in the select list, whatever the two values are. So the values
of two expressions that are built alike stand in the SQL as text, and PostgreSQL compares them. Which ones do follows
from how the query is built, never from which values happen to be equal. One expression object used twice needs none of
it: its values are one parameter each. https://www.postgresql.org/docs/current/sql-select.html#SQL-GROUPBY
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from qb.sql.nodes import Bind, ColumnNode, Node, Order, ParamNode, Relation, fields_of
from qb.sql.slots import slots
from qb.sql.statements import NestedShape, RawStatement, SelectNode, SetNode


def written_twice(select: SelectNode) -> dict[int, str | None]:
    """The text of the values, by their id, that cannot be parameters; None for NULL."""
    ordered = select.order_by if select.distinct or select.distinct_on else ()
    roots = [
        root
        for root in map(_plain, (*select.group_by, *select.distinct_on, *ordered))
        if not isinstance(root, ColumnNode | Bind | ParamNode)
    ]
    if not roots:
        return {}
    found: dict[int, str | None] = {}
    clauses = (*slots(select.shape), *select.group_by, *select.having, *select.distinct_on, *select.order_by)
    parts = list(_parts(clauses))
    for root in roots:
        for part in parts:
            if type(part) is type(root) and part is not root:
                for bind in _apart(root, part):
                    _write(bind, found)
    return found


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


def _apart(one: Node, other: Node) -> list[Bind]:
    """The values of two expressions that are built alike and not of the same values; none where they differ."""
    binds: list[Bind] = []
    stack: list[tuple[object, object]] = [(one, other)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if isinstance(a, Bind):
            if not isinstance(b, Bind) or a.type != b.type:
                return []
            binds += (a, b)
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
    return binds


def _write(bind: Bind, found: dict[int, str | None]) -> None:
    if bind.value is None:
        found[id(bind)] = None
        return
    try:
        text = bind.type.literal(bind.value)
        text.encode()
    except (TypeError, ValueError):
        return  # what does not fit its type stays a parameter, and fails with the name of its column
    if "\0" not in text:
        found[id(bind)] = text
