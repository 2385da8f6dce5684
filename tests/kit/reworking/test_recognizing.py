"""Which migration a database is at."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, Script
from qb.kit import Replays, migrate, which_applied
from tests.kit.running.histories import in_line, migration

THREE = in_line(
    migration("0001_notes", "CREATE TABLE notes (id int);"),
    migration("0002_rows", "INSERT INTO notes VALUES (1);"),
    migration("0003_more", "ALTER TABLE notes ADD more int; CREATE TABLE more ();"),
)


@pytest.mark.slow
def test_a_database_is_recognized(cache: Path, db: Database) -> None:
    replays = Replays(cache=cache)
    assert which_applied(db, THREE, replays=replays).unwrap().empty
    migrate(db, THREE, to="0002").unwrap()
    assert which_applied(db, THREE, replays=replays).unwrap().at == ("0001_notes", "0002_rows")
    migrate(db, THREE).unwrap()
    assert which_applied(db, THREE, replays=replays).unwrap().at == ("0003_more",)
    db.run(Script("ALTER TABLE notes DROP more")).unwrap()
    found = which_applied(db, THREE, replays=replays).unwrap()
    assert (found.at, found.nearest, found.exit_code) == ((), "0003_more", 3)
    assert found.differs == ("column public.notes.more",)


def test_a_shadow_that_is_not_there_is_told(db: Database) -> None:
    replays = Replays(shadow="postgresql://nowhere.invalid/x")
    assert "nowhere.invalid" in str(which_applied(db, THREE, replays=replays).failure())
