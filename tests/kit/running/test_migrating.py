"""`migrate`: pending ones in order, the journal with them, what does not fit refused."""

from __future__ import annotations

from qb import Database, connect, sql, trusted
from qb.kit import migrate, status
from qb.kit.history.history import history_of
from qb.kit.running.errors import EditedMigration, LateMigration, StepFailed, UnknownApplied
from qb.kit.running.journal import Journal
from qb.kit.running.run_progress import RunProgress
from tests.kit.running.histories import in_line, migration

NOTES = migration("0001_notes", "CREATE TABLE notes (id int PRIMARY KEY, text text);", "DROP TABLE notes;")
MIXED = migration(
    "0002_mixed",
    "SET search_path = public;\nALTER TABLE notes ADD rank int;\n"
    "CREATE INDEX CONCURRENTLY notes_rank ON notes (rank);\n"
    "ALTER TABLE notes ADD CHECK (rank > 0) NOT VALID;\n-- qb: commit\n"
    "ALTER TABLE notes VALIDATE CONSTRAINT notes_rank_check;\n",
)


def value(db: Database, query: str) -> str:
    return db.scalar(sql(trusted(f"SELECT ({query})::text")).rows(str)).unwrap()


def rows(db: Database, journal: str = "qb") -> list[tuple[str, str, int]]:
    return [(each.id, each.state, each.done) for each in Journal(journal).read(db).unwrap()]


def test_what_is_pending_runs_in_order_and_once(db: Database) -> None:
    history = in_line(NOTES, MIXED)
    said: list[RunProgress] = []
    done = migrate(db, history, on_progress=said.append).unwrap()
    assert (done.applied, done.pending) == (("0001_notes", "0002_mixed"), ())
    assert rows(db) == [("0001_notes", "applied", 1), ("0002_mixed", "applied", 4)]
    assert value(db, "SELECT count(*) FROM pg_constraint WHERE conname = 'notes_rank_check' AND convalidated") == "1"
    assert [str(each) for each in said] == [
        "0001_notes (1 of 2): begins",
        "0001_notes: 1 of 1: CREATE TABLE notes",
        "0001_notes (1 of 2): done",
        "0002_mixed (2 of 2): begins",
        "0002_mixed: 1 of 4: SET search_path and 1 more",
        "0002_mixed: 2 of 4: CREATE INDEX CONCURRENTLY notes_rank ON notes",
        "0002_mixed: 3 of 4: ALTER TABLE notes ADD CHECK",
        "0002_mixed: 4 of 4: ALTER TABLE notes VALIDATE CONSTRAINT notes_rank_check",
        "0002_mixed (2 of 2): done",
    ]
    assert migrate(db, history).unwrap().applied == ()


def test_one_connection_is_enough(url: str) -> None:
    with connect(url, max_size=1, timeout=1) as db:
        assert migrate(db, in_line(NOTES, MIXED)).unwrap().applied == ("0001_notes", "0002_mixed")


def test_a_plan_shows_no_password_and_no_value(db: Database) -> None:
    up = "CREATE ROLE r PASSWORD 'hunter2'; CREATE TABLE t (x text DEFAULT 'a'); INSERT INTO t VALUES ('Ada', 7);"
    (plan,) = migrate(db, in_line(migration("0001_x", up)), dry_run=True).unwrap().plan
    assert [each.sql for each in plan.statements] == [
        "CREATE ROLE r PASSWORD '...'",
        "CREATE TABLE t (x text DEFAULT 'a')",
        "INSERT INTO t VALUES ('...', ...)",
    ]


def test_to_and_dry_run(db: Database) -> None:
    history = in_line(NOTES, MIXED)
    plan = migrate(db, history, dry_run=True).unwrap()
    assert (plan.applied, plan.pending) == ((), ("0001_notes", "0002_mixed"))
    assert [(each.line, each.segment, each.transactional) for each in plan.plan[1].statements] == [
        (1, 1, True),
        (2, 1, True),
        (3, 2, False),
        (4, 3, True),
        (6, 4, True),
    ]
    assert rows(db) == []
    assert migrate(db, history, to="0001").unwrap().applied == ("0001_notes",)
    assert migrate(db, history, to="notes").unwrap().pending == ("0002_mixed",)
    assert str(migrate(db, history, to="0003").failure()) == "there is no migration 0003 in the history"


