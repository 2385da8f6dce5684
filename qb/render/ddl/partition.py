"""How a table is divided, and which rows a partition takes.

https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-PARTITION-OF
"""

from __future__ import annotations

from collections.abc import Iterable

from qb.model.partition import BoundValue, PartitionBounds, Partitioning
from qb.model.target import Feature, Requirements
from qb.render.ddl.index import index_key
from qb.render.literals import string_literal

PARTITIONED = Feature("a partitioned table", 10)
HASH = Feature("partition_by_hash", 11)
DEFAULT = Feature("a default partition", 11)


def by(partitioning: Partitioning, needs: Requirements, where: str) -> str:
    """PARTITION BY."""
    needs.add(HASH if partitioning.strategy == "hash" else PARTITIONED, where)
    classes = partitioning.operator_classes or (None,) * len(partitioning.on)
    keys = (index_key(node, each, needs, where) for node, each in zip(partitioning.on, classes, strict=True))
    return f"PARTITION BY {partitioning.strategy.upper()} ({', '.join(keys)})"


def bounds(taken: PartitionBounds, needs: Requirements, where: str) -> str:
    """FOR VALUES, or DEFAULT."""
    match taken.strategy:
        case "range":
            return f"FOR VALUES FROM {_listed(taken.lower)} TO {_listed(taken.upper)}"
        case "list":
            return f"FOR VALUES IN {_listed(taken.values)}"
        case "hash":
            return f"FOR VALUES WITH (MODULUS {taken.modulus}, REMAINDER {taken.remainder})"
        case _:
            needs.add(DEFAULT, where)
            return "DEFAULT"


def _listed(values: Iterable[BoundValue]) -> str:
    return f"({', '.join(map(_value, values))})"


def _value(bound: BoundValue) -> str:
    """Its type follows from its place."""
    return string_literal(bound.text) if bound.text is not None and not bound.side else str(bound)
