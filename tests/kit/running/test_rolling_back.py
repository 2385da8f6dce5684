"""`rollback`: the last ones are undone by their downs, half-way ones are gone on with."""

from __future__ import annotations

from qb import Database
from qb.kit import migrate, rollback, status
from qb.kit.running.errors import HalfApplied, LossNotNamed, StepFailed
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules
from qb.kit.running.undoing_errors import NoDown
from tests.kit.running.histories import in_line, migration

ALL = MigrationRules(allow=("drop-table:a", "drop-table:b", "drop-table:c"))
A, B, C = (
    migration(f"000{n}_{name}", f"CREATE TABLE {name} (x int);", f"DROP TABLE {name};")
    for n, name in enumerate("abc", 1)
)


def there(db: Database) -> list[str]:
    return [each.id for each in Journal().read(db).unwrap()]


def test_the_last_ones_are_undone(db: Database) -> None:
    history = in_line(A, B, C)
    migrate(db, history).unwrap()
    assert rollback(db, history, dry_run=True).unwrap().plan == ("0003_c",)
    assert rollback(db, history, rules=ALL).unwrap().undone == ("0003_c",)
    done = rollback(db, history, to="0001", rules=ALL).unwrap()
    assert (done.undone, done.applied) == (("0002_b",), ("0001_a",))
    assert there(db) == ["0001_a"]
    migrate(db, history).unwrap()
    assert rollback(db, history, everything=True, dry_run=True).unwrap().plan == ("0003_c", "0002_b", "0001_a")
    assert rollback(db, history, everything=True, rules=ALL).unwrap().undone == ("0003_c", "0002_b", "0001_a")
    assert rollback(db, history, 9, rules=ALL).unwrap().undone == ()
    assert migrate(db, history).unwrap().applied == ("0001_a", "0002_b", "0003_c")


def test_what_it_loses_has_to_be_named(db: Database) -> None:
    migrate(db, in_line(A)).unwrap()
    error = rollback(db, in_line(A)).failure()
    assert isinstance(error, LossNotNamed)
    assert error.exit_code == 4
    assert str(error) == (
        "0001_a/down.sql:1: drop-table:a: rows are lost or changed, which has to be meant: --allow drop-table:a"
    )


def test_without_a_down_nothing_is_undone(db: Database) -> None:
    history = in_line(migration("0001_x", "CREATE TABLE x ();"), A)
    migrate(db, history).unwrap()
    error = rollback(db, history, 2, rules=ALL).failure()
    assert isinstance(error, NoDown)
    assert str(error).startswith("0001_x/down.sql is not there: 0001_x cannot be undone")
    assert there(db) == ["0001_x", "0001_a"]


def test_one_that_is_stopped_half_way_is_gone_on_with(db: Database) -> None:
    broken = migration("0001_two", "CREATE TABLE a (); CREATE TABLE b ();",
                       "DROP TABLE a;\n-- qb: commit\nDROP TABLE nothing;")  # fmt: skip
    migrate(db, in_line(broken)).unwrap()
    rules = MigrationRules(allow=("drop-table:a", "drop-table:nothing", "drop-table:b"))
    error = rollback(db, in_line(broken), rules=rules).failure()
    assert isinstance(error, StepFailed)
    assert [(each.state, each.done) for each in Journal().read(db).unwrap()] == [("undoing", 1)]
    (found,) = status(db, in_line(broken)).unwrap().migrations
    assert (found.state, found.done) == ("half undone", 1)
    assert "somebody was stopped while undoing it: `qb rollback` goes on" in str(
        migrate(db, in_line(broken, C)).failure()
    )
    mended = migration("0001_two", broken.up, "DROP TABLE a;\n-- qb: commit\nDROP TABLE b;")
    assert rollback(db, in_line(mended), rules=rules).unwrap().undone == ("0001_two",)
    assert there(db) == []


def test_one_that_is_half_applied_is_not_undone(db: Database) -> None:
    broken = migration("0001_two", "CREATE TABLE a ();\n-- qb: commit\nSELECT nothing;", "DROP TABLE a;")
    migrate(db, in_line(broken)).failure()
    error = rollback(db, in_line(broken), rules=ALL).failure()
    assert isinstance(error, HalfApplied)
    assert "somebody was stopped while applying it: `qb migrate` goes on" in str(error)


def test_what_no_file_is_there_for_is_undone_by_what_the_journal_kept(db: Database) -> None:
    migrate(db, in_line(A, B, C)).unwrap()
    error = migrate(db, in_line(A, migration("0009_x", "SELECT 1"))).failure()
    assert "`qb rollback --unknown` undoes them, or bring the files back" in str(error)
    assert rollback(db, in_line(A), unknown=True, rules=ALL).unwrap().undone == ("0003_c", "0002_b")
    assert there(db) == ["0001_a"]
