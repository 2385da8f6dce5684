"""Instead of a DROP: a table goes into the schema of what is kept, a column gets a name out of the way.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qb.kit.history.migration import Migration
from qb.kit.ours.keepers import KEPT_NAME
from qb.kit.running.keeping.aside import by_itself, oid_of, only_tried
from qb.kit.running.keeping.dropping import KeptDrop, SqlName, altered_table, dropped_column, drops_of
from qb.kit.running.keeping.errors import HeldOn
from qb.kit.running.keeping.kept_book import KeptBook
from qb.kit.running.keeping.stripping import counter, counters, strip
from qb.kit.sql_file import FileStatement
from qb.render.literals import string_literal
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted

_RELATION: Final = """
SELECT n.nspname, c.relname, c.relkind, c.relispartition, c.relpersistence = 't', c.relowner = current_user::regrole,
  c.oid::regclass::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid
"""
_COLUMN: Final = """
SELECT attnum::text, attgenerated FROM pg_attribute WHERE attrelid = $1::oid AND attname = $2 AND NOT attisdropped
"""
_ABOVE: Final = "SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = $1::oid ORDER BY inhseqno"
_BELOW: Final = (
    "SELECT inhrelid::oid::text FROM pg_inherits WHERE inhparent = $1::oid ORDER BY inhrelid::regclass::text"
)
_TREE: Final = """
WITH RECURSIVE tree AS (
  SELECT $1::oid AS id
  UNION SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.id
)
SELECT a.attrelid::oid::text, a.attnum::text, a.attrelid::regclass::text,
  a.attrelid = $1::oid OR (a.attinhcount = 1 AND NOT a.attislocal)
FROM tree JOIN pg_attribute a ON a.attrelid = tree.id AND a.attname = $2 AND NOT a.attisdropped
ORDER BY a.attrelid <> $1::oid, a.attrelid::regclass::text
"""
"""A column in its table and in all that has it from there, and whether each has it from there alone."""
_HELD_TYPES: Final = """
SELECT t.oid::text, n.nspname, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid = pg_catalog.to_regtype($1)::oid
"""
_OF_TYPE: Final = """
SELECT a.attrelid::regclass::text, pg_catalog.quote_ident(a.attname)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_type t ON t.oid = $1::oid AND a.atttypid IN (t.oid, t.typarray)
WHERE NOT a.attisdropped AND a.attinhcount = 0
  AND (pg_catalog.starts_with(a.attname, $2) OR c.relnamespace = pg_catalog.to_regnamespace($3))
