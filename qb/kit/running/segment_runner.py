"""A migration's segments, run on one session: each with its line in the journal, locks waited for with patience."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Final

import msgspec

from qb.errors import ConnectionLost, DbError, DeadlockDetected, InvalidSql, SerializationFailure, Timeout
from qb.kit.errors import UnreadableSql
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment
from qb.kit.history.statement_kinds import words_of
from qb.kit.running.blockers import BlockerWatch
from qb.kit.running.cutting import cut_migration, seal, shown_segment
from qb.kit.running.data_runner import DataRunner, path_behind
from qb.kit.running.errors import EditedMigration, HalfApplied, LockNotHad, StepFailed
from qb.kit.running.journal import Journal, JournalRow, JournalState
from qb.kit.running.keeping.keeping import Keeping
from qb.kit.running.left_behind import LeftStep, left_step, take_back
from qb.kit.running.lock_patience import NotYet, Patience, with_patience
from qb.kit.running.names_said import with_names_said
from qb.kit.running.older_server import said_of_older
from qb.kit.running.own_settings import set_own
from qb.kit.running.run_progress import OnProgress, RunMoment, RunProgress
from qb.kit.running.settling import StepNote, StepOutcome, concurrent, note_before, settle_step
from qb.kit.running.supabase_book import SupabaseBook
from qb.kit.sql_file import FileStatement
from qb.run.database.database import Database
from qb.run.database.own_session import OwnSession


class SegmentRunner:
    """Runs migrations one after another. KitErrors and DbErrors are raised."""

    def __init__(
        self,
        db: Database,
        session: OwnSession,
        journal: Journal,
        watch: BlockerWatch,
        patience: Patience,
        on_progress: OnProgress,
    ) -> None:
        self.db = db
        """For data steps, which have a transaction of their own."""
        self.session = session
        self.journal = journal
        self.watch = watch
        self.patience = patience
        self.on_progress = on_progress
        self.at: tuple[str, int, int] = ("", 0, 0)
        """The migration that is run, its segment, and how many it has."""
        self.beside: SupabaseBook | None = None
        """Another tool's journal, to be kept beside ours."""
        self.behind: Callable[[int], None] | None = None
        """What looks at the database behind a segment outside of a transaction, of an up."""
        self.keeping: Keeping = Keeping(session, journal)
        watch.of(session.process)

    def prepare(self) -> None:
        """Set the session as it has to be."""
        self.session.rows(set_own(self.patience.lock_timeout))

    def afresh(self) -> None:
        """Undo what a migration has SET."""
        for each in ("RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"):
            self.session.run(each)
        self.prepare()

    def up(self, migration: Migration, row: JournalRow | None) -> None:
        """Apply a migration, or the rest of it."""
        cut = cut_migration(migration)
        start = self._start(migration, cut, row, migration.file)
        steps = None
        if migration.data_steps is not None:
            steps = DataRunner(self.db, self.session, self.journal, migration, self.patience, self.on_progress)
            if row is None:
                steps.ahead()
        self.at = (migration.id, start, len(cut))
        run = SegmentRun(self, migration, cut, row, "running")
        start = run.behind_begun(start)
        if not cut:
            self._empty(migration, row)
        else:
            run.run(start)
        if steps is not None:
            path = path_behind(self.session, cut, run=start < len(cut))
            self.afresh()  # whoever the migration has SET: the journal is not everybody's to write
            if row is not None:  # what is not done of them may have been mended meanwhile
                self.journal.begun(self.session, migration)
            steps.run(path)
            seals = tuple(map(seal, cut))
            self.journal.moved(self.session, migration.id, done=len(cut), seals=seals, state="applied")

    def down(self, migration: Migration, row: JournalRow) -> None:
        """Undo a migration, or the rest of it."""
        cut = cut_migration(migration, down=True)
        begun = row if row.state == "undoing" else None
        start = self._start(migration, cut, begun, migration.down_file)
        self.at = (migration.id, start, len(cut))
        run = SegmentRun(self, migration, cut, begun, "undoing")
        start = run.behind_begun(start)
        if not cut:
            self._empty(migration, row, down=True)
            return
        run.run(start)

    def say(self, moment: RunMoment, says: str = "") -> None:
        """Tell how far it is."""
        self.on_progress(RunProgress(moment, *self.at, says))

    def _start(self, migration: Migration, cut: tuple[SqlSegment, ...], row: JournalRow | None, file: str) -> int:
        """How many segments are done already."""
        if row is None:
            return 0
        if tuple(row.seals) != tuple(map(seal, cut[: row.done])) or row.done > len(cut):
            raise EditedMigration(migration.id, file, half=True)
        return row.done

    def _empty(self, migration: Migration, row: JournalRow | None, *, down: bool = False) -> None:
        """A migration without statements: its line in the journal is all there is."""
        self.session.run("BEGIN")
        if down:
            self.keeping.ended(migration)
            self.journal.gone(self.session, migration.id)
            self.journal.event(self.session, "undone", migration.id)
        elif row is None or migration.data_steps is None:
            self.journal.begun(self.session, migration)
            state: JournalState = "applied" if migration.data_steps is None else "running"
            self.journal.moved(self.session, migration.id, done=0, state=state)
        self.session.run("COMMIT")


