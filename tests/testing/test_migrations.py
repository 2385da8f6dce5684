"""Each migration of a folder as a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qb import Database, connect
from qb.kit.history.errors import UnknownMigration, UnreadableHistory
from qb.testing import assert_round_trip, migration_cases, release_cases


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


def test_from_each_release(tmp_path: Path, qb_database_url: str) -> None:
    written(tmp_path, "0001_a", "CREATE TABLE a (id int PRIMARY KEY, x text NOT NULL);", "DROP TABLE a;")
    written(tmp_path, "0002_b", "ALTER TABLE a ADD b text;", "ALTER TABLE a DROP b;")
    written(
        tmp_path, "0003_c", "ALTER TABLE a ADD CHECK (b IS NULL OR b <> x);", "ALTER TABLE a DROP CONSTRAINT a_check;"
    )
    cases = release_cases(tmp_path / "migrations")
    assert [str(each) for each in cases] == ["0001_a..0003_c", "0002_b..0003_c"]
    assert repr(cases[0]) == "<migrations 0001_a..0003_c>"
    (case,) = release_cases(tmp_path / "migrations", ["0001", "0003"])
    with connect(qb_database_url) as db:
        found = assert_round_trip(db, case)
    assert (found.id, found.since, found.rows) == ("0003_c", "0001_a", 12)
    with pytest.raises(UnknownMigration):
        release_cases(tmp_path / "migrations", ["9"])
    assert release_cases("docs/systems") == []


@pytest.mark.parametrize(
    ("up", "says"),
    [
        ("DO $$ BEGIN EXECUTE 'DELETE FROM a'; END $$;", "the up: table public.a: 12 rows became 0"),
        ("ALTER TABLE a ADD later int;", "the down: column public.a.later: it is there, and should not be"),
    ],
)
def test_what_a_release_meets_is_told(tmp_path: Path, qb_database: Database, up: str, says: str) -> None:
    written(tmp_path, "0001_a", "CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE a;")
    written(tmp_path, "0002_b", "CREATE TABLE b ();", "DROP TABLE b;")
    written(tmp_path, "0003_c", up, "SELECT 1;")
    with pytest.raises(AssertionError, match=rf"^0001_a\.\.0003_c: {re.escape(says)}"):
        assert_round_trip(qb_database, release_cases(tmp_path / "migrations", ["0001_a"])[0])


def test_a_folder_is_looked_for_beside_the_test_and_above_it() -> None:
    assert migration_cases("docs/systems") == []  # the repository's, which has no folder in it
    with pytest.raises(FileNotFoundError, match=r"there is no folder no/migrations beside .*tests/testing"):
        migration_cases("no/migrations")


def test_a_history_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "0002_b", "SELECT 1;", "SELECT 1;")
    (tmp_path / "migrations/0002_b/migration.json").write_text("{}")
    with pytest.raises(UnreadableHistory, match=r"0002_b/migration\.json"):
        migration_cases(tmp_path / "migrations")
