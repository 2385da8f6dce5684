# Made by tools/sync.py from test_async_without_ddl.py: change that one, then run `make generate`.
"""A database that was opened without DDL: what defines something is refused, and nothing of it has happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import qb
from qb import (
    Col,
    Database,
    Db,
    DdlRefused,
    Failure,
    QueryError,
    SchemaMismatch,
    Success,
    Table,
    TransactionAborted,
    column,
    connect,
    create_all,
    new,
    schema,
    select,
    sql,
    trusted,
)
from qb.typing import Pending

HOSTILE = 'a "b" %s $1 \\ ; -- ☃'


class Note(Table, name="notes of without_ddl"):
    id: Col[int] = column(primary_key=True)
    text: Col[str] = column(name=HOSTILE)


NewNote = new(Note)
REFUSED = {
    "CREATE TABLE made (id int)": "CREATE TABLE",
    "create /* x */ table made as select 1 as one": "CREATE TABLE AS",
    "SELECT 1 AS one INTO made": "CREATE TABLE AS",
    "CREATE TEMP TABLE made (id int)": "CREATE TABLE",
    "-- a comment\n  CREATE SCHEMA made": "CREATE SCHEMA",
    "-- x\rCREATE TABLE made AS --\nSELECT 1 AS a": "CREATE TABLE AS",
    "-- x\rCREATE VIEW made AS --\nSELECT 1 AS a": "CREATE VIEW",
    "/* /* */ ' */ CREATE VIEW made AS SELECT '1'": "CREATE VIEW",
    'ALTER TABLE "notes of without_ddl" ADD made int': "ALTER TABLE",
    'DROP TABLE "notes of without_ddl"': "DROP TABLE",
    "COMMENT ON SCHEMA public IS 'x'": "COMMENT",
    "CREATE FUNCTION made() RETURNS int LANGUAGE sql AS 'select 1'": "CREATE FUNCTION",
    'GRANT SELECT ON "notes of without_ddl" TO public': "GRANT",
    'REVOKE SELECT ON "notes of without_ddl" FROM public': "REVOKE",
    "CREATE VIEW made AS SELECT 1": "CREATE VIEW",
    'CREATE INDEX made ON "notes of without_ddl" (id)': "CREATE INDEX",
    'REINDEX TABLE "notes of without_ddl"': "REINDEX",
}


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    """A database that takes none, with one table in it."""
    with connect(qb_url) as own:
        own.run(qb.drop_all(schema(Note), if_exists=True)).unwrap()
        own.run(create_all(schema(Note))).unwrap()
        with connect(qb_url, ddl=False, max_size=2) as careful:
            yield careful
        own.run(qb.drop_all(schema(Note))).unwrap()


def objects(db: Db) -> list[str]:
    """What there is of tables, indexes, views, functions and schemas."""
    found = sql(
        """SELECT relname::text || relnatts || coalesce(relacl::text, '') FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT proname FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_(toast_)?temp' ORDER BY 1"""
    )
    return db.all(found.rows(str)).unwrap()


@pytest.mark.parametrize(("text", "command"), REFUSED.items(), ids=REFUSED.values())
def test_ddl_is_refused_and_undone(db: Database, text: str, command: str) -> None:
    before = objects(db)
    assert db.execute(sql(trusted(text)).command()) == Failure(DdlRefused(command))
    assert objects(db) == before
    with db.pipeline() as p:
        row, made = p.execute(qb.insert(NewNote(id=1, text="x"))), p.execute(sql(trusted(text)).command())
    assert made.result() == Failure(DdlRefused(command))
    assert "undone" in str(row.result().failure())
    assert db.scalar(select(qb.fn.count(Note.id))) == Success(0)
    assert objects(db) == before


@pytest.mark.parametrize("text", ["DROP TABLE {t}", "SELECT 1 AS one INTO made"])
def test_in_a_transaction_it_dooms_it(db: Database, text: str) -> None:
    command = sql(trusted(text.replace("{t}", '"notes of without_ddl"'))).command()
    with pytest.raises(TransactionAborted, match="is refused"), db.transaction() as tx:
        tx.execute(qb.insert(NewNote(id=1, text="x")))
        assert isinstance(tx.execute(command).failure(), DdlRefused)
    assert db.all(select(Note.id)) == Success([])
    handles: list[Pending[int]] = []
    with pytest.raises(TransactionAborted, match="is refused"), db.transaction() as tx:
        with tx.pipeline() as p:
            handles += [p.execute(qb.insert(NewNote(id=1, text="x"))), p.execute(command)]
        assert isinstance(handles[1].result().failure(), DdlRefused)
    row, made = handles
    assert isinstance(made.result().failure(), DdlRefused)
    assert row.result().failure().sqlstate == "25P02"
    with db.transaction() as tx:
        with tx.transaction(rollback=True) as inner:
            assert isinstance(inner.execute(command).failure(), DdlRefused)
        assert tx.execute(qb.insert(NewNote(id=2, text="x"))) == Success(1)
    assert db.all(select(Note.id)) == Success([2])


