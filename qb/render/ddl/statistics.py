"""Statistics objects. https://www.postgresql.org/docs/current/sql-createstatistics.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.statistics import Statistics
from qb.model.target import Feature, Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.parts import dropped, table_name
from qb.tree.expressions import ColumnNode
from qb.types.identifier import qualified

OBJECTS = Feature("a statistics object", 10)
MCV = Feature('statistics of the kind "mcv"', 12)
TARGET = Feature("the target of a statistics object", 13)
EXPRESSIONS = Feature("statistics of an expression", 14)


def create(statistics: Statistics, operation: Create, needs: Requirements) -> str:
    """CREATE STATISTICS."""
    where = statistics.identity.title
    needs.add(OBJECTS, where)
    if "mcv" in statistics.kinds:
        needs.add(MCV, where)
    keys: list[str] = []
    for node in statistics.on:
        if isinstance(node, ColumnNode):
            keys.append(expression(node, needs, where))
        else:
            needs.add(EXPRESSIONS, where)
            keys.append(f"({expression(node, needs, where)})")
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    kinds = f" ({', '.join(statistics.kinds)})" if statistics.kinds else ""
    return (
        f"CREATE STATISTICS {guard}{_name(statistics)}{kinds} ON {', '.join(keys)} FROM {table_name(statistics.table)}"
    )


def alter(before: Statistics, after: Statistics, needs: Requirements) -> Iterator[str]:
    """ALTER STATISTICS."""
    needs.add(TARGET, after.identity.title)
    yield f"ALTER STATISTICS {_name(after)} SET STATISTICS {-1 if after.target is None else after.target}"


def drop(statistics: Statistics, operation: Drop) -> str:
    """DROP STATISTICS."""
    return dropped(operation, "STATISTICS", _name(statistics))


def subject(statistics: Statistics) -> str:
    """What COMMENT ON calls it."""
    return f"STATISTICS {_name(statistics)}"


def _name(statistics: Statistics) -> str:
    return qualified(statistics.table.schema, statistics.name)
