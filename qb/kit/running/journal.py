"""The journal: what of a history a database has, in a PostgreSQL schema of its own. Only a runner writes it.

`migration` has a row for each migration that is there, wholly or in part; `event` says what else was done, and nothing
is ever taken out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal, TypeAlias

import msgspec

from qb.errors import InsufficientPrivilege
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.history.migration import Migration
from qb.kit.ours.keepers import JOURNAL_COMMENT
from qb.kit.running.journal_errors import NoRightForJournal
from qb.kit.running.journal_versions import changes_since, version_comment, version_said
from qb.query.raw import sql
from qb.query.statement import Rows
from qb.run.database.db import Db, Tx
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted
from qb.types.trusted import trusted

JournalState: TypeAlias = Literal["running", "applied", "undoing"]
"""Of a migration: its up has begun, it is done, its down has begun."""

_COLUMNS: Final = (
    "id, checksum, parents, state, done, step, failed, seals, note, down, attempt, started::text, finished::text, "
    "by, host, version, ARRAY(SELECT pg_catalog.jsonb_array_elements_text("
    "coalesce(pg_catalog.to_jsonb(m) -> 'replaces', '[]'))) AS replaces"
)
"""Of `migration AS m`; what a journal of before has not is asked for by its name alone."""
_MISSING: Final = ("42P01", "3F000")


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A migration, as the journal has it."""

    id: str
    checksum: str
    parents: list[str]
    state: JournalState
    done: int
    """How many segments are committed, of its up or of its down."""
    step: int | None
    """The segment outside of a transaction that was begun last, and may or may not have been done."""
    failed: bool
    """Whether the server has said of that one that it failed."""
    seals: list[str]
    """Checksums of the segments that are committed."""
    note: str | None
    """What was there before that segment, as JSON."""
    down: str | None
    """The SQL that undoes it, as it was when it was applied."""
    attempt: int
    started: str
    finished: str | None
    by: str
    host: str | None
    version: str
    replaces: list[str] = msgspec.field(default_factory=list[str])
    """The migrations that were put into it."""

    @property
    def half(self) -> bool:
        """Whether somebody was stopped in it."""
        return self.state != "applied"


