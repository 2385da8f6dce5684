"""DISTINCT: rows that are alike become one, which has the values that are selected and no others.

https://www.postgresql.org/docs/current/sql-select.html#SQL-DISTINCT
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qb.errors import QueryError
from qb.tree.expressions import ColumnNode, Expression, RawSql
from qb.tree.node import Node
from qb.tree.relations import label
from qb.tree.select import SelectNode
from qb.tree.shapes import NestedShape
from qb.tree.slots import leaves, outputs, slots
from qb.tree.twice import plain, written_again
from qb.tree.visit import within
from qb.types import SqlType
from qb.types.array import Array


def check_distinct(select: SelectNode) -> None:
    """QueryError for rows that PostgreSQL cannot compare, and an order by what the rows that are left do not say."""
    if select.distinct and not select.distinct_on:
        _check_compared(select)
    ordered = tuple(map(plain, select.order_by))
    wanted = select.distinct_on or tuple(slots(select.shape))
    if not ordered or _raw((ordered, wanted)):
        return
    known = _same_as(wanted, ordered)
    if not select.distinct_on:
        for node in ordered:
            if id(node) not in known:
                raise QueryError(
                    f"distinct() leaves one of the rows that are alike, and order_by asks for {_named(node)}, which "
                    "is not selected: select it, or order by what is selected"
                )
        return
    others: list[Expression] = []
    for node in ordered:
        if id(node) not in known:
            others.append(node)
        elif others:
            raise _late(others[0])
    if others and not len(_same_as(ordered, wanted)) == len({id(each) for each in wanted}):
        raise _late(others[0])


def _check_compared(select: SelectNode) -> None:
    for leaf in leaves(select.shape):
        if isinstance(leaf, NestedShape):
            raise QueryError(
                "distinct() compares whole rows, and many(...) puts lists into them, which PostgreSQL does not "
                "compare: select distinct rows in a subquery(...), and add many(...) to these"
            )
    for output in outputs(select.shape):
        if not (wire := _element(output.type).wire).equality:
            due = "pg.jsonb" if wire.is_document else "pg.text"
            raise QueryError(
                f"distinct() compares whole rows, and PostgreSQL does not compare {output.type.name}: cast "
                f"{output.name or 'it'} to {due}, or name what tells the rows apart with distinct_on(...)"
            )


def _element(type_: SqlType[Any]) -> SqlType[Any]:
    return type_.of if isinstance(type_, Array) else type_


def _late(node: Expression) -> QueryError:
    return QueryError(
        f"distinct_on keeps the first row of each set of equal keys, so that order_by begins with the keys: put them "
        f"before {_named(node)}"
    )


def _same_as(roots: Sequence[Expression], nodes: tuple[Expression, ...]) -> set[int]:
    """Those of the nodes, by their id, that say the same as one of the roots."""
    columns = {(root.relation, root.name) for root in roots if isinstance(root, ColumnNode)}
    simple = {id(root) for root in roots}
    found = {
        id(node)
        for node in nodes
        if id(node) in simple or (isinstance(node, ColumnNode) and (node.relation, node.name) in columns)
    }
    if len(found) == len({id(node) for node in nodes}):
        return found
    top = {id(node) for node in nodes}
    others = [root for root in roots if not isinstance(root, ColumnNode)]
    return found | {id(part) for part, _ in written_again(others, nodes) if id(part) in top}


def _raw(root: object) -> bool:
    return any(isinstance(found, RawSql) for found in within(root, queries=False))


def _named(node: Node) -> str:
    return f"{label(node.relation)}.{node.name}" if isinstance(node, ColumnNode) else "an expression"
