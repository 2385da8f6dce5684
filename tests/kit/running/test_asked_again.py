"""What a run may lose is asked for all that it runs: the rest of what was begun, and what others have left to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from qb import Database, Script, connect, sql
from qb.kit import migrate, rollback
from qb.kit.history.history import History
from qb.kit.running.errors import LossNotNamed
from qb.kit.running.journal import Journal
from qb.kit.running.repeatable import RepeatableSql
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.kit.running.runner_lock import take_lock
from qb.kit.running.undoing_errors import MovedOn
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration

START = migration(
    "0001_notes", "CREATE TABLE notes (id int, text text);\nINSERT INTO notes VALUES (1, 'a'), (2, NULL);"
)
INDEX = "CREATE INDEX CONCURRENTLY i ON notes (id);\n"
BROKEN = migration("0002_strict", f"{INDEX}ALTER TABLE notes ALTER text SET NOT NULL;", "SELECT 1;")
PROTECTED = MigrationRules(protected=True, confirm="default", unproved=("0001_notes", "0002_strict"))


def count(db: Database) -> int:
    return db.scalar(sql("SELECT count(*) FROM notes").rows(int)).unwrap()


@pytest.mark.parametrize("rules", [MigrationRules(), PROTECTED], ids=["open", "protected"])
@pytest.mark.parametrize(
    "rest",
    ["DELETE FROM notes;", "VACUUM notes;\nDELETE FROM notes;", "-- qb: allow delete:notes\nDELETE FROM notes;"],
)
def test_the_rest_of_what_was_begun_is_asked_for(db: Database, rules: MigrationRules, rest: str) -> None:
    assert "NULL in column" in str(migrate(db, in_line(START, BROKEN), rules=rules).failure())
    mended = in_line(START, replace(BROKEN, up=INDEX + rest))
    if "allow" not in rest or rules.protected:
        error = migrate(db, mended, rules=rules).failure()
        assert isinstance(error, LossNotNamed)
        assert "delete:notes" in str(error)
        assert count(db) == 2
        rules = replace(rules, allow=("delete:notes",))
    assert migrate(db, mended, rules=rules).unwrap().applied == ("0002_strict",)
    assert count(db) == 0


def test_what_is_done_of_it_is_not_asked_for_again(db: Database) -> None:
    up = "DELETE FROM notes WHERE id = 1;\n-- qb: commit\nSELECT nothing;"
    allowed = MigrationRules(allow=("delete:notes",))
    migrate(db, in_line(START, replace(BROKEN, up=up)), rules=allowed).failure()
    mended = in_line(START, replace(BROKEN, up=up.replace("nothing", "1")))
    assert migrate(db, mended).unwrap().applied == ("0002_strict",)
    assert count(db) == 1


def test_the_rest_of_what_was_begun_with_keep_is_kept(db: Database) -> None:
    up = "SELECT 1;\n-- qb: commit\nALTER TABLE notes DROP text, ADD c nothing;"
    migrate(db, in_line(START, replace(BROKEN, up=up)), keep=True).failure()
    mended = in_line(START, replace(BROKEN, up=up.replace("nothing", "int")))
    assert migrate(db, mended).unwrap().kept == ("public.notes.text",)


def test_the_rest_of_a_down_is_asked_for(db: Database) -> None:
    down = "SELECT 1;\n-- qb: commit\nSELECT nothing;"
    history = in_line(START, replace(BROKEN, up="SELECT 1;", down=down))
    migrate(db, history).unwrap()
    assert "does not exist" in str(rollback(db, history).failure())
    mended = in_line(START, replace(BROKEN, up="SELECT 1;", down=down.replace("SELECT nothing", "DELETE FROM notes")))
    assert isinstance(rollback(db, mended).failure(), LossNotNamed)
    assert count(db) == 2
    done = rollback(db, mended, rules=MigrationRules(allow=("delete:notes",))).unwrap()
    assert (done.undone, count(db)) == (("0002_strict",), 0)


A, B, C = (
    migration(f"000{n}_{name}", f"CREATE TABLE {name} (x int);\nDELETE FROM {name};", f"DROP TABLE {name};")
    for n, name in enumerate("abc", 1)
)
ALL = MigrationRules(allow=tuple(f"{what}:{name}" for name in "abc" for what in ("drop-table", "delete")))


def meanwhile(url: str, does: Callable[[Database], object]) -> Callable[[RunProgress], None]:
    """Another runner has the lock; once somebody waits for it, it does something, and is done."""
    other = connect(url, max_size=2)
    session = OwnSession(other)
    take_lock(session, "qb", wait=0, on_progress=lambda _: None)

    def told(progress: RunProgress) -> None:
        if progress.moment == "waits for runner":
            session.close()
            does(other)
            other.close()

    return told


def there(db: Database) -> list[str]:
    return [each.id for each in Journal().read(db).unwrap()]


def up(*ids: str) -> Callable[[Database], object]:
    return lambda db: migrate(db, in_line(A, B, C), to=ids[-1], rules=ALL).unwrap()


def down(number: int, history: History | None = None) -> Callable[[Database], object]:
    return lambda db: rollback(db, history or in_line(A, B, C), number, rules=ALL).unwrap()


@pytest.mark.parametrize(
    ("to", "number", "did", "left"),
    [
        (None, 1, up("0003_c"), ["0001_a", "0002_b", "0003_c"]),
        ("0001", 1, up("0003_c"), ["0001_a", "0002_b", "0003_c"]),
        (None, 2, up("0003_c"), ["0001_a", "0002_b", "0003_c"]),
    ],
)
def test_what_came_meanwhile_is_not_left_without_what_it_follows(
    db: Database, url: str, to: str | None, number: int, did: Callable[[Database], object], left: list[str]
) -> None:
    history = in_line(A, B, C)
    migrate(db, history, to="0002", rules=ALL).unwrap()
    error = rollback(db, history, number, to=to, rules=ALL, on_progress=meanwhile(url, did)).failure()
    assert isinstance(error, MovedOn)
    assert error.exit_code == 4
    assert str(error) == (
        "others have run 0003_c while this waited for them: nothing was undone; see `qb status`, and say it again"
    )
    assert there(db) == left


@pytest.mark.parametrize(("number", "to", "undone"), [(1, None, ()), (2, None, ("0001_a",)), (1, "0001", ())])
def test_what_somebody_else_has_undone_is_undone(
    db: Database, url: str, number: int, to: str | None, undone: tuple[str, ...]
) -> None:
    history = in_line(A, B)
    migrate(db, history, rules=ALL).unwrap()
    told = meanwhile(url, down(1))
    assert rollback(db, history, number, to=to, rules=ALL, on_progress=told).unwrap().undone == undone
    assert there(db) == ([] if undone else ["0001_a"])


def test_one_that_was_made_otherwise_meanwhile_is_not_undone_by_the_old_down(db: Database, url: str) -> None:
    """The journal's own down of one that no file is there for."""

    def again(other: Database) -> None:
        rollback(other, in_line(A, B), rules=ALL).unwrap()
        migrate(other, in_line(A, replace(B, down="DROP TABLE b, a;")), rules=ALL).unwrap()

    migrate(db, in_line(A, B), rules=ALL).unwrap()
    told = meanwhile(url, again)
    assert isinstance(rollback(db, in_line(A), unknown=True, rules=ALL, on_progress=told).failure(), MovedOn)
    assert there(db) == ["0001_a", "0002_b"]


