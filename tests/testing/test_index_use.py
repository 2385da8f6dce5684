# Made by tools/sync.py from test_async_index_use.py: change that one, then run `make generate`.
"""`assert_uses`: which index a query can use, whatever rows there are."""

from __future__ import annotations

from typing import Any

import pytest

from qb import (
    Col,
    DefinitionError,
    InvalidSql,
    QueryError,
    Script,
    Success,
    Table,
    Tx,
    column,
    connect,
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
from qb.testing import assert_uses

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
def tx(qb_tx: Tx) -> Tx:
    found = qb_tx
    found.run(create_all(TABLES)).unwrap()
    return found


def complaint(tx: Tx, query: Any, asked: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_uses(tx, query, asked)
    return str(caught.value)


def test_what_a_query_can_use_is_used(tx: Tx) -> None:
    assert_uses(tx, select(Letter).where(Letter.room == 3), by_room)
    assert_uses(tx, select(Letter).where(Letter.room == 3), HOSTILE)
    assert_uses(tx, in_room(3), by_room)
    assert_uses(tx, select(Letter.id).where((Letter.room == 3) & ~Letter.read), unread)
    assert_uses(tx, select(Letter).where(Letter.code == "x"), "letters {to} test_c%s_key")
    assert_uses(tx, select(Letter).where(Letter.words.contains(["a"])), by_word)
    assert_uses(tx, update(Letter).set(Letter.read.to(True)).where(Letter.room == 3), by_room)
    assert_uses(tx, delete(Letter).where(Letter.room == 3), by_room)
    assert_uses(tx, sql("SELECT id FROM {t} WHERE {r} = 5", t=Letter, r=Letter.room).rows(int), by_room)


def test_a_row_that_is_looked_for_before_an_insert_is_looked_for_in_an_index(tx: Tx) -> None:
    row = new(Letter)(code="x", room=1)
    upsert = insert(row).on_conflict(Letter.code, update=[Letter.room.to(excluded(Letter.room))])
    assert_uses(tx, upsert, "letters {to} test_c%s_key")
    assert "Its plan reads\n  no table at all\n" in complaint(tx, insert(row), by_room)


def test_what_it_cannot_is_said_with_what_it_reads(tx: Tx) -> None:
    assert complaint(tx, select(Letter.id).where(Letter.read), unread) == (
        'the query does not use the index "letters_unread" of "letters {to} test". Its plan reads\n'
        '  Seq Scan on "public"."letters {to} test"\n'
        "The query is\n"
        '  SELECT "letters {to} test"."id" FROM "letters {to} test" WHERE "letters {to} test"."read"'
    )
    said = complaint(tx, select(Letter.id).where((Letter.room == 1) | (Letter.code == "x")), by_word)
    assert "Bitmap Index Scan using " in said
    assert said.count(' on "public"."letters {to} test"') == 2


def test_an_index_that_is_not_there_is_said(tx: Tx) -> None:
    query = select(Letter).where(Letter.read)
    assert complaint(tx, query, elsewhere) == (
        'there is no such thing as the index "nowhere_created" of "letters {to} test" in this database: create it '
        "first, in this transaction or before"
    )
    assert complaint(tx, query, "pg_class").startswith('there is no such thing as the index "pg_class" in')


def test_an_index_of_that_name_of_another_table_is_another_one(tx: Tx) -> None:
    class Note(Table, name="notes_of_index_use"):
        id: Col[int] = column(primary_key=True)
        room: Col[int] = column()

    tx.run(create_all(schema(Note, index("notes_room", Note.room)))).unwrap()
    assert_uses(tx, select(Note).where(Note.room == 1), "notes_room")
    assert "there is no such thing" in complaint(
        tx, select(Letter).where(Letter.room == 1), index("notes_room", Letter.room)
    )


def test_one_of_a_partition_is_the_partitioned_tables(tx: Tx) -> None:
    tx.run(Script(
        "CREATE TABLE events_of_index_use (at int NOT NULL, kind text) PARTITION BY RANGE (at)",
        "CREATE TABLE events_of_index_use_1 PARTITION OF events_of_index_use FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE events_of_index_use_2 PARTITION OF events_of_index_use FOR VALUES FROM (10) TO (20)",
        "CREATE INDEX events_by_kind ON events_of_index_use (kind)",
    )).unwrap()  # fmt: skip
    query = sql("SELECT at FROM events_of_index_use WHERE kind = {kind}", kind="a").rows(int)
    assert_uses(tx, query, "events_by_kind")


def test_nothing_is_left_of_it(tx: Tx) -> None:
    prepared = sql("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'qb: a query%'").rows(int)
    shown = sql("SELECT current_setting('enable_seqscan') || current_setting('plan_cache_mode')").rows(str)
    before = tx.scalar(shown)
    removed = delete(Letter).where(Letter.room == 1)
    tx.execute(insert(new(Letter)(code="x", room=1))).unwrap()
    assert_uses(tx, removed, by_room)
    with pytest.raises(InvalidSql, match='column "nothing" does not exist'):
        assert_uses(tx, sql("SELECT nothing FROM pg_class").rows(int), by_room)
    with pytest.raises(Exception, match="division by zero"):  # known when it is planned
        assert_uses(tx, sql("SELECT 1 / 0").rows(int), by_room)
    assert tx.scalar(prepared) == Success(0)
    assert tx.scalar(shown) == before
    assert tx.execute(removed) == Success(1)


def test_it_is_asked_of_a_database_as_well(qb_url: str) -> None:
    query = sql("SELECT relname::text FROM pg_class WHERE oid = {oid}", oid=1).rows(str)
    with connect(qb_url) as db:
        assert_uses(db, query, "pg_class_oid_index")


def test_what_has_no_plan_is_refused(tx: Tx) -> None:
    with pytest.raises(QueryError, match="PostgreSQL makes a plan for, and this is 'SHOW search_path'"):
        assert_uses(tx, sql("SHOW search_path").rows(str), by_room)
    with pytest.raises(QueryError, match="this is no query: str"):
        wrong: Any = "SELECT 1"
        assert_uses(tx, wrong, by_room)
    with pytest.raises(DefinitionError, match="takes an index, as index"):
        nobody: Any = 5
        assert_uses(tx, select(Letter), nobody)
    with pytest.raises(DefinitionError, match="empty name"):
        assert_uses(tx, select(Letter), "")
