"""Heads that are joined, and those that are not; late migrations that go together with what is applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database
from qb.kit import migrate
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.planning.written_plan import plan_sql
from qb.kit.reworking.errors import HeadsDoNotCommute
from qb.kit.reworking.merging import commuting, merge
from qb.kit.reworking.replays import Replays
from qb.kit.running.errors import LateMigration
from tests.kit.planning.test_plan import planned
from tests.kit.running.histories import migration

ROOT = migration(
    "0001_notes",
    """CREATE TABLE notes (id int PRIMARY KEY, text text, n int, m int);
    CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'INSERT INTO notes VALUES (7)';
    CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TABLE keyed (id int REFERENCES notes ON DELETE CASCADE);
    CREATE TABLE fired (id int);
    CREATE TRIGGER fires AFTER INSERT ON fired EXECUTE FUNCTION fire();
    CREATE VIEW inner_shown AS SELECT m FROM notes;
    CREATE VIEW shown AS SELECT * FROM inner_shown;""",
)
READS = ("table notes", "one writes rows of it, and the other may read them")
ROWS = ("rows", "what steps.py, a block or a function writes nobody can tell")
CHANGES = ("column public.notes.n", "one changes it, and the other may write or read rows of its table")
FIRES = ("trigger public.notes.t", "one changes it, and the other may write or read rows of its table")


def branches(folder: Path, one: str, other: str) -> History:
    for made in (
        ROOT,
        migration("0002_one", one, parents=("0001_notes",)),
        migration("0002_other", other, parents=("0001_notes",)),
    ):
        add_migration(folder, made).unwrap()
    return read_history(folder).unwrap()


@pytest.fixture
def replays(cache: Path) -> Replays:
    return Replays(cache=cache)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE TABLE a ();", "CREATE TABLE b ();"),
        ("ALTER TABLE notes ADD a int;", "ALTER TABLE notes ADD b int;"),
        ("CREATE INDEX CONCURRENTLY notes_n ON notes (n);", "ALTER TABLE notes ADD CHECK (n > 0);"),
        ("INSERT INTO notes VALUES (1);", "CREATE TABLE log (x int); INSERT INTO log VALUES (1);"),
    ],
)
def test_what_does_not_touch_the_same_is_joined(
    tmp_path: Path, replays: Replays, db: Database, one: str, other: str
) -> None:
    branches(tmp_path, one, other)
    done = merge(tmp_path, replays=replays, prefix="index").unwrap()
    assert (done.id, done.parents) == ("0003_merge", ("0002_one", "0002_other"))
    history = read_history(tmp_path).unwrap()
    assert history.heads == ("0003_merge",)
    assert history["0003_merge"].is_proved
    assert migrate(db, history).unwrap().applied == history.ids
    assert merge(tmp_path, replays=replays).unwrap().id is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other", "object", "why"),
    [
        ("ALTER TABLE notes ADD a int;", "ALTER TABLE notes ADD a int;", "column public.notes.a", "both change it"),
        ("ALTER TABLE notes DROP n;", "CREATE VIEW v AS SELECT n FROM notes;", "0002_other/up.sql:1", "does not exist"),
        ("UPDATE notes SET n = 1;", "UPDATE notes SET n = 2;", "table notes", "both write rows of it"),
        ("UPDATE notes SET n = 9;", "CREATE TABLE log (n int); INSERT INTO log SELECT n FROM notes;", *READS),
        ("CREATE TABLE log AS SELECT n FROM notes;", "INSERT INTO public.notes VALUES (1);", *READS),
        ("DO $$BEGIN UPDATE notes SET n = n * 2; END$$;", "DO $$BEGIN INSERT INTO notes VALUES (5); END$$;", *ROWS),
        ("SELECT fill();", "INSERT INTO notes VALUES (5);", *ROWS),
        ("ALTER TABLE notes ALTER n SET DEFAULT 5;", "INSERT INTO notes (id) VALUES (1);", *CHANGES),
        ("INSERT INTO notes VALUES (1);", "CREATE TRIGGER t AFTER INSERT ON notes EXECUTE FUNCTION fire();", *FIRES),
        ("INSERT INTO keyed SELECT 1 WHERE false;", "DELETE FROM notes;", "table keyed", "both write rows of it"),
        ("UPDATE notes SET n = 1;", "SELECT * FROM shown;", *READS),
        ("INSERT INTO fired VALUES (1);", "INSERT INTO notes VALUES (2);", *ROWS),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';",
            "function public.f()",
            "both change it",
        ),
        (
            "CREATE TABLE log (n int);",
            "DO $$ BEGIN IF to_regclass('log') IS NULL THEN CREATE TABLE none (); END IF; END $$;",
            "table public.none",
            "it is another one in the other order",
        ),
    ],
)
def test_what_does_is_told_with_both_files(
    tmp_path: Path, replays: Replays, one: str, other: str, object: str, why: str
) -> None:
    branches(tmp_path, one, other)
    error = merge(tmp_path, replays=replays).failure()
    assert isinstance(error, HeadsDoNotCommute)
    assert object in error.object
    assert why in error.why
    assert error.files == (str(tmp_path / "0002_one/up.sql"), str(tmp_path / "0002_other/up.sql"))
    assert (error.exit_code, error.fix) == (4, "qb renumber 0002_other or qb renumber 0002_one")
    assert "Have the one that no database has run yet follow the other" in str(error)
    assert "`qb renumber 0002_other` puts 0002_other behind 0002_one, `qb renumber 0002_one` puts it" in str(error)
    assert len(read_history(tmp_path).unwrap()) == 3


@pytest.mark.slow
def test_blocks_that_a_plan_wrote_are_joined_and_those_of_people_named(
    tmp_path: Path, replays: Replays, bare: Database
) -> None:
    parted = (
        "CREATE TABLE p (id int, a text) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) "
        "TO (9); CREATE TABLE notes (n int);"
    )
    made = planned(bare, parted, parted + "CREATE INDEX p_a ON p (a);")
    up = plan_sql(made.up)
    assert "DO " in up
    for each in (
        migration("0001_p", parted),
        migration("0002_alice", up, parents=("0001_p",)),
        migration("0003_bob", "ALTER TABLE notes ADD a int; INSERT INTO notes VALUES (1);", parents=("0001_p",)),
    ):
        add_migration(tmp_path, each).unwrap()
    assert merge(tmp_path, replays=replays, dry_run=True, prefix="index").unwrap().id == "0004_merge"
    by_hand = "\nDO $$BEGIN PERFORM 1 FROM p; END$$;"
    file = tmp_path / "0002_alice" / "up.sql"
    file.write_text(f"{up}{by_hand}")
    error = merge(tmp_path, replays=replays).failure()
    assert isinstance(error, HeadsDoNotCommute)
    assert f"nobody can tell: the block at {file}:{up.count(chr(10)) + 2}" in error.why


def test_one_head_is_nothing_to_join(tmp_path: Path) -> None:
    assert merge(tmp_path).unwrap().id is None
    add_migration(tmp_path, ROOT).unwrap()
    assert merge(tmp_path).unwrap().files == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("late", "commutes"), [("ALTER TABLE notes ADD a int;", True), ("ALTER TABLE notes RENAME text TO b;", False)]
)
def test_one_that_comes_late_is_applied_where_it_commutes(
    db: Database, replays: Replays, late: str, commutes: bool
) -> None:
    applied = migration("0003_applied", "ALTER TABLE notes ADD b int;", parents=("0001_notes",))
    migrate(db, history_of([ROOT, applied]).unwrap()).unwrap()
    joined = Migration(id="0004_merge", parents=("0002_late", "0003_applied"))
    whole = history_of([ROOT, migration("0002_late", late, parents=("0001_notes",)), applied, joined]).unwrap()
    outcome = migrate(db, whole, commutes=commuting(whole, replays))
    if commutes:
        assert outcome.unwrap().applied == ("0002_late", "0004_merge")
    else:
        error = outcome.failure()
        assert isinstance(error, LateMigration)
        assert "and the two do not go together" in str(error)