class SegmentRun:
    """The segments of one direction of one migration."""

    def __init__(
        self,
        runner: SegmentRunner,
        migration: Migration,
        cut: tuple[SqlSegment, ...],
        row: JournalRow | None,
        state: JournalState,
    ) -> None:
        self.runner = runner
        self.session: OwnSession = runner.session
        self.journal: Journal = runner.journal
        self.migration = migration
        self.cut = cut
        self.row = row
        self.state: JournalState = state
        self.file: str = migration.file if state == "running" else migration.down_file
        self.known: bool = False
        """Whether this run has its line in the journal."""

    def run(self, start: int) -> None:
        if start == len(self.cut):
            if self.state == "undoing" or self.migration.data_steps is None:  # what was to come is no more in the file
                self.apart(self.cut[-1], partial(self.line, start))
            return
        for each in self.cut[start].settings:
            self.statement(each)
        for segment in self.cut[start:]:
            self.runner.at = (self.migration.id, segment.number, len(self.cut))
            self.runner.say("step", shown_segment(segment))
            self.patiently(partial(self.together if segment.transactional else self.alone, segment))

    def patiently(self, work: Callable[[float], None]) -> None:
        """Do something, with patience for its locks."""
        try:
            with_patience(self.runner.patience, work, lambda cause: self.runner.say("tries again", str(cause)))
        except NotYet as error:
            place = (self.file, error.statement.line, self.migration.id)
            raise LockNotHad(*place, self.runner.patience.wait, self.runner.watch.blockers, error.cause) from None

    def behind_begun(self, start: int) -> int:
        """Clean up behind a step that was begun and is another one by now; which segment is to be run then."""
        row, left = self.row, left_step(self.row, self.cut, start)
        if row is None or left is None:
            return start
        found: list[StepOutcome] = []

        def cleaned(_: float) -> None:
            found[:] = [self.taken_back(left, failed=row.failed)]

        self.patiently(cleaned)
        self.runner.afresh()
        self.row = msgspec.structs.replace(row, step=None)
        if found != ["done"] or left.segment is None:
            self.runner.say("goes on", "the step that was begun is another by now, and what it left is cleaned up")
            return start
        self.runner.say("goes on", "this step is done already")
        self.finish(left.segment, 0)
        return start + 1

    def taken_back(self, left: LeftStep, *, failed: bool) -> StepOutcome:
        """Clean up, where that can be known."""
        try:
            found = take_back(self.session, left.note, left.text, failed=failed)
        except Timeout as error:
            raise NotYet(left.place, error) from None
        if found == "unknown":
            what = "what was begun here outside of transactions was another statement, and"
            raise self.half(left.place, what, failed=failed)
        return found

    def half(self, place: FileStatement, what: str, *, failed: bool) -> HalfApplied:
        """Nobody can know what became of a step."""
        said = "failed, perhaps half-way" if failed else "was begun, and its runner was stopped"
        return HalfApplied(self.file, place.line, self.migration.id, f"{what} {said}")

    def together(self, segment: SqlSegment, left: float) -> None:
        """A segment that is a transaction: its statements and its line in the journal."""
        self.session.run(_BEGIN)
        kept = len(self.runner.keeping.kept)
        try:
            rows = self.all_of(segment)
            if any(words_of(each.text, 1)[:1] in _SETTING for each in segment.statements) or segment.settings:
                self.itself()
            self.line(segment.number, rows=rows)
            self.told(segment)
            self.commit(segment)
        except (DbError, StepFailed, NotYet):
            self.runner.keeping.undone(kept)
            if self.session.open:
                self.session.run("ROLLBACK")
            raise

    def all_of(self, segment: SqlSegment) -> int:
        """Its statements; how many rows they have changed."""
        return sum(self.statement(each) for each in segment.statements)

    def commit(self, segment: SqlSegment) -> None:
        try:
            self.session.run("COMMIT")
        except ConnectionLost:
            raise
        except DbError as error:  # of a constraint that was deferred
            raise self.refused(segment.statements[-1], error) from None
        self.known = True

    def itself(self) -> None:
        """Be who runs the migration, whatever it has SET: the journal is not everybody's to write."""
        self.session.rows(_PATIENT)
        for each in ("SESSION AUTHORIZATION DEFAULT", "ROLE NONE", "search_path = pg_catalog"):
            self.session.run(f"SET LOCAL {each}")

    def alone(self, segment: SqlSegment, left: float) -> None:
        """A segment that is one statement outside of a transaction: what is begun is noted before it runs."""
        (statement,) = segment.statements
        row = self.row
        if row is not None and row.step == segment.number:
            note = msgspec.json.decode(row.note or "{}", type=StepNote)
            if self.settled(segment, note, failed=row.failed) == "done":
                self.runner.say("goes on", "this step is done already")
                return self.finish(segment, 0)
            self.runner.say("goes on", "this step is run again")
        else:
            note = note_before(self.session, statement.text, seal=seal(segment), marked=segment.marked)
        text = msgspec.json.encode(note).decode()
        self.apart(segment, lambda: self.line(segment.number - 1, step=segment.number, note=text))
        try:
            with self.longer(statement, left):
                rows = self.statement(statement)
        except (StepFailed, NotYet):
            if self.session.open:
                self.apart(segment, self.failed)
            raise
        return self.finish(segment, rows)

    def failed(self) -> None:
        """Note that the server has refused the step, and see what the journal says of it now."""
        self.journal.failed(self.session, self.migration.id)
        self.row = self.journal.row(self.session, self.migration.id)

    @contextmanager
    def longer(self, statement: FileStatement, left: float) -> Generator[None]:
        """All the patience that is left, for what keeps nobody waiting in line; unless the migration says how long."""
        own = str(int(self.runner.patience.lock_timeout * 1000))
        asked = "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'"
        if not concurrent(statement.text) or self.session.rows(asked) != [(own,)]:
            yield
            return
        self.session.run(f"SET lock_timeout = {int(left * 1000)}")
        try:
            yield
        finally:
            if self.session.at_rest:
                self.session.run(f"SET lock_timeout = {own}")

    def finish(self, segment: SqlSegment, rows: int) -> None:
        """Note that a step outside of a transaction is done."""

        def noted() -> None:
            self.line(segment.number, rows=rows)
            self.told(segment)

        self.apart(segment, noted)
        if self.runner.behind is not None and self.state == "running":
            self.runner.behind(segment.number)

    def told(self, segment: SqlSegment) -> None:
        """Tell the other tool's journal, too."""
        if (beside := self.runner.beside) is None:
            return
        if self.state == "running":
            beside.done(self.session, self.migration, segment, self.cut)
        elif segment.number == len(self.cut):
            beside.undone(self.session, self.migration)

    def settled(self, segment: SqlSegment, note: StepNote, *, failed: bool) -> StepOutcome:
        """What became of a step that was begun."""
        (statement,) = segment.statements
        try:
            found = settle_step(self.session, statement.text, note, failed=failed, marked=segment.marked)
        except Timeout as error:
            raise NotYet(statement, error) from None
        if found == "unknown":
            raise self.half(statement, f"statement {segment.first} is run outside of transactions and", failed=failed)
        return found

    def apart(self, segment: SqlSegment, work: Callable[[], None]) -> None:
        """Write the journal in a transaction of its own."""
        self.session.run(_BEGIN)
        if segment.settings:
            self.itself()
        work()
        self.session.run("COMMIT")
        self.known = True

    def line(self, done: int, *, step: int | None = None, note: str | None = None, rows: int = 0) -> None:
        """The line of the journal: so many segments are done, and one outside of a transaction is begun."""
        migration = self.migration
        whole = done == len(self.cut)
        if self.state == "undoing" and whole:
            self.runner.keeping.ended(migration)
            self.journal.gone(self.session, migration.id)
            self.journal.event(self.session, "undone", migration.id)
            return
        if self.state == "running" and not self.known:
            self.journal.begun(self.session, migration)
        self.journal.moved(
            self.session,
            migration.id,
            done=done,
            seals=tuple(map(seal, self.cut[:done])),
            state="applied" if whole and self.state == "running" and migration.data_steps is None else self.state,
            step=step,
            note=note,
            rows=rows,
            waited=self.runner.watch.waited,
        )
        self.runner.watch.waited = 0.0

    def statement(self, statement: FileStatement) -> int:
        """Run one statement."""
        before = self.session.in_transaction
        self.runner.watch.begin()
        try:
            rows = self.runner.keeping.send(self.migration, statement, self.state)
        except ConnectionLost:
            raise
        except DbError as error:
            if isinstance(error, DeadlockDetected | SerializationFailure) or (
                isinstance(error, Timeout) and error.kind == "lock"
            ):
                raise NotYet(statement, error) from None
            raise self.refused(statement, error) from None
        if self.session.in_transaction != before:
            why = "it ends the transaction that it is in" if before else "it leaves a transaction open"
            raise UnreadableSql(self.file, statement.line, statement.column, f"{why}: take it out")
        return rows

    def refused(self, statement: FileStatement, error: DbError) -> StepFailed:
        line, column = statement.line, statement.column
        if isinstance(error, InvalidSql) and error.position is not None:
            before = statement.text[: error.position - 1]
            line += before.count("\n")
            column = len(before) - before.rfind("\n") if "\n" in before else column + len(before)
        done = self.runner.at[1] - 1
        left = said_of_older(error, self.migration.major, self.session.major)
        left += f"; {done} of {len(self.cut)} segments of {self.migration.id} are committed" if done else ""
        shown = with_names_said(error, statement.text)
        return StepFailed(self.file, line, column, self.migration.id, shown, left)


_BEGIN: Final = "BEGIN READ WRITE"
"""Whatever `default_transaction_read_only` says: the journal is written in it."""
_PATIENT: Final = (
    "SELECT pg_catalog.set_config(name, '0', true) FROM pg_catalog.pg_settings "
    "WHERE name IN ('statement_timeout', 'transaction_timeout')"
)
_SETTING: Final = (("SET",), ("RESET",), ("SELECT",), ("DO",), ("CALL",))
"""What may have changed who runs the transaction, and where names are looked for."""
