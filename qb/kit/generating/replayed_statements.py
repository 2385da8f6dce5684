"""The segments of a history on a shadow: in one transaction that is rolled back, or as they are, in a database apart.

https://www.postgresql.org/docs/current/sql-set.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success, ignore
from qb.frozen import FrozenStruct
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.history.executed import DEFINES
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment
from qb.kit.history.statement_kinds import words_of
from qb.kit.proving.proof_place import proof_place
from qb.kit.reader import introspect
from qb.kit.shadow import Canonical
from qb.kit.shadow_server import make_tablespaces
from qb.kit.sql_file import FileStatement, SqlFileError, without_word
from qb.query.script import Script
from qb.run.database.database import Database
from qb.run.database.db import Db, Tx
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted, unquoted
from qb.types.trusted import trusted

_ROLE: Final = re.compile(r'role "(.+)" does not exist')
_NO_ROLE: Final = "42704"
_IS_THERE: Final = "42710"
_UPKEEP: Final = (
    *(("VACUUM",), ("ANALYZE",), ("ANALYSE",), ("CHECKPOINT",), ("REINDEX",), ("CLUSTER",)),
    *(("ALTER", "SYSTEM"), ("CREATE", "DATABASE"), ("DROP", "DATABASE"), ("DROP", "TABLESPACE")),
)
"""What changes nothing of this database's catalog, or much of a server that others use, too."""
_TABLESPACE: Final = ("CREATE", "TABLESPACE")
_MODES: Final = ("TRANSACTION", "TRANSACTION_ISOLATION", "TRANSACTION_READ_ONLY", "TRANSACTION_DEFERRABLE")
"""How a transaction sees what others do: nobody else is here."""
_INDEX: Final = (("CREATE", "INDEX"), ("CREATE", "UNIQUE", "INDEX"), ("DROP", "INDEX"))
_SAVEPOINTS: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK")
_OF_ROLES: Final = ("ROLE", "USER", "GROUP")
_IN_BLOCK: Final = re.compile(r"\b(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP)\b", re.IGNORECASE)
_AFRESH: Final = ("RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL")


class ReplayedSql(FrozenStruct):
    """A segment, as far as it can make something."""

    file: str
    statements: tuple[FileStatement, ...]
    settings: tuple[str, ...] = ()
    """What its migration has SET before."""
    transactional: bool = True
    apart: bool = False
    """Whether it is not the same in one transaction with all others: savepoints, a procedure that commits."""
    tablespaces: tuple[str, ...] = ()


def replayed_segment(file: str, segment: SqlSegment) -> ReplayedSql:
    """A segment of a file. Statements that make nothing are left out.

    >>> from qb.kit.history.segments import segments
    >>> (one,) = segments("CREATE INDEX /* concurrently */ CONCURRENTLY i ON t (x);")
    >>> replayed_segment("up.sql", one).statements[0].text
    'CREATE INDEX /* concurrently */  i ON t (x)'
    """
    words = [(each, words_of(each.text)) for each in segment.statements]
    kept = [(each, said) for each, said in words if not _makes_nothing(said)]
    apart = segment.marked or any(said[0] in _SAVEPOINTS or _detaches(said) for _, said in kept)
    return ReplayedSql(
        file,
        tuple(_waiting(each, said) for each, said in kept),
        tuple(each.text for each in segment.settings if not _makes_nothing(words_of(each.text))),
        segment.transactional,
        apart,
        tuple(name.lower() if name[0] != '"' else unquoted(name) for name in _tablespaces(words)),
    )


def _tablespaces(words: Iterable[tuple[FileStatement, tuple[str, ...]]]) -> Iterator[str]:
    for _, said in words:
        if said[:2] == _TABLESPACE and len(said) > 2:
            yield said[2]


