"""Where a down makes again what was kept, it comes back with its rows.

What is made is what the down says; a table gets its rows right behind its CREATE TABLE, before anything else is done to
it, and a column that is added is the one that was put aside. https://www.postgresql.org/docs/current/sql-insert.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qb.kit.ours.keepers import KEPT_NAME
from qb.kit.running.keeping.aside import by_itself, oid_of
from qb.kit.running.keeping.dropping import AlterTable, KeptDrop, SqlName, added_column
from qb.kit.running.keeping.filling import filling_update
from qb.kit.running.keeping.kept_book import KeptBook, KeptThing
from qb.kit.running.keeping.stripping import counter
from qb.render.literals import string_literal
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted

_NAMES: Final = """
SELECT n.nspname, c.relname, c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = $1::oid
"""
_NAMED: Final = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = $1::oid
"""
_COLUMNS: Final = """
SELECT k.attname, format_type(k.atttypid, k.atttypmod), format_type(t.atttypid, t.atttypmod), t.attgenerated
FROM pg_attribute k LEFT JOIN pg_attribute t ON t.attrelid = $2::oid AND t.attname = k.attname AND NOT t.attisdropped
WHERE k.attrelid = $1::oid AND k.attnum > 0 AND NOT k.attisdropped ORDER BY k.attnum
"""
_ROOT: Final = "SELECT coalesce(pg_partition_root($1::oid::regclass), $1::oid::regclass)::text"
_HAS: Final = """
SELECT format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
WHERE attrelid = $1::oid AND attname = $2 AND NOT attisdropped
"""
_TWIN: Final = """
SELECT format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.attidentity
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::oid AND a.attname = $2
"""
_TWIN_RULES: Final = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = $1::oid AND contype IN ('c', 'f', 'p', 'u', 'x') ORDER BY contype = 'f', conname
"""
_TWIN_COUNT: Final = """
SELECT c.relname, format('START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s', s.seqstart, s.seqincrement,
  s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END), format_type(s.seqtypid, NULL)
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE s.seqrelid = pg_get_serial_sequence($1, $2)::regclass
"""
_TWIN_DEFAULT: Final = """
SELECT d.refobjid::regclass::text FROM pg_attrdef f
  JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
  JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
