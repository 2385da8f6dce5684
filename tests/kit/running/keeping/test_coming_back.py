"""`--keep`: which of the things comes back that were dropped under one name, and with which values."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from qb import Database, Script, Tx, connect
from qb.kit import migrate, purge, rollback
from qb.kit.running.keeping.errors import CannotKeep, UnclearReturn
from qb.kit.running.lock_patience import Patience
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from tests.kit.running.histories import in_line, migration
from tests.kit.running.keeping.test_keeping import rows, run

T = migration("0001_t", "CREATE TABLE t (id int, d text); INSERT INTO t VALUES (1, 'mine'), (2, NULL), (3, 'x');", "")
ALL = "SELECT concat_ws('=', id, d) FROM t ORDER BY 1"
MINE = ["1=mine", "2", "3=x"]
ALLOW = MigrationRules(allow=("drop-column:t.d", "drop-column:t2.d", "drop-table:t"))
ADDED = "ALTER TABLE t ADD d {}; ALTER TABLE t DROP d; ALTER TABLE t ADD d text;"
TWICE = "ALTER TABLE t DROP d; ALTER TABLE t ADD d {}; ALTER TABLE t DROP d;"

RENAMED = "ALTER TABLE t RENAME TO t2; ALTER TABLE t2 ADD d text DEFAULT 'other'; ALTER TABLE t2 DROP d;"
RENAMED_BACK = "ALTER TABLE t2 ADD d text;\n-- qb: commit\nALTER TABLE t2 DROP d; ALTER TABLE t2 RENAME TO t;"


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (
            TWICE.format("text DEFAULT 'other'"),
            "ALTER TABLE t ADD d text; ALTER TABLE t DROP d; ALTER TABLE t ADD d text;",
        ),
        (
            TWICE.format("numeric DEFAULT 4"),
            "ALTER TABLE t ADD d numeric; ALTER TABLE t DROP d; ALTER TABLE t ADD d text;",
        ),
        (f"ALTER TABLE t DROP d; {RENAMED}", f"{RENAMED_BACK} ALTER TABLE t ADD d text;"),
        (
            "DROP TABLE t; CREATE TABLE t (other int); INSERT INTO t VALUES (9); DROP TABLE t;",
            "CREATE TABLE t (other int); DROP TABLE t; CREATE TABLE t (id int, d text);",
        ),
    ],
)
def test_what_was_dropped_last_comes_back_first(db: Database, up: str, down: str) -> None:
    history = in_line(T, migration("0002_t", up, down))
    for _ in range(2):
        migrate(db, history, keep=True).unwrap()
        back = rollback(db, history, rules=ALLOW).unwrap().back
        assert back in (("t.d",), ("t",))
        assert rows(db, ALL) == MINE
        assert rows(db, "SELECT position::text FROM qb.kept") == []


def test_what_was_removed_between_is_not_taken_for_another_one(db: Database) -> None:
    down = "ALTER TABLE t ADD d text; ALTER TABLE t DROP d; ALTER TABLE t ADD d text;"
    history = in_line(T, migration("0002_t", TWICE.format("text DEFAULT 'other'"), down))
    migrate(db, history, keep=True).unwrap()
    run(db, "UPDATE qb.kept SET at = at - interval '40 days' WHERE position = 2")
    assert purge(db).unwrap().purged != ()
    assert rollback(db, history, rules=ALLOW).unwrap().back == ("t.d",)
    assert rows(db, ALL) == MINE


def test_a_down_that_makes_it_another_number_of_times_is_refused(db: Database) -> None:
    up = TWICE.format("text DEFAULT 'other'")
    once = migration("0002_t", up, "ALTER TABLE t ADD d text;")
    error = migrate(db, in_line(T, once), keep=True).failure()
    assert isinstance(error, CannotKeep)
    assert str(error).startswith(
        "0002_t/up.sql:1: drop-column:t.d cannot be kept: it is dropped 2 times and its down makes it once: nobody "
        "knows which one comes back; write the down so that it undoes one drop after another; 0002_t/up.sql:1: "
    )
    assert rows(db, "SELECT coalesce(to_regclass('t')::text, '-')") == ["-"]
    right = migration("0002_t", up, ADDED.format("text"))
    migrate(db, in_line(T, right), keep=True).unwrap()
    unclear = rollback(db, in_line(T, once), rules=ALLOW).failure()
    assert isinstance(unclear, UnclearReturn)
    assert str(unclear) == (
        "0002_t/down.sql: drop-column:t.d is kept, and cannot come back so: it is dropped 2 times and its down makes "
        "it once: nobody knows which one comes back; write the down so that it undoes one drop after another: "
        "nothing was run"
    )
    held = "SELECT count(*)::text FROM pg_attribute WHERE attname LIKE '\\_qb%'"
    assert rows(db, held) == ["2"]
    rollback(db, in_line(T, right), rules=ALLOW).unwrap()
    assert rows(db, ALL) == MINE


def test_what_a_down_left_is_never_taken_for_what_is_dropped_later(db: Database) -> None:
    leaves = in_line(T, migration("0002_t", "ALTER TABLE t DROP d;", "SELECT 1;"))
    migrate(db, leaves, keep=True).unwrap()
    assert rollback(db, leaves).unwrap().back == ()
    run(db, "ALTER TABLE t ADD d text", "UPDATE t SET d = 'new' || id")
    again = in_line(T, migration("0002_t", "ALTER TABLE t DROP d;", "ALTER TABLE t ADD d text;"))
    migrate(db, again, rules=ALLOW).unwrap()
    assert rollback(db, again).unwrap().back == ()
    assert rows(db, ALL) == ["1", "2", "3"]


FILLED = "ALTER TABLE t ADD d text; UPDATE t SET d = {};"
OF_OTHERS = (
    "its down makes its values of other columns, which may change meanwhile: say in the WHERE of that UPDATE which "
    "rows get them (WHERE d IS NULL: those that are new)"
)


@pytest.mark.parametrize("value", ["upper(b)", "b", "(SELECT b FROM t x WHERE x.a = t.a)", "b::text", "'x', a = 2"])
def test_values_that_a_down_makes_of_others_are_refused(db: Database, value: str) -> None:
    made = migration("0001_t", "CREATE TABLE t (a int, b text, d text);")
    history = in_line(made, migration("0002_t", "ALTER TABLE t DROP d;", FILLED.format(value)))
    error = migrate(db, history, keep=True).failure()
    assert str(error).startswith(f"0002_t/up.sql:1: drop-column:t.d cannot be kept: {OF_OTHERS}")
    migrate(db, history, keep=True, rules=ALLOW).unwrap()


def test_a_down_says_which_rows_get_its_values(db: Database) -> None:
    made = migration("0001_t", "CREATE TABLE t (b text, d text); INSERT INTO t VALUES ('a', 'A'), ('b', 'B');")
    down = FILLED.format("upper(b) WHERE upper(d) IS DISTINCT FROM upper(b)")
    history = in_line(made, migration("0002_t", "ALTER TABLE t DROP d;", down))
    migrate(db, history, keep=True).unwrap()
    run(db, "UPDATE t SET b = 'changed' WHERE b = 'b'", "INSERT INTO t VALUES ('new')")
    rollback(db, history, rules=MigrationRules(allow=("update:t",))).unwrap()
    assert rows(db, "SELECT b || d FROM t ORDER BY 1") == ["aA", "changedCHANGED", "newNEW"]


@pytest.mark.parametrize("value", ["'x'::text", "pg_catalog.lower('X')", "CAST('x' AS text)", "'x'::pg_catalog.text"])
def test_one_value_for_all_is_for_rows_that_have_none(db: Database, value: str) -> None:
    down = FILLED.format(value) + " UPDATE other SET d = 'o'; ALTER TABLE t ALTER d SET NOT NULL;"
    made = migration(
        "0001_t", "CREATE TABLE t (id int, d text); INSERT INTO t VALUES (1, 'k'); CREATE TABLE other (d text);"
    )
    history = in_line(made, migration("0002_t", "ALTER TABLE t DROP d;", down))
    migrate(db, history, keep=True).unwrap()
    run(db, "INSERT INTO t VALUES (2)", "INSERT INTO other VALUES ('not null')")
    rollback(db, history, rules=MigrationRules(allow=("update:t", "update:other"))).unwrap()
    assert rows(db, ALL) == ["1=k", "2=x"]
    assert rows(db, "SELECT d FROM other") == ["o"]


def test_what_is_tried_again_for_a_lock_comes_back_all_the_same(db: Database, url: str) -> None:
    made = migration("0001_t", T.up + " CREATE TABLE busy (x int);")
    down = "ALTER TABLE t ADD d text; ALTER TABLE busy ADD y int;"
    history = in_line(made, migration("0002_t", "ALTER TABLE t DROP d; ALTER TABLE busy DROP y;", down))
    migrate(db, history, to="0001").unwrap()
    run(db, "ALTER TABLE busy ADD y int")
    patience = Patience(wait=30, lock_timeout=0.2)
    for undo in (False, True):
        tried: list[str] = []
        with connect(url) as other:
            block = other.transaction()
            block.__enter__().run(Script("LOCK TABLE busy")).unwrap()

            def free(
                progress: RunProgress, block: AbstractContextManager[Tx] = block, tried: list[str] = tried
            ) -> None:
                if progress.moment == "tries again" and not tried:
                    tried.append(progress.says)
                    block.__exit__(None, None, None)

            if undo:
                back = rollback(db, history, patience=patience, on_progress=free).unwrap().back
                assert sorted(back) == ["busy.y", "t.d"]
            else:
                kept = migrate(db, history, keep=True, patience=patience, on_progress=free).unwrap().kept
                assert kept == ("public.t.d", "public.busy.y")
        assert tried
    assert rows(db, ALL) == MINE
    assert rows(db, "SELECT attname FROM pg_attribute WHERE starts_with(attname, '_qb')") == []
