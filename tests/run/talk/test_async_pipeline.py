"""Pipelines: one round trip, all statements or none."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from qb import AsyncDatabase, Col, Table, column, insert, new, pg
from qb.errors import (
    DbError,
    DecodeError,
    EncodeError,
    ManyRows,
    NotFound,
    QueryError,
    ServerError,
    TransactionAborted,
    UniqueViolation,
)
from qb.errors.outcome import Success
from qb.run.database.async_connect import connect_async
from qb.run.talk.pipeline import Pending, Pipeline
from tests.run.plain import async_database, async_table, do, failure, numbers, rows, values

pytestmark = pytest.mark.anyio  # sync:


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer, primary_key=True)
    n: Col[int] = column(pg.integer)


TWICE = UniqueViolation("things_pkey", "things", "public", ("id",))


@pytest.fixture
async def things(async_db: AsyncDatabase) -> AsyncIterator[AsyncDatabase]:
    async with async_table(async_db, "id int primary key, n int unique deferrable initially deferred"):
        yield async_db


async def count(db: AsyncDatabase) -> int:
    found: int = (await db.scalar(values("select count(*) from things"))).unwrap()
    return found


async def test_every_kind_of_statement(things: AsyncDatabase) -> None:
    async with things.pipeline() as p:
        added = p.execute(do("insert into things select n, n from generate_series(1, 3) n"))
        every = p.all(values("select id from things order by id"))
        one = p.one(rows("select id, n from things where id = $1::bigint", 2))
        first = p.first(values("select id from things where false"))
        scalar = p.scalar(values("select count(*) from things"))
    assert added.result() == Success(3)
    assert every.result() == Success([1, 2, 3])
    assert one.result() == Success((2, 2))
    assert first.result() == Success(None)
    assert scalar.result() == Success(3)
    assert await count(things) == 3


async def test_not_found_and_many_rows_where_nothing_is_written(async_db: AsyncDatabase) -> None:
    async with async_db.pipeline() as p:
        good = p.scalar(values("select 1"))
        none = p.one(rows("select n, 1 from generate_series(1, 3) n where false"))
        many = p.one(rows("select n from generate_series(1, 3) n"))
    assert good.result() == Success(1)
    assert failure(none.result()) == NotFound("things")
    assert failure(many.result()) == ManyRows("things")


async def test_results_are_there_when_the_block_has_ended(async_db: AsyncDatabase) -> None:
    async with async_db.pipeline() as p:
        handle = p.one(values("select 1"))
        with pytest.raises(QueryError, match="a pipeline is sent when its block ends"):
            handle.result()
    assert handle.result() == Success(1)
    with pytest.raises(QueryError, match="the query has 2 columns"):
        async with async_db.pipeline() as p:
            p.scalar(values("select 1, 2"))


async def test_a_failure_undoes_the_others(things: AsyncDatabase) -> None:
    async with things.pipeline() as p:
        before = p.execute(do("insert into things values (1, 1)"))
        fails = p.execute(do("insert into things values (1, 2)"))
        after = p.execute(do("insert into things values (3, 3)"))
    assert failure(fails.result()) == TWICE
    for other in (before, after):
        error = failure(other.result())
        assert isinstance(error, ServerError)
        assert error.sqlstate == "25P02"
        assert "undone, because another statement of the pipeline failed: another row" in error.message
    assert await count(things) == 0


async def test_a_deferred_constraint_fails_every_statement(things: AsyncDatabase) -> None:
    async with things.pipeline() as p:
        first = p.execute(do("insert into things values (1, 7)"))
        second = p.execute(do("insert into things values (2, 7)"))
    expected = UniqueViolation("things_n_key", "things", "public", ("n",))
    assert [failure(each.result()) for each in (first, second)] == [expected, expected]
    assert await count(things) == 0


async def test_a_value_that_cannot_be_sent_stops_everything(things: AsyncDatabase) -> None:
    async with things.pipeline() as p:
        first = p.execute(do("insert into things values (1, 1)"))
        second = p.one(rows("select $1::text", "\0"))
    assert isinstance(failure(second.result()), EncodeError)
    assert failure(first.result()).sqlstate == "25P02"
    assert await count(things) == 0


SURPRISES: dict[str, tuple[Callable[[Pipeline], Pending[Any]], DbError]] = {
    "decode": (
        lambda p: p.all(numbers("insert into things select n, n from generate_series(4, 6) n returning n")),
        DecodeError("things", "n", 1, "$.labels[1]", "Expected `int`, got `str`"),
    ),
    "decode a query": (
        lambda p: p.all(numbers("select n from generate_series(4, 6) n")),
        DecodeError("things", "n", 1, "$.labels[1]", "Expected `int`, got `str`"),
    ),
    "many": (lambda p: p.one(values("insert into things values (4, 4), (5, 5) returning id")), ManyRows("things")),
    "scalar": (
        lambda p: p.scalar(values("insert into things (id) select n from generate_series(4, 5) n returning id")),
        ManyRows("things"),
    ),
    "none": (lambda p: p.one(values("update things set n = 9 where id = 404 returning id")), NotFound("things")),
}


@pytest.mark.parametrize(("ask", "error"), SURPRISES.values(), ids=SURPRISES)
async def test_what_is_found_in_the_rows_undoes_the_writes(
    things: AsyncDatabase, ask: Callable[[Pipeline], Pending[Any]], error: DbError
) -> None:
    async with things.pipeline() as p:
        added = p.execute(do("insert into things values (1, 1)"))
        surprise = ask(p)
        read = p.scalar(values("select 1"))
    assert failure(surprise.result()) == error
    for other in (added, read):
        assert "undone, because another statement of the pipeline failed: " in str(failure(other.result()))
    assert await count(things) == 0
    # In a transaction its end decides, as ever.
    async with things.transaction() as tx:
        async with tx.pipeline() as p:
            added = p.execute(do("insert into things values (1, 1)"))
            surprise = ask(p)
        assert added.result() == Success(1)
        assert failure(surprise.result()) == error
    assert await count(things) > 0


async def test_a_constraint_that_is_checked_by_the_commit_after_reading(things: AsyncDatabase) -> None:
    async with things.pipeline() as p:
        first = p.one(values("insert into things values (1, 7) returning id"))
        second = p.execute(do("insert into things values (2, 7)"))
    expected = UniqueViolation("things_n_key", "things", "public", ("n",))
    assert [failure(first.result()), failure(second.result())] == [expected, expected]
    assert await count(things) == 0


def refuse(number: int) -> int:
    raise KeyError("nothing")


async def test_an_exception_while_reading_undoes_the_writes(things: AsyncDatabase, qb_url: str) -> None:
    async with connect_async(qb_url, max_size=1) as db:
        made = insert(new(Thing)(id=1, n=1)).returning(Thing.id).map(refuse)
        with pytest.raises(KeyError, match="nothing"):
            async with db.pipeline() as p:
                p.all(made)
        assert await db.ping() == Success(None)
    assert await count(things) == 0


async def test_an_exception_in_the_block_sends_nothing(things: AsyncDatabase) -> None:
    handles: list[Pending[int]] = []
    with pytest.raises(KeyError):
        async with things.pipeline() as p:
            handles.append(p.execute(do("insert into things values (1, 1)")))
            raise KeyError
    with pytest.raises(QueryError):
        handles[0].result()
    assert await count(things) == 0


async def test_an_empty_pipeline_does_nothing(async_db: AsyncDatabase) -> None:
    async with async_db.pipeline():
        pass


async def test_in_a_transaction_it_is_part_of_it(things: AsyncDatabase) -> None:
    async with things.transaction(rollback=True) as tx:
        async with tx.pipeline() as p:
            p.execute(do("insert into things values (1, 1)"))
        assert await tx.scalar(values("select count(*) from things")) == Success(1)
    with pytest.raises(TransactionAborted) as caught:
        async with things.transaction() as tx, tx.pipeline() as p:
            p.execute(do("insert into things values (1, 1)"))
            p.execute(do("insert into things values (1, 1)"))
    assert caught.value.cause == TWICE
    assert await count(things) == 0


async def test_the_same_statement_many_times_is_prepared_once(qb_url: str) -> None:
    async with async_database(qb_url, max_size=1) as db:
        for _ in range(2):
            async with db.pipeline() as p:
                handles = [p.one(values("select $1::bigint + 5000", number)) for number in range(500)]
            assert [each.result().unwrap() for each in handles] == list(range(5000, 5500))
        query = "select count(*) from pg_prepared_statements where statement = 'select $1::bigint + 5000'"
        assert await db.scalar(values(query)) == Success(1)


async def test_more_data_than_the_network_holds_both_ways(async_db: AsyncDatabase) -> None:
    async with async_db.pipeline() as p:
        handles = [p.one(values("select $1::text", "x" * 3_000_000)) for _ in range(4)]
    assert [len(each.result().unwrap()) for each in handles] == [3_000_000] * 4


async def test_a_changed_table_is_noticed(things: AsyncDatabase) -> None:
    async def read() -> object:
        async with things.pipeline() as p:
            p.execute(do("insert into things values (1, 1) on conflict (id) do nothing"))
            handle = p.one(rows("select * from things"))
        return handle.result()

    assert await read() == Success((1, 1))
    (await things.execute(do("alter table things add note text default 'new'"))).unwrap()
    assert await read() == Success((1, 1, "new"))
    (await things.execute(do("deallocate all"))).unwrap()
    assert await read() == Success((1, 1, "new"))
    assert await count(things) == 1


async def test_after_a_chunked_query_results_are_whole(async_db: AsyncDatabase) -> None:
    assert await async_db.all(values("select n from generate_series(1, 3) n")) == Success([1, 2, 3])
    assert await async_db.all(values("select n from generate_series(1, 3) n")) == Success([1, 2, 3])
    async with async_db.pipeline() as p:
        handle = p.all(values("select n from generate_series(1, 3) n"))
    assert handle.result() == Success([1, 2, 3])


async def test_what_was_prepared_before_a_failure_stays_prepared(qb_url: str) -> None:
    async with async_database(qb_url, max_size=1) as db:
        for _ in range(2):
            async with db.pipeline() as p:
                p.one(values("select 6001"))
                handle = p.one(values("select 1/0"))
                p.one(values("select 6002"))
            assert failure(handle.result()).sqlstate == "22012"
        assert await db.one(values("select 6001")) == Success(6001)
        assert await db.one(values("select 6002")) == Success(6002)


async def test_copy_in_a_pipeline_closes_the_connection_and_no_more(things: AsyncDatabase) -> None:
    with pytest.raises(QueryError, match="COPY"):
        async with things.pipeline() as p:
            p.execute(do("copy things to stdout"))
    assert await count(things) == 0


async def test_small_ones_and_large_ones(async_db: AsyncDatabase) -> None:
    async with async_db.pipeline() as p:
        handles = [p.one(values("select $1::bigint", number)) for number in range(100)]
        large = p.one(values("select $1::text", "x" * 3_000_000))
        larger = p.one(values("select $1::text", "y" * 3_000_000))
    assert [each.result().unwrap() for each in handles] == list(range(100))
    assert (len(large.result().unwrap()), len(larger.result().unwrap())) == (3_000_000, 3_000_000)
    async with async_db.pipeline() as p:
        first = p.one(values("select 1"))
        second = p.one(values("select 1/0"))
    assert failure(first.result()).sqlstate == "25P02"
    assert failure(second.result()).sqlstate == "22012"