def _makes_nothing(said: tuple[str, ...]) -> bool:
    if not said or any(said[: len(begin)] == begin for begin in (*_UPKEEP, _TABLESPACE)):
        return True
    if said[0] == "SET":
        return next((each for each in said[1:] if each not in ("LOCAL", "SESSION")), "") in _MODES
    return said[:2] == ("ALTER", "TABLE") and said[-1] == "FINALIZE" and "DETACH" in said


def _detaches(said: tuple[str, ...]) -> bool:
    """A partition that is detached beside others gets a check, which one that is detached in a transaction does not."""
    return said[:2] == ("ALTER", "TABLE") and said[-1] == "CONCURRENTLY" and "DETACH" in said


def _waiting(each: FileStatement, said: tuple[str, ...]) -> FileStatement:
    """An index is the same, whether others could work meanwhile or not."""
    for begin in _INDEX:
        if said[: len(begin) + 1] == (*begin, "CONCURRENTLY"):
            return FileStatement(without_word(each.text, "CONCURRENTLY"), each.line, each.column)
    return each


def cut_history(migrations: Iterable[Migration]) -> tuple[ReplayedSql, ...]:
    """The segments of all migrations. Raises `SqlFileError`."""
    return tuple(
        replayed_segment(migration.file or f"{migration.id}/up.sql", each)
        for migration in migrations
        for each in migration.up_segments
    )


