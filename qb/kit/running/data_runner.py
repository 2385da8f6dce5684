"""Data steps, run: batch after batch, each with its key in the journal in the same transaction."""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Any, Final

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.history_files import DATA_STEPS, UP, path_aside
from qb.kit.history.migration import Migration
from qb.kit.running.data_errors import (
    ConditionFailed,
    DataStepFailed,
    DataStepRaised,
    StandingStill,
    TakenAway,
)
from qb.kit.running.data_steps import DataStep, load_steps
from qb.kit.running.hidden_rows import asked_of_all_rows, sees_all_rows
from qb.kit.running.journal import Journal
from qb.kit.running.run_progress import OnProgress, RunProgress
from qb.query.raw import sql
from qb.run.database.database import Database
from qb.run.database.db import Tx
from qb.run.database.own_session import OwnSession

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
        self, db: Database, session: OwnSession, journal: Journal, migration: Migration, on_progress: OnProgress
    ) -> None:
        self.db = db
        self.session = session
        self.journal = journal
        self.migration = migration
        self.on_progress = on_progress
        self.file: str = steps_file(migration)
        self.steps: tuple[DataStep[Any], ...] = load_steps(migration.data_steps or "", self.file, migration.id)
        self.text: str | None = None
        """What the journal has, as this runner has written it."""
        self.states: dict[str, StepState] = {}

    def run(self) -> None:
        """Run what is not done of them."""
        self.text = self.journal.data(self.session, self.migration.id)
        self.states = msgspec.json.decode(self.text or "{}", type=dict[str, StepState])
        for number, step in enumerate(self.steps, 1):
            if not self.states.get(step.name, StepState()).done:
                self._run(step, number)

    def _run(self, step: DataStep[Any], number: int) -> None:
        state = self.states.get(step.name)
        if state is None:
            try:
                begins = step.before is None or asked_of_all_rows(self.db, step.before) is True
                total = None if step.total is None or not begins else asked_of_all_rows(self.db, step.total)
            except DbError as error:
                raise DataStepFailed(self.file, self.migration.id, step.name, 0, error) from None
            if not begins:
                raise ConditionFailed(self.file, self.migration.id, step.name, behind=False)
            state = StepState(total=total)
        began, before = time.monotonic(), state.count
        while not state.done:
            state = self._batch(step, state)
            self._say(step, number, state, time.monotonic() - began, state.count - before)
            if not state.done:
                self._rest(step)

    def _batch(self, step: DataStep[Any], state: StepState) -> StepState:
        """One batch, and its line in the journal. That a step is done is noted only where what has to be true is so."""
        after = None if state.key is None else msgspec.json.decode(state.key, type=step.key)
        made: list[tuple[StepState, str]] = []

        def work(tx: Tx) -> Success[None] | Failure[DbError, None]:
            made.clear()
            sees_all_rows(tx)
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
            outcome = self.db.transact(work)
        except (KitError, DbError):
            raise
        except Exception as error:
            places = (each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == self.file)
            *_, line = None, *places
            kind = type(error).__name__
            raise DataStepRaised(self.file, line, self.migration.id, step.name, state.count, kind) from error
        if isinstance(outcome, Failure):
            raise DataStepFailed(self.file, self.migration.id, step.name, state.count, outcome.failure())
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


def steps_file(migration: Migration) -> str:
    """Where the data steps of a migration were read from."""
    if not migration.file:
        return DATA_STEPS
    path = Path(migration.file)
    if path.name == UP:
        return str(path.with_name(DATA_STEPS))
    return str(path.parent / path_aside(migration.id, DATA_STEPS))