def test_a_journal_may_have_any_name(db: Database) -> None:
    journal = 'it\'s {"odd"} $1 %s\\ ü'
    assert migrate(db, in_line(NOTES, MIXED), journal=journal).unwrap().applied == ("0001_notes", "0002_mixed")
    assert rows(db, journal) == [("0001_notes", "applied", 1), ("0002_mixed", "applied", 4)]
    assert rows(db) == []


def test_a_statement_that_fails_leaves_nothing_of_its_segment(db: Database) -> None:
    broken = migration("0002_bad", "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\n SELECT\n  nothing FROM a;")
    error = migrate(db, in_line(NOTES, broken)).failure()
    assert isinstance(error, StepFailed)
    assert str(error) == '0002_bad/up.sql:4:3: column "nothing" does not exist (42703)'
    assert rows(db) == [("0001_notes", "applied", 1)]
    assert value(db, "to_regclass('a') IS NULL") == "true"
    mended = migration("0002_bad", "CREATE TABLE a (x int);")
    assert migrate(db, in_line(NOTES, mended)).unwrap().applied == ("0002_bad",)


def test_a_constraint_that_fails_at_the_commit(db: Database) -> None:
    broken = migration(
        "0002_bad",
        "CREATE TABLE a (x int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);",
    )
    error = migrate(db, in_line(NOTES, broken)).failure()
    assert isinstance(error, StepFailed)
    assert str(error).startswith("0002_bad/up.sql:2:1: ")
    assert rows(db) == [("0001_notes", "applied", 1)]


def test_what_failed_half_way_is_mended_and_goes_on(db: Database) -> None:
    broken = migration("0002_two", "CREATE TABLE a (x int);\n-- qb: commit\nSELECT nothing;")
    error = migrate(db, in_line(NOTES, broken)).failure()
    assert str(error).endswith("; 1 of 2 segments of 0002_two are committed")
    assert rows(db)[1] == ("0002_two", "running", 1)
    other = migration("0002_two", "CREATE TABLE b (x int);\n-- qb: commit\nSELECT 1;")
    edited = migrate(db, in_line(NOTES, other)).failure()
    assert isinstance(edited, EditedMigration)
    assert str(edited) == (
        "0002_two/up.sql: 0002_two was begun here, and its done steps are others by now: bring those back from version "
        "control as they were; what is behind them may be mended"
    )
    mended = migration("0002_two", "-- better\nCREATE TABLE a (x  int);\n-- qb: commit\nCREATE TABLE c ();")
    assert migrate(db, in_line(NOTES, mended)).unwrap().applied == ("0002_two",)
    assert value(db, "to_regclass('c') IS NOT NULL") == "true"


def test_what_is_not_run_is_refused_before_anything_runs(db: Database) -> None:
    error = migrate(db, in_line(NOTES, migration("0002_bad", "SELECT 1;\nROLLBACK;"))).failure()
    assert str(error).startswith("0002_bad/up.sql:2:1: ROLLBACK is not run")
    assert rows(db) == []


def test_an_edited_file_is_refused(db: Database) -> None:
    migrate(db, in_line(NOTES)).unwrap()
    error = migrate(db, in_line(migration("0001_notes", "CREATE TABLE other ();"), MIXED)).failure()
    assert isinstance(error, EditedMigration)
    assert str(error) == (
        "0001_notes/up.sql: 0001_notes is not what was applied here: bring the file back from version control and "
        "write a new migration, or say that it is meant with `qb resolve 0001_notes --applied`"
    )
    windows = migration("0001_notes", NOTES.up.replace("\n", "\r\n"))
    assert migrate(db, in_line(windows)).unwrap().applied == ()


