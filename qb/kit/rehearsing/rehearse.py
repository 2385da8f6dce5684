"""`rehearse`: what is to be run on a database is run on a copy of it, rows and all, and undone there."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias, get_args

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, ignore, unwrap
from qb.kit.config import Migrator
from qb.kit.diffs.compare import diff
from qb.kit.dump_tools import tool_complaint
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import JOURNAL, only_ours
from qb.kit.reader import introspect
from qb.kit.rehearsing.throw_away import throw_away_server
from qb.kit.running.backup_errors import BackupFailed
from qb.kit.running.backups import dump_tool
from qb.kit.running.guard_errors import GuardFailed
from qb.kit.running.migrating import migrate
from qb.kit.running.rolling_back import rollback
from qb.kit.running.row_guards import RowGuards
from qb.kit.running.rules import MigrationRules, needed
from qb.kit.running.run_progress import RunProgress
from qb.kit.validating.report import RowProblem
from qb.model.schema import Schema
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.run.server.url import with_password_apart
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_ROLES = "SELECT rolname::text FROM pg_catalog.pg_roles WHERE oid > 16383 AND rolname !~ '^pg_' ORDER BY 1"


class RehearsedMigration(msgspec.Struct, frozen=True):
    """One migration on the copy."""

    id: str
    seconds: float


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen on the copy."""

    migrations: tuple[RehearsedMigration, ...]
    """What would be run, and how long it took there: about as long as it will take, without others at work."""
    copied: float
    """Seconds that the copy took."""
    undone: tuple[str, ...] = ()
    """What was undone there; nothing where one has no down."""
    left: tuple[str, ...] = ()
    """The objects that are not what they were after that."""
    failed: str | None = None
    """What it failed at."""
    problems: tuple[RowProblem, ...] = ()
    """With a schema: what of it rows are no more behind the migrations."""
    failing: tuple[RowProblem, ...] = ()
    """What of it they were not before either."""

    @property
    def exit_code(self) -> ExitCode:
        """3 where it failed, rows are no more what the schema says, or it was not undone wholly."""
        return ExitCode.DIFFERS if self.failed or self.left or self.problems else ExitCode.DONE


Rehearsing: TypeAlias = Success[Rehearsed] | Failure[KitError | DbError, Rehearsed]
"""What comes back."""


def rehearse(
    address: str,
    history: History,
    *,
    ours: Ours = Ours(),
    journal: str = JOURNAL,
    allow: Sequence[str] = (),
    rows: bool = True,
    schema: Schema | None = None,
    show_keys: bool = False,
    cache: Path | str | None = None,
) -> Rehearsing:
    """Copy a database onto a server that is thrown away, run there what it has not yet of a history, and undo it.

    The copy is made by pg_dump of its own major version, which only reads; `rows=False` leaves the rows out. With
    `schema` all rows are judged as `validate` does, before and behind the migrations: what they are no more is told.
    What would be lost has to be named as for `migrate`. Errors: `NoBackupTool`, `BackupFailed`, `NoShadow`, those of
    the history; what a migration fails at on the copy is told in `failed`.

    >>> from qb.kit import rehearse
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_a", up="CREATE TABLE a ();", down="DROP TABLE a;")]).unwrap()
    >>> with connect() as there:  # doctest: +SKIP
    ...     found = rehearse("postgresql://localhost/shop", history).unwrap()
    """
    try:
        with connect(address, max_size=1) as there:
            version = there.raising.one(sql("SELECT current_setting('server_version_num')::int4").rows(int))
            roles = there.raising.all(sql(trusted(_ROLES)).rows(str))
        begun = time.monotonic()
        with (
            tempfile.TemporaryDirectory() as folder,
            throw_away_server(version // 10_000, cache) as own,
            connect(own, max_size=2) as db,
        ):
            for role in roles:
                ignore(db.run(Script(trusted(f"CREATE ROLE {quoted(role)}"))))
            _copied(address, own, version // 10_000, Path(folder), journal, rows=rows)
            guards = RowGuards(schema=schema, every=True, show_keys=show_keys) if rows and schema is not None else None
            return Success(_tried(db, history, ours, journal, tuple(allow), guards, time.monotonic() - begun))
    except (KitError, DbError) as error:
        return Failure(error)


def _tried(
    db: Database,
    history: History,
    ours: Ours,
    journal: str,
    allow: tuple[str, ...],
    guards: RowGuards | None,
    copied: float,
) -> Rehearsed:
    before = unwrap(introspect(db))
    took: list[RehearsedMigration] = []
    begun = [time.monotonic()]

    def timed(progress: RunProgress) -> None:
        if progress.moment == "begins":
            begun[0] = time.monotonic()
        elif progress.moment == "done" and progress.migration is not None:
            took.append(RehearsedMigration(progress.migration, round(time.monotonic() - begun[0], 3)))

    coexist: tuple[Migrator, ...] = get_args(Migrator)
    rules = MigrationRules(allow=allow, coexist=coexist, contracts=history.ids)
    done = migrate(db, history, journal=journal, rules=rules, guards=guards, on_progress=timed)
    seen = partial(Rehearsed, migrations=tuple(took), copied=copied)
    match done:
        case Success(found):
            applied = found.applied
            seen = partial(seen, failing=found.failing)
        case _:
            error = done.failure()
            if not isinstance(error, GuardFailed):
                return seen(failed=str(error))
            applied = error.applied
            seen = partial(seen, problems=error.problems, failing=error.failing)
    if any(history[id].down is None for id in applied):
        return seen()
    lost = [each.name for id in applied for each in needed(history[id], down=True)]
    undoing = MigrationRules(allow=(*allow, *lost), coexist=coexist)
    undone = rollback(db, history, len(applied), journal=journal, rules=undoing)
    if isinstance(undone, Failure):
        return seen(failed=str(undone.failure()))
    pair = (only_ours(each, ours, journal=journal) for each in (before, unwrap(introspect(db))))
    left = tuple(str(each.identity) for each in diff(*pair, ours=ours).changes)
    return seen(undone=undone.unwrap().undone, left=left)


def _copied(address: str, own: str, major: int, folder: Path, journal: str, *, rows: bool) -> None:
    tool = dump_tool(major)
    source, password = with_password_apart(address)
    environ = {**os.environ, **({} if password is None else {"PGPASSWORD": password})}
    # without rows there is the journal still, or all would be run
    kinds: list[list[str]] = [[]] if rows else [["--schema-only"], ["--data-only", f"--schema={quoted(journal)}"]]
    for number, kind in enumerate(kinds):
        file = folder / f"{number}.dump"
        dump = [str(tool), "--format=custom", "--no-password", *kind, f"--file={file}", f"--dbname={source}"]
        restore = [str(tool.with_name("pg_restore")), "--exit-on-error", f"--dbname={own}", str(file)]
        for command, where in ((dump, environ), (restore, dict(os.environ))):
            done = subprocess.run(command, env=where, capture_output=True, text=True, errors="replace", check=False)
            if done.returncode:
                raise BackupFailed("the rehearsal", file.name, tool_complaint(done.stderr))
