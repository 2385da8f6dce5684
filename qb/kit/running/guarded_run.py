"""The rows of a run of migrations: asked before and behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final, TypedDict

import msgspec
from msgspec.structs import replace

from qb.errors.outcome import unwrap
from qb.kit.history.history_files import UP
from qb.kit.history.lock_kinds import static_locks
from qb.kit.history.migration import Migration
from qb.kit.history.row_access import row_access
from qb.kit.history.statement_parts import name_parts
from qb.kit.running.guard_errors import GuardFailed
from qb.kit.running.journal import Journal
from qb.kit.running.row_guards import HELD, OPEN, KnownProblem, OpenGuards, RowGuards, TablePlace, open_guards
from qb.kit.running.run_progress import OnProgress, RunProgress
from qb.kit.validating.already_wrong import already_wrong, column_types
from qb.kit.validating.asked import constraint_problems
from qb.kit.validating.classes import classes_of
from qb.kit.validating.looking import looked
from qb.kit.validating.report import RowProblem, Tally
from qb.kit.validating.validate import judged_table
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.query.raw import sql
from qb.run.database.database import Database
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession
from qb.tree.relations import TableSource
from qb.types.identifier import PUBLIC, qualified

_ROWS: Final = """
SELECT CASE WHEN bool_and(c.reltuples >= 0) THEN sum(c.reltuples)::int8 END FROM pg_catalog.pg_class c
WHERE c.relkind <> 'p' AND (c.oid = pg_catalog.to_regclass({table})
  OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass({table}))))