class ReplayedHistory(FrozenStruct):
    """What the statements of all migrations make. They are cut where they are run: what is kept is found by the files
    as they are."""

    before: tuple[str, ...]
    migrations: tuple[Migration, ...]
    cache: str | None

    @property
    def roles(self) -> frozenset[str]:
        """Which the server itself tells, one by one."""
        return frozenset()

    def script(self, major: int) -> str:
        """All that decides what it is."""
        return "\0".join(("a history, file by file", *self.before, "", *(each.up for each in self.migrations)))

    def read(self, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        """Made, read and undone."""
        try:
            cut = cut_history(self.migrations)
        except SqlFileError as error:
            return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
        return ReplayedSegments(self.before, cut, self.cache).read(db, major, own=own)


class ReplayedSegments(FrozenStruct):
    """The segments of all migrations."""

    before: tuple[str, ...]
    segments: tuple[ReplayedSql, ...]
    cache: str | None

    def read(self, db: Db, major: int, *, own: bool) -> Canonical:
        try:
            if not any(each.apart for each in self.segments):
                return self._together(db, own=own)
            if own:
                with proof_place(major, cache=self.cache) as place:
                    return self._apart(place.db, own=True)
            for each in self.segments:
                _refuse_roles(each)
            return self._apart(db, own=False)
        except (DbError, KitError) as error:
            return Failure(error)

    @property
    def _tablespaces(self) -> frozenset[str]:
        return frozenset(name for each in self.segments for name in each.tablespaces)

    def _together(self, db: Db, *, own: bool) -> Canonical:
        if own:
            make_tablespaces(db, self._tablespaces)
        with db.transaction(rollback=True) as tx:
            if not self._at_once(tx):
                for text in self.before:
                    if (error := _run(tx, text, own=own)) is not None:
                        return Failure(error)
                for file, each in self._texts():
                    if (error := _run(tx, each.text, own=own)) is not None:
                        return Failure(_placed(file, each, error))
            found = introspect(tx)
            return Failure(found.failure()) if isinstance(found, Failure) else Success(found.unwrap())

    def _texts(self) -> Iterator[tuple[str, FileStatement]]:
        """All statements, and between them what undoes what one segment has SET and the next one has not."""
        lingers = False
        for each in self.segments:
            begin = (*(_AFRESH if lingers else ()), *each.settings)
            yield from ((each.file, FileStatement(text, 1, 1)) for text in begin)
            yield from ((each.file, statement) for statement in each.statements)
            lingers = lingers or any(map(_lingers, each.statements))
        if lingers:
            yield from (("", FileStatement(text, 1, 1)) for text in _AFRESH)

    def _at_once(self, tx: Tx) -> bool:
        """All of it in one message; where that does not do, it is found out one by one what is missing."""
        texts = [*self.before, *(each.text for _, each in self._texts())]
        outcome = tx.transact(lambda inner: inner.run(Script(*map(trusted, texts)))) if texts else Success(0)
        if isinstance(outcome, Failure):
            ignore(outcome)
        return isinstance(outcome, Success)

    def _apart(self, db: Db, *, own: bool) -> Canonical:
        with OwnSession(cast("Database", db)) as session:
            if own:
                _make_tablespaces(session, self._tablespaces)
            for text in self.before:
                _said(session, db, [text], own=own)
            for each in self.segments:
                _segment(session, db, each, own=own)
        found = introspect(db)
        return Failure(found.failure()) if isinstance(found, Failure) else Success(found.unwrap())


def _lingers(each: FileStatement) -> bool:
    """Whether it may have changed a setting."""
    return words_of(each.text, 1)[0] not in DEFINES or "set_config" in each.text.lower()


def _make_tablespaces(session: OwnSession, names: Iterable[str]) -> None:
    for each in names:
        session.run("SET allow_in_place_tablespaces = on")
        try:
            session.run(f"CREATE TABLESPACE {quoted(each)} LOCATION ''")
        except DbError as error:
            if error.sqlstate != _IS_THERE:
                raise


def _refuse_roles(segment: ReplayedSql) -> None:
    """What is committed there stays there."""
    for each in segment.statements:
        words = words_of(each.text, 2)
        block = words[0] == "DO" and _IN_BLOCK.search(each.text) is not None
        if block or (words[0] in ("CREATE", "ALTER", "DROP") and words[1] in _OF_ROLES):
            said = "a role belongs to all of the shadow's server, and what comes with this cannot be rolled back there"
            raise UnreadableSql(segment.file, each.line, each.column, said)


def _segment(session: OwnSession, db: Db, segment: ReplayedSql, *, own: bool) -> None:
    """As `migrate` runs it."""
    for text in (*_AFRESH, *segment.settings):
        session.run(text)
    at: list[FileStatement] = []

    def run() -> None:
        for statement in segment.statements:
            at[:] = [statement]
            session.run(statement.text)

    while True:
        try:
            if not segment.transactional:
                return run()
            session.run("BEGIN")
            run()
            session.run("COMMIT")
        except DbError as error:
            if session.in_transaction:
                session.run("ROLLBACK")
            if not _made_role(db, error, own=own):
                raise _placed(segment.file, at[0], error) from None
        else:
            return None


def _said(session: OwnSession, db: Db, texts: Sequence[str], *, own: bool) -> None:
    for text in texts:
        while True:
            try:
                session.run(text)
                break
            except DbError as error:
                if not _made_role(db, error, own=own):
                    raise


def _made_role(db: Db, error: DbError, *, own: bool) -> bool:
    role = _ROLE.search(str(error)) if error.sqlstate == _NO_ROLE and own else None
    return role is not None and isinstance(db.run(Script(trusted(f"CREATE ROLE {quoted(role[1])}"))), Success)


def _run(tx: Tx, text: str, *, own: bool) -> DbError | None:
    """A role that it names and nobody has made is made, where the server is thrown away."""
    while True:
        outcome = _tried(tx, text)
        if isinstance(outcome, Success):
            return None
        error = outcome.failure()
        role = _ROLE.search(str(error)) if error.sqlstate == _NO_ROLE and own else None
        if role is None or isinstance(_tried(tx, f"CREATE ROLE {quoted(role[1])}"), Failure):
            return error


def _tried(tx: Tx, text: str) -> Outcome[int]:
    return tx.transact(lambda inner: inner.run(Script(trusted(text))))


def _placed(name: str, each: FileStatement, error: DbError) -> DbError | KitError:
    if error.sqlstate is None:
        return error  # no server spoke
    said = f"{error}: the migrations do not run from nothing. Mend this one, or go on from a database with qb baseline"
    return UnreadableSql(name, each.line, each.column, said)
