"""Answers are read while the link is one's own, as their own statement says, and a commit is one or a failure."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import pytest

import qb
from qb import (
    Col,
    Database,
    Failure,
    InsufficientPrivilege,
    Success,
    Table,
    column,
    connect,
    fn,
    insert,
    new,
    pg,
    select,
    sql,
    trusted,
)
from tests.run.plain import failure

Mail = pg.custom("mail", encode=str, decode=str)
Loud = pg.custom("text", encode=str.upper, decode=str)
Plain = pg.custom("text", encode=str, decode=str)


class Letter(Table, name="letters"):
    id: Col[int] = column(primary_key=True)
    sender: Col[str] = column(Mail)


class LoudWord(Table, name="words"):
    word: Col[str] = column(Loud)


class PlainWord(Table, name="words"):
    word: Col[str] = column(Plain)


class Event(Table, name="events_of_answers"):
    id: Col[int] = column(primary_key=True)
    at: Col[dt.datetime] = column()


def run(db: qb.Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text)).command()).unwrap()


@pytest.fixture
def nobody(qb_db: Database, qb_url: str) -> Iterator[str]:
    """The address of a role that may not look at the catalog of types, and owns a table with a type of its own."""
    name = f"qb_nobody_{os.getpid()}"
    run(
        qb_db,
        "DROP TABLE IF EXISTS letters",
        "DROP DOMAIN IF EXISTS mail",
        f"DROP ROLE IF EXISTS {name}",
        f"CREATE ROLE {name} LOGIN",
        "CREATE DOMAIN mail AS text",
        "CREATE TABLE letters (id bigint PRIMARY KEY, sender mail NOT NULL)",
        f"GRANT ALL ON letters TO {name}",
        "REVOKE SELECT ON pg_catalog.pg_type FROM PUBLIC",
    )
    yield qb_url.replace("//postgres@", f"//{name}@")
    run(
        qb_db,
        "GRANT SELECT ON pg_catalog.pg_type TO PUBLIC",
        "DROP TABLE letters",
        "DROP DOMAIN mail",
        f"DROP ROLE {name}",
    )


def letters(count: int) -> list[Any]:
    return [new(Letter)(id=number, sender="ada") for number in range(count)]


def test_a_look_up_of_types_that_fails_is_the_failure_and_undoes_the_writes(nobody: str, qb_db: Database) -> None:
    count = select(fn.count()).from_(Letter)
    with connect(nobody) as db:
        with db.pipeline() as pipeline:
            written = pipeline.execute(insert(*letters(2)))
            read = pipeline.all(select(Letter.sender))
        assert isinstance(failure(written.result()), InsufficientPrivilege)
        assert isinstance(read.result(), Failure)
        assert qb_db.scalar(count) == Success(0)
        returned = db.insert_many(letters(250), insert(Letter).returning(Letter.id, Letter.sender))
        assert isinstance(failure(returned), InsufficientPrivilege)
        assert qb_db.scalar(count) == Success(0)
        with pytest.raises(qb.TransactionAborted, match="denied"), db.transaction() as tx:
            assert isinstance(failure(tx.all(select(Letter.sender))), InsufficientPrivilege)


def test_a_type_that_is_created_later_is_found(qb_db: Database, qb_url: str) -> None:
    run(qb_db, "DROP TABLE IF EXISTS letters", "DROP DOMAIN IF EXISTS mail")
    run(qb_db, "CREATE TABLE letters (id bigint, sender int)", "INSERT INTO letters VALUES (1, 1)")
    with connect(qb_url) as db:
        assert isinstance(failure(db.all(select(Letter.sender))), qb.SchemaMismatch)
        run(db, "CREATE DOMAIN mail AS int", "ALTER TABLE letters ALTER sender TYPE mail")
        assert isinstance(db.all(select(Letter.sender)), Success)
    run(qb_db, "DROP TABLE letters", "DROP DOMAIN mail")


def test_a_pipeline_is_read_before_another_may_have_its_link(qb_url: str) -> None:
    with connect(qb_url, max_size=1) as db:
        used: list[int] = []

        def look(number: int) -> int:
            used.append(db.pool.in_use)
            return number

        with db.pipeline() as pipeline:
            pending = pipeline.all(select(qb.value(7)).map(look))
        assert pending.result() == Success([7])
        assert used == [1]


def test_a_map_that_raises_in_a_pipeline_leaves_the_others_their_outcome(qb_url: str) -> None:
    def fail(number: int) -> int:
        raise KeyError(number)

    with connect(qb_url, max_size=1) as db:
        after: qb.typing.Pending[list[int]] | None = None
        with pytest.raises(KeyError), db.pipeline() as pipeline:
            pipeline.all(select(qb.value(1)).map(fail))
            after = pipeline.all(select(qb.value(2)))
        assert after is not None
        assert after.result() == Success([2])
        assert db.pool.in_use == 0


@pytest.mark.parametrize("prepare", [True, False])
def test_two_descriptions_of_one_column_keep_to_their_own(qb_url: str, prepare: bool) -> None:
    loud = select(fn.count()).from_(LoudWord).where(LoudWord.word == "Abc")
    plain = select(fn.count()).from_(PlainWord).where(PlainWord.word == "Abc")
    with connect(qb_url, max_size=1, prepare=prepare) as db:
        run(db, "DROP TABLE IF EXISTS words", "CREATE TABLE words (word text)", "INSERT INTO words VALUES ('ABC')")
        assert qb.compile(loud).sql == qb.compile(plain).sql
        for _ in range(2):
            assert (db.scalar(loud), db.scalar(plain)) == (Success(1), Success(0))
            with db.pipeline() as pipeline:
                found = pipeline.scalar(plain), pipeline.scalar(loud), pipeline.scalar(plain)
            assert [each.result() for each in found] == [Success(0), Success(1), Success(0)]
            assert (db.scalar(plain), db.scalar(loud)) == (Success(0), Success(1))
        run(db, "DROP TABLE words")


ZONE = sql("SET LOCAL timezone = 'America/New_York'").command()


@pytest.mark.parametrize("prepare", [True, False])
def test_points_in_time_come_in_the_zone_that_the_session_has_now(qb_url: str, prepare: bool) -> None:
    query = select(Event.at)
    at = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
    with connect(qb_url, max_size=1, prepare=prepare) as db:
        run(db, "DROP TABLE IF EXISTS events_of_answers")
        run(db, "CREATE TABLE events_of_answers (id bigint PRIMARY KEY, at timestamptz NOT NULL)")
        db.execute(insert(new(Event)(id=1, at=at))).unwrap()
        zones: list[str] = []
        for elsewhere in (True, False, True, False):
            with db.transaction() as tx:
                if elsewhere:
                    tx.execute(ZONE).unwrap()
                found = tx.one(query).unwrap()
                assert found == at
                with tx.stream(query) as rows:
                    assert str(next(rows).tzinfo) == str(found.tzinfo)
                zones.append(found.isoformat())
        assert zones == ["2025-02-28T19:00:00-05:00", "2025-03-01T00:00:00+00:00"] * 2
        run(db, "DROP TABLE events_of_answers")
