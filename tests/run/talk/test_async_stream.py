"""Streams: rows in constant memory, left early, failing half-way, inside transactions."""

import tracemalloc

import pytest

from qb import AsyncDatabase
from qb.errors import ClosedError, DataException, DecodeError, EncodeError, InvalidSql, QueryError, TransactionAborted
from qb.errors.outcome import Success
from tests.run.plain import async_database, async_table, do, numbers, rows, values

pytestmark = pytest.mark.anyio  # sync:

MANY = "select n from generate_series(1, 1000000) n"


async def test_a_stream_gives_every_row_in_order(async_db: AsyncDatabase) -> None:
    for size in (1, 7, 500, 100_000):
        async with async_db.stream(values("select n from generate_series(1, 1234) n"), size=size) as stream:
            assert [row async for row in stream] == list(range(1, 1235))
    async with async_db.stream(rows("select 1 where false")) as stream:
        assert [row async for row in stream] == []


async def test_a_stream_needs_no_memory_for_what_it_has_given(async_db: AsyncDatabase) -> None:
    tracemalloc.start()
    async with async_db.stream(values("select repeat('x', 1000) || n from generate_series(1, 20000) n")) as stream:
        seen = 0
        async for _ in stream:
            seen += 1
    assert seen == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize("read", [0, 1, 500, 1234])
async def test_leaving_early_cancels_the_query_and_frees_the_connection(qb_url: str, read: int) -> None:
    async with async_database(qb_url, max_size=1) as db:
        before = await db.scalar(values("select pg_backend_pid()"))
        async with db.stream(values(MANY)) as stream:
            assert [await anext(stream) for _ in range(read)] == list(range(1, read + 1))
        assert await db.scalar(values("select pg_backend_pid()")) == before
        async with db.stream(values(MANY)) as stream:
            assert await anext(stream) == 1


async def test_an_exception_in_the_loop_passes(async_db: AsyncDatabase) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with async_db.stream(values(MANY)) as stream:
            async for _ in stream:
                raise KeyError("mine")


async def test_a_query_that_fails_raises_where_the_block_begins(async_db: AsyncDatabase) -> None:
    with pytest.raises(InvalidSql, match="nowhere"):
        async with async_db.stream(rows("select * from nowhere")):
            raise AssertionError
    with pytest.raises(EncodeError):
        async with async_db.stream(rows("select $1::text", "\0")):
            raise AssertionError


async def test_a_query_that_fails_half_way_raises_out_of_the_loop(async_db: AsyncDatabase) -> None:
    given: list[int] = []
    query = values("select 1 / (3000 - n) from generate_series(1, 9000) n")
    with pytest.raises(DataException, match="division by zero"):
        async with async_db.stream(query) as stream:
            async for row in stream:  # sync: given.extend(stream)
                given.append(row)  # noqa: PERF401 - one by one, until it fails  # sync:
    assert 0 < len(given) < 3000


async def test_a_row_that_cannot_be_decoded_raises_out_of_the_loop(async_db: AsyncDatabase) -> None:
    with pytest.raises(DecodeError, match="row 4 of the result") as caught:
        async with async_db.stream(numbers(MANY), size=2) as stream:
            async for _ in stream:
                pass
    assert caught.value.path == "$.labels[1]"


async def test_the_rows_end_with_the_block(async_db: AsyncDatabase) -> None:
    async with async_db.stream(values(MANY)) as stream:
        await anext(stream)
    assert [row async for row in stream] == []


async def test_two_streams_at_once_take_two_connections(async_db: AsyncDatabase) -> None:
    async with async_db.stream(values(MANY)) as first, async_db.stream(values(MANY)) as second:
        found = [await anext(first), await anext(second), await anext(first), await anext(second)]
        assert found == [1, 1, 2, 2]


# ---------------------------------------------------------------- in a transaction


async def test_leaving_early_does_not_doom_a_transaction(async_db: AsyncDatabase) -> None:
    async with async_table(async_db, "id int"):
        async with async_db.transaction() as tx:
            (await tx.execute(do("insert into things values (1)"))).unwrap()
            async with tx.stream(values(MANY)) as stream:
                assert await anext(stream) == 1
            async with tx.stream(values("select 5")) as stream:
                assert [row async for row in stream] == [5]
            (await tx.execute(do("insert into things values (2)"))).unwrap()
        assert await async_db.scalar(values("select count(*) from things")) == Success(2)


async def test_a_stream_that_writes_is_undone_when_it_is_left_early(async_db: AsyncDatabase) -> None:
    async with async_table(async_db, "id int"):
        insert = values("insert into things select n from generate_series(1, 100000) n returning id")
        async with async_db.transaction() as tx:
            async with tx.stream(insert) as stream:
                await anext(stream)
            assert await tx.scalar(values("select count(*) from things")) == Success(0)
            async with tx.stream(insert) as stream:
                assert len([row async for row in stream]) == 100_000
        assert await async_db.scalar(values("select count(*) from things")) == Success(100_000)


async def test_a_value_that_cannot_be_sent_dooms_a_transaction(async_db: AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted, match="NUL"):
        async with async_db.transaction() as tx:
            with pytest.raises(EncodeError):
                async with tx.stream(rows("select $1::text", "\0")):
                    raise AssertionError


async def test_rows_that_cannot_be_decoded_doom_no_transaction(async_db: AsyncDatabase) -> None:
    async with async_db.transaction() as tx:
        with pytest.raises(DecodeError):
            async with tx.stream(numbers(MANY)) as stream:
                async for _ in stream:
                    pass
        assert await tx.ping() == Success(None)


async def test_a_query_that_fails_dooms_a_transaction_and_is_named(async_db: AsyncDatabase) -> None:
    expected = DataException("division by zero", sqlstate="22012")
    with pytest.raises(TransactionAborted) as caught:
        async with async_db.transaction() as tx:
            with pytest.raises(DataException) as raised:
                async with tx.stream(values("select 1/0")):
                    raise AssertionError
            assert raised.value == expected
    assert caught.value.cause == expected


async def test_a_transaction_with_an_open_stream_refuses_other_statements(async_db: AsyncDatabase) -> None:
    async with async_db.transaction() as tx:
        async with tx.stream(values(MANY)) as stream:
            await anext(stream)
            for use in (tx.ping, lambda: tx.all(rows("select 1")), lambda: tx.stream(rows("select 1")).__aenter__()):
                with pytest.raises(QueryError, match="a stream is open on this transaction"):
                    await use()
        assert await tx.ping() == Success(None)


async def test_a_stream_of_a_transaction_that_is_over(async_db: AsyncDatabase) -> None:
    async with async_db.transaction() as tx:
        pass
    with pytest.raises(ClosedError):
        async with tx.stream(values(MANY)):
            raise AssertionError
