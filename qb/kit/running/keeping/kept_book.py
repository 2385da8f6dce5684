"""What is kept, as the journal has it: a row for each thing, in the schema of the journal."""

from __future__ import annotations

from typing import Final

import msgspec

from qb.errors.outcome import Failure, Outcome, Success, unwrap
from qb.kit.history.migration import Migration
from qb.kit.ours.keepers import KEPT_COMMENT, KEPT_NAME
from qb.kit.running.journal import Journal
from qb.kit.running.keeping.dropping import KeptDrop, KeptKind, SqlName
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_COLUMNS: Final = (
    'position, migration, kind, schema, name, "column", counters, at::text, by, purged::text, back, '
    "extract(epoch FROM pg_catalog.clock_timestamp() - at)::float8 / 86400 AS days, "
)
_OVER: Final = (
    "EXISTS (SELECT FROM {events} e WHERE e.kind = 'undone' AND e.migration = k.migration AND e.at > k.at) AS over"
)
_MISSING: Final = ("42P01", "3F000")


class KeptCounter(msgspec.Struct, frozen=True):
    """How far a sequence had counted."""

    column: str
    """The column that it counted for; empty for one that stands by itself."""
    last: str
    called: bool


class KeptThing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a migration has dropped and kept."""

    position: int
    migration: str
    kind: KeptKind
    schema: str
    name: str
    column: str
    counters: str
    """As JSON."""
    at: str
    by: str
    purged: str | None
    back: str | None
    """Where it is again, as SQL: the rest of its down is still to be run."""
    days: float
    """How long it is kept."""
    over: bool
    """Whether the migration was undone since, by a down that did not make it again."""

    @property
    def held(self) -> str:
        """What it is called as long as it is kept."""
        return f"{KEPT_NAME}{self.position}"

    @property
    def loss(self) -> str:
        """As `--allow` takes it."""
        names = ("" if self.schema == "public" else self.schema, self.name, self.column)
        return f"drop-{self.kind}:{'.'.join(filter(None, names))}"

    @property
    def as_drop(self) -> KeptDrop:
        """What was dropped."""
        return KeptDrop(self.kind, SqlName((self.schema, self.name)), self.column)

    @property
    def counted(self) -> tuple[KeptCounter, ...]:
        """The sequences that went with it."""
        return msgspec.json.decode(self.counters, type=tuple[KeptCounter, ...])


class KeptBook:
    """The rows of one journal. Methods with a session raise DbErrors."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.schema: str = f"{journal.schema}_kept"
        """Where tables go that are kept."""
        self.table: str = f"{quoted(journal.schema)}.kept"

    def read(self, db: Db) -> Outcome[tuple[KeptThing, ...]]:
        """All of it, in order; nothing where nothing was ever kept."""
        text = self._all.replace("{", "{{").replace("}", "}}")
        outcome = db.all(sql(trusted(text)).rows(KeptThing))
        if isinstance(outcome, Failure):
            error = outcome.failure()
            return Success(()) if error.sqlstate in _MISSING else Failure(error)
        return Success(tuple(outcome.unwrap()))

    def rows(self, session: OwnSession) -> tuple[KeptThing, ...]:
        """The same, as a runner reads it."""
        if session.rows("SELECT pg_catalog.to_regclass($1)", self.table) == [(None,)]:
            return ()
        ((found,),) = session.rows(f"SELECT coalesce(json_agg(to_json(m)), '[]') FROM ({self._all}) m")
        return msgspec.json.decode(found or "[]", type=tuple[KeptThing, ...])

    def create(self, session: OwnSession) -> None:
        """Make its table, and the schema beside it, where they are not there: in the transaction that is open."""
        if session.rows("SELECT pg_catalog.to_regclass($1)", self.table) != [(None,)]:
            return
        session.run(
            f"""CREATE TABLE {self.table} (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                migration text NOT NULL,
                kind text NOT NULL CHECK (kind IN ('table', 'column', 'sequence', 'type')),
                schema text NOT NULL,
                name text NOT NULL,
                "column" text NOT NULL,
                counters text NOT NULL,
                at timestamptz NOT NULL DEFAULT clock_timestamp(),
                by text NOT NULL DEFAULT session_user,
                purged timestamptz,
                back text
            )"""
        )
        if not session.rows("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", self.schema):
            session.run(f"CREATE SCHEMA {quoted(self.schema)}")
        session.run(f"COMMENT ON SCHEMA {quoted(self.schema)} IS '{KEPT_COMMENT}'")

    def keep(
        self,
        session: OwnSession,
        migration: Migration,
        kind: KeptKind,
        schema: str,
        name: str,
        column: str = "",
        counters: tuple[KeptCounter, ...] = (),
    ) -> str:
        """Note it. What it is called from now on."""
        ((position,),) = session.rows(
            f'INSERT INTO {self.table} (migration, kind, schema, name, "column", counters) '
            "VALUES ($1, $2, $3, $4, $5, $6) RETURNING position",
            *(migration.id, kind, schema, name, column, msgspec.json.encode(counters).decode()),
        )
        return f"{KEPT_NAME}{position}"

    def returned(self, session: OwnSession, thing: KeptThing, where: str) -> None:
        """Note that it is there again."""
        session.run(f"UPDATE {self.table} SET back = $2 WHERE position = $1::bigint", str(thing.position), where)

    def keeps(self, session: OwnSession, id: str) -> bool:
        """Whether the run that began a migration, which is half done, was told to keep."""
        return session.rows(f"SELECT ({self._told})", id) == [("keeps",)]

    def kept_by(self, db: Db, id: str) -> bool:
        """The same, before there is a runner."""
        text = self._told.replace("{", "{{").replace("}", "}}").replace("$1", "{id}")
        return unwrap(db.scalar(sql(trusted(f"SELECT coalesce(({text}), '')"), id=id).rows(str))) == "keeps"

    @property
    def _all(self) -> str:
        over = _OVER.format(events=f"{quoted(self.journal.schema)}.event")
        return f"SELECT {_COLUMNS}{over} FROM {self.table} k ORDER BY position"

    @property
    def _told(self) -> str:
        return (
            f"SELECT kind FROM {quoted(self.journal.schema)}.event WHERE migration = $1 "
            "AND kind IN ('keeps', 'undone') ORDER BY position DESC LIMIT 1"
        )

    def gone(self, session: OwnSession, thing: KeptThing) -> None:
        """Note that it is not kept any more, and nobody asks for it."""
        session.run(f"DELETE FROM {self.table} WHERE position = $1::bigint", str(thing.position))

    def purged(self, session: OwnSession, thing: KeptThing) -> None:
        """Note that it was removed."""
        session.run(
            f"UPDATE {self.table} SET purged = pg_catalog.clock_timestamp() WHERE position = $1::bigint",
            str(thing.position),
        )
        self.journal.event(session, "purged", thing.migration, thing.loss)
