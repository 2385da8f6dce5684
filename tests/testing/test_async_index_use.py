"""`assert_uses`: which index a query can use, whatever rows there are."""

from __future__ import annotations

from typing import Any

import pytest

from qb import (
    AsyncTx,
    Col,
    DefinitionError,
    InvalidSql,
    QueryError,
    Script,
    Success,
    Table,
    column,
    connect_async,
    create_all,
    delete,
    excluded,
    identity,
    index,
    insert,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    update,
)
from qb.query.select import Select
from qb.testing import assert_uses_async
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:

HOSTILE = """it's "50%" {x} $1 \\ 的"""


class Letter(Table, name="letters {to} test"):
    id: Col[int] = column(primary_key=True, default=identity())
    code: Col[str] = column(unique=True, name="c%s")
    room: Col[int] = column()
    read: Col[bool] = column(default=False)
    words: Col[list[str]] = column(pg.jsonb, default=[])


by_room = index(HOSTILE, Letter.room, Letter.id.desc())
unread = index("letters_unread", Letter.room, where=~Letter.read)
by_word = index("letters_words", Letter.words, method="gin")
elsewhere = index("nowhere_created", Letter.read)


@prepare
def in_room(room: int) -> Select[Letter]:
    return select(Letter).where(Letter.room == room).order_by(Letter.id.desc())


TABLES = schema(Letter, by_room, unread, by_word)


@pytest.fixture
async def tx(qb_async_tx: AsyncTx) -> AsyncTx:  # sync: def tx(qb_tx: Tx) -> Tx:
    found = qb_async_tx  # sync: found = qb_tx
    (await found.run(create_all(TABLES))).unwrap()
    return found


