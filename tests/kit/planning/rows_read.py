"""Which rows are there before and after a plan, read by plain SELECTs, and what of a database is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from qb import sql, trusted
from qb.kit import Identity
from qb.kit.history.statement_parts import said_name
from qb.run.database.db import Db
from qb.types.identifier import quoted
from tests.kit.planning.shapes import Renamed, Shape, Table


class Read(NamedTuple):
    """A table that is in both, and how each column of it that has to hold what it held is read before and after."""

    before: Table
    after: Table
    columns: tuple[tuple[str, str], ...]


def said(kind: str, identity: Identity, label: str = "") -> str:
    """What a loss is called."""
    names = [each for each in (identity.schema, identity.table, identity.name) if each]
    names = names[1:] if names[0] == "public" and len(names) > 1 else names
    return f"{kind}:{'.'.join((*names, label)) if label else said_name(names)}"


def gone(before: Shape, after: Shape, renamed: Renamed) -> Iterator[str]:
    """What of the first is not in the second, by the names that somebody has to allow."""
    for table in before.tables.values():
        if after.table(renamed.of(table.identity)) is None:
            yield said("drop-table", table.identity)
            continue
        for column in table.columns.values():
            above = (before.column(_in(each, column.identity)) for each in before.above(table))
            of_others = not column.local and any(
                each is not None and after.column(renamed.of(each.identity)) is None for each in above
            )
            if not column.generated and not of_others and after.column(renamed.of(column.identity)) is None:
                yield said("drop-column", column.identity)
    types = {type_ for type_, _ in after.labels.values()}
    there = set(after.labels.values())
    for type_, label in before.labels.values():
        if type_ in types and (type_, renamed.labels.get((type_, label), label)) not in there:
            yield said("drop-value", type_, label)


def of_same_type(before: Shape, after: Shape, renamed: Renamed) -> Iterator[str]:
    """What cannot be narrowed: columns that are of the type that they were of."""
    for _, column in before.columns():
        now = after.column(renamed.of(column.identity))
        if now is not None and now.type == column.type:
            yield said("narrow", column.identity)
            yield said("narrow", now.identity)


def reads(
    before: Shape, after: Shape, renamed: Renamed, loses: Collection[str], filled: Mapping[Identity, str]
) -> list[Read]:
    """All tables that are in both, and of each all columns that are in both, but for those that are said to lose
    something, and what is generated. A table whose partitions are all there is read as one, others part by part."""
    cut = {
        _root(before, oid)
        for oid, each in before.tables.items()
        if each.partition and not _stays(before, after, oid, renamed)
    }
    found: list[Read] = []
    for oid, table in before.tables.items():
        other = after.table(renamed.of(table.identity))
        in_parts = _root(before, oid) in cut
        if other is None or (table.parted and in_parts) or (table.partition and not in_parts):
            continue
        columns: list[tuple[str, str]] = []
        for column in table.columns.values():
            now = after.column(renamed.of(column.identity))
            lost = {said("narrow", column.identity), said("drop-column", column.identity)}
            if now is None or column.generated or now.generated:
                continue
            lost |= {said("narrow", now.identity)}
            for each in before.above(table):  # whose loss is said of the column that all of it inherits
                lost.add(said("narrow", _in(each, column.identity)))
            if lost & set(loses):
                continue
            one, two = f"{quoted(column.identity.name)}::text", f"{quoted(now.identity.name)}::text"
            if column.type != now.type and "." not in column.type and '"' not in column.type:
                two += f"::{column.type}::text"
            if (value := filled.get(now.identity)) is not None:
                one = f"coalesce({one}, ({value})::text)"
            columns.append((one, two))
        found.append(Read(table, other, tuple(columns)))
    return found


def rows_of(db: Db, tables: list[Read], *, after: bool) -> dict[str, list[str]]:
    """The rows of each, in order."""
    found: dict[str, list[str]] = {}
    for each in tables:
        table = each.after if after else each.before
        listed = ", ".join(pair[after] for pair in each.columns)
        name = f"{quoted(table.identity.schema)}.{quoted(table.identity.name)}"
        text = f"SELECT ROW({listed})::text FROM {'' if table.parted else 'ONLY '}{name}"
        found[str(each.before.identity)] = sorted(
            db.raising.all(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(str))
        )
    return found


def same_rows(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> None:
    """Each table holds what it held."""
    for table, rows in wanted.items():
        assert found[table] == rows, (
            f"{table}:\n"
            + "\n".join(f"{one!r} -> {other!r}" for one, other in zip(rows, found[table], strict=False) if one != other)
            + f"\n{len(rows)} rows -> {len(found[table])}"
        )


def _in(table: Table, column: Identity) -> Identity:
    """The column of that name in another table."""
    return Identity("column", table.identity.schema, table.identity.name, column.name)


def _root(shape: Shape, oid: int) -> int:
    while shape.tables[oid].partition:
        (oid,) = shape.tables[oid].parents
    return oid


def _stays(before: Shape, after: Shape, oid: int, renamed: Renamed) -> bool:
    """Whether a partition is one afterwards."""
    now = after.table(renamed.of(before.tables[oid].identity))
    return now is not None and now.partition
