"""In which order tables are filled, so that what a row refers to is there, and what has to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qb.kit.made_rows.row_keys import KeyReference
from qb.kit.made_rows.row_plan import RowPlan
from qb.kit.seeding.errors import UnfillableTable
from qb.model.table import TableDefinition
from qb.tree.relations import TableSource


def fill_order(
    plans: Mapping[TableDefinition, RowPlan],
) -> tuple[tuple[TableDefinition, frozenset[KeyReference]], ...]:
    """The tables in order, each with the foreign keys that are filled in when all rows are there.

    Those are the keys of a table to itself, and one of each circle: one that may be NULL. Raises `UnfillableTable`
    for a circle without any.
    """
    sources = {table.source: table for table in plans}
    waiting = sorted(plans, key=lambda each: each.identity)
    done: list[tuple[TableDefinition, frozenset[KeyReference]]] = []
    while waiting:
        left = {each.source for each in waiting}
        ready = [each for each in waiting if not _before(each, plans[each], left, optional=True)]
        if not ready:  # a circle: somebody goes first whose keys may wait
            ready = [each for each in waiting if not _before(each, plans[each], left, optional=False)][:1]
        if not ready:
            raise _circle(waiting, plans, sources)
        for each in ready:
            late = (
                {key for key in plans[each].references if key.target in left and may_wait(plans[each], key)}
                if len(ready) == 1
                else {key for key in plans[each].references if key.target == each.source}
            )
            done.append((each, frozenset(key for key in late if may_wait(plans[each], key))))
        waiting = [each for each in waiting if each not in ready]
    return tuple(done)


def may_wait(plan: RowPlan, key: KeyReference) -> bool:
    """Whether a row may be there before what its key points to."""
    return any(plan.columns[each].optional for each in key.attributes)


def _before(table: TableDefinition, plan: RowPlan, left: set[TableSource], *, optional: bool) -> list[KeyReference]:
    """The keys whose targets have to be there first."""
    return [
        key
        for key in plan.references
        if key.target in left and key.target != table.source and (optional or not may_wait(plan, key))
    ]


def _circle(
    waiting: Sequence[TableDefinition],
    plans: Mapping[TableDefinition, RowPlan],
    sources: Mapping[TableSource, TableDefinition],
) -> UnfillableTable:
    left = {each.source for each in waiting}
    path: list[TableDefinition] = []
    at = waiting[0]
    while at not in path:
        path.append(at)
        at = sources[_before(at, plans[at], left, optional=False)[0].target]
    circle = [each.title for each in (*path[path.index(at) :], at)]
    message = f"{' refers to '.join(circle)}, and none of these keys may be NULL"
    return UnfillableTable(path[path.index(at)].title, None, message)