"""


class Asked(TypedDict, total=False):
    """What comes of it, of a `Migrated`."""

    asked: tuple[str, ...]
    failing: tuple[RowProblem, ...]


class GuardedRun:
    """The rows of a run: which of them are asked, before it and behind it. KitErrors and DbErrors are raised."""

    def __init__(self, db: Database, book: Journal, guards: RowGuards | None, on_progress: OnProgress) -> None:
        self.db = db
        self.book = book
        self.guards = guards
        self.on_progress = on_progress

    def begins(self, session: OwnSession, migrations: Sequence[Migration]) -> None:
        """Ask what is wrong already, and note what is to be asked."""
        if self.guards is None:
            return
        there = open_guards(self.db, self.book) or OpenGuards()
        new = [each for each in self._touched(migrations) if _place(each.source) not in there.tables]
        known = [*there.known]
        for table in new:
            types = column_types(table.source, self.db)
            if types:
                self._say(table, "as they are before")
            for problem in already_wrong(table, self._classes[table], self.db):
                self._tell(f"{problem.kind} {problem}: it is so already")
                known.append(KnownProblem(problem, types.get(problem.column or "")))
        if new:
            noted = OpenGuards((*there.tables, *(_place(each.source) for each in new)), tuple(known))
            self.book.event(session, OPEN, migrations[-1].id, msgspec.json.encode(noted).decode())

    def ends(self, session: OwnSession, applied: tuple[str, ...]) -> Asked:
        """Ask what was noted. Raises `GuardFailed`."""
        if self.guards is None or (there := open_guards(self.db, self.book)) is None:
            return {}
        asked = [each for each in self._classes if _place(each.source) in there.tables]
        found: list[RowProblem] = []
        failing: list[RowProblem] = []
        read: list[str] = []
        for table in asked:
            if not (types := column_types(table.source, self.db)):
                continue  # it is to come
            self._say(table, "as they are now")
            read.append(table.title)
            for problem in self._problems(table):
                known = any(_covers(each, problem, types.get(problem.column or "")) for each in there.known)
                (failing if known else found).append(problem)
        found += self._pointing(asked)
        if found:
            raise GuardFailed(tuple(found), applied, tuple(failing))
        self.book.event(session, HELD, applied[-1] if applied else None)
        return {"asked": tuple(read), "failing": tuple(failing)}

    @cached_property
    def _schema(self) -> Schema:
        assert self.guards is not None, "nothing is asked without some"
        given = self.guards.schema
        return given if isinstance(given, Schema) else given()

    @cached_property
    def _classes(self) -> dict[TableDefinition, type[Any]]:
        return classes_of(self._schema)

    @property
    def _keys(self) -> bool:
        return self.guards is not None and self.guards.show_keys

    def _problems(self, table: TableDefinition) -> tuple[RowProblem, ...]:
        judge = partial(judged_table, table, self._classes[table], show_keys=self._keys)
        found = looked(self.db, lambda tx: judge(tx=tx)[0].problems())
        unread = [each for each in found if each.kind == "table"]
        if len(unread) < len(found) or not unread:
            return found
        self._tell(f"{unread[0]}: it is asked as far as its columns are there")
        return already_wrong(table, self._classes[table], self.db)

    def _pointing(self, asked: Sequence[TableDefinition]) -> Iterator[RowProblem]:
        """Of tables that were not written themselves, which rows point to some that are gone."""
        places = {_place(each.source) for each in asked}
        for table, cls in self._classes.items():
            keys = tuple(each for each in table.foreign_keys if _place(each.target) in places)
            if not keys or table in asked or not column_types(table.source, self.db):
                continue
            yield from looked(self.db, partial(self._broken, replace(table, checks=(), foreign_keys=keys), cls))

    def _broken(self, table: TableDefinition, cls: type[Any], tx: Db) -> tuple[RowProblem, ...]:
        tally = Tally(self._keys)
        constraint_problems(table, cls, tx, tally)
        return tally.problems()

    def _touched(self, migrations: Sequence[Migration]) -> Iterator[TableDefinition]:
        """The tables whose rows some migrations write, or write anew; all where that cannot be told."""
        access = row_access(migrations)
        assert self.guards is not None, "nothing is asked without some"
        if self.guards.every or access.anything:
            yield from self._classes
            return
        if not (access.writes or any(_written_anew(migrations))):
            return  # and no schema is loaded
        named = {_named(each) for each in (*access.writes, *_written_anew(migrations))}
        tables = self._schema.tables
        within = {each.source: each.partition_of.parent for each in tables if each.partition_of is not None}
        touched = {_whole(each.source, within) for each in tables if _is_named(each.source, named)}
        yield from (each for each in self._classes if each.source in touched)

    def _say(self, table: TableDefinition, when: str) -> None:
        name = qualified(table.source.schema, table.source.name)
        rows = unwrap(self.db.first(sql(_ROWS, table=name).rows(int | None)))
        about = "" if rows is None else f", about {rows:,} row{'' if rows == 1 else 's'}"
        self._tell(f"reads {table.title} for its guards, {when}{about}")

    def _tell(self, says: str) -> None:
        self.on_progress(RunProgress("rows", says=says))


def _covers(known: KnownProblem, problem: RowProblem, type_: str | None) -> bool:
    was = known.problem
    same = all(getattr(was, each) == getattr(problem, each) for each in ("kind", "table", "column", "path", "reason"))
    return same and known.type == type_ and problem.rows <= was.rows


def _place(source: TableSource) -> TablePlace:
    return source.schema or PUBLIC, source.name


def _named(name: str) -> tuple[str | None, str]:
    """A name as statements say it, whose schema is that of the search path where none is said."""
    *schema, table = name_parts(name)
    return (schema[-1] if schema else None), table


def _is_named(source: TableSource, named: Iterable[tuple[str | None, str]]) -> bool:
    schema, table = _place(source)
    return (schema, table) in named or (None, table) in named


def _whole(source: TableSource, within: Mapping[TableSource, TableSource]) -> TableSource:
    """A table; of a partition that of which it is one."""
    while source in within:
        source = within[source]
    return source


def _written_anew(migrations: Iterable[Migration]) -> Iterator[str]:
    for each in migrations:
        if each.up_steps and not each.edited:
            yield from (name for step in each.up_steps for name in step.rewrites)
        else:
            yield from (lock.table for lock in static_locks(each.up, each.file or UP) if lock.why.endswith("anew"))
