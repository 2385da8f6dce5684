"""Rows that a migration would lose, whatever names it has for them, and who has to say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import pytest

from qb import Database, Script, connect
from qb.kit import migrate
from qb.kit.history.migration import Proof, StepRecord
from qb.kit.running.errors import LossNotNamed
from qb.kit.running.held_rows import HeldRows, looks_elsewhere
from qb.kit.running.rules import MigrationRules, needed
from qb.kit.sql_file import split
from qb.types.trusted import trusted
from tables.scratch import scratch_database
from tests.kit.running.histories import in_line, migration

THERE = """
    CREATE SCHEMA app; CREATE SCHEMA my;
    CREATE TABLE full_one (x int, gone int); CREATE TABLE empty_one (x int, gone int);
    CREATE TABLE "my.table" (x int); CREATE TABLE app.hidden (x int); CREATE TABLE empty_two (x int);
    CREATE TABLE app.empty_two (x int); CREATE TABLE secured (x int);
    INSERT INTO full_one VALUES (1); INSERT INTO "my.table" VALUES (1); INSERT INTO app.hidden VALUES (1);
    INSERT INTO app.empty_two VALUES (1); INSERT INTO secured VALUES (1);
    ALTER TABLE secured ENABLE ROW LEVEL SECURITY; ALTER TABLE secured FORCE ROW LEVEL SECURITY;
