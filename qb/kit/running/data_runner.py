"""Data steps, run: batch after batch, each with its key in the journal in the same transaction."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from qb.errors import DbError, Timeout
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.hidden_rows import asked_of_all_rows
from qb.kit.history.history_files import DATA_STEPS, UP, path_aside
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment
from qb.kit.history.statement_kinds import session_settings
from qb.kit.running.data_errors import (
    ConditionFailed,
    DataStepFailed,
    DataStepRaised,
    StandingStill,
    TakenAway,
)
from qb.kit.running.data_steps import DataStep, load_steps
from qb.kit.running.errors import LockNotHad
from qb.kit.running.journal import Journal
from qb.kit.running.lock_patience import NotYet, Patience, with_patience
from qb.kit.running.names_said import with_names_said
from qb.kit.running.own_settings import set_own
from qb.kit.running.run_progress import OnProgress, RunProgress
from qb.kit.sql_file import FileStatement
from qb.query.raw import sql
from qb.query.statement import Rows
from qb.run.database.database import Database
from qb.run.database.db import Db, Tx
from qb.run.database.own_session import OwnSession
from qb.types.trusted import trusted

T = TypeVar("T")

_LAG: Final = """
SELECT coalesce(max(extract(epoch FROM replay_lag)), 0)::float8 FROM pg_catalog.pg_stat_replication
"""
_LAG_PAUSE: Final = 1.0


class StepState(msgspec.Struct, frozen=True):
    """How far a data step is, as the journal has it."""

    key: str | None = None
    """That of the last row, as JSON."""
    count: int = 0
    """Rows that are done."""
    total: int | None = None
    done: bool = False
    changed: int | msgspec.UnsetType = msgspec.UNSET
    """Rows that are done since it began at the first key."""
    failed: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether what has to be true behind it was not: the next run begins anew."""


