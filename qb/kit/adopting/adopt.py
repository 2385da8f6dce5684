"""`adopt`: another program's history becomes ours."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.adopting.errors import AdoptIntoHistory, JournalWithoutFiles, NotAdoptable, PendingElsewhere
from qb.kit.adopting.files import foreign_files
from qb.kit.adopting.foreign import IN_CODE, AdoptSource, ForeignEntry, ForeignMigration, migrators_of
from qb.kit.adopting.journals import foreign_journal
from qb.kit.errors import KitError
from qb.kit.history.adding import new_files
from qb.kit.history.file_change import change_files, finished_before
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, is_good, slug
from qb.kit.history.reading import read_history
from qb.kit.ours.migrators import journals_of_others
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import fingerprint, only_ours
from qb.kit.planning.plan import plan
from qb.kit.planning.written_plan import plan_sql
from qb.kit.reader import introspect
from qb.kit.running.adopted_journals import note_journal
from qb.kit.running.journal import Journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.marking import note_applied
from qb.kit.running.rules import MigrationRules, refuse_owner
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.run.database.database import Database

_IN_EACH: Final = ("schema public", "extension plpgsql")
"""What every database has from its beginning, besides itself."""


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken over."""

    source: AdoptSource
    migrations: tuple[str, ...]
    """Ours, in order."""
    applied: tuple[str, ...] = ()
    """Those of them that the database has."""
    files: tuple[str, ...] = ()
    """What was written."""
    read: int = 0
    """How many migrations the other program has."""


Adopting: TypeAlias = Success[Adopted] | Failure[KitError | DbError, Adopted]
"""What comes back."""


def adopt(
    db: Database,
    source: AdoptSource,
    files: Path | str,
    folder: Path | str,
    *,
    layout: HistoryLayout = "folder",
    journal: str = "qb",
    ours: Ours = Ours(),
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    on_progress: OnProgress = silent,
) -> Adopting:
    """Take over the history of another program: `files` is its folder, `folder` becomes ours.

    Migrations that are SQL (drizzle, prisma, supabase, flyway, dbmate, folders) become ours one by one, with their
    downs where they have some; those that its journal has are noted in ours, and the others are to be run. Of programs
    (alembic, django, kysely) one migration is written that makes what is ours of the database, with a comment for each
    of theirs. Its journal stays as it is, and stops `migrate` no more. Who was stopped says it again: files that are
    what it would write stay, and what is noted is not noted twice.
    Errors: `NotAdoptable`, `AdoptIntoHistory`, `JournalWithoutFiles`, `PendingElsewhere`, those of `baseline`.

    >>> import tempfile
    >>> from qb import Script
    >>> from qb.kit import adopt, migrate
    >>> _ = db.run(Script("CREATE TABLE schema_migrations (version text)", "CREATE TABLE notes ()")).unwrap()
    >>> _ = db.run(Script("INSERT INTO schema_migrations VALUES ('1')")).unwrap()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "1_notes.sql").write_text("-- migrate:up\\nCREATE TABLE notes ();\\n")
    ...     _ = (Path(folder) / "2_more.sql").write_text("-- migrate:up\\nCREATE TABLE more ();\\n")
    ...     done = adopt(db, "dbmate", folder, f"{folder}/ours").unwrap()
    >>> done.migrations, done.applied
    (('1_notes', '2_more'), ('1_notes',))
    """
    book = Journal(journal)
    command = shlex.join(("qb", "adopt", str(files), "--from", source))
    try:
        refuse_owner(rules)
        finished_before(folder, command, type(None))
        theirs = foreign_files(source, files)
        entries = foreign_journal(db, source)
        if entries is None:
            message = f"the database has no journal of {source}: is it the right one? `qb baseline` says what it has"
            raise NotAdoptable(str(files), message)
        found = {each.migrator for each in journals_of_others(db)}
        taken = sorted({source, *found.intersection(migrators_of(source))})  # which stop migrate no more
        done = _done(theirs, entries, source, str(files))
        in_place = Path(folder).resolve() == Path(files).resolve() and source not in IN_CODE
        known = unwrap(read_history(folder, layout)) if in_place or Path(folder).is_dir() else History()
        written: tuple[str, ...] = ()
        if in_place:
            made = _in_place(known, theirs, done)
        elif source in IN_CODE:
            pending = tuple(each.name for each in theirs if each.key not in done)
            if pending:
                raise PendingElsewhere(source, pending)
            made = [(_of_database(db, source, theirs, entries, ours, journal, layout), True)]
            written = _written(folder, known, [each for each, _ in made], layout, command)
        else:
            made = _of_files(theirs, done, layout)
            written = _written(folder, known, [each for each, _ in made], layout, command)
        applied = [each for each, there in made if there]
        with runner_session(db, book, patience, on_progress) as runner:
            there = {row.id for row in book.rows(runner.session) if not row.half}
            noted = [each for each in applied if each.id not in there]
            runner.session.run("BEGIN")
            for each in noted:
                note_applied(runner, book, each)
            for name in taken if noted or not applied else ():
                book.event(runner.session, "adopted", applied[-1].id if applied else None, name)
            if noted or not applied:
                note_journal(runner.session, book, db, taken, applied[-1].id if applied else None)
            runner.session.run("COMMIT")
        return Success(
            Adopted(
                source=source,
                migrations=tuple(each.id for each, _ in made),
                applied=tuple(each.id for each in applied),
                files=written,
                read=len(theirs),
            )
        )
    except (KitError, DbError) as error:
        return Failure(error)