ORDER BY 1, 2
"""


class KeptAside:
    """What one statement drops, kept."""

    def __init__(self, session: OwnSession, book: KeptBook, migration: Migration) -> None:
        self.session: Final = session
        self.book: Final = book
        self.migration: Final = migration
        self.kept: list[str] = []

    def drops(self, statement: FileStatement, drops: Sequence[KeptDrop]) -> int:
        """What a statement would do, but that what it drops is kept."""
        text, session = statement.text, self.session
        with only_tried(session):
            session.run(text)
        numbers = {each: oid_of(session, each.name.sql) for each in drops}
        there = [(each, number) for each, number in numbers.items() if number is not None]
        with by_itself(session):
            self.book.create(session)
            for each, number in there:
                match each.kind:
                    case "table":
                        self._table(number)
                    case "column":
                        self._column(number, each, statement)
                    case _:
                        self._counter(number)
        return sum(session.run(each) for each in _left(text, drops))

    def types(self, text: str, names: Sequence[SqlName]) -> int | None:
        """A type that is dropped and that what is kept is of goes out of the way; None where there is none such."""
        session, kept = self.session, self.book.schema
        held: list[tuple[str, str, str]] = []
        columns: list[tuple[str, str]] = []
        for each in names:
            for number, schema, name in session.rows(_HELD_TYPES, each.sql):
                found = session.rows(_OF_TYPE, number, KEPT_NAME, quoted(kept))
                columns += [(table or "", column or "") for table, column in found]
                if found:
                    held.append((number or "", schema or "", name or ""))
        if not held:
            return None
        with only_tried(session):
            for table, column in columns:
                session.run(f"ALTER TABLE {table} DROP COLUMN {column}")
            session.run(text)
        with by_itself(session):
            self.book.create(session)
            for _, schema, name in held:
                held_as = self.book.keep(session, self.migration, "type", schema, name)
                session.run(f"ALTER TYPE {quoted(schema)}.{quoted(name)} RENAME TO {quoted(held_as)}")
                session.run(f"ALTER TYPE {quoted(schema)}.{quoted(held_as)} SET SCHEMA {quoted(kept)}")
        rest = [each for each in names if each.parts[-1] not in {name for _, _, name in held}]
        for each in rest:
            session.run(f"DROP TYPE IF EXISTS {each.sql}")
        return 0

    def _table(self, number: str) -> None:
        session, kept = self.session, quoted(self.book.schema)
        ((schema, name, kind, partition, temporary, own, sql),) = session.rows(_RELATION, number)
        if kind == "p":  # the rows are in its partitions
            for (child,) in session.rows(_BELOW, number):
                self._table(child or "")
        if kind != "r" or temporary == "t":
            session.run(f"DROP {'FOREIGN ' if kind == 'f' else ''}TABLE {sql}")
            return
        for (parent,) in session.rows(_ABOVE, number):
            session.run(
                f"ALTER TABLE {parent} DETACH PARTITION {sql}"
                if partition == "t"
                else f"ALTER TABLE {sql} NO INHERIT {parent}"
            )
        counted = counters(session, number)
        strip(session, number)
        held = quoted(self.book.keep(session, self.migration, "table", schema or "", name or "", counters=counted))
        session.run(f"ALTER TABLE {sql} RENAME TO {held}")
        session.run(f"ALTER TABLE {quoted(schema or '')}.{held} SET SCHEMA {kept}")
        if own != "t":
            session.run(f"ALTER TABLE {kept}.{held} OWNER TO CURRENT_USER")
        self._said(f"TABLE {kept}.{held}", f"{schema}.{name}")
        self.kept.append(f"{schema}.{name}")

    def _column(self, number: str, drop: KeptDrop, statement: FileStatement) -> None:
        session = self.session
        ((schema, name, kind, _, temporary, _, sql),) = session.rows(_RELATION, number)
        found = session.rows(_COLUMN, number, drop.column)
        if not found:
            return  # IF EXISTS
        ((place, generated),) = found
        whole, called = f"{schema}.{name}.{drop.column}", quoted(drop.column)
        if kind == "f" or generated or temporary == "t":
            session.run(f"ALTER {'FOREIGN ' if kind == 'f' else ''}TABLE {sql} DROP COLUMN {called}")
            return
        tree = session.rows(_TREE, number, drop.column)
        if why := _why_not(tree, statement):
            raise HeldOn(whole, drop.loss, self._file(), statement.line, why)
        counted = counters(session, number, int(place or 0))
        for table, own, _, _ in tree:  # what is each partition's own goes once what it has from the table is gone
            strip(session, table or "", int(own or 0))
        held = quoted(self.book.keep(session, self.migration, "column", schema or "", name or "", drop.column, counted))
        session.run(f"ALTER TABLE {sql} RENAME COLUMN {called} TO {held}")
        self._said(f"COLUMN {sql}.{held}", whole)
        self.kept.append(whole)

    def _counter(self, number: str) -> None:
        ((schema, name, *_, sql),) = self.session.rows(_RELATION, number)
        counted = (counter(self.session, sql or ""),)
        self.book.keep(self.session, self.migration, "sequence", schema or "", name or "", counters=counted)
        self.kept.append(f"{schema}.{name}")

    def _said(self, what: str, name: str) -> None:
        text = f"{name}, dropped by {self.migration.id} and kept: qb purge removes it"
        self.session.run(f"COMMENT ON {what} IS {string_literal(text)}")

    def _file(self) -> str:
        return self.migration.file or self.migration.id


def _why_not(tree: list[tuple[str | None, ...]], statement: FileStatement) -> str | None:
    """Why a column of a table that others inherit from cannot be kept: it would have another name in what goes on
    having it."""
    if len(tree) > 1 and (altered := altered_table(statement.text)) is not None and altered.only:
        return "ONLY leaves it to those that inherit it"
    for *_, heir, alone in tree:
        if alone != "t":
            return f"{heir} has it by itself, too, or from another table"
    return None


def _left(text: str, drops: Sequence[KeptDrop]) -> list[str]:
    """What is left to do of a statement."""
    if (altered := altered_table(text)) is not None:
        kept = {each.column for each in drops}
        rest = altered.without([each for each in altered.actions if dropped_column(each) in kept])
        return [rest] if rest else []
    if drops[0].kind == "table":
        return [f"DROP TABLE IF EXISTS {each.name.sql}" for each in drops_of(text) if each not in drops]
    return [text]
