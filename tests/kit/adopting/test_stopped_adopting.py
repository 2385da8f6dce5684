"""Taken over, and stopped on the way: the same is said again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from qb import Database
from qb.kit import adopt, migrate, status
from qb.kit.adopting.errors import AdoptIntoHistory
from qb.kit.adopting.foreign import AdoptSource
from qb.kit.history.reading import read_history
from qb.kit.running.errors import RunnerBusy
from qb.kit.running.journal import Journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.run_progress import silent
from qb.kit.running.runner_session import runner_session
from tests.kit.adopting.test_adopt import CODE, SQL, A, laid, ran
from tests.kit.history.stopped import files, goes_on


@pytest.mark.parametrize("source", ["drizzle", "alembic"])
def test_whoever_waited_for_another_runner_in_vain(db: Database, tmp_path: Path, source: AdoptSource) -> None:
    foreign = {**SQL, **CODE}[source]
    theirs = laid(tmp_path, foreign)
    ran(db, A + foreign.journal)
    work = partial(adopt, db, source, theirs, tmp_path / "ours", patience=Patience(wait=0.2))
    with runner_session(db, Journal(), Patience(), silent):
        assert isinstance(work().failure(), RunnerBusy)
    there = files(tmp_path / "ours")
    assert len(there) > 1
    done = work().unwrap()
    assert (done.migrations, files(tmp_path / "ours")) == (foreign.ids, there)
    assert Journal().adopted(db) == (source,)
    again = work().unwrap()
    assert again == done
    history = read_history(tmp_path / "ours").unwrap()
    migrate(db, history).unwrap()
    assert status(db, history).unwrap().level


def test_whoever_was_stopped_while_writing(db: Database, tmp_path: Path) -> None:
    foreign = SQL["drizzle"]
    theirs = laid(tmp_path, foreign)
    ran(db, A + foreign.journal)
    folder = tmp_path / "ours"
    goes_on(folder, partial(adopt, db, "drizzle", theirs, folder), f"qb adopt {theirs} --from drizzle")


def test_files_that_are_not_what_it_would_write_stay(db: Database, tmp_path: Path) -> None:
    foreign = SQL["drizzle"]
    theirs = laid(tmp_path, foreign)
    ran(db, A + foreign.journal)
    folder = tmp_path / "ours"
    adopt(db, "drizzle", theirs, folder).unwrap()
    (folder / foreign.ids[1] / "up.sql").write_text("SELECT 2;")
    error = adopt(db, "drizzle", theirs, folder).failure()
    assert isinstance(error, AdoptIntoHistory)
    assert (folder / foreign.ids[1] / "up.sql").read_text() == "SELECT 2;"