def _done(
    theirs: Sequence[ForeignMigration], entries: Sequence[ForeignEntry], source: AdoptSource, folder: str
) -> frozenset[str]:
    """The keys of what the database has."""
    known = {each.key: each for each in theirs}
    if missing := tuple(each.key for each in entries if each.key not in known and _counts(each, source)):
        raise JournalWithoutFiles(source, missing, folder)
    found = {each.key for each in entries if each.key in known}
    waiting = list(found)
    while source == "alembic" and waiting:  # its journal names the heads alone
        for before in known[waiting.pop()].after or ():
            if before not in found:
                found.add(before)
                waiting.append(before)
    return frozenset(found)


def _counts(entry: ForeignEntry, source: AdoptSource) -> bool:
    """Whether it is a migration of the project, and not one that a library brings."""
    return source != "django" or not entry.key.startswith(
        ("admin.", "auth.", "contenttypes.", "sessions.", "sites.", "messages.")
    )


def _of_files(
    theirs: Sequence[ForeignMigration], done: frozenset[str], layout: HistoryLayout
) -> list[tuple[Migration, bool]]:
    made: list[tuple[Migration, bool]] = []
    for number, each in enumerate(theirs, 1):
        name = each.name.replace("-", "_") if layout == "flat" else each.name
        good = is_good(name) and (layout == "folder" or name.partition("_")[0].isdecimal())
        id = name if good else f"{number:04}_{slug(each.name)}"
        parents = (made[-1][0].id,) if made else ()
        made.append((Migration(id=id, parents=parents, up=each.up or "", down=each.down), each.key in done))
    return made


def _in_place(known: History, theirs: Sequence[ForeignMigration], done: frozenset[str]) -> list[tuple[Migration, bool]]:
    """Files that are ours already, as they lie."""
    keys = {each.name: each.key for each in theirs}
    return [(each, keys.get(each.id) in done) for each in known]


def _of_database(
    db: Database,
    source: AdoptSource,
    theirs: Sequence[ForeignMigration],
    entries: Sequence[ForeignEntry],
    ours: Ours,
    journal: str,
    layout: HistoryLayout,
) -> Migration:
    there = unwrap(introspect(db))
    mine = only_ours(there, ours, journal=journal)
    empty = there.where(lambda identity, fact: identity.kind == "database" or str(identity) in _IN_EACH)
    when = {each.key: each.when for each in entries}
    lines = [f"-- What {source} has made, by these:"]
    for each in theirs:
        ran = f", run {when[each.key]}" if when.get(each.key) else ""
        lines.append(f"--   {each.name} ({each.key}){ran}")
    try:
        text = plan_sql(plan(empty, there, ours=ours, plain=True).up)
    except DefinitionError as error:
        raise NotAdoptable(source, f"what the database has cannot be written as one migration: {error}") from None
    id = f"{'0001' if layout == 'folder' else '00000000000001'}_adopted_from_{source}"
    print_ = fingerprint(mine, ours, journal=journal)
    whole = "\n".join(lines) + "\n\n" + text
    return Migration(id=id, up=whole, after=print_, ours=ours.record, major=there.version // 10_000)


def _written(
    folder: Path | str, known: History, made: Sequence[Migration], layout: HistoryLayout, command: str
) -> tuple[str, ...]:
    """The files of the history, which may be there already, as they would be: somebody was stopped behind them."""
    change = new_files(folder, made, layout)
    if not known.ids:
        unwrap(change_files(folder, change, command=command))
    elif sorted(known.ids) != sorted(each.id for each in made) or not all(
        _is_as(Path(folder) / name, content) for name, content in change.puts.items()
    ):
        raise AdoptIntoHistory(str(folder), len(known))
    return change.paths(folder)


def _is_as(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False
