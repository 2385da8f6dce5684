"""FOR UPDATE and its kin lock the rows of tables that a query's rows are made of: each has to be made of known ones.

https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from qb.errors import QueryError
from qb.tree.expressions import Call, ColumnNode, Over, Present, RawSql
from qb.tree.from_clause import outer_relations
from qb.tree.relations import QuerySource, RecursiveSource, Relation, label
from qb.tree.select import SelectNode
from qb.tree.shadow import sources
from qb.tree.slots import slots
from qb.tree.statements import StatementNode
from qb.tree.union import SetNode
from qb.tree.visit import within


def check_locks(select: SelectNode, found: Sequence[Call | Over]) -> None:
    """QueryError for a lock on rows that are made of several, or may be absent. `found`: its aggregates and windows."""
    own = sources(select)
    if (made := _made_of_several(select, bool(found))) is not None:
        raise QueryError(
            f"for_ locks the rows that come back, and {made} leaves none of a table's to lock: lock those of a query "
            "without it, and read from cte(...) of that"
        )
    for locking in select.locking:
        for relation in locking.of:
            if relation not in own:
                raise QueryError(f"for_(of=...): {label(relation)} is not in the query")
            if isinstance(relation, RecursiveSource) or (isinstance(relation, QuerySource) and relation.cte):
                raise QueryError(
                    f"for_(of=...): the rows of {label(relation)}, a cte, are not locked: write .for_(...) in its query"
                )
        locked = locking.of or own
        for relation in locked:
            if isinstance(relation, QuerySource) and not relation.cte:
                _check_subquery(relation)
        if absent := outer_relations(select).intersection(each for each in locked if not _cte(each)):
            _check_absent(select, absent)


def refuse_locks(query: StatementNode, operator: str) -> None:
    """QueryError for a side of a set operation whose rows are to be locked."""
    if isinstance(query, SelectNode) and query.locking:
        raise QueryError(
            f"a side of {operator.lower()} cannot lock its rows with for_: lock them in a query of its own, and put "
            "select(cte(...)) on that side"
        )


def _cte(relation: Relation) -> bool:
    return isinstance(relation, RecursiveSource) or (isinstance(relation, QuerySource) and relation.cte)


def _made_of_several(select: SelectNode, calls: bool) -> str | None:
    """What makes a query's rows of several others; `calls`, whether it has an aggregate or a window."""
    if select.distinct or select.distinct_on:
        return "distinct"
    if select.group_by:
        return "group_by"
    if select.having:
        return "having"
    return "an aggregate or a window" if calls else None


def _check_subquery(relation: QuerySource) -> None:
    """A lock on a subquery is one on all that it reads from."""
    stack: list[QuerySource] = [relation]
    while stack:
        query = stack.pop().query
        made: str | None = None
        if isinstance(query, SetNode):
            made = query.operator.lower()
        elif isinstance(query, SelectNode):
            inside = within((tuple(slots(query.shape)), query.order_by), queries=False)
            made = _made_of_several(
                query,
                any(isinstance(each, Call) and (each.function.aggregate or each.function.window) for each in inside),
            )
            stack += (each for each in sources(query) if isinstance(each, QuerySource) and not each.cte)
        if made is not None:
            raise QueryError(
                f"for_ locks the rows of {label(relation)}, too, where {made} leaves none of a table's to lock: say "
                "which table is meant with for_(..., of=...), or make a cte(...) of the subquery"
            )


def _check_absent(select: SelectNode, absent: Set[Relation]) -> None:
    # A condition on its columns may leave no row where it is absent: then PostgreSQL joins as if it were an inner join.
    where = _named(select.where)
    for relation in absent:
        since = next(number for number in range(len(select.joins)) if relation in outer_relations(select, number + 1))
        later = tuple(join.on for join in select.joins[since + 1 :] if join.kind == "INNER")
        if where is not None and relation not in where and (on := _named(later)) is not None and relation not in on:
            raise QueryError(
                f"for_ cannot lock rows of {label(relation)}, which an outer join may leave absent: say which table is "
                "meant with for_(..., of=...)"
            )


def _named(conditions: object) -> Set[Relation] | None:
    """The relations that conditions name; None where SQL of the user's own may name any."""
    met = list(within(conditions))
    if any(isinstance(found, RawSql) for found in met):
        return None
    return {found.relation for found in met if isinstance(found, ColumnNode | Present)}
