"""The session of a runner: on a connection of its own, with the lock that holds others off."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from qb.kit.running.blockers import BlockerWatch
from qb.kit.running.errors import PoolerInBetween
from qb.kit.running.journal import Journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.run_progress import OnProgress
from qb.kit.running.runner_lock import take_lock
from qb.kit.running.segment_runner import SegmentRunner
from qb.run.database.database import Database
from qb.run.database.own_session import OwnSession


@contextmanager
def runner_session(
    db: Database, journal: Journal, patience: Patience, on_progress: OnProgress, *, journaled: bool = True
) -> Generator[SegmentRunner]:
    """A runner that has the lock, and the tables of the journal if it is to write there, until the end of the block.

    Raises `PoolerInBetween`, `RunnerBusy`, DbErrors.
    """
    watch = BlockerWatch(db)
    runners: list[SegmentRunner] = []

    def tick() -> None:
        if watch.look() and runners:
            runners[0].say("blocked", " and ".join(watch.blockers))

    with OwnSession(db, tick=tick) as session:
        if not session.process:
            raise PoolerInBetween
        runner = SegmentRunner(db, session, journal, watch, patience, on_progress)
        runner.prepare()
        take_lock(session, journal.schema, wait=patience.wait, on_progress=on_progress)
        if journaled:
            journal.create(session)
        runners.append(runner)
        yield runner