WHERE f.adrelid = $1::oid
"""
_COUNT: Final = """
SELECT pg_catalog.setval(s.oid, $2::int8, $3::boolean) FROM pg_catalog.pg_class s
WHERE s.oid = pg_catalog.to_regclass($1)
"""


class KeptReturn:
    """What comes back of one migration that is undone."""

    def __init__(self, session: OwnSession, book: KeptBook, things: tuple[KeptThing, ...]) -> None:
        self.session: Final = session
        self.book: Final = book
        self.things: Final = [each for each in things if each.back is None]
        """What is still to come back; what was removed among it, as it may have been dropped between two others."""
        self.back: Final = [(each, each.back) for each in things if each.back is not None and each.purged is None]
        """What is there again, and where."""
        self.lost: Final = [each for each in things if each.purged is not None]

    def table(self, name: SqlName) -> None:
        """A table that was made right now gets its rows."""
        session = self.session
        number = oid_of(session, name.sql)
        if number is None:
            return
        with by_itself(session):
            ((schema, table, sql),) = session.rows(_NAMES, number)
            thing = self._kept_table(schema or "", table or "")
            if thing is not None and thing.purged is not None:
                self._returned(thing, sql or "")
                return
            held = None if thing is None else oid_of(session, f"{quoted(self.book.schema)}.{quoted(thing.held)}")
            if thing is None or held is None:
                return
            into: list[str] = []
            taken: list[str] = []
            for column, was, now, generated in session.rows(_COLUMNS, held, number):
                called = quoted(column or "")
                if now is None and (column or "").startswith(KEPT_NAME):
                    ((root,),) = session.rows(_ROOT, number)
                    session.run(f"ALTER TABLE {root} ADD COLUMN IF NOT EXISTS {called} {was}")
                elif now is None or generated:
                    continue
                into.append(called)
                taken.append(called if now in (was, None) else f"{called}::text::{now}")
            kept = f"{quoted(self.book.schema)}.{quoted(thing.held)}"
            rows = f"SELECT {', '.join(taken)} FROM {kept}"
            session.run(f"INSERT INTO {sql} ({', '.join(into)}) OVERRIDING SYSTEM VALUE {rows}" if into else "")
            session.run(f"DROP TABLE {kept}")
            self._returned(thing, sql or "")

    def has_table(self, name: SqlName) -> bool:
        """Whether a table is there again with the rows that were kept."""
        number = oid_of(self.session, name.sql)
        tables = [where for each, where in self.back if each.kind == "table"]
        return number is not None and any(oid_of(self.session, each) == number for each in tables)

    def columns(self, altered: AlterTable) -> str:
        """Columns that are added and are kept come back. What is left to do of the statement; empty where nothing."""
        number = oid_of(self.session, altered.name.sql)
        done: list[str] = []
        for action in altered.actions if number is not None else ():
            column = added_column(action)
            thing = None if number is None or column is None else self._kept_column(number, column)
            if number is None or thing is None:
                continue
            if thing.purged is not None:
                self._returned(thing, altered.name.sql)
                continue
            self._column(number, thing, action)
            done.append(action)
        return altered.without(done)

    def filled(self, text: str) -> str:
        """An UPDATE of a column that is back writes no row that has a value, unless it says itself which rows it is
        for; all else as it is."""
        update = filling_update(text)
        if update is None or len(update.columns) != 1:
            return text
        (column,) = update.columns
        number = oid_of(self.session, update.table.sql)
        for thing, where in self.back:
            if thing.column == column and oid_of(self.session, where) in (number, None) and not update.names(column):
                return update.only_where_null(column)
        return text

    def dropped(self, drops: Sequence[KeptDrop]) -> None:
        """What is dropped by the down itself is not back any more: it was made between two other drops."""
        for each in drops:
            for thing, where in [*self.back]:
                same = thing.kind == each.kind and thing.column == each.column
                if same and oid_of(self.session, where) == oid_of(self.session, each.name.sql) is not None:
                    self.back.remove((thing, where))
                    self.book.gone(self.session, thing)

    def _column(self, number: str, thing: KeptThing, action: str) -> None:
        """The server itself says what an ADD COLUMN comes to: it is done to an empty table of the same name."""
        session, held, column = self.session, quoted(thing.held), quoted(thing.column)
        with by_itself(session):
            ((schema, table, sql),) = session.rows(_NAMES, number)
            twin = f"{quoted(self.book.schema)}.{quoted(table or '')}"
            session.run(f"CREATE TABLE {twin} (LIKE {sql})")
            session.run(f"ALTER TABLE {twin} DROP COLUMN {held}")
        with by_itself(session, path=True):
            session.run(f"ALTER TABLE {twin} {action}")
        with by_itself(session):
            made = oid_of(session, twin) or ""
            ((type_, default, not_null, identity),) = session.rows(_TWIN, made, thing.column)
            rules = session.rows(_TWIN_RULES, made)
            counts = session.rows(_TWIN_COUNT, twin, thing.column)
            counting = [each or "" for (each,) in session.rows(_TWIN_DEFAULT, made)] if not counts else []
            session.run(f"DROP TABLE {twin}")
            ((was,),) = session.rows(_HAS, number, thing.held)
            head = f"ALTER TABLE {sql}"
            alter = f"{head} ALTER COLUMN {column}"
            session.run(f"{head} RENAME COLUMN {held} TO {column}")
            session.run(f"COMMENT ON COLUMN {sql}.{column} IS NULL")
            session.run(f"{alter} DROP DEFAULT")
            if was != type_:
                session.run(f"{alter} TYPE {type_} USING {column}::text::{type_}")
            for name, options, of in counts if not identity else ():
                sequence = f"{quoted(schema or '')}.{quoted(name or '')}"
                session.run(f"CREATE SEQUENCE {sequence} AS {of} {options} OWNED BY {sql}.{column}")
                default = f"pg_catalog.nextval({string_literal(sequence)}::pg_catalog.regclass)"
                counting = [sequence]
            for each in thing.counted:  # before new rows are counted
                for sequence in counting:
                    session.rows(_COUNT, sequence, each.last, str(each.called))
            if default is not None:
                session.run(f"{alter} SET DEFAULT {default}")
                if not_null == "t":
                    session.run(f"UPDATE {sql} SET {column} = DEFAULT WHERE {column} IS NULL")
            if not_null == "t":
                session.run(f"{alter} SET NOT NULL")
            for name, options, _ in counts if identity else ():
                kind = "ALWAYS" if identity == "a" else "BY DEFAULT"
                whole = f"SEQUENCE NAME {quoted(schema or '')}.{quoted(name or '')} {options}"
                session.run(f"{alter} ADD GENERATED {kind} AS IDENTITY ({whole})")
            for name, definition in rules:
                session.run(f"{head} ADD CONSTRAINT {quoted(name or '')} {definition}")
            self._returned(thing, sql or "")

    def ended(self) -> None:
        """All of the down is done: sequences go on where they were, and types go that nothing is of any more."""
        session = self.session
        for thing in [each for each in reversed(self.things) if each.kind == "sequence"]:  # the first one is the last
            sequence = f"{quoted(thing.schema)}.{quoted(thing.name)}"
            if oid_of(session, sequence) is not None:
                self._returned(thing, sequence)
        for thing, where in self.back:
            for each in thing.counted if oid_of(session, where) is not None else ():
                of = where
                if each.column:
                    ((owned,),) = session.rows("SELECT pg_catalog.pg_get_serial_sequence($1, $2)", where, each.column)
                    of = owned or ""
                if of and not (thing.kind == "column" and int(counter(session, of).last) > int(each.last)):
                    session.rows(_COUNT, of, each.last, str(each.called))
        for thing in (*(each for each, _ in self.back), *self.lost):
            self.book.gone(session, thing)
        self._types()

    def _types(self) -> None:
        for thing in [each for each in self.book.rows(self.session) if each.kind == "type" and each.purged is None]:
            type_ = f"{quoted(self.book.schema)}.{quoted(thing.held)}"
            if not self.session.rows(_USED, type_):
                self.session.run(f"DROP TYPE IF EXISTS {type_}")
                self.book.gone(self.session, thing)

    def _kept_table(self, schema: str, name: str) -> KeptThing | None:
        """The one that was dropped last."""
        tables = [each for each in reversed(self.things) if each.kind == "table" and each.name == name]
        return next((each for each in tables if each.schema == schema), tables[0] if len(tables) == 1 else None)

    def _kept_column(self, number: str, column: str) -> KeptThing | None:
        """The one of a table that was dropped last, whatever the table was called then."""
        ((schema, table),) = self.session.rows(_NAMED, number)
        for each in reversed(self.things):
            if each.kind != "column" or each.column != column:
                continue
            removed = each.purged is not None and (each.schema, each.name) == (schema, table)
            if removed or self.session.rows(_HAS_NAME, number, each.held):
                return each
        return None

    def _returned(self, thing: KeptThing, where: str) -> None:
        self.things.remove(thing)
        if thing.purged is None:
            self.back.append((thing, where))
        self.book.returned(self.session, thing, where)


_HAS_NAME: Final = "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = $1::oid AND attname = $2 AND NOT attisdropped"
_USED: Final = """
SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.atttypid IN (t.oid, t.typarray)
WHERE t.oid = pg_catalog.to_regtype($1)::oid AND NOT a.attisdropped LIMIT 1
"""