class DataRunner:
    """The data steps of one migration. KitErrors and DbErrors are raised."""

    def __init__(
        self,
        db: Database,
        session: OwnSession,
        journal: Journal,
        migration: Migration,
        patience: Patience,
        on_progress: OnProgress,
    ) -> None:
        self.db = db
        self.session = session
        self.journal = journal
        self.migration = migration
        self.patience = patience
        self.on_progress = on_progress
        self.path: str = ""
        """Where the names in queries are looked for."""
        self.file: str = steps_file(migration)
        self.steps: tuple[DataStep[Any], ...] = load_steps(migration.data_steps or "", self.file, migration.id)
        self.text: str | None = None
        """What the journal has, as this runner has written it."""
        self.states: dict[str, StepState] = {}

    def ahead(self) -> None:
        """Ask for what has to be true before anything of the migration is run."""
        for step in self.steps:
            if step.ahead is not None and asked_of_all_rows(self.db, step.ahead) is not True:
                raise ConditionFailed(self.file, self.migration.id, step.name, behind=False, ahead=True)

    def run(self, path: str) -> None:
        """Run what is not done of them, with the search_path that the SQL of the migration has left."""
        self.path = path
        self.text = self.journal.data(self.session, self.migration.id)
        self.states = msgspec.json.decode(self.text or "{}", type=dict[str, StepState])
        for number, step in enumerate(self.steps, 1):
            if not self.states.get(step.name, StepState()).done:
                self._run(step, number)

    def _run(self, step: DataStep[Any], number: int) -> None:
        state = self.states.get(step.name)
        if state is None:
            try:
                state = unwrap(self._transact(step, partial(self._begun, step)))
            except DbError as error:
                raise DataStepFailed(self.file, self.migration.id, step.name, 0, error) from None
        began, before = time.monotonic(), state.count
        while not state.done:
            state = self._batch(step, state)
            self._say(step, number, state, time.monotonic() - began, state.count - before)
            if not state.done:
                self._rest(step)

    def _begun(self, step: DataStep[Any], tx: Tx) -> Success[StepState] | Failure[DbError, StepState]:
        """Where a step begins: what has to be true is, and the rows are counted."""
        if not _holds(tx, step.before):
            raise ConditionFailed(self.file, self.migration.id, step.name, behind=False)
        return Success(StepState()) if step.total is None else tx.scalar(step.total).map(_of_total)

    def _transact(
        self, step: DataStep[Any], work: Callable[[Tx], Success[T] | Failure[DbError, T]]
    ) -> Success[T] | Failure[DbError, T]:
        """In a transaction that is set as the runner's own are, with patience for locks."""
        made: list[Success[T] | Failure[DbError, T]] = []

        def as_own(tx: Tx) -> Success[T] | Failure[DbError, T]:
            own = set_own(self.patience.lock_timeout, local=True)
            text = f"{own} UNION ALL SELECT pg_catalog.set_config('search_path', {{path}}, true)"
            unwrap(tx.all(sql(trusted(text), path=self.path).rows(str)))
            return work(tx)

        def once(_: float) -> None:
            made[:] = [self.db.transact(as_own, isolation="read committed", read_only=False)]
            error = made[0].failure() if isinstance(made[0], Failure) else None
            if isinstance(error, Timeout) and error.kind == "lock":
                raise NotYet(FileStatement(step.name, step.line, 1), error)

        def again(cause: DbError) -> None:
            self.on_progress(RunProgress("tries again", self.migration.id, 0, len(self.steps), str(cause)))

        try:
            with_patience(self.patience, once, again)
        except NotYet as error:
            place = (self.file, step.line, self.migration.id)
            raise LockNotHad(*place, self.patience.wait, (), error.cause) from None
        return made[0]

    def _batch(self, step: DataStep[Any], state: StepState) -> StepState:
        """One batch, and its line in the journal. That a step is done is noted only where what has to be true is so."""
        after = None if state.key is None else msgspec.json.decode(state.key, type=step.key)
        made: list[tuple[StepState, str]] = []

        def work(tx: Tx) -> Success[None] | Failure[DbError, None]:
            made.clear()
            outcome = step(tx, after)
            if isinstance(outcome, Failure):
                return Failure(outcome.failure())
            batch = outcome.unwrap()
            if batch is None:
                new = self._ended(tx, step, state)
            elif after is not None and batch.last == after:
                raise StandingStill(self.file, self.migration.id, step.name)
            else:
                key = msgspec.json.encode(batch.last).decode()
                new = StepState(key, state.count + batch.count, state.total)
                if step.again:
                    new = msgspec.structs.replace(
                        new, changed=(state.changed if isinstance(state.changed, int) else 0) + batch.count
                    )
            text = msgspec.json.encode({**self.states, step.name: new}).decode()
            if not unwrap(self.journal.put_data(tx, self.migration.id, self.text, text)):
                raise TakenAway(self.migration.id)
            made.append((new, text))
            return Success(None)

        try:
            outcome = self._transact(step, work)
        except (KitError, DbError):
            raise
        except Exception as error:
            places = (each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == self.file)
            *_, line = None, *places
            kind = type(error).__name__
            name: object = getattr(error, "name", None)
            if isinstance(name, str) and re.search(rf"\b{re.escape(name)}\b", self.migration.data_steps or ""):
                kind += f" ({name})"
            raise DataStepRaised(self.file, line, self.migration.id, step.name, state.count, kind) from error
        if isinstance(outcome, Failure):
            lost = with_names_said(outcome.failure(), self.migration.data_steps or "")
            raise DataStepFailed(self.file, self.migration.id, step.name, state.count, lost)
        ((new, self.text),) = made
        self.states = {**self.states, step.name: new}
        if new.failed is True:
            raise ConditionFailed(self.file, self.migration.id, step.name, behind=True)
        return new

    def _ended(self, tx: Tx, step: DataStep[Any], state: StepState) -> StepState:
        """What is noted where a batch has found nothing: that it is done, or that it begins anew."""
        holds = step.after is None or unwrap(tx.scalar(step.after)) is True
        if not step.again:
            if not holds:
                raise ConditionFailed(self.file, self.migration.id, step.name, behind=True)
            return StepState(state.key, state.count, state.total, True)
        if state.changed and not (holds and step.after is not None):
            return StepState(None, state.count, state.total)  # rows may have come in behind the key
        if holds:
            return StepState(None, state.count, state.total, True)
        return StepState(None, state.count, state.total, failed=True)

    def _rest(self, step: DataStep[Any]) -> None:
        """Leave the server to others for a while."""
        time.sleep(step.pause)
        while step.max_lag is not None and unwrap(self.db.scalar(sql(_LAG).rows(float))) > step.max_lag:
            time.sleep(_LAG_PAUSE)

    def _say(self, step: DataStep[Any], number: int, state: StepState, seconds: float, rows: int) -> None:
        says = f"{step.name}: {state.count:,} rows"
        if state.total is not None:
            says += f" of {state.total:,}"
            left = state.total - state.count
            if rows and left > 0 and not state.done:
                says += f", {seconds * left / rows:.0f} s left"
        if state.done:
            says += ", done"
        self.on_progress(RunProgress("step", self.migration.id, number, len(self.steps), says))


def path_behind(session: OwnSession, cut: Sequence[SqlSegment], *, run: bool) -> str:
    """Where names are looked for behind the SQL of a migration; some of it was `run` on this session, or all before."""
    for each in () if run or not cut else (*cut[-1].settings, *cut[-1].statements):
        for one in session_settings(each.text):
            session.run(one)
    ((path,),) = session.rows("SELECT pg_catalog.current_setting('search_path')")
    return path or ""


def _of_total(total: int) -> StepState:
    return StepState(total=total)


def _holds(db: Db, condition: Rows[bool] | None) -> bool:
    return condition is None or unwrap(db.scalar(condition)) is True


def steps_file(migration: Migration) -> str:
    """Where the data steps of a migration were read from."""
    if not migration.file:
        return DATA_STEPS
    path = Path(migration.file)
    if path.name == UP:
        return str(path.with_name(DATA_STEPS))
    return str(path.parent / path_aside(migration.id, DATA_STEPS))
