"""What is asked of a down, as of an up: a proof, a backup, and that the database is what it was before."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from qb import Database, Script, connect, sql
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit import Backups, RunRefusal, introspect, migrate, rollback, rollback_each
from qb.kit.history.checksum import checksum
from qb.kit.history.history import History
from qb.kit.history.migration import OursRecord, Proof
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.running.backup_errors import BackupFailed
from qb.kit.running.errors import NotAsRecorded, StepFailed, UnprovedMigration
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.kit.running.runner_lock import take_lock
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession
from tables.scratch import scratch_database
from tests.kit.running.histories import in_line, migration

A = migration("0001_a", "CREATE TABLE a (x int);", "DROP TABLE a;")
B = migration("0002_b", "CREATE INDEX b ON a (x);", "DROP INDEX b;")
ALLOWED = MigrationRules(allow=("drop-table:a", "drop-column:a.x"))
PROTECTED = replace(ALLOWED, protected=True, confirm="default", unproved=("0001_a", "0002_b"))


def look(db: Db, of: OursRecord | None = None) -> Outcome[str]:
    return introspect(db).map(fingerprint)


def there(db: Database) -> list[str]:
    return [each.id for each in Journal().read(db).unwrap()]


def recorded(db: Database, **downs: str) -> History:
    """Both applied, with their fingerprints; of 0002 with another down."""
    empty = look(db).unwrap()
    migrate(db, in_line(A)).unwrap()
    between = look(db).unwrap()
    migrate(db, in_line(A, B)).unwrap()
    first = replace(A, before=empty, after=between, major=18)
    down = downs.get("down", B.down)
    return in_line(first, replace(B, before=between, after=look(db).unwrap(), major=18, down=down))


def test_what_is_as_it_was_before_is_undone(db: Database) -> None:
    history = recorded(db)
    assert rollback(db, history, 2, look=look, rules=PROTECTED).unwrap().undone == ("0002_b", "0001_a")


@pytest.mark.parametrize("rules", [ALLOWED, PROTECTED], ids=["open", "protected"])
@pytest.mark.parametrize("down", ["SELECT 1;", "DROP INDEX b;\nALTER TABLE a DROP x;", ""])
def test_a_down_that_leaves_something_is_told(db: Database, rules: MigrationRules, down: str) -> None:
    error = rollback(db, recorded(db, down=down), 2, look=look, rules=rules).failure()
    assert isinstance(error, NotAsRecorded)
    assert str(error) == (
        "0002_b is undone, and the database is not what it was before it: its down leaves something there, or takes "
        "too much; `qb drift` says what differs"
    )
    assert there(db) == ["0001_a"], "what comes before it is not undone"


def test_a_down_that_was_edited_has_to_make_the_same(db: Database) -> None:
    history = recorded(db, down="SELECT 1;")
    edited = in_line(
        history["0001_a"], replace(history["0002_b"], recorded=(checksum(B.up), checksum("DROP INDEX b;")))
    )
    assert edited["0002_b"].edited
    assert isinstance(rollback(db, edited, look=look, rules=ALLOWED).failure(), NotAsRecorded)


def test_a_database_that_somebody_changed_is_left_alone_where_it_is_protected(db: Database) -> None:
    history = recorded(db)
    db.run(Script("ALTER TABLE a ADD y int")).unwrap()
    error = rollback(db, history, look=look, rules=PROTECTED).failure()
    assert isinstance(error, NotAsRecorded)
    assert str(error) == (
        "the database is not what its migrations make, so nothing was undone: `qb drift` says what differs"
    )
    assert there(db) == ["0001_a", "0002_b"]
    said: list[RunProgress] = []
    assert rollback(db, history, look=look, rules=ALLOWED, on_progress=said.append).unwrap().undone == ("0002_b",)
    assert str(said[0]).startswith("before 0002_b the database is not what its migrations make")


def test_nothing_is_compared_where_nobody_knows(db: Database) -> None:
    """Made for another version, and with what no file is there for."""
    history = recorded(db, down="SELECT 1;")
    others = in_line(*(replace(each, major=16) for each in history))
    assert rollback(db, others, look=look, rules=PROTECTED).unwrap().undone == ("0002_b",)
    migrate(db, in_line(*history, migration("0003_c", "CREATE TABLE c ();", "DROP TABLE c;"))).failure()


def test_one_of_several_heads_is_not_compared(db: Database) -> None:
    history = recorded(db)
    more = migration("0003_c", "CREATE TABLE c ();", "DROP TABLE c;")
    db.run(Script("DROP INDEX b")).unwrap()
    migrate(db, in_line(*history, more), look=None).unwrap()
    rules = replace(PROTECTED, allow=("drop-table:c",), unproved=("0003_c",))
    assert rollback(db, history, unknown=True, look=look, rules=rules).unwrap().undone == ("0003_c",)


@pytest.mark.parametrize(
    ("proof", "edited", "says"),
    [
        (None, False, "was never proved, and the database is protected: "),
        (
            Proof(up=True),
            False,
            "was never proved, and the database is protected: ",
        ),
        (Proof(up=True, down=True), True, "was edited since it was proved, "),
    ],
)
def test_a_protected_database_takes_proved_downs_alone(
    db: Database, proof: Proof | None, edited: bool, says: str
) -> None:
    made = replace(
        B, proved=proof, recorded=(checksum(B.up), checksum("DROP INDEX other;" if edited else B.down or ""))
    )
    history = in_line(A, made)
    migrate(db, history, rules=replace(PROTECTED, protected=False)).unwrap()
    rules = replace(PROTECTED, unproved=())
    error = rollback(db, history, rules=rules).failure()
    assert isinstance(error, UnprovedMigration)
    assert str(error).startswith(f"0002_b/down.sql: the down of 0002_b {says}")
    assert str(error).endswith("`qb prove 0002_b` proves it, --unproved 0002_b runs it all the same")
    (refused,) = rollback(db, history, rules=rules, dry_run=True).unwrap().refused
    assert (refused.code, str(refused)) == ("unproved-migration", str(error))
    good = in_line(A, replace(made, proved=Proof(down=True), recorded=None))
    assert rollback(db, good, rules=rules).unwrap().undone == ("0002_b",)


def test_a_down_that_the_journal_alone_has_is_not_proved(db: Database) -> None:
    migrate(db, in_line(A, B)).unwrap()
    rules = replace(PROTECTED, unproved=())
    error = rollback(db, in_line(A), unknown=True, rules=rules).failure()
    assert isinstance(error, UnprovedMigration)
    assert str(error) == (
        "the journal's down of 0002_b: the down of 0002_b is kept without its proof, and the database is protected: "
        "bring its files back from version control, or --unproved 0002_b runs it all the same"
    )
    assert rollback(db, in_line(A), unknown=True, rules=replace(rules, unproved=("0002_b",))).unwrap().undone == (
        "0002_b",
    )


def test_what_would_be_undone_says_what_it_loses(db: Database) -> None:
    migrate(db, in_line(A, B)).unwrap()
    plan = rollback(db, in_line(A, B), 2, dry_run=True).unwrap()
    assert (plan.plan, plan.loses, plan.exit_code) == (("0002_b", "0001_a"), ("drop-table:a",), 4)
    (refused,) = plan.refused
    assert isinstance(refused, RunRefusal)
    assert (refused.code, refused.line, refused.fix) == ("loss-not-named", 1, "--allow drop-table:a")
    good = rollback(db, in_line(A, B), 2, dry_run=True, rules=ALLOWED).unwrap()
    assert (good.refused, good.exit_code, there(db)) == ((), 0, ["0001_a", "0002_b"])


def test_each_down_has_a_backup(db: Database, url: str, tmp_path: Path) -> None:
    migrate(db, in_line(A, B)).unwrap()
    backups = Backups(folder=tmp_path / "kept", address=url, keep=1)
    said: list[RunProgress] = []
    done = rollback(db, in_line(A, B), 2, rules=ALLOWED, backups=backups, on_progress=said.append).unwrap()
    names = [Path(each).name.partition("-before-")[2] for each in done.backups]
    assert names == ["undoing-0002_b.dump", "undoing-0001_a.dump"]
    assert [each.name.endswith("undoing-0001_a.dump") for each in backups.there()] == [True]
    assert [each.migration for each in said if each.moment == "backed up"] == ["0002_b", "0001_a"]
    migrate(db, in_line(A, B)).unwrap()
    nowhere = Backups(folder=tmp_path, address="postgresql://nowhere.invalid/x")
    assert isinstance(rollback(db, in_line(A, B), backups=nowhere).failure(), BackupFailed)
    assert there(db) == ["0001_a", "0002_b"]


def test_rows_that_came_while_it_waited_are_asked_for(db: Database, url: str) -> None:
    """The file names the loss, which is enough as long as there are no rows."""
    named = in_line(replace(A, down=f"-- qb: allow drop-table:a\n{A.down}"))
    migrate(db, named).unwrap()
    rules = replace(PROTECTED, allow=())

    def insert(progress: RunProgress) -> None:
        if progress.moment == "waits for runner":
            with connect(url) as other:
                other.run(Script("INSERT INTO a VALUES (1)")).unwrap()
            holder.close()

    with connect(url, max_size=2) as other:
        holder = OwnSession(other)
        take_lock(holder, "qb", wait=0, on_progress=lambda _: None)
        error = rollback(db, named, rules=rules, on_progress=insert).failure()
    assert "there are rows in it, and the database is protected" in str(error)
    assert db.all(sql("SELECT x FROM a").rows(int)).unwrap() == [1]


def test_what_was_applied_last_is_undone_in_each_database(qb_url: str, tmp_path: Path) -> None:
    with scratch_database(qb_url, name="one") as one, scratch_database(qb_url, name="two") as two:
        broken = migration("0002_b", B.up, "DROP INDEX nothing;")
        for url, history in ((one, in_line(A, B)), (two, in_line(A))):
            with connect(url) as db:
                migrate(db, history).unwrap()
        addresses = {"one": one, "two": two, "none": "postgresql://h:1x/y"}
        begun: list[str] = []
        plans = rollback_each(addresses, in_line(A, B), dry_run=True)
        assert [each.map(lambda done: done.plan).value_or(None) for each in plans.values()] == [
            ("0002_b",),
            ("0001_a",),
            None,
        ]
        done = rollback_each(
            addresses,
            in_line(A, broken),
            to="0001_a",
            rules=ALLOWED,
            on_begin=begun.append,
            backups=lambda key, address: Backups(folder=tmp_path / key, address=address),
        )
        assert begun == ["one", "two", "none"]
        assert isinstance(done["one"], Failure)
        assert isinstance(done["one"].failure(), StepFailed)
        assert isinstance(done["two"], Success)
        assert done["two"].unwrap().undone == ()
        assert isinstance(done["none"], Failure)
        assert [each.name for each in sorted(tmp_path.iterdir())] == ["one"]
