"""Statistics objects that stand next to a table.

https://www.postgresql.org/docs/current/planner-stats.html#PLANNER-STATS-EXTENDED
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, cast, get_args

from qb.declare.owner import no_column, table_of
from qb.errors import DefinitionError
from qb.model.statistics import Statistics
from qb.model.written import written
from qb.query.expr.expr import Expr, is_expr
from qb.tree.expressions import ColumnNode
from qb.types.identifier import comment_text, identifier

StatisticsKind: TypeAlias = Literal["ndistinct", "dependencies", "mcv"]
"""What is counted of columns together: distinct values, which follow from which, the most common ones."""


def statistics(
    name: str,
    *on: Expr[object],
    kinds: Sequence[StatisticsKind] = (),
    target: int | None = None,
    comment: str | None = None,
) -> Statistics:
    """CREATE STATISTICS, next to the table: `place = statistics("addresses_place", Address.city, Address.postcode)`.

    It tells the planner which values of two or more columns go together, or what those of an expression are. Without
    `kinds` it is all that PostgreSQL has; `target` says how much is kept, from 0 to 10000. It is filled by ANALYZE.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createstatistics.html

    >>> together = statistics("tasks_together", Task.user_id, Task.done, kinds=["ndistinct", "mcv"])
    >>> print(create_all(schema(User, Task, together)).statements[-1])
    CREATE STATISTICS "tasks_together" (ndistinct, mcv) ON "user_id", "done" FROM "tasks"
    """
    what = f"the statistics {identifier(name, 'statistics')!r}"
    if not on:
        raise no_column(what)
    for each in cast("tuple[object, ...]", on):
        if not is_expr(each):
            raise DefinitionError(f"{what} takes columns and expressions, not {each!r}")
    nodes = tuple(each.node for each in on)
    table = table_of(nodes, what)
    said = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    known: tuple[str, ...] = get_args(StatisticsKind)
    if unknown := [each for each in said if each not in known]:
        raise DefinitionError(f"{what}: {unknown[0]!r} is none of its kinds: there are {', '.join(known)}")
    if len(nodes) == 1 and isinstance(nodes[0], ColumnNode):
        raise DefinitionError(f"{what} is about one column, of which PostgreSQL has them by itself: name two or more")
    if len(nodes) == 1 and said:
        raise DefinitionError(f"{what} is about one expression, which has no kinds: drop them, or name more")
    if len(nodes) > 8:
        raise DefinitionError(f"{what} is about {len(nodes)} columns, and PostgreSQL takes 8: name fewer")
    if target is not None and (type(target) is not int or not 0 <= target <= 10_000):
        raise DefinitionError(f"{what}: target is a number from 0 to 10000, not {target!r}")
    sorts, text = tuple(each for each in known if each in said), comment_text(comment, what)
    return Statistics(table, name, tuple(map(written, nodes)), sorts, target, comment=text)
