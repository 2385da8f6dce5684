"""`clone`: a database as another one, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Database, Script, Success, connect, sql
from qb.kit import clone, diff, introspect
from qb.kit.cloning.clone import NotCloned
from qb.kit.running.backups import dump_tool
from tables.scratch import scratch_database
from tests.kit.cut_off import cut_off_dump

MADE = Script(
    "CREATE SCHEMA app",
    "CREATE TYPE app.mood AS ENUM ('good', 'it''s \"50%\"')",
    """CREATE TABLE app."it's ""50%"" {x} $1"
    (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, m app.mood, "select" text)""",
    'CREATE TABLE refs (id int REFERENCES app."it\'s ""50%"" {x} $1")',
    """INSERT INTO app."it's ""50%"" {x} $1" (m, "select")
    SELECT 'good', 'a\b' || n FROM generate_series(1, 500) n""",
    "INSERT INTO refs VALUES (1), (1), (NULL)",
    "CREATE VIEW few AS SELECT * FROM refs",
)


@pytest.fixture
def empty(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="clone") as url:
        yield url


def test_a_copy_is_the_same(qb_database: Database, qb_database_url: str, empty: str) -> None:
    qb_database.run(MADE).unwrap()
    done = clone(qb_database_url, empty).unwrap()
    assert done.tables == (('app.it\'s "50%" {x} $1', 500), ("public.refs", 3))
    assert not done.without_roles
    with connect(empty) as db:
        assert diff(introspect(qb_database).unwrap(), introspect(db).unwrap()).changes == ()
        again = sql('INSERT INTO app."it\'s ""50%"" {{x}} $1" DEFAULT VALUES RETURNING id').rows(int)
        assert db.scalar(again) == Success(501)


def test_without_rows(qb_database: Database, qb_database_url: str, empty: str) -> None:
    qb_database.run(MADE).unwrap()
    assert [rows for _, rows in clone(qb_database_url, empty, schema_only=True).unwrap().tables] == [0, 0]


def test_what_is_no_place_for_it_is_told(qb_database: Database, qb_database_url: str, empty: str) -> None:
    with connect(empty) as db:
        db.run(Script("CREATE TABLE there (x int)")).unwrap()
    error = clone(qb_database_url, empty).failure()
    assert isinstance(error, NotCloned)
    assert "it is not empty, public.there is there" in str(error)
    same = clone(qb_database_url, f"{qb_database_url} application_name=other").failure()
    assert "it is the same database" in str(same)


def test_all_of_it_or_nothing(qb_database: Database, qb_database_url: str, empty: str) -> None:
    qb_database.run(MADE).unwrap()
    with connect(empty) as db:
        db.run(Script("CREATE VIEW few AS SELECT 1")).unwrap()
        error = clone(qb_database_url, empty).failure()
        assert isinstance(error, NotCloned)
        assert str(error).endswith('ERROR:  relation "few" already exists')
        assert db.scalar(sql("SELECT to_regnamespace('app') IS NULL").rows(bool)) == Success(True)


@pytest.mark.parametrize("lost", [1, 300, 2_000])
def test_a_dump_that_is_cut_off_is_not_read(
    qb_database: Database,
    qb_database_url: str,
    empty: str,
    tmp_path: Path,
    lost: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    qb_database.run(MADE).unwrap()
    monkeypatch.setenv("PG_DUMP", str(cut_off_dump(tmp_path / "bin", dump_tool(18), lost)))
    if lost == 1:  # the empty line behind it
        assert clone(qb_database_url, empty).unwrap().tables[1] == ("public.refs", 3)
        return
    error = clone(qb_database_url, empty).failure()
    assert isinstance(error, NotCloned)
    assert "what pg_dump has written is cut off: is the disk of " in str(error)
    with connect(empty) as db:
        assert db.scalar(sql("SELECT to_regnamespace('app') IS NULL").rows(bool)) == Success(True)
