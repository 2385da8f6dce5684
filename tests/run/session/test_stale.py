"""Prepared statements that no longer fit, and what only looks like one: nothing is run twice."""

from __future__ import annotations

import enum
from collections.abc import Callable

import pytest

from qb import Col, Database, Table, Tx, column, connect, create_all, drop_all, insert, new, pg, schema, select
from qb.errors import DataException, InvalidSql, ServerError, StaleStatement
from qb.errors.outcome import Failure, Outcome, Success
from tests.run.plain import database, do, failure, rows, table, values


class Mood(enum.Enum):
    GLAD = "glad"
    SAD = "sad"


class Diary(Table, name="stale_diary"):
    day: Col[int] = column(primary_key=True)
    mood: Col[Mood] = column(pg.enum("stale_mood", Mood))


def count(db: Database) -> int:
    found: int = db.scalar(values("select count(*) from things")).unwrap()
    return found


RAISES = {
    "0A000": "raise exception sqlstate '0A000'",
    "26000": "raise exception sqlstate '26000'",
    "XX000": "raise exception sqlstate 'XX000' using message = 'cache lookup failed for type 1'",
    "the server's own 26000": "execute 'execute nobody_prepared_this'",
    "the server's own 0A000": "execute 'execute outdated'",
    "the server's own 42P05": "execute 'prepare taken as select 1'",
}


@pytest.mark.parametrize("raises", RAISES.values(), ids=RAISES)
@pytest.mark.parametrize("how", ["execute", "pipeline"])
def test_a_procedure_that_committed_before_it_failed_is_not_run_again(qb_url: str, raises: str, how: str) -> None:
    with database(qb_url, max_size=1) as db, table(db, "id int"), table(db, "id int", "altered"):
        db.execute(do("prepare outdated as select * from altered")).unwrap()
        db.execute(do("prepare taken as select 1")).unwrap()
        db.execute(do("alter table altered add note text")).unwrap()
        body = f"begin insert into things values (1); commit; {raises}; end"
        db.execute(do(f"create or replace procedure stale_call() language plpgsql as $$ {body} $$")).unwrap()
        for calls in (1, 2):
            if how == "execute":
                failure(db.execute(do("call stale_call()")))
            else:
                with db.pipeline() as p:
                    called = p.execute(do("call stale_call()"))
                failure(called.result())
            assert count(db) == calls
        db.execute(do("drop procedure stale_call")).unwrap()


@pytest.mark.parametrize("state", ["0A000", "26000", "XX000"])
def test_a_function_that_raises_such_a_code_is_not_run_again(db: Database, state: str) -> None:
    body = f"begin perform nextval('stale_runs'); raise exception sqlstate '{state}'; end"
    db.execute(do("create sequence stale_runs")).unwrap()
    db.execute(do(f"create function stale_raise() returns int language plpgsql as $$ {body} $$")).unwrap()
    for calls in (1, 2):
        assert isinstance(failure(db.one(rows("select stale_raise()"))), InvalidSql | ServerError)
        assert db.scalar(values("select last_value from stale_runs")) == Success(calls)
    db.execute(do("drop function stale_raise")).unwrap()
    db.execute(do("drop sequence stale_runs")).unwrap()


def test_an_enum_that_was_created_again_is_noticed(qb_url: str) -> None:
    with connect(qb_url, max_size=1) as db:
        page = insert(new(Diary)(day=1, mood=Mood.GLAD))
        glad = select(Diary.day).where(Diary.mood == Mood.GLAD)

        def add(tx: Tx) -> Outcome[int]:
            return tx.execute(page)

        runs: list[Callable[[], Outcome[int]]] = [lambda: db.execute(page), lambda: db.transact(add)]
        for run in runs:
            db.run(create_all(schema(Diary))).unwrap()
            assert run() == Success(1)
            assert db.all(glad) == Success([1])
            with connect(qb_url) as other:
                other.run(drop_all(schema(Diary))).unwrap()
                other.run(create_all(schema(Diary))).unwrap()
            assert run() == Success(1)
            assert db.all(glad) == Success([1])
            db.run(drop_all(schema(Diary))).unwrap()


def test_transact_repeats_what_found_a_table_altered(qb_url: str) -> None:
    with database(qb_url, max_size=1) as db, table(db, "id int"):
        tries: list[Outcome[list[tuple[object, ...]]]] = []

        def work(tx: Tx) -> Outcome[list[tuple[object, ...]]]:
            tx.execute(do("insert into things values (1)")).unwrap()
            tries.append(tx.all(rows("select * from things")))
            return tries[-1]

        assert db.transact(work) == Success([(1,)])
        with database(qb_url) as other:
            other.execute(do("alter table things alter id type text")).unwrap()
        assert db.transact(work) == Success([("1",), ("1",)])
        assert tries[1] == Failure(StaleStatement("a table it reads has changed", sqlstate="0A000"))
        assert len(tries) == 3
        assert count(db) == 2


def test_a_pipeline_in_transact_is_repeated_and_one_by_itself_sent_again(qb_url: str) -> None:
    with database(qb_url, max_size=1) as db, table(db, "id int"):

        def ask(on: Database | Tx) -> Outcome[list[tuple[object, ...]]]:
            with on.pipeline() as p:
                p.execute(do("insert into things values (1)"))
                found = p.all(rows("select * from things"))
            return found.result()

        assert db.transact(ask) == Success([(1,)])
        with database(qb_url) as other:
            other.execute(do("alter table things alter id type text")).unwrap()
            assert db.transact(ask) == Success([("1",), ("1",)])
            other.execute(do("alter table things alter id type int using id::int")).unwrap()
            assert ask(db) == Success([(1,), (1,), (1,)])


def test_a_name_that_the_session_knows_already_is_not_taken_for_another_statement(qb_url: str) -> None:
    """What a pooler can bring about that forgets whose session is whose."""
    with database(qb_url, max_size=1) as db:
        lease = db._pool.checkout()  # pyright: ignore[reportPrivateUsage]
        for number in (0, 3, 5):
            lease.link.execute(b"PREPARE qb_%b_%d AS SELECT 666" % (lease.link.mark, number))
        db._pool.give_back(lease)  # pyright: ignore[reportPrivateUsage]
        assert db.one(values("select 42")) == Success(42)
        assert db.one(values("select 42")) == Success(42)
        assert db.one(values("select 43")) == Success(43)
        with db.pipeline() as p:
            several = [p.one(values(f"select {number}")) for number in range(50, 55)]
        assert [each.result() for each in several] == [Success(number) for number in range(50, 55)]


def test_names_are_of_a_link_alone(qb_url: str) -> None:
    with database(qb_url, max_size=2) as db, db.transaction() as tx:
        query = rows("select name from pg_prepared_statements where name like 'qb%'")
        first, second = tx.one(query).unwrap()[0], db.apart.one(query).unwrap()[0]
        assert first != second
        assert len(first) > len("qb__0") + 8


def test_an_error_of_the_statement_itself_is_told_as_such(db: Database) -> None:
    assert isinstance(failure(db.one(rows("select $1::bigint / 0", 1))), DataException)
    assert failure(db.one(rows("select * from things_of_nobody"))).sqlstate == "42P01"
