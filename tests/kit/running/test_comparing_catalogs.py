"""Fingerprints before a run and behind each migration: compared where they are known, and nowhere else."""

from __future__ import annotations

from msgspec.structs import replace

from qb import Database, Script, sql
from qb.errors.outcome import Outcome
from qb.kit import introspect, migrate
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import OursRecord
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.running.errors import LateMigration, NotAsRecorded
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.run.database.db import Db
from tests.kit.running.histories import in_line, migration

A, B = migration("0001_a", "CREATE TABLE a (x int);"), migration("0002_b", "CREATE TABLE b ();")
PROTECTED = MigrationRules(protected=True, confirm="default", unproved=("0001_a", "0002_b"))


def look(db: Db, record: OursRecord | None = None) -> Outcome[str]:
    return introspect(db).map(fingerprint)


def recorded(db: Database, **wrong: str) -> History:
    """A and B with their fingerprints, as they are where they run one after another; nothing of it is left."""
    empty = look(db).unwrap()
    migrate(db, in_line(A)).unwrap()
    between = look(db).unwrap()
    migrate(db, in_line(A, B)).unwrap()
    after = look(db).unwrap()
    db.execute(sql("DROP TABLE a, b").command()).unwrap()
    db.execute(sql("DROP SCHEMA qb CASCADE").command()).unwrap()
    first = replace(A, before=empty, after=wrong.get("between", between), major=18)
    return in_line(first, replace(B, before=between, after=wrong.get("after", after), major=18))


def states(db: Database) -> list[str]:
    return [each.id for each in Journal().read(db).unwrap()]


def test_what_is_as_recorded_runs(db: Database) -> None:
    assert migrate(db, recorded(db), look=look, rules=PROTECTED).unwrap().applied == ("0001_a", "0002_b")


def test_what_becomes_something_else_is_told(db: Database) -> None:
    error = migrate(db, recorded(db, between="0" * 64), look=look).failure()
    assert isinstance(error, NotAsRecorded)
    assert str(error) == (
        "0001_a is applied, and the database is not what it should be now: `qb drift` says what differs"
    )
    assert states(db) == ["0001_a"]


def test_a_database_that_somebody_changed_is_left_alone_where_it_is_protected(db: Database) -> None:
    history = recorded(db)
    migrate(db, history, to="0001", look=look).unwrap()
    db.execute(sql("ALTER TABLE a ADD y int").command()).unwrap()
    error = migrate(db, history, look=look, rules=PROTECTED).failure()
    assert isinstance(error, NotAsRecorded)
    assert str(error).startswith("the database is not what its migrations make, so nothing was run")
    assert states(db) == ["0001_a"]
    said: list[RunProgress] = []
    assert migrate(db, history, look=look, on_progress=said.append).unwrap().applied == ("0002_b",)
    assert str(said[0]).startswith("before 0002_b the database is not what its migrations make")


def test_nothing_is_compared_that_was_made_for_another_version(db: Database) -> None:
    history = in_line(*(replace(each, after="0" * 64, major=16) for each in (A, B)))
    assert migrate(db, history, look=look).unwrap().applied == ("0001_a", "0002_b")


def test_one_that_comes_late_runs_where_it_goes_together_with_what_is_applied(db: Database) -> None:
    late = migration("0002_late", "CREATE TABLE late ();", parents=("0001_a",), after="0" * 64)
    after = migration("0003_after", "CREATE TABLE after ();", parents=("0001_a",))
    joined = migration("0004_join", "", parents=("0002_late", "0003_after"))
    migrate(db, history_of([A, after]).unwrap()).unwrap()
    history = history_of([A, late, after, joined]).unwrap()
    asked: list[tuple[str, str]] = []

    def commutes(yes: bool) -> bool:
        return yes

    error = migrate(db, history, commutes=lambda one, other: commutes(yes=False)).failure()
    assert isinstance(error, LateMigration)
    assert "which this database has already, and the two do not go together: have it follow them" in str(error)

    def noted(one: object, other: object) -> bool:
        asked.append((str(one), str(other)))
        return True

    assert migrate(db, history, commutes=noted, look=look).unwrap().applied == ("0002_late", "0004_join")
    assert set(asked) == {("<migration 0002_late>", "[<migration 0003_after>]")}


def test_what_becomes_something_else_within_a_migration_is_told(db: Database) -> None:
    steps = "CREATE INDEX CONCURRENTLY a_x ON a (x);\nALTER TABLE a ADD y int;\nVACUUM a;"
    migrate(db, in_line(A), look=look).unwrap()
    db.run(Script("CREATE INDEX a_x ON a (x)")).unwrap()
    indexed = look(db).unwrap()
    db.run(Script("DROP INDEX a_x")).unwrap()
    wrong = migration("0002_b", steps, between={"1": "0" * 64}, major=18)
    error = migrate(db, in_line(A, wrong), look=look).failure()
    assert isinstance(error, NotAsRecorded)
    assert "segment 1 of 0002_b is done, and the database is not what it should be now" in str(error)
    assert [(each.state, each.done) for each in Journal().read(db).unwrap()] == [("applied", 1), ("running", 1)]
    good = replace(wrong, between={"1": indexed, "3": "0" * 64})
    assert "segment 3 of 0002_b" in str(migrate(db, in_line(A, good), look=look).failure())
    assert migrate(db, in_line(A, good), look=look).unwrap().applied == ()


def test_what_an_older_server_does_not_know(db: Database) -> None:
    newer = replace(migration("0001_newer", "CREATE TABLE a ();\nALTER TABLE a ADD LATER;"), major=99)
    said = str(migrate(db, in_line(newer)).failure())
    there = db.scalar(sql("SELECT current_setting('server_version_num')::int / 10000").rows(int)).unwrap()
    known = f"planned for PostgreSQL 99, and this server is {there}: say major = {there} in the config, and generate it"
    assert said.endswith(f"(42601). It was {known} anew")
    assert "planned" not in str(migrate(db, in_line(replace(newer, major=None))).failure())
