"""Whether the rows of tables are the same before and after: a sum of what every column holds."""

from __future__ import annotations

from collections.abc import Container, Mapping

import msgspec

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.casts import read_as_before
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.ddl.tables import is_partition
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted


class KeptTable(msgspec.Struct, frozen=True):
    """A table that is there before and after, and its columns that are kept as they are."""

    before: Identity
    after: Identity
    columns: tuple[tuple[str, str], ...]
    """How each is read before, and after."""
    whole: tuple[bool, bool]
    """Whether its rows are in partitions, before and after."""


def kept_tables(sides: Sides, closure: Closure, filled: Container[Identity] = ()) -> tuple[KeptTable, ...]:
    """Those that are in both; of their columns those that hold values of their own and are of the same type, or of one
    that is said to keep each value, but for what is `filled`.

    Of a table that loses a partition, with its rows, the other partitions are looked at one by one.
    """
    moved = (*sides.created, *sides.dropped, *sides.changed)
    rows = {(each.schema, each.table) for each in moved if each.kind == "attribute"}
    cut = {_root(sides, each) for each in sides.before.catalog.of(TableFact) if _goes(sides, each)}
    found: list[KeptTable] = []
    for table, fact in sides.before.catalog.of(TableFact).items():
        if table.kind != "table" or table not in sides.now or fact.extension is not None:
            continue
        in_parts = _root(sides, table) in cut
        if (fact.partition_key is not None and in_parts) or (is_partition(fact) and not in_parts):
            continue
        pairs: list[tuple[str, str]] = []
        for column, of in sides.before.columns(table.schema, table.name):
            now = sides.now.get(column)
            other = sides.after.get(now) if now is not None else None
            if now is None or not isinstance(other, ColumnFact) or of.generated or other.generated:
                continue
            if column in closure.anew and table not in closure.anew:
                continue
            if table in closure.anew and of.type != other.type:
                continue
            back: str | None = quoted(now.name)
            if of.type != other.type and _is_converted(sides, closure, column):
                back = read_as_before(quoted(now.name), of.type, other.type)
            if back is None:
                continue
            if column in filled or any((need.schema, need.name) in rows for need in sides.before.catalog.needs(column)):
                continue
            pairs.append((quoted(column.name), back))
        to = sides.after.get(sides.now[table])
        parted = isinstance(to, TableFact) and to.partition_key is not None
        found.append(KeptTable(table, sides.now[table], tuple(pairs), (fact.partition_key is not None, parted)))
    return tuple(found)


def _is_converted(sides: Sides, closure: Closure, column: Identity) -> bool:
    """Whether the values of a column become others, or those of one that it inherits."""
    fact = sides.before.get(Identity("table", column.schema, "", column.table))
    above = (name_parts(each) for each in fact.inherits) if isinstance(fact, TableFact) else ()
    return column in closure.converted or any(
        _is_converted(sides, closure, Identity("column", *each, column.name)) for each in above
    )


def _goes(sides: Sides, table: Identity) -> bool:
    """Whether a partition is none of its table's afterwards."""
    fact, now = sides.before.get(table), sides.now.get(table)
    if not isinstance(fact, TableFact) or not is_partition(fact):
        return False
    other = sides.after.get(now) if now is not None else None
    return not isinstance(other, TableFact) or not is_partition(other)


def _root(sides: Sides, table: Identity) -> Identity:
    """The table that a partition is of, at any depth."""
    fact = sides.before.get(table)
    while isinstance(fact, TableFact) and is_partition(fact):
        schema, name = name_parts(fact.inherits[0])
        table = Identity("table", schema, "", name)
        fact = sides.before.get(table)
    return table


def sums(db: Db, kept: tuple[KeptTable, ...], *, after: bool) -> Mapping[Identity, tuple[int, str]]:
    """Of each table how many rows it has, and a sum of them; by the names before or after.

    Raises errors of the world.
    """
    found: dict[Identity, tuple[int, str]] = {}
    for each in kept:
        table = each.after if after else each.before
        listed = ", ".join(f"({pair[1 if after else 0]})::text" for pair in each.columns)
        row = f"pg_catalog.md5(ROW({listed})::text)"
        text = (
            f"SELECT pg_catalog.count(*), pg_catalog.md5(coalesce(pg_catalog.string_agg({row}, '' ORDER BY {row}), ''))"
            f" FROM {'' if each.whole[after] else 'ONLY '}{dotted(table.schema, table.name)}"
        )
        braces = text.replace("{", "{{").replace("}", "}}")  # which stand for themselves
        found[each.before] = db.raising.one(sql(trusted(braces)).rows(tuple[int, str]))
    return found
