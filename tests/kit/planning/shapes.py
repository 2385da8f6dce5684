"""Tables, columns and labels of a database by the server's own numbers, which stay what they are through a rename."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from qb import sql
from qb.kit import Identity
from qb.run.database.db import Db

_TABLES: Final = sql("""
SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind = 'p', c.relispartition,
  (SELECT coalesce(array_agg(i.inhparent::int8), '{{}}') FROM pg_inherits i WHERE i.inhrelid = c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'qb')
ORDER BY n.nspname, c.relname
""").rows(tuple[int, str, str, bool, bool, list[int]])
_COLUMNS: Final = sql("""
SELECT a.attrelid::int8, a.attnum::int8, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
  a.attnotnull, a.attinhcount > 0, a.attislocal, a.atthasdef OR a.attidentity <> ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname
""").rows(tuple[int, int, str, str, bool, bool, bool, bool, bool])
_LABELS: Final = sql("""
SELECT e.oid::int8, n.nspname::text, t.typname::text, e.enumlabel::text
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
""").rows(tuple[int, str, str, str])


class Column(NamedTuple):
    identity: Identity
    type: str
    generated: bool
    not_null: bool
    inherited: bool
    local: bool
    has_value: bool
    """Whether a new row has one in it by itself."""


class Table(NamedTuple):
    identity: Identity
    parted: bool
    """Whether its rows are in partitions."""
    partition: bool
    parents: tuple[int, ...]
    """The tables that it inherits from, or is a partition of."""
    columns: Mapping[int, Column]


class Shape(NamedTuple):
    """What has rows in a database, by numbers that a rename does not change."""

    tables: Mapping[int, Table]
    labels: Mapping[int, tuple[Identity, str]]
    """Of enums, each with its type."""

    def columns(self) -> Iterator[tuple[tuple[int, int], Column]]:
        for oid, table in self.tables.items():
            for number, column in table.columns.items():
                yield (oid, number), column

    def table(self, identity: Identity) -> Table | None:
        return next((each for each in self.tables.values() if each.identity == identity), None)

    def above(self, table: Table) -> Iterator[Table]:
        """All that it inherits from."""
        for each in table.parents:
            yield self.tables[each]
            yield from self.above(self.tables[each])

    def column(self, identity: Identity) -> Column | None:
        table = self.table(Identity("table", identity.schema, "", identity.table))
        return next((each for each in table.columns.values() if each.identity == identity), None) if table else None


def shape_of(db: Db) -> Shape:
    """What is there now."""
    with db.transaction() as tx:
        tx.raising.execute(sql("SET LOCAL search_path = pg_catalog").command())  # so that types say where they are
        columns = tx.raising.all(_COLUMNS)
        tables = {
            oid: Table(
                Identity("table", schema, "", name),
                parted,
                partition,
                tuple(parents),
                {
                    number: Column(
                        Identity("column", schema, name, column),
                        type_,
                        generated,
                        not_null,
                        inherited,
                        local,
                        has_value,
                    )
                    for of, number, column, type_, generated, not_null, inherited, local, has_value in columns
                    if of == oid
                },
            )
            for oid, schema, name, parted, partition, parents in tx.raising.all(_TABLES)
        }
        labels = {
            oid: (Identity("enum", schema, "", name), label) for oid, schema, name, label in tx.raising.all(_LABELS)
        }
    return Shape(tables, labels)


def parent_is_renamed(before: Shape, after: Shape) -> bool:
    """Whether a table that others inherit from has another name. Where that is not told, it goes, and what its children
    have of it is their own from then on, as the server has it: no statement takes that back."""
    above = {oid for table in before.tables.values() if not table.partition for oid in table.parents}
    return any(oid in after.tables and after.tables[oid].identity != before.tables[oid].identity for oid in above)


class Renamed(NamedTuple):
    """What somebody says of names."""

    names: Mapping[str, str]
    """Hints, as `plan` takes them."""
    labels: Mapping[tuple[Identity, str], str]
    known: Mapping[Identity, Identity]
    """Tables and columns, before and after."""

    def of(self, identity: Identity) -> Identity:
        """What is called so before, as it is called afterwards."""
        if (found := self.known.get(identity)) is not None:
            return found
        if identity.kind == "column":
            table = self.of(Identity("table", identity.schema, "", identity.table))
            return Identity("column", table.schema, table.name, identity.name)
        return identity


def renamed_between(before: Shape, after: Shape, *, told: bool) -> Renamed:
    """What has another name in the second, of what has the same number; nothing where it is not `told`."""
    if not told:
        return Renamed({}, {}, {})
    known: dict[Identity, Identity] = {}
    names: dict[str, str] = {}
    for oid, table in before.tables.items():
        if (now := after.tables.get(oid)) is None:
            continue
        if now.identity != table.identity:
            known[table.identity] = now.identity
            names[str(table.identity)] = now.identity.name
        for number, column in table.columns.items():
            other = now.columns.get(number)
            if other is not None and other.identity != column.identity:
                known[column.identity] = other.identity
                if other.identity.name != column.identity.name and not column.inherited:
                    names[str(column.identity)] = other.identity.name
    labels = {
        said: after.labels[oid][1]
        for oid, said in before.labels.items()
        if oid in after.labels and after.labels[oid][1] != said[1]
    }
    return Renamed(names, labels, known)