"""


@pytest.fixture(scope="module")
def there(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url, name="held") as url, connect(url) as db:
        made: list[LiteralString] = [trusted(each) for each in THERE.split(";") if each.strip()]
        db.run(Script(*made)).unwrap()
        yield db


@pytest.mark.parametrize(
    ("loss", "text", "holds"),
    [
        ("drop-table:full_one", "", True),
        ("drop-table:public.empty_one", "", False),
        ('drop-table:"my.table"', "", True),
        ("drop-table:my.table", "", True),
        ("drop-column:full_one.x", "", True),
        ("drop-column:full_one.gone", "", False),
        ("drop-column:app.hidden.x", "", True),
        ("retype:empty_one.x", "", False),
        ("update:secured", "", True),
        # what is not there
        ("drop-table:hidden", "", True),
        ("drop-table:new", "CREATE TABLE new (); DROP TABLE new;", False),
        ("drop-table:app.new", "CREATE UNLOGGED TABLE IF NOT EXISTS app.new ();", False),
        ("drop-table:new", "DO $$BEGIN CREATE TABLE new (); END$$", True),
        # another search_path
        ("drop-table:hidden", "SET search_path = app; DROP TABLE hidden;", True),
        ("drop-table:empty_two", "SET search_path = app; DROP TABLE empty_two;", True),
        ("drop-table:empty_two", 'SET LOCAL "search_path" = app;', True),
        ("drop-table:empty_two", "SET SCHEMA 'app';", True),
        ("drop-table:empty_two", "SELECT 1, set_config('search_path', 'app', true);", True),
        ("drop-table:empty_two", "SET ROLE app;", True),
        ("drop-table:empty_two", "DO $$BEGIN SET search_path = app; END$$;", True),
        ("drop-table:empty_two", "ALTER TABLE x SET SCHEMA app; SET work_mem = '1MB'", False),
        ("drop-table:empty_one", "SET search_path = app; DROP TABLE empty_one;", False),
        # what has the name by then, or has the rows
        ("drop-table:empty_one", "DROP TABLE empty_one; ALTER TABLE full_one RENAME TO empty_one;", True),
        ("drop-column:full_one.gone", "ALTER TABLE full_one RENAME COLUMN x TO gone;", True),
        ("drop-table:new", "CREATE TABLE new (); ALTER TABLE IF EXISTS full_one RENAME TO new;", True),
        ("truncate:empty_one", "ALTER TABLE empty_one ATTACH PARTITION full_one DEFAULT;", True),
        ("delete:empty_one", "ALTER TABLE full_one INHERIT empty_one;", True),
        ("drop-table:my.empty_two", "ALTER TABLE app.empty_two SET SCHEMA my; DROP TABLE my.empty_two;", True),
        ("unknown:do", "", True),
        ("drop-type:mood", "", True),
    ],
)
def test_what_holds_rows(there: Database, loss: str, text: str, holds: bool) -> None:
    assert HeldRows(there, ["SELECT 1", *(each.text for each in split(text))]).holds(loss) is holds


def test_a_table_whose_row_type_is_that_of_a_column_takes_it_with_it(qb_url: str) -> None:
    with scratch_database(qb_url, name="taken") as url, connect(url) as db:
        of = "CREATE TABLE of (id serial PRIMARY KEY, a int UNIQUE)"
        more = "CREATE TABLE keys (id int REFERENCES of, b int GENERATED ALWAYS AS (id) STORED)"
        db.run(Script(of, more, "CREATE VIEW seen AS SELECT a FROM of", "CREATE TABLE user_ (x of, y int)")).unwrap()
        held = HeldRows(db, [])
        assert held.holds("drop-table:of", "DROP TABLE of CASCADE")
        assert not held.holds("drop-table:of", "DROP TABLE of")
        db.run(Script("DROP TABLE user_")).unwrap()
        assert not held.holds("drop-table:of", "DROP TABLE of CASCADE")
        db.run(Script("CREATE TYPE rows AS RANGE (subtype = of)", "CREATE TABLE ranges (x int, y rows[])")).unwrap()
        assert held.holds("drop-table:public.of", "drop table public.of cascade")


def test_what_an_earlier_migration_renames(there: Database) -> None:
    renames = ["DROP TABLE empty_one", "ALTER TABLE full_one RENAME TO empty_one"]
    assert not HeldRows(there, ["DELETE FROM empty_one"]).holds("delete:empty_one")
    assert HeldRows(there, ["DELETE FROM empty_one"], renames).holds("delete:empty_one")


def test_rows_that_are_hidden_are_rows(there: Database) -> None:
    there.run(Script("CREATE ROLE qb_held_reader", "GRANT SELECT ON secured TO qb_held_reader")).unwrap()
    try:
        with there.as_role("qb_held_reader") as tx:
            assert HeldRows(tx, []).holds("delete:secured")
    finally:
        there.run(Script("DROP OWNED BY qb_held_reader", "DROP ROLE qb_held_reader")).unwrap()


def test_a_table_that_a_migration_finds_by_its_own_path_is_not_lost_unnamed(there: Database) -> None:
    text = "-- qb: allow drop-table:hidden\nSET search_path = app; DROP TABLE hidden;"
    history = in_line(migration("0001_x", text, proved=Proof(up=True)))
    guarded = MigrationRules(database="shop", protected=True, confirm="shop")
    error = migrate(there, history, rules=guarded).failure()
    assert isinstance(error, LossNotNamed)
    assert "drop-table:hidden" in str(error)


def test_what_is_allowed_of_public_is_not_allowed_of_another_schema(there: Database) -> None:
    history = in_line(migration("0001_x", "SET search_path = app; DROP TABLE hidden;"))
    named = MigrationRules(allow=("drop-table:public.hidden",))
    assert isinstance(migrate(there, history, rules=named).failure(), LossNotNamed)
    (loss,) = needed(history["0001_x"])
    assert loss.elsewhere
    assert loss.is_in(["drop-table:hidden"])
    assert not loss.is_in(["drop-table:public.hidden"])


@pytest.mark.parametrize(
    ("body", "elsewhere"),
    [
        ("SET search_path = app;", True),
        ('SET LOCAL "search_path" TO app;', True),
        ("RESET ROLE;", True),
        ("SET SESSION AUTHORIZATION app;", True),
        ("PERFORM set_config('search_path', 'app', true);", True),
        ("PERFORM pg_catalog.set_config('se' || 'arch_path', 'app', true);", True),
        ("PERFORM \"set_config\"($x$search_path$x$, 'app', true);", True),
        ("EXECUTE 'SET search_path = app';", True),
        ("EXECUTE format('SET %s', 'search_path');", True),
        ("PERFORM set_config('qb.kept_1', coalesce((SELECT 'GRANT ... TO role'), ''), false);", False),
        ("IF current_setting('qb.kept_1', true) <> '' THEN EXECUTE current_setting('qb.kept_1', true); END IF;", False),
        ("CREATE ROLE clerk;", False),
        ("ALTER TABLE app.notes SET SCHEMA app;", True),  # of which the same is said
        ("PERFORM set_config('work_mem', '1MB', true);", False),
    ],
)
def test_what_a_block_says_of_names(body: str, elsewhere: bool) -> None:
    assert looks_elsewhere([f"DO $qb$BEGIN {body} END$qb$"]) is elsewhere
    assert looks_elsewhere([f"DO LANGUAGE plpython3u $qb$ {body} $qb$;"]) is any(
        each in body.upper() for each in ("SEARCH_PATH", "ROLE", "SCHEMA", "AUTHORIZATION", "SET_CONFIG")
    )


def test_a_record_adds_to_what_the_text_says() -> None:
    text = "DELETE FROM notes; ALTER TABLE notes ALTER n TYPE bigint;"
    steps = (
        StepRecord(number=1, sql_sha="", loses=("narrow:notes.m",)),
        StepRecord(number=2, sql_sha="", loses=("drop-value:mood.sad",), keeps=("retype:public.notes.n",)),
    )
    made = migration("0001_x", text, up_steps=steps)
    assert [each.name for each in needed(made)] == ["narrow:notes.m", "delete:notes", "drop-value:mood.sad"]
    edited = migration("0001_x", text, up_steps=steps, recorded=("another", None))
    assert [each.name for each in needed(edited)] == ["delete:notes", "retype:notes.n"]


def test_what_only_looks_like_another_path() -> None:
    assert not looks_elsewhere(["-- SET search_path = app\nSELECT 'SET ROLE x'", "ALTER ROLE a SET search_path = b"])
