"""What became of a step that cannot be in a transaction: told from what others make meanwhile, which is left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final

import pytest

from qb import Database, Script, connect, sql, trusted
from qb.kit import migrate
from qb.kit.running.settling import StepNote, note_before, settle_step
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration

LONG: Final = "ü" * 40
MADE: Final = """
CREATE TABLE t (a int, b int, "c c" text);
CREATE TABLE " USING " (a int);
CREATE TABLE "Weird ""t"".x" (a int, "CONCURRENTLY" int);
CREATE SCHEMA app;
CREATE TABLE app.t (a int, b int);
CREATE TABLE partition (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF partition FOR VALUES FROM (0) TO (10);
CREATE SCHEMA detach;
CREATE TABLE detach.partition (id int) PARTITION BY RANGE (id);
CREATE TABLE detach.p1 PARTITION OF detach.partition FOR VALUES FROM (0) TO (10);
"""


@pytest.fixture
def session(db: Database) -> Iterator[OwnSession]:
    with OwnSession(db) as session:
        for each in filter(str.strip, MADE.split(";")):
            session.run(each)
        yield session


def spoil(session: OwnSession, name: str) -> None:
    session.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = $1::regclass", name)


def settled(session: OwnSession, text: str, note: StepNote, *, failed: bool = False) -> str:
    return settle_step(session, text, note, failed=failed, marked=False)


WANTED: Final = [
    "CREATE INDEX CONCURRENTLY wanted ON t (a)",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS wanted ON public.t (a)",
    'CREATE UNIQUE INDEX CONCURRENTLY "wanted USING " ON ONLY t USING btree (a) WHERE t.a > 3',
    f"CREATE INDEX CONCURRENTLY {LONG} ON t (a)",
    'CREATE INDEX CONCURRENTLY ON t (lower("c c"), a DESC) INCLUDE (b)',
    "CREATE INDEX CONCURRENTLY /* ON nothing */ ON app . t (a) -- t (b)",
    'create index concurrently on " USING " ((a + 1)) where a in (1, 2)',
    'CREATE INDEX CONCURRENTLY "concurrently" ON "Weird ""t"".x" ("CONCURRENTLY")',
]
OTHERS: Final = {
    "of another column": "CREATE INDEX by_somebody ON {} (b)",
    "of another kind": "CREATE INDEX by_somebody ON {} USING hash (a)",
}


def table_of(text: str) -> str:
    return {5: "app.t", 6: '" USING "', 7: '"Weird ""t"".x"'}.get(WANTED.index(text), "t")


@pytest.mark.parametrize("text", WANTED)
def test_an_index_that_was_built_is_done(session: OwnSession, text: str) -> None:
    note = note_before(session, text)
    assert settled(session, text, note) == "again"
    session.run(text)
    assert settled(session, text, note) == "done"
    assert settled(session, text, note, failed=True) == "again"
    assert settled(session, text, note_before(session, text)) == "again", "it was there before"


@pytest.mark.parametrize("text", WANTED)
def test_an_index_that_was_left_invalid_is_dropped(session: OwnSession, text: str) -> None:
    note = note_before(session, text)
    session.run(text)
    ((number, name),) = session.rows(
        "SELECT oid::text, oid::regclass::text FROM pg_class ORDER BY pg_class.oid DESC LIMIT 1"
    )
    spoil(session, name or "")
    assert settled(session, text, note) == "again"
    assert session.rows("SELECT FROM pg_class WHERE oid = $1::oid", number) == []


@pytest.mark.parametrize("invalid", [False, True])
@pytest.mark.parametrize("text", [each for each in WANTED if 'USING " ' not in each.upper() and "Weird" not in each])
@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_one_that_somebody_makes_meanwhile_is_neither_taken_for_it_nor_dropped(
    session: OwnSession, text: str, other: str, invalid: bool
) -> None:
    note = note_before(session, text)
    session.run(OTHERS[other].format(table_of(text)))
    where = "app.by_somebody" if table_of(text) == "app.t" else "by_somebody"
    if invalid:
        spoil(session, where)
    assert settled(session, text, note) == "again"
    assert session.rows("SELECT FROM pg_class WHERE oid = to_regclass($1)", where) == [()]
    session.run(text)
    assert settled(session, text, note) == "done"


def test_one_of_its_name_that_is_another_is_told(db: Database, session: OwnSession) -> None:
    text = WANTED[0]
    note = note_before(session, text)
    session.run("CREATE INDEX wanted ON t (b)")
    assert settled(session, text, note) == "again"
    spoil(session, "wanted")
    assert settled(session, text, note) == "again"
    assert session.rows("SELECT to_regclass('wanted') IS NULL") == [("f",)]
    assert "already exists" in str(migrate(db, in_line(migration("0001_x", text))).failure())


def test_where_nobody_knows_what_an_index_is_nothing_is_guessed(session: OwnSession) -> None:
    """An expression that names the table with its schema cannot be said of another one."""
    named = "CREATE INDEX CONCURRENTLY wanted ON app.t ((app.t.a + 1))"
    note = note_before(session, named)
    session.run("CREATE INDEX by_somebody ON app.t (b)")
    assert settled(session, named, note) == "again", "none has its name"
    session.run(named)
    assert settled(session, named, note) == "done"
    unnamed = "CREATE INDEX CONCURRENTLY ON app.t ((app.t.a + 1))"
    note = note_before(session, unnamed)
    assert settled(session, unnamed, note) == "again"
    session.run("CREATE INDEX more ON app.t (b)")
    assert settled(session, unnamed, note) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE partition DETACH PARTITION p1 CONCURRENTLY",
        "ALTER TABLE IF EXISTS ONLY partition DETACH PARTITION public . p1 CONCURRENTLY",
        "ALTER TABLE detach.partition DETACH PARTITION detach.p1 CONCURRENTLY",
    ],
)
def test_a_partition_that_is_to_be_detached(session: OwnSession, text: str) -> None:
    assert settled(session, text, StepNote()) == "again"
    session.run(text)
    assert settled(session, text, StepNote()) == "done"
    assert settled(session, text, StepNote(), failed=True) == "again"
    session.run("DROP TABLE p1, detach.p1")
    assert settled(session, text, StepNote()) == "again", "nobody knows whether it was; the server says that it is gone"


def test_a_reindex_sweeps_what_it_is_for(session: OwnSession) -> None:
    left = ("t_a_ccnew", "t_a_ccold1", "t_mine", "app.t_a_ccnew")
    texts = {
        "REINDEX TABLE CONCURRENTLY t": left[:2],
        "REINDEX (VERBOSE, CONCURRENTLY) TABLE public.t": left[:2],
        "REINDEX INDEX CONCURRENTLY app.t_a": left[3:],
        "REINDEX SCHEMA CONCURRENTLY app": left[3:],
        "REINDEX DATABASE CONCURRENTLY": (*left[:2], left[3]),
        "REINDEX TABLE CONCURRENTLY p1": (),
    }
    session.run("CREATE INDEX t_a ON app.t (a)")
    for text, swept in texts.items():
        note = note_before(session, text)
        for name in left:
            schema, _, short = name.rpartition(".")
            session.run(f"CREATE INDEX IF NOT EXISTS {short} ON {schema or 'public'}.t (a)")
            spoil(session, name)
        assert settled(session, text, note) == "again"
        there = [name for name in left if session.rows("SELECT to_regclass($1) IS NULL", name) == [("f",)]]
        assert there == [name for name in left if name not in swept], text
        session.run(f"DROP INDEX IF EXISTS {', '.join(left)}")


def test_a_reindex_of_one_index_leaves_those_of_others_of_its_table(session: OwnSession) -> None:
    long = "ü" * 31
    for each in ("CREATE INDEX t_a ON t (a)", f"CREATE INDEX {long} ON t (a)", "CREATE INDEX ON partition (id)"):
        session.run(each)
    texts = {
        "REINDEX INDEX CONCURRENTLY t_a": ["t_a_ccnew2"],
        f"REINDEX INDEX CONCURRENTLY public.{long}": ["ü" * 28 + "_ccold"],
        "REINDEX INDEX CONCURRENTLY partition_id_idx": ["p1_id_idx_ccnew"],
    }
    left = {each: "p1 (id)" if each.startswith("p1") else "t (a)" for found in texts.values() for each in found}
    left |= {"t_b_ccnew": "t (b)", "t_a_x_ccnew": "t (a)", "p1_other_ccnew": "p1 (id)"}
    for text, swept in texts.items():
        note = note_before(session, text)
        for name, on in left.items():
            session.run(f"CREATE INDEX IF NOT EXISTS {name} ON {on}")
            spoil(session, name)
        assert settled(session, text, note) == "again"
        assert [name for name in left if session.rows("SELECT to_regclass($1) IS NULL", name) == [("t",)]] == swept
        session.run(f"DROP INDEX IF EXISTS {', '.join(left)}")


def test_what_somebody_else_is_reindexing_is_left_alone(session: OwnSession, url: str) -> None:
    session.run("CREATE INDEX t_a ON t (a)")
    text = "REINDEX INDEX CONCURRENTLY t_a"
    note = note_before(session, text)
    with connect(url, max_size=2) as others:
        with others.transaction() as tx:  # its snapshot keeps the other one waiting
            tx.execute(sql("LOCK TABLE t IN ROW EXCLUSIVE MODE").command()).unwrap()
            theirs = threading.Thread(target=lambda: others.run(Script(trusted(text))).unwrap())
            theirs.start()
            while not session.rows("SELECT FROM pg_class WHERE relname = 't_a_ccnew'"):
                time.sleep(0.02)
            assert settled(session, text, note) == "again"
            assert session.rows("SELECT to_regclass('t_a_ccnew') IS NULL") == [("f",)]
        theirs.join()
    assert session.rows("SELECT relname FROM pg_class WHERE relname LIKE 't\\_a%'") == [("t_a",)]


def test_an_index_that_was_dropped_is_not_taken_for_one_of_its_name_elsewhere(db: Database) -> None:
    db.run(
        Script(
            "CREATE SCHEMA app",
            "CREATE TABLE app.t (a int)",
            "CREATE INDEX i ON app.t (a)",
            "CREATE TABLE t (a int)",
            "CREATE INDEX i ON t (a)",
        )
    ).unwrap()
    text = "DROP INDEX CONCURRENTLY IF EXISTS i"
    with OwnSession(db) as session:
        session.run("SET search_path = app, public")
        note = note_before(session, text)
        assert settled(session, text, note) == "again"
        session.run(text)
        assert settled(session, text, note) == "done"
        assert session.rows("SELECT to_regclass('public.i')::text") == [("i",)]


def test_a_database_that_was_there_before_is_not_what_a_step_has_made(session: OwnSession) -> None:
    text = "CREATE DATABASE postgres"
    assert settled(session, text, note_before(session, text)) == "again"
    assert settled(session, text, StepNote()) == "done"
    dropped = "DROP DATABASE IF EXISTS qb_nothing_of_that_name"
    assert settled(session, dropped, note_before(session, dropped)) == "again"
    assert settled(session, dropped, StepNote(named=1)) == "done"


@pytest.mark.parametrize(
    ("text", "failed", "outcome"),
    [
        ("ALTER TABLE t ADD c int", True, "again"),
        ("ALTER TABLE t ADD c int", False, "unknown"),
        ("call p()", True, "unknown"),
        ("/* x */ DO $$BEGIN COMMIT; END$$", True, "unknown"),
    ],
)
def test_a_marked_step(session: OwnSession, text: str, failed: bool, outcome: str) -> None:
    """What the server has refused has left nothing, unless it commits by itself."""
    assert settle_step(session, text, StepNote(), failed=failed, marked=True) == outcome


def test_a_marked_statement_that_failed_is_run_again(db: Database) -> None:
    text = "CREATE TABLE t ();\n-- qb: no transaction\nALTER TABLE t ADD c nothing;"
    history = in_line(migration("0001_x", text))
    for _ in range(2):
        assert "does not exist" in str(migrate(db, history).failure())
    mended = in_line(migration("0001_x", text.replace("nothing", "int")))
    assert migrate(db, mended).unwrap().applied == ("0001_x",)
    query = "SELECT count(*) FROM information_schema.columns WHERE table_name = 't'"
    assert db.scalar(sql(trusted(query)).rows(int)).unwrap() == 1


def test_what_a_step_failed_of_is_told_whoever_runs_it(db: Database) -> None:
    """The journal is not for everybody to read."""
    db.run(Script("CREATE ROLE qb_test_nobody_2", "GRANT CREATE ON SCHEMA public TO qb_test_nobody_2")).unwrap()
    try:
        up = "SET ROLE qb_test_nobody_2;\nCREATE TABLE t ();\n-- qb: no transaction\nALTER TABLE t ADD c nothing;"
        for _ in range(2):
            error = str(migrate(db, in_line(migration("0001_x", up))).failure())
            assert error.startswith("0001_x/up.sql:4:")
            assert 'type "nothing" does not exist' in error
        assert migrate(db, in_line(migration("0001_x", up.replace("nothing", "int")))).unwrap().applied == ("0001_x",)
    finally:
        db.run(Script("DROP OWNED BY qb_test_nobody_2", "DROP ROLE qb_test_nobody_2")).unwrap()