def test_a_database_that_is_ahead_is_told(db: Database) -> None:
    migrate(db, in_line(NOTES, MIXED)).unwrap()
    assert migrate(db, in_line(NOTES)).unwrap().unknown == ("0002_mixed",)
    error = migrate(db, in_line(NOTES, migration("0003_x", "SELECT 1"))).failure()
    assert isinstance(error, UnknownApplied)
    assert str(error) == (
        "the database has 0002_mixed, which the history has not: it is ahead of this code. Bring the files back from "
        "version control"
    )


def test_one_that_comes_late_is_refused_unless_it_is_named(db: Database) -> None:
    from qb.kit.running.rules import MigrationRules

    late = migration("0002_late", "CREATE TABLE late ();", parents=("0001_notes",))
    after = migration("0003_after", "CREATE TABLE after ();", parents=("0001_notes",))
    joined = migration("0004_join", "", parents=("0002_late", "0003_after"))
    migrate(db, history_of([NOTES, after]).unwrap()).unwrap()
    history = history_of([NOTES, late, after, joined]).unwrap()
    error = migrate(db, history).failure()
    assert isinstance(error, LateMigration)
    assert str(error) == (
        "0002_late/up.sql: 0002_late was made without 0003_after, which this database has already: have it follow "
        "them, or run it all the same with --late 0002_late"
    )
    done = migrate(db, history, rules=MigrationRules(late=("0002_late",))).unwrap()
    assert done.applied == ("0002_late", "0004_join")


def test_two_heads_are_refused(db: Database) -> None:
    one, other = (migration(id, "SELECT 1", parents=("0001_notes",)) for id in ("0002_a", "0003_b"))
    history = history_of([NOTES, one, other]).unwrap()
    assert "has 2 heads, 0002_a and 0003_b" in str(migrate(db, history).failure())
    assert migrate(db, history, to="0002_a").unwrap().applied == ("0001_notes", "0002_a")


def test_what_it_sets_ends_with_it_and_does_not_keep_the_journal_from_being_written(db: Database) -> None:
    odd = migration(
        "0001_odd",
        "CREATE ROLE qb_test_nobody_1; SET ROLE qb_test_nobody_1; SET search_path = pg_temp;\n"
        "-- qb: commit\nRESET ROLE; DROP ROLE qb_test_nobody_1;",
    )
    seen = migration("0002_seen", "CREATE TABLE public.seen AS SELECT current_setting('search_path') AS path;")
    assert migrate(db, in_line(odd, seen)).unwrap().applied == ("0001_odd", "0002_seen")
    assert value(db, "SELECT path FROM seen") == '"$user", public'


def test_an_empty_migration_is_a_line_in_the_journal(db: Database) -> None:
    assert migrate(db, in_line(migration("0001_empty", "-- nothing\n"))).unwrap().applied == ("0001_empty",)
    assert rows(db) == [("0001_empty", "applied", 0)]


def test_a_contract_is_told_apart_before_it_is_run(db: Database) -> None:
    made = migration("0001_a", "CREATE TABLE a (x int, y int);")
    history = in_line(made, migration("0002_contract_a", "SELECT 1;", contract=True))
    plan = migrate(db, history, dry_run=True).unwrap().plan
    assert [(each.id, each.contract) for each in plan] == [("0001_a", False), ("0002_contract_a", True)]


class _Noted:
    """Notes each statement that is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def begun(self, sql: str, name: str | None, batch: int) -> _Noted:
        self.sent.append(sql)
        return self

    def watch(self, pool: object) -> None: ...
    def on(self, link: object) -> None: ...
    def found(self, found: object) -> None: ...
    def failed(self, error: BaseException) -> None: ...
    def end(self) -> None: ...


def test_with_nothing_to_do_the_journal_alone_is_read(url: str) -> None:
    history = in_line(NOTES, MIXED)
    with connect(url) as db:
        migrate(db, history).unwrap()
    for look in (migrate, status):
        noted = _Noted()
        with connect(url, telemetry=noted) as db:
            assert look(db, history).unwrap().pending == ()
        assert noted.sent
        assert {text.rpartition(" FROM ")[2].partition(".")[0] for text in noted.sent} == {'"qb"'}
