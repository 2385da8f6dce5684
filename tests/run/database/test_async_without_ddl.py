"""A database that was opened without DDL: what defines something is refused, and nothing of it has happened."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import qb
from qb import (
    AsyncDatabase,
    AsyncDb,
    Col,
    DdlRefused,
    Failure,
    QueryError,
    SchemaMismatch,
    Success,
    Table,
    TransactionAborted,
    column,
    connect_async,
    create_all,
    new,
    schema,
    select,
    sql,
    trusted,
)
from qb.typing import Pending
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:

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
async def db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """A database that takes none, with one table in it."""
    async with connect_async(qb_url) as own:
        (await own.run(qb.drop_all(schema(Note), if_exists=True))).unwrap()
        (await own.run(create_all(schema(Note)))).unwrap()
        async with connect_async(qb_url, ddl=False, max_size=2) as careful:
            yield careful
        (await own.run(qb.drop_all(schema(Note)))).unwrap()


async def objects(db: AsyncDb) -> list[str]:
    """What there is of tables, indexes, views, functions and schemas."""
    found = sql(
        """SELECT relname::text || relnatts || coalesce(relacl::text, '') FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT proname FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_(toast_)?temp' ORDER BY 1"""
    )
    return (await db.all(found.rows(str))).unwrap()


@pytest.mark.parametrize(("text", "command"), REFUSED.items(), ids=REFUSED.values())
async def test_ddl_is_refused_and_undone(db: AsyncDatabase, text: str, command: str) -> None:
    before = await objects(db)
    assert await db.execute(sql(trusted(text)).command()) == Failure(DdlRefused(command))
    assert await objects(db) == before
    async with db.pipeline() as p:
        row, made = p.execute(qb.insert(NewNote(id=1, text="x"))), p.execute(sql(trusted(text)).command())
    assert made.result() == Failure(DdlRefused(command))
    assert "undone" in str(row.result().failure())
    assert await db.scalar(select(qb.fn.count(Note.id))) == Success(0)
    assert await objects(db) == before


@pytest.mark.parametrize("text", ["DROP TABLE {t}", "SELECT 1 AS one INTO made"])
async def test_in_a_transaction_it_dooms_it(db: AsyncDatabase, text: str) -> None:
    command = sql(trusted(text.replace("{t}", '"notes of without_ddl"'))).command()
    with pytest.raises(TransactionAborted, match="is refused"):
        async with db.transaction() as tx:
            await tx.execute(qb.insert(NewNote(id=1, text="x")))
            assert isinstance((await tx.execute(command)).failure(), DdlRefused)
    assert await db.all(select(Note.id)) == Success([])
    handles: list[Pending[int]] = []
    with pytest.raises(TransactionAborted, match="is refused"):
        async with db.transaction() as tx:
            async with tx.pipeline() as p:
                handles += [p.execute(qb.insert(NewNote(id=1, text="x"))), p.execute(command)]
            assert isinstance(handles[1].result().failure(), DdlRefused)
    row, made = handles
    assert isinstance(made.result().failure(), DdlRefused)
    assert row.result().failure().sqlstate == "25P02"
    async with db.transaction() as tx:
        async with tx.transaction(rollback=True) as inner:
            assert isinstance((await inner.execute(command)).failure(), DdlRefused)
        assert await tx.execute(qb.insert(NewNote(id=2, text="x"))) == Success(1)
    assert await db.all(select(Note.id)) == Success([2])


async def test_scripts_are_refused_whatever_they_hold(db: AsyncDatabase) -> None:
    for script in (create_all(schema(Note)), qb.Script("SELECT 1"), qb.drop_all(schema(Note), if_exists=True)):
        assert await db.run(script) == Failure(DdlRefused("a script"))
    with pytest.raises(TransactionAborted):
        async with db.transaction() as tx:
            assert (await tx.run(qb.Script("SELECT 1"))).failure() == DdlRefused("a script")
            qb.ignore(await tx.ping())