class Journal(msgspec.Struct, frozen=True):
    """The journal in a PostgreSQL schema. `OwnSession` methods raise DbErrors."""

    schema: str = "qb"

    @property
    def _table(self) -> str:
        return f"{quoted(self.schema)}.migration"

    @property
    def _events(self) -> str:
        return f"{quoted(self.schema)}.event"

    def read(self, db: Db) -> Outcome[tuple[JournalRow, ...]]:
        """Its rows, in the order in which they were begun; none where there is no journal yet."""
        return self.rows_of(db.all(self.query))

    @property
    def query(self) -> Rows[JournalRow]:
        """What asks for its rows."""
        return sql(trusted(f"SELECT {_COLUMNS} FROM {_braced(self._table)} m ORDER BY position")).rows(JournalRow)

    @staticmethod
    def rows_of(outcome: Outcome[list[JournalRow]]) -> Outcome[tuple[JournalRow, ...]]:
        """What came back of that: none where there is no journal yet."""
        if isinstance(outcome, Failure):
            error = outcome.failure()
            return Success(()) if error.sqlstate in _MISSING else Failure(error)
        return Success(tuple(outcome.unwrap()))

    def adopted(self, db: Db) -> tuple[str, ...]:
        """The programs whose history was taken over here."""
        return tuple(dict.fromkeys(self.details(db, "adopted")))

    def details(self, db: Db, kind: str) -> tuple[str, ...]:
        """What events of a kind say, in their order; nothing where there is no journal."""
        where = "WHERE kind = {kind} AND detail IS NOT NULL ORDER BY position"
        text = f"SELECT detail FROM {_braced(self._events)} {where}"
        return tuple(db.all(sql(trusted(text), kind=kind).rows(str)).value_or([]))

    def last_event(self, db: Db, kinds: tuple[str, ...]) -> Outcome[tuple[str, str | None] | None]:
        """The kind and the detail of the last event of some kinds; None where there is none."""
        text = f"SELECT kind, detail FROM {_braced(self._events)} WHERE kind = ANY({{kinds}}) ORDER BY position DESC"
        found = db.first(sql(trusted(f"{text} LIMIT 1"), kinds=list(kinds)).rows(tuple[str, str | None]))
        if isinstance(found, Failure) and found.failure().sqlstate in _MISSING:
            return Success(None)
        return found

    def rows(self, session: OwnSession) -> tuple[JournalRow, ...]:
        """Its rows, as a runner reads them, which may have the only connection."""
        inner = f"SELECT {_COLUMNS}, position FROM {self._table} m ORDER BY position"
        ((found,),) = session.rows(f"SELECT coalesce(json_agg(to_json(m)), '[]') FROM ({inner}) m")
        return msgspec.json.decode(found or "[]", type=tuple[JournalRow, ...])

    def row(self, session: OwnSession, id: str) -> JournalRow:
        """The row of a migration that is there."""
        ((found,),) = session.rows(
            f"SELECT to_jsonb(m) FROM (SELECT {_COLUMNS} FROM {self._table} m WHERE id = $1) m", id
        )
        return msgspec.json.decode(found or "", type=JournalRow)

    def create(self, session: OwnSession) -> bool:
        """Make its tables where they are not there, and older ones as they are now. Whether they had to be made.
        Raises `NoRightForJournal`."""
        asked = "SELECT c::text, pg_catalog.obj_description(c, 'pg_class') FROM pg_catalog.to_regclass($1) c"
        ((there, comment),) = session.rows(asked, self._events)
        if there is not None:
            changes = changes_since(version_said(comment), migration=self._table, event=self._events)
            for each in ("BEGIN", *changes, "COMMIT") if changes else ():
                session.run(each)
            return False
        known = session.rows("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", self.schema)
        try:
            session.run("BEGIN")
            for each in (*(() if known else (f"CREATE SCHEMA {quoted(self.schema)}",)), *self._made()):
                session.run(each)
            session.run("COMMIT")
        except InsufficientPrivilege as error:
            session.run("ROLLBACK")
            ((role, database),) = session.rows("SELECT current_user, pg_catalog.current_database()")
            what = (
                f"USAGE, CREATE ON SCHEMA {quoted(self.schema)}"
                if known
                else f"CREATE ON DATABASE {quoted(database or '')}"
            )
            fix = f"GRANT {what} TO {quoted(role or '')};"
            raise NoRightForJournal(self.schema, role or "", fix, error) from None
        return True

    def _made(self) -> tuple[str, ...]:
        return (
            f"""CREATE TABLE {self._table} (
                position bigint GENERATED ALWAYS AS IDENTITY,
                id text PRIMARY KEY,
                checksum text NOT NULL,
                parents text[] NOT NULL,
                state text NOT NULL CHECK (state IN ('running', 'applied', 'undoing')),
                done int NOT NULL,
                step int,
                failed boolean NOT NULL DEFAULT false,
                seals text[] NOT NULL DEFAULT '{{}}',
                note text,
                down text,
                data text,
                attempt int NOT NULL DEFAULT 1,
                started timestamptz NOT NULL DEFAULT clock_timestamp(),
                finished timestamptz,
                rows bigint NOT NULL DEFAULT 0,
                waited float8 NOT NULL DEFAULT 0,
                by text NOT NULL DEFAULT session_user,
                host text DEFAULT host(inet_client_addr()),
                version text NOT NULL,
                replaces text[] NOT NULL DEFAULT '{{}}'
            )""",
            f"COMMENT ON TABLE {self._table} IS '{JOURNAL_COMMENT}'",
            f"""CREATE TABLE {self._events} (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                at timestamptz NOT NULL DEFAULT clock_timestamp(),
                kind text NOT NULL,
                migration text,
                by text NOT NULL DEFAULT session_user,
                version text NOT NULL,
                detail text
            )""",
            f"COMMENT ON TABLE {self._events} IS '{version_comment()}'",
        )

    def begun(self, session: OwnSession, migration: Migration) -> None:
        """Note that a migration is begun, or begun again."""
        session.run(
            f"INSERT INTO {self._table} (id, checksum, parents, state, done, down, version, replaces) "
            "VALUES ($1, $2, $3::text[], 'running', 0, $4, $5, $6::text[]) "
            "ON CONFLICT (id) DO UPDATE SET checksum = excluded.checksum, parents = excluded.parents, "
            "down = excluded.down, attempt = migration.attempt + 1, by = excluded.by, host = excluded.host, "
            "version = excluded.version, replaces = excluded.replaces",
            *(migration.id, migration.checksum, text_array(migration.parents), migration.down, _version()),
            text_array(migration.replaces),
        )

    def moved(
        self,
        session: OwnSession,
        id: str,
        *,
        done: int,
        seals: tuple[str, ...] = (),
        state: JournalState = "running",
        step: int | None = None,
        note: str | None = None,
        rows: int = 0,
        waited: float = 0.0,
    ) -> None:
        """Note how far a migration is."""
        session.run(
            f"UPDATE {self._table} SET done = $2::int, seals = $3::text[], state = $4, step = $5::int, note = $6, "
            "failed = false, rows = rows + $7::bigint, waited = waited + $8::float8, "
            "finished = CASE WHEN $4 = 'applied' THEN pg_catalog.clock_timestamp() END WHERE id = $1",
            *(
                id,
                str(done),
                text_array(seals),
                state,
                None if step is None else str(step),
                note,
                str(rows),
                str(waited),
            ),
        )

    def failed(self, session: OwnSession, id: str) -> None:
        """Note that the step that was begun has failed, as the server says."""
        session.run(f"UPDATE {self._table} SET failed = true WHERE id = $1", id)

    def data(self, session: OwnSession, id: str) -> str | None:
        """How far the data steps of a migration are, as JSON."""
        ((found,),) = session.rows(f"SELECT data FROM {self._table} WHERE id = $1", id)
        return found

    def put_data(self, tx: Tx, id: str, before: str | None, after: str) -> Outcome[bool]:
        """Note how far they are, in the transaction of the batch itself. False where somebody else has noted more."""
        text = f"UPDATE {_braced(self._table)} SET data = {{after}} "
        where = "WHERE id = {id} AND coalesce(data, '') = {before}"
        command = sql(trusted(text + where), id=id, before=before or "", after=after).command()
        return tx.execute(command).map(lambda count: count == 1)

    def squashed(self, session: OwnSession, now: JournalRow, last: str) -> None:
        """Note that some migrations are one by now: the line that stays is that of the `last` of them."""
        session.run(
            f"UPDATE {self._table} SET id = $1, checksum = $2, parents = $3::text[], done = $4::int, "
            "seals = $5::text[], down = $6, replaces = $7::text[], step = NULL, note = NULL WHERE id = $8",
            *(now.id, now.checksum, text_array(tuple(now.parents)), str(now.done), text_array(tuple(now.seals))),
            *(now.down, text_array(tuple(now.replaces)), last),
        )

    def apart(self, session: OwnSession, was: str, parts: Sequence[JournalRow]) -> None:
        """Note that a migration is the ones that it replaces: where it is undone one by one."""
        table, same = self._table, "finished, rows, waited, by, host, version, started, attempt, position"
        for each in parts:
            session.run(
                f"INSERT INTO {table} (id, checksum, parents, state, done, seals, down, replaces, {same}) "
                "OVERRIDING SYSTEM VALUE SELECT $1, $2, $3::text[], 'applied', $4::int, $5::text[], $6, $7::text[], "
                f"{same} FROM {table} WHERE id = $8",
                *(each.id, each.checksum, text_array(tuple(each.parents)), str(each.done)),
                *(text_array(tuple(each.seals)), each.down, text_array(tuple(each.replaces)), was),
            )
        self.gone(session, was)
        self.event(session, "apart", was, ", ".join(each.id for each in parts))

    def now_replaces(self, session: OwnSession, id: str, replaces: tuple[str, ...]) -> None:
        """Note what a migration that is there replaces."""
        session.run(f"UPDATE {self._table} SET replaces = $2::text[] WHERE id = $1", id, text_array(replaces))

    def gone(self, session: OwnSession, id: str) -> None:
        """Note that a migration is not there any more."""
        session.run(f"DELETE FROM {self._table} WHERE id = $1", id)

    def event(self, session: OwnSession, kind: str, id: str | None, detail: str | None = None) -> None:
        """Note what was done."""
        session.run(
            f"INSERT INTO {self._events} (kind, migration, version, detail) VALUES ($1, $2, $3, $4)",
            *(kind, id, _version(), detail),
        )


@cache
def _version() -> str:
    try:
        return version("qb")
    except PackageNotFoundError:  # a copy that nobody installed
        return "unknown"


def _braced(name: str) -> str:
    """A name in the text of `sql`, where braces are written twice."""
    return name.replace("{", "{{").replace("}", "}}")


def text_array(texts: tuple[str, ...]) -> str:
    """An array of texts as the server reads it."""
    escaped = (each.replace("\\", "\\\\").replace('"', '\\"') for each in texts)
    return "{" + ",".join(f'"{each}"' for each in escaped) + "}"
