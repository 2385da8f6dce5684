"""WHERE: all conditions that rows meet.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-WHERE
"""

from __future__ import annotations

from qb.query.expr.logic import all_of
from qb.render.builder import Builder, Clause
from qb.tree.expressions import Expression


def where(builder: Builder, conditions: tuple[Expression, ...]) -> None:
    """The clause, where there are conditions."""
    if (both := all_of(conditions)) is not None:
        builder.where(Clause(both))
