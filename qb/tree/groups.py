"""A query that groups its rows gives one row for each group: what it says of a group holds for all of its rows.

So a column is grouped by, or inside an aggregate, or of a table whose primary key is grouped by.
https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUP
"""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from qb.errors import QueryError
from qb.tree.expressions import Bind, Call, Cast, ColumnNode, Expression, Over, ParamNode, Present, RawSql
from qb.tree.node import Node, children, nodes_in
from qb.tree.relations import AliasSource, Relation, TableSource, label
from qb.tree.select import SelectNode
from qb.tree.shadow import Reach, sources
from qb.tree.slots import slots
from qb.tree.statements import is_query
from qb.tree.twice import written_again
from qb.tree.visit import RELATIONS, within

_NONE: frozenset[Relation] = frozenset()
_OPAQUE = (RawSql, *RELATIONS)  # the text of raw SQL may well be an aggregate's


class _Groups(NamedTuple):
    """What a query's rows are grouped by."""

    names: dict[Relation, set[str]]
    """Columns, by their relation."""
    keyed: set[Relation]
    """Relations of which there is one row in each group."""
    again: Set[int]
    """The parts of its clauses, by their id, that say the same as an expression that is grouped by."""

    def hold(self, node: ColumnNode) -> bool:
        """Whether a column has one value in each group."""
        relation = node.relation
        if relation in self.keyed:
            return True
        names = self.names.get(relation)
        if names is None:
            return False
        # A key that is not declared may be there all the same.
        return node.name in names or (not node.key and isinstance(relation, TableSource | AliasSource))


def check_grouped(select: SelectNode, own: Set[Relation], aggregate: Call | None, reach: Reach) -> None:
    """QueryError for a column that has no one value in a group, `aggregate` being one that makes the query group.

    What SQL of the user's own says is not known: a query that is grouped by some is not looked at.
    """
    if any(isinstance(found, RawSql) for found in within(select.group_by, queries=False)):
        return
    clauses = (
        ("the select list", tuple(slots(select.shape))),
        ("having", select.having),
        ("order_by", select.order_by),
        ("distinct_on", select.distinct_on),
    )
    groups = _grouped(select.group_by, tuple(nodes for _, nodes in clauses))
    for clause, nodes in clauses:
        if (found := _ungrouped(nodes, own, groups, reach)) is not None:
            raise _refused(clause, found, select, aggregate)


def _grouped(group_by: tuple[Expression, ...], clauses: tuple[object, ...]) -> _Groups:
    names: dict[Relation, set[str]] = {}
    keys: dict[Relation, tuple[str, ...]] = {}
    others: list[Expression] = []
    for each in group_by:
        node = each
        while isinstance(node, Cast):  # to the type that it has it is nothing to PostgreSQL
            others.append(node)
            node = node.operand
        if isinstance(node, ColumnNode):
            names.setdefault(node.relation, set()).add(node.name)
            keys[node.relation] = node.key
        elif not isinstance(node, Bind | ParamNode):
            others.append(node)
    keyed = {relation for relation, key in keys.items() if key and names[relation].issuperset(key)}
    again = frozenset(id(part) for part, _ in written_again(others, clauses)) if others else frozenset[int]()
    return _Groups(names, keyed, again)


def _ungrouped(
    roots: tuple[Expression, ...], own: Set[Relation], groups: _Groups, reach: Reach
) -> ColumnNode | Present | None:
    """The first column of the query's own relations that is neither grouped nor inside an aggregate."""
    stack: list[tuple[Node, Set[Relation] | None]] = [(each, None) for each in reversed(roots)]
    while stack:
        node, hidden = stack.pop()
        if hidden is None and id(node) in groups.again:  # within other queries PostgreSQL knows columns alone
            continue
        inside: list[Node]
        if isinstance(node, ColumnNode | Present):
            if node.relation in own and node.relation not in (hidden or _NONE):
                held = node.relation in groups.keyed if isinstance(node, Present) else groups.hold(node)
                if not held:
                    return node
            continue
        if isinstance(node, _OPAQUE):
            continue
        if isinstance(node, Over) and isinstance(node.call, Call):
            inside = [*children(node.call), *nodes_in((node.partition_by, node.order_by))]
        elif isinstance(node, Call) and node.function.aggregate:
            inside = children(node)
            if hidden is None or hidden.isdisjoint(reach.within(tuple(inside)).free):
                continue  # an aggregate of this query, or of one around it
        else:
            inside = children(node)
            if is_query(node):
                hidden = (hidden or _NONE) | {*sources(node)}
        stack += ((each, hidden) for each in reversed(inside))
    return None


def _refused(clause: str, node: ColumnNode | Present, select: SelectNode, aggregate: Call | None) -> QueryError:
    table = label(node.relation)
    if isinstance(node, Present):
        return QueryError(
            f"{clause} says whether {table} is there, and rows of {table} are not grouped by: add the primary key of "
            f"{table} to group_by, or select columns of it"
        )
    name = f"{table}.{node.name}"
    if select.group_by:
        return QueryError(
            f"{clause} uses {name}, which has several values in a group: add it to group_by, or take an aggregate of "
            f"it, such as fn.max({name})"
        )
    if aggregate is None:
        return QueryError(
            f"{clause} uses {name}, and having makes one group of all rows where there is no group_by: add "
            f".group_by({name}), or say the condition in where"
        )
    whole = aggregate.function.name
    return QueryError(
        f"{clause} uses {name}, and {whole}(...) makes one group of all rows: add .group_by({name}), take an aggregate "
        f"of it, such as fn.max({name}), or write {whole}(...).over() for a value beside each row"
    )