def test_what_others_have_undone_meanwhile_is_asked_for_before_it_runs_again(db: Database, url: str) -> None:
    some = MigrationRules(allow=("delete:b",))
    migrate(db, in_line(A), rules=ALL).unwrap()
    told = meanwhile(url, down(1, in_line(A)))
    error = migrate(db, in_line(A, B), rules=some, on_progress=told).failure()
    assert isinstance(error, LossNotNamed)
    assert "delete:a" in str(error)
    assert there(db) == []
    migrate(db, in_line(A), rules=ALL).unwrap()
    told = meanwhile(url, down(1, in_line(A)))
    assert migrate(db, in_line(A, B), rules=ALL, on_progress=told).unwrap().applied == ("0001_a", "0002_b")


def test_sql_that_is_to_be_run_again_only_now_is_asked_for(db: Database, url: str) -> None:
    text = RepeatableSql("seen.sql", "DELETE FROM notes;", "seen.sql")
    more = RepeatableSql("more.sql", "SELECT 1;", "more.sql")
    allowed = MigrationRules(allow=("delete:notes",))
    migrate(db, in_line(START), after=(text,), rules=allowed).unwrap()
    told = meanwhile(url, lambda other: other.run(Script("DELETE FROM qb.repeatable")).unwrap())
    db.execute(sql("INSERT INTO notes VALUES (1, 'a')").command()).unwrap()
    error = migrate(db, in_line(START), after=(text, more), on_progress=told).failure()
    assert isinstance(error, LossNotNamed)
    assert count(db) == 1


def test_what_was_applied_last_is_undone_first(db: Database) -> None:
    """Of branches the one that came late; and nothing before what follows it."""
    start = migration("0001_a", "CREATE TABLE a ();", "DROP TABLE a;")
    late = migration("0002_b", "CREATE TABLE b ();", "DROP TABLE b;", parents=("0001_a",))
    early = migration("0003_c", "CREATE TABLE c ();", "DROP TABLE c;", parents=("0001_a",))
    from qb.kit.history.history import history_of

    both = history_of([start, late, early]).unwrap()
    migrate(db, history_of([start, early]).unwrap()).unwrap()
    migrate(db, both, to="0002_b", rules=MigrationRules(late=("0002_b",))).unwrap()
    assert rollback(db, both, dry_run=True).unwrap().plan == ("0002_b",)
    assert rollback(db, both, 3, rules=ALL).unwrap().undone == ("0002_b", "0003_c", "0001_a")
