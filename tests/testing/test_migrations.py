"""Each migration of a folder as a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database
from qb.kit.history.errors import UnreadableHistory
from qb.testing import assert_round_trip, migration_cases


def written(folder: Path, name: str, up: str, down: str) -> None:
    place = folder / "migrations" / name
    place.mkdir(parents=True)
    (place / "up.sql").write_text(up)
    (place / "down.sql").write_text(down)


def test_each_migration_of_a_folder(tmp_path: Path, qb_database: Database) -> None:
    written(tmp_path, "0001_a", "CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE a;")
    written(tmp_path, "0002_b", "ALTER TABLE a ADD b text;", "ALTER TABLE a ALTER b SET NOT NULL;")
    first, second = migration_cases(tmp_path / "migrations")
    assert (str(first), repr(second)) == ("0001_a", "<migration 0002_b>")
    with pytest.raises(AssertionError, match=r"^0002_b: the down: column public\.a\.b: it is there, and should not be"):
        assert_round_trip(qb_database, second)


def test_a_good_one(tmp_path: Path, qb_database: Database) -> None:
    written(tmp_path, "0001_a", "CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE a;")
    written(tmp_path, "0002_b", "ALTER TABLE a ADD b text;", "ALTER TABLE a DROP b;")
    assert assert_round_trip(qb_database, migration_cases(tmp_path / "migrations")[1]).rows == 12


def test_a_folder_is_looked_for_beside_the_test_and_above_it() -> None:
    assert migration_cases("docs/systems") == []  # the repository's, which has no folder in it
    with pytest.raises(FileNotFoundError, match=r"there is no folder no/migrations beside .*tests/testing"):
        migration_cases("no/migrations")


def test_a_history_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "0002_b", "SELECT 1;", "SELECT 1;")
    (tmp_path / "migrations/0002_b/migration.json").write_text("{}")
    with pytest.raises(UnreadableHistory, match=r"0002_b/migration\.json"):
        migration_cases(tmp_path / "migrations")