async def test_all_else_is_as_it_was(db: AsyncDatabase) -> None:
    assert await db.insert_many([NewNote(id=n, text=str(n)) for n in range(1, 4)]) == Success(3)
    rows = [(n, f"new {n}") for n in range(1, 4)]
    assert await db.update_many(rows, qb.update(Note).by(Note.id).each(Note.text)) == Success(3)
    assert await db.execute(sql("SET LOCAL work_mem = '4MB'").command()) == Success(0)
    assert await db.execute(sql("DO $$ BEGIN END $$").command()) == Success(0)
    assert await db.scalar(sql("SHOW server_encoding").rows(str)) == Success("UTF8")
    assert await db.execute(sql("CALL nothing()").command()) == await db.execute(sql("CALL nothing()").command())
    plan = (await db.all(sql("EXPLAIN SELECT 1").rows(str))).unwrap()
    assert plan[0].startswith("Result")
    async with db.pipeline() as p:
        shown = p.all(sql("EXPLAIN SELECT 1").rows(str))
        count = p.execute(qb.delete(Note).where(Note.id == 1))
    assert (shown.result().unwrap(), count.result()) == (plan, Success(1))
    async with db.transaction() as tx:
        assert (await tx.execute(sql("TRUNCATE {t}", t=Note).command())) == Success(0)  # a write, as DELETE is
    assert await db.scalar(select(qb.fn.count(Note.id))) == Success(0)


async def test_a_view_of_it_refuses_too(db: AsyncDatabase) -> None:
    drop = sql("DROP TABLE {t}", t=Note).command()
    for view in (db.options(statement_timeout=9.0), db.apart, db.raising.outcomes):
        assert await view.execute(drop) == Failure(DdlRefused("DROP TABLE"))
    with pytest.raises(DdlRefused):
        await db.raising.execute(drop)
    assert await db.transact(lambda tx: tx.execute(drop)) == Failure(DdlRefused("DROP TABLE"))


async def test_what_cannot_be_undone_is_not_streamed(db: AsyncDatabase) -> None:
    explain = sql("EXPLAIN SELECT 1").rows(str)
    with pytest.raises(QueryError, match="stream it in one"):
        async with db.stream(explain):
            pass
    async with db.transaction() as tx, tx.stream(explain) as lines:
        assert [line async for line in lines]
    async with db.transaction(rollback=True) as tx:
        with pytest.raises(SchemaMismatch):  # it has no rows, which is found before it runs
            await tx.stream(sql("SELECT 1 AS one INTO made").rows(int)).__aenter__()
    async with db.stream(sql("SELECT 1").rows(int)) as numbers:
        assert [number async for number in numbers] == [1]


async def test_what_runs_outside_transactions_alone_is_refused(db: AsyncDatabase) -> None:
    for text, command in (
        ("VACUUM", "VACUUM"),
        ("/* all */ vacuum (full)", "VACUUM"),
        ("CREATE DATABASE made", "CREATE DATABASE"),
        ("ALTER SYSTEM SET work_mem = '4MB'", "ALTER SYSTEM"),
        ("CLUSTER", "CLUSTER"),
        ('CREATE INDEX CONCURRENTLY made ON "notes of without_ddl" (id)', "CREATE INDEX"),
        ('REINDEX TABLE CONCURRENTLY "notes of without_ddl"', "REINDEX"),
    ):
        refused = await db.execute(sql(trusted(text)).command())
        assert refused == Failure(DdlRefused(command, sqlstate="25001"))
        assert "open the database with ddl=True" in str(refused.failure())
        async with db.transaction(rollback=True) as tx:  # where nobody could run it, whatever is taken
            assert (await tx.execute(sql(trusted(text)).command())).failure().sqlstate == "25001"
    assert isinstance((await db.execute(sql("COMMIT").command())).failure(), qb.ServerError)
    assert await db.ping() == Success(None)


async def test_a_commit_beside_it_keeps_nothing(db: AsyncDatabase) -> None:
    create, commit = sql("CREATE TABLE made (id int)").command(), sql("COMMIT").command()
    async with db.pipeline() as p:
        p.execute(create)
        end = p.execute(commit)
    assert end.result().failure().sqlstate == "2D000"
    with pytest.raises(TransactionAborted, match="COMMIT was not sent"):
        async with db.transaction() as tx:
            assert (await tx.execute(commit)).failure().sqlstate == "2D000"
            assert (await tx.execute(create)).failure().sqlstate == "25P02"
    assert await db.scalar(sql("SELECT to_regclass('made')::text").rows(str | None)) == Success(None)