def test_scripts_are_refused_whatever_they_hold(db: Database) -> None:
    for script in (create_all(schema(Note)), qb.Script("SELECT 1"), qb.drop_all(schema(Note), if_exists=True)):
        assert db.run(script) == Failure(DdlRefused("a script"))
    with pytest.raises(TransactionAborted), db.transaction() as tx:
        assert tx.run(qb.Script("SELECT 1")).failure() == DdlRefused("a script")
        qb.ignore(tx.ping())


def test_all_else_is_as_it_was(db: Database) -> None:
    assert db.insert_many([NewNote(id=n, text=str(n)) for n in range(1, 4)]) == Success(3)
    rows = [(n, f"new {n}") for n in range(1, 4)]
    assert db.update_many(rows, qb.update(Note).by(Note.id).each(Note.text)) == Success(3)
    assert db.execute(sql("SET LOCAL work_mem = '4MB'").command()) == Success(0)
    assert db.execute(sql("DO $$ BEGIN END $$").command()) == Success(0)
    assert db.scalar(sql("SHOW server_encoding").rows(str)) == Success("UTF8")
    assert db.execute(sql("CALL nothing()").command()) == db.execute(sql("CALL nothing()").command())
    plan = db.all(sql("EXPLAIN SELECT 1").rows(str)).unwrap()
    assert plan[0].startswith("Result")
    with db.pipeline() as p:
        shown = p.all(sql("EXPLAIN SELECT 1").rows(str))
        count = p.execute(qb.delete(Note).where(Note.id == 1))
    assert (shown.result().unwrap(), count.result()) == (plan, Success(1))
    with db.transaction() as tx:
        assert (tx.execute(sql("TRUNCATE {t}", t=Note).command())) == Success(0)  # a write, as DELETE is
    assert db.scalar(select(qb.fn.count(Note.id))) == Success(0)


def test_a_view_of_it_refuses_too(db: Database) -> None:
    drop = sql("DROP TABLE {t}", t=Note).command()
    for view in (db.options(statement_timeout=9.0), db.apart, db.raising.outcomes):
        assert view.execute(drop) == Failure(DdlRefused("DROP TABLE"))
    with pytest.raises(DdlRefused):
        db.raising.execute(drop)
    assert db.transact(lambda tx: tx.execute(drop)) == Failure(DdlRefused("DROP TABLE"))


def test_what_cannot_be_undone_is_not_streamed(db: Database) -> None:
    explain = sql("EXPLAIN SELECT 1").rows(str)
    with pytest.raises(QueryError, match="stream it in one"), db.stream(explain):
        pass
    with db.transaction() as tx, tx.stream(explain) as lines:
        assert list(lines)
    with (
        db.transaction(rollback=True) as tx,
        pytest.raises(SchemaMismatch),
    ):  # it has no rows, which is found before it runs
        tx.stream(sql("SELECT 1 AS one INTO made").rows(int)).__enter__()
    with db.stream(sql("SELECT 1").rows(int)) as numbers:
        assert list(numbers) == [1]


def test_what_runs_outside_transactions_alone_is_refused(db: Database) -> None:
    for text, command in (
        ("VACUUM", "VACUUM"),
        ("/* all */ vacuum (full)", "VACUUM"),
        ("CREATE DATABASE made", "CREATE DATABASE"),
        ("ALTER SYSTEM SET work_mem = '4MB'", "ALTER SYSTEM"),
        ("CLUSTER", "CLUSTER"),
        ('CREATE INDEX CONCURRENTLY made ON "notes of without_ddl" (id)', "CREATE INDEX"),
        ('REINDEX TABLE CONCURRENTLY "notes of without_ddl"', "REINDEX"),
    ):
        refused = db.execute(sql(trusted(text)).command())
        assert refused == Failure(DdlRefused(command, sqlstate="25001"))
        assert "open the database with ddl=True" in str(refused.failure())
        with db.transaction(rollback=True) as tx:  # where nobody could run it, whatever is taken
            assert tx.execute(sql(trusted(text)).command()).failure().sqlstate == "25001"
    assert isinstance(db.execute(sql("COMMIT").command()).failure(), qb.ServerError)
    assert db.ping() == Success(None)


def test_a_commit_beside_it_keeps_nothing(db: Database) -> None:
    create, commit = sql("CREATE TABLE made (id int)").command(), sql("COMMIT").command()
    with db.pipeline() as p:
        p.execute(create)
        end = p.execute(commit)
    assert end.result().failure().sqlstate == "2D000"
    with pytest.raises(TransactionAborted, match="COMMIT was not sent"), db.transaction() as tx:
        assert tx.execute(commit).failure().sqlstate == "2D000"
        assert tx.execute(create).failure().sqlstate == "25P02"
    assert db.scalar(sql("SELECT to_regclass('made')::text").rows(str | None)) == Success(None)
