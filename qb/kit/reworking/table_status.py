"""`table_status`: where each table of a database stands in a history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.planning.fingerprint import only_ours
from qb.kit.reader import introspect
from qb.kit.reworking.replays import Replays
from qb.kit.running.journal import Journal
from qb.kit.running.standing import standing_of
from qb.kit.validating.selectable import unselectable
from qb.model.object import Identity
from qb.model.schema import Schema
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.tree.lexemes import lexemes
from qb.types.identifier import PUBLIC, unquoted

ReplayedState: TypeAlias = Literal["as migrated", "differs", "missing", "by hand", "to come"]
"""Of a table: it is what the applied migrations make; it is not; it is not there; no migration makes it; the schema
declares it, and no applied migration makes it yet."""

_TABLES: Final = ("table", "materialized view")
_SIZES = """
SELECT n.nspname::text AS schema, c.relname::text AS name, greatest(c.reltuples, 0)::int8 AS rows,
  pg_catalog.pg_total_relation_size(c.oid)::int8 AS bytes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm')
"""


class TableStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where one table stands."""

    table: str
    state: ReplayedState
    differs: tuple[str, ...] = ()
    """Which objects of it are not what the migrations make."""
    last: str | None = None
    """The last migration that is applied and names it."""
    pending: tuple[str, ...] = ()
    """Those that name it and are to be run."""
    rows: int = 0
    """About how many: the server's own guess of its last ANALYZE."""
    bytes: int = 0
    """With its indexes."""
    declared: bool | None = None
    """Whether the schema declares it; None where none was given."""
    selectable: bool | None = None
    """Whether it can be selected from as its class says; None where it has none, or is not there, and for
    partitions, which are read as their table is."""
    unselectable: str | None = None
    """Why not."""


class TableTotals(msgspec.Struct, frozen=True):
    """How many tables there are of each."""

    tables: int
    declared: int
    selectable: int
    migrated: int
    """As the applied migrations make them."""


class TablesStatus(msgspec.Struct, frozen=True):
    """All tables of ours, by name."""

    tables: tuple[TableStatus, ...]
    totals: TableTotals

    @property
    def exit_code(self) -> ExitCode:
        """3 where one is not what the migrations make, or cannot be read as its class says."""
        level = all(each.state == "as migrated" and each.selectable is not False for each in self.tables)
        return ExitCode.DONE if level else ExitCode.DIFFERS


TablesStanding: TypeAlias = Success[TablesStatus] | Failure[KitError | DbError, TablesStatus]
"""What comes back."""


class _Size(msgspec.Struct, frozen=True):
    schema: str
    name: str
    rows: int
    bytes: int


def table_status(
    db: Db, history: History, *, schema: Schema | None = None, replays: Replays = Replays()
) -> TablesStanding:
    """Of each table whether it is what the applied migrations make (replayed on a shadow: exactly those), which of them
    named it last, and which are to come. With `schema` also whether it is declared, and can be selected from as its
    class says; what is declared and not there yet is listed, too. The catalog is read, and no row.

    Errors: those of a shadow, and of the world.

    >>> from qb.kit import migrate, table_status
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_notes", up="CREATE TABLE notes (id int);")]).unwrap()
    >>> _ = migrate(db, history).unwrap()
    >>> for each in table_status(db, history).unwrap().tables:
    ...     print(each.table, each.state, each.last)
    public.notes as migrated 0001_notes
    public.tasks by hand None
    public.users by hand None
    """
    try:
        standing = standing_of(history, unwrap(Journal(replays.journal).read(db)))
        applied = [history[id] for id in history.ids if id in standing.applied]
        wanted = only_ours(replays.catalog(applied), replays.ours, journal=replays.journal)
        there = only_ours(unwrap(introspect(db)), replays.ours, journal=replays.journal)
        sizes = {(each.schema, each.name): each for each in unwrap(db.all(sql(_SIZES).rows(_Size)))}
        changed = replays.changed(wanted, there)
        declared = None if schema is None else _declared(schema)
        reasons = dict[Identity, str | None]() if schema is None else unselectable(schema, db)
    except (KitError, DbError) as error:
        return Failure(error)
    found: list[TableStatus] = []
    tables = {each for each in (*wanted, *there) if each.kind in _TABLES}
    tables |= declared or frozenset()
    names = {migration.id: _names(migration) for migration in history}
    for each in sorted(tables, key=lambda one: one.title):
        about = tuple(str(one) for one in changed if one == each or (one.schema, one.table) == (each.schema, each.name))
        state: ReplayedState = "differs" if about else "as migrated"
        if each not in wanted or each not in there:
            state, about = ("by hand", ()) if each in there else ("missing", ())
        if each not in wanted and each not in there:
            state = "to come"
        size = sizes.get((each.schema, each.name))
        found.append(
            TableStatus(
                table=each.title,
                state=state,
                differs=about,
                last=next(reversed(_naming(each, applied, names)), None),
                pending=tuple(_naming(each, standing.pending, names)),
                rows=size.rows if size is not None else 0,
                bytes=size.bytes if size is not None else 0,
                declared=None if declared is None else each in declared,
                selectable=reasons[each] is None if each in reasons and each in there else None,
                unselectable=reasons.get(each) if each in there else None,
            )
        )
    return Success(TablesStatus(tuple(found), _totals(found)))


def _totals(found: Sequence[TableStatus]) -> TableTotals:
    return TableTotals(
        len(found),
        sum(each.declared is True for each in found),
        sum(each.selectable is True for each in found),
        sum(each.state == "as migrated" for each in found),
    )


def _declared(schema: Schema) -> frozenset[Identity]:
    """The tables and materialized views of ours that a schema has, as a catalog calls them."""
    return frozenset(
        Identity(each.kind, each.schema or PUBLIC, "", each.name)
        for each in (one.identity for one in schema.objects if not getattr(one, "external", False))
        if each.kind in _TABLES
    )


def _names(migration: Migration) -> frozenset[str]:
    said = (each for each in lexemes(migration.up) if each.kind in ("word", "name"))
    return frozenset(unquoted(each.text) for each in said)


def _naming(table: Identity, among: Iterable[Migration], names: dict[str, frozenset[str]]) -> list[str]:
    return [each.id for each in among if table.name in names[each.id]]