async def complaint(tx: AsyncTx, query: Any, asked: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        await assert_uses_async(tx, query, asked)
    return str(caught.value)


async def test_what_a_query_can_use_is_used(tx: AsyncTx) -> None:
    await assert_uses_async(tx, select(Letter).where(Letter.room == 3), by_room)
    await assert_uses_async(tx, select(Letter).where(Letter.room == 3), HOSTILE)
    await assert_uses_async(tx, in_room(3), by_room)
    await assert_uses_async(tx, select(Letter.id).where((Letter.room == 3) & ~Letter.read), unread)
    await assert_uses_async(tx, select(Letter).where(Letter.code == "x"), "letters {to} test_c%s_key")
    await assert_uses_async(tx, select(Letter).where(Letter.words.contains(["a"])), by_word)
    await assert_uses_async(tx, update(Letter).set(Letter.read.to(True)).where(Letter.room == 3), by_room)
    await assert_uses_async(tx, delete(Letter).where(Letter.room == 3), by_room)
    await assert_uses_async(tx, sql("SELECT id FROM {t} WHERE {r} = 5", t=Letter, r=Letter.room).rows(int), by_room)


async def test_a_row_that_is_looked_for_before_an_insert_is_looked_for_in_an_index(tx: AsyncTx) -> None:
    row = new(Letter)(code="x", room=1)
    upsert = insert(row).on_conflict(Letter.code, update=[Letter.room.to(excluded(Letter.room))])
    await assert_uses_async(tx, upsert, "letters {to} test_c%s_key")
    assert "Its plan reads\n  no table at all\n" in await complaint(tx, insert(row), by_room)


async def test_what_it_cannot_is_said_with_what_it_reads(tx: AsyncTx) -> None:
    assert await complaint(tx, select(Letter.id).where(Letter.read), unread) == (
        'the query does not use the index "letters_unread" of "letters {to} test". Its plan reads\n'
        '  Seq Scan on "public"."letters {to} test"\n'
        "The query is\n"
        '  SELECT "letters {to} test"."id" FROM "letters {to} test" WHERE "letters {to} test"."read"'
    )
    said = await complaint(tx, select(Letter.id).where((Letter.room == 1) | (Letter.code == "x")), by_word)
    assert "Bitmap Index Scan using " in said
    assert said.count(' on "public"."letters {to} test"') == 2


async def test_an_index_that_is_not_there_is_said(tx: AsyncTx) -> None:
    query = select(Letter).where(Letter.read)
    assert await complaint(tx, query, elsewhere) == (
        'there is no such thing as the index "nowhere_created" of "letters {to} test" in this database: create it '
        "first, in this transaction or before"
    )
    assert (await complaint(tx, query, "pg_class")).startswith('there is no such thing as the index "pg_class" in')


async def test_an_index_of_that_name_of_another_table_is_another_one(tx: AsyncTx) -> None:
    class Note(Table, name="notes_of_index_use"):
        id: Col[int] = column(primary_key=True)
        room: Col[int] = column()

    (await tx.run(create_all(schema(Note, index("notes_room", Note.room))))).unwrap()
    await assert_uses_async(tx, select(Note).where(Note.room == 1), "notes_room")
    assert "there is no such thing" in await complaint(
        tx, select(Letter).where(Letter.room == 1), index("notes_room", Letter.room)
    )


async def test_one_of_a_partition_is_the_partitioned_tables(tx: AsyncTx) -> None:
    (await tx.run(Script(
        "CREATE TABLE events_of_index_use (at int NOT NULL, kind text) PARTITION BY RANGE (at)",
        "CREATE TABLE events_of_index_use_1 PARTITION OF events_of_index_use FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE events_of_index_use_2 PARTITION OF events_of_index_use FOR VALUES FROM (10) TO (20)",
        "CREATE INDEX events_by_kind ON events_of_index_use (kind)",
    ))).unwrap()  # fmt: skip
    query = sql("SELECT at FROM events_of_index_use WHERE kind = {kind}", kind="a").rows(int)
    await assert_uses_async(tx, query, "events_by_kind")


async def test_nothing_is_left_of_it(tx: AsyncTx) -> None:
    prepared = sql("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'qb: a query%'").rows(int)
    shown = sql("SELECT current_setting('enable_seqscan') || current_setting('plan_cache_mode')").rows(str)
    before = await tx.scalar(shown)
    removed = delete(Letter).where(Letter.room == 1)
    (await tx.execute(insert(new(Letter)(code="x", room=1)))).unwrap()
    await assert_uses_async(tx, removed, by_room)
    with pytest.raises(InvalidSql, match='column "nothing" does not exist'):
        await assert_uses_async(tx, sql("SELECT nothing FROM pg_class").rows(int), by_room)
    with pytest.raises(Exception, match="division by zero"):  # known when it is planned
        await assert_uses_async(tx, sql("SELECT 1 / 0").rows(int), by_room)
    assert await tx.scalar(prepared) == Success(0)
    assert await tx.scalar(shown) == before
    assert await tx.execute(removed) == Success(1)


async def test_it_is_asked_of_a_database_as_well(qb_url: str) -> None:
    query = sql("SELECT relname::text FROM pg_class WHERE oid = {oid}", oid=1).rows(str)
    async with connect_async(qb_url) as db:
        await assert_uses_async(db, query, "pg_class_oid_index")


async def test_what_has_no_plan_is_refused(tx: AsyncTx) -> None:
    with pytest.raises(QueryError, match="PostgreSQL makes a plan for, and this is 'SHOW search_path'"):
        await assert_uses_async(tx, sql("SHOW search_path").rows(str), by_room)
    with pytest.raises(QueryError, match="this is no query: str"):
        wrong: Any = "SELECT 1"
        await assert_uses_async(tx, wrong, by_room)
    with pytest.raises(DefinitionError, match="takes an index, as index"):
        nobody: Any = 5
        await assert_uses_async(tx, select(Letter), nobody)
    with pytest.raises(DefinitionError, match="empty name"):
        await assert_uses_async(tx, select(Letter), "")
