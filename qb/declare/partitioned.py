"""What PostgreSQL would refuse about tables that are divided, and about their partitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from qb.model.exclusion import Exclusion
from qb.model.overlapping import overlapping
from qb.model.partition import Partitioning, not_within
from qb.model.table import TableDefinition
from qb.tree.expressions import Collate, ColumnNode, Expression, Order
from qb.tree.relations import TableSource


def wrongly_divided(tables: Iterable[TableDefinition]) -> Iterator[str]:
    """What is to be said of all of them."""
    known = {table.source: table for table in tables}
    parts: dict[TableSource, list[TableDefinition]] = {}
    for table in known.values():
        if table.partition_of is not None:
            parts.setdefault(table.partition_of.parent, []).append(table)
    for table in known.values():
        if table.partition_by is not None:
            yield from _keys(table, table.partition_by, known)
            yield from _itself(table, table.partition_by)
            yield from _beside_each_other(table, parts.get(table.source, []))
            yield from _outside(table, table.partition_by, parts.get(table.source, []), known)


def _keys(table: TableDefinition, by: Partitioning, known: Mapping[TableSource, TableDefinition]) -> Iterator[str]:
    """What is unique is unique within each partition, and so over all where it holds what tells them apart."""
    columns = by.columns
    for owner in (table, *ancestors(table, known)):
        for what, held in _unique(owner):
            if columns is None:
                yield (
                    f"{what} cannot be kept over the partitions of {table.title}, as it is divided by an expression: "
                    "put it beside each partition, or divide by columns alone"
                )
            elif missing := [each for each in columns if each not in held]:
                yield (
                    f"{what} does not hold {' and '.join(missing)}, which {table.title} is divided by: add it to the "
                    "key, or put the key beside each partition"
                )


def ancestors(table: TableDefinition, known: Mapping[TableSource, TableDefinition]) -> Iterator[TableDefinition]:
    """What a partition is a part of, and what that is a part of."""
    while table.partition_of is not None and (parent := known.get(table.partition_of.parent)) is not None:
        yield parent
        table = parent


def _unique(table: TableDefinition) -> Iterator[tuple[str, tuple[str, ...]]]:
    if table.primary_key is not None:
        yield f"the primary key of {table.title}", table.primary_key.columns
    for each in table.uniques:
        yield f"the unique constraint {each.name!r} of {table.title}", each.columns
    for index in table.indexes:
        if index.unique:
            yield f"the unique index {index.name!r} of {table.title}", tuple(_columns(index.on))
    for item in table.attached:
        if isinstance(item, Exclusion):
            equal = (node for node, operator in zip(item.on, item.operators, strict=True) if operator == "=")
            yield f"the {item.identity}", tuple(_columns(equal))


def _columns(nodes: Iterable[Expression]) -> Iterator[str]:
    for node in nodes:
        bare = node
        while isinstance(bare, Order | Collate):
            bare = bare.operand
        if isinstance(bare, ColumnNode):
            yield bare.name


def _itself(table: TableDefinition, by: Partitioning) -> Iterator[str]:
    generated = {each.name for each in table.columns if each.generated is not None}
    for name in by.columns or ():
        if name in generated:
            yield f"{table.title} is divided by {name}, which is generated: divide by a column that is written"
    for given, option in ((table.unlogged, "unlogged"), (table.with_, "with_")):
        if given:
            yield f"{table.title} is divided into partitions, which have its rows: say {option} of each of them"
    for check in table.checks:
        if check.no_inherit:
            yield f"the {check.identity} is of a table that has no rows but in its partitions: drop no_inherit"


def _beside_each_other(table: TableDefinition, parts: list[TableDefinition]) -> Iterator[str]:
    bounds = [each.partition_of.bounds for each in parts if each.partition_of is not None]
    for one, other in overlapping(bounds):
        yield (
            f"the partitions {parts[other].title} ({bounds[other]}) and {parts[one].title} ({bounds[one]}) of "
            f"{table.title} overlap: a row belongs to one of them"
        )
    moduli = sorted({each.partition_of.bounds.modulus for each in parts if each.partition_of is not None} - {0})
    for small, great in pairwise(moduli):
        if great % small:
            yield (
                f"the partitions of {table.title} have the moduli {small} and {great}, and each has to be a multiple "
                "of the ones before it: give them one modulus"
            )


def _outside(
    table: TableDefinition,
    by: Partitioning,
    parts: list[TableDefinition],
    known: Mapping[TableSource, TableDefinition],
) -> Iterator[str]:
    """A partition of a partition by the same columns takes what that does not have."""
    around = table.partition_of
    parent = None if around is None else known.get(around.parent)
    if around is None or parent is None or parent.partition_by is None or by.columns is None:
        return
    if by.columns != parent.partition_by.columns:
        return
    for part in parts:
        if part.partition_of is not None and not_within(part.partition_of.bounds, around.bounds):
            yield (
                f"the partition {part.title} ({part.partition_of.bounds}) is not within {table.title}, which has the "
                f"rows {around.bounds}: no other row gets there, so give it bounds within"
            )
