# Made by tools/sync.py from test_async_stream.py: change that one, then run `make generate`.
"""Streams: rows in constant memory, left early, failing half-way, inside transactions."""

import tracemalloc

import pytest

from qb import Database
from qb.errors import ClosedError, DataException, DecodeError, EncodeError, InvalidSql, QueryError, TransactionAborted
from qb.errors.outcome import Success
from tests.run.plain import database, do, numbers, rows, table, values

MANY = "select n from generate_series(1, 1000000) n"


def test_a_stream_gives_every_row_in_order(db: Database) -> None:
    for size in (1, 7, 500, 100_000):
        with db.stream(values("select n from generate_series(1, 1234) n"), size=size) as stream:
            assert list(stream) == list(range(1, 1235))
    with db.stream(rows("select 1 where false")) as stream:
        assert list(stream) == []


def test_a_stream_needs_no_memory_for_what_it_has_given(db: Database) -> None:
    tracemalloc.start()
    with db.stream(values("select repeat('x', 1000) || n from generate_series(1, 20000) n")) as stream:
        seen = 0
        for _ in stream:
            seen += 1
    assert seen == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize("read", [0, 1, 500, 1234])
def test_leaving_early_cancels_the_query_and_frees_the_connection(qb_url: str, read: int) -> None:
    with database(qb_url, max_size=1) as db:
        before = db.scalar(values("select pg_backend_pid()"))
        with db.stream(values(MANY)) as stream:
            assert [next(stream) for _ in range(read)] == list(range(1, read + 1))
        assert db.scalar(values("select pg_backend_pid()")) == before
        with db.stream(values(MANY)) as stream:
            assert next(stream) == 1


def test_an_exception_in_the_loop_passes(db: Database) -> None:
    with pytest.raises(KeyError, match="mine"), db.stream(values(MANY)) as stream:
        for _ in stream:
            raise KeyError("mine")


def test_a_query_that_fails_raises_where_the_block_begins(db: Database) -> None:
    with pytest.raises(InvalidSql, match="nowhere"), db.stream(rows("select * from nowhere")):
        raise AssertionError
    with pytest.raises(EncodeError), db.stream(rows("select $1::text", "\0")):
        raise AssertionError


def test_a_query_that_fails_half_way_raises_out_of_the_loop(db: Database) -> None:
    given: list[int] = []
    query = values("select 1 / (3000 - n) from generate_series(1, 9000) n")
    with pytest.raises(DataException, match="division by zero"), db.stream(query) as stream:
        given.extend(stream)
    assert 0 < len(given) < 3000


def test_a_row_that_cannot_be_decoded_raises_out_of_the_loop(db: Database) -> None:
    with pytest.raises(DecodeError, match="row 4 of the result") as caught, db.stream(numbers(MANY), size=2) as stream:
        for _ in stream:
            pass
    assert caught.value.path == "$.labels[1]"


def test_the_rows_end_with_the_block(db: Database) -> None:
    with db.stream(values(MANY)) as stream:
        next(stream)
    assert list(stream) == []


def test_two_streams_at_once_take_two_connections(db: Database) -> None:
    with db.stream(values(MANY)) as first, db.stream(values(MANY)) as second:
        found = [next(first), next(second), next(first), next(second)]
        assert found == [1, 1, 2, 2]


# ---------------------------------------------------------------- in a transaction


def test_leaving_early_does_not_doom_a_transaction(db: Database) -> None:
    with table(db, "id int"):
        with db.transaction() as tx:
            tx.execute(do("insert into things values (1)")).unwrap()
            with tx.stream(values(MANY)) as stream:
                assert next(stream) == 1
            with tx.stream(values("select 5")) as stream:
                assert list(stream) == [5]
            tx.execute(do("insert into things values (2)")).unwrap()
        assert db.scalar(values("select count(*) from things")) == Success(2)


def test_a_stream_that_writes_is_undone_when_it_is_left_early(db: Database) -> None:
    with table(db, "id int"):
        insert = values("insert into things select n from generate_series(1, 100000) n returning id")
        with db.transaction() as tx:
            with tx.stream(insert) as stream:
                next(stream)
            assert tx.scalar(values("select count(*) from things")) == Success(0)
            with tx.stream(insert) as stream:
                assert len(list(stream)) == 100_000
        assert db.scalar(values("select count(*) from things")) == Success(100_000)


def test_a_value_that_cannot_be_sent_dooms_a_transaction(db: Database) -> None:
    with (
        pytest.raises(TransactionAborted, match="NUL"),
        db.transaction() as tx,
        pytest.raises(EncodeError),
        tx.stream(rows("select $1::text", "\0")),
    ):
        raise AssertionError


def test_rows_that_cannot_be_decoded_doom_no_transaction(db: Database) -> None:
    with db.transaction() as tx:
        with pytest.raises(DecodeError), tx.stream(numbers(MANY)) as stream:
            for _ in stream:
                pass
        assert tx.ping() == Success(None)


def test_a_query_that_fails_dooms_a_transaction_and_is_named(db: Database) -> None:
    expected = DataException("division by zero", sqlstate="22012")
    with pytest.raises(TransactionAborted) as caught, db.transaction() as tx:
        with pytest.raises(DataException) as raised, tx.stream(values("select 1/0")):
            raise AssertionError
        assert raised.value == expected
    assert caught.value.cause == expected


def test_a_transaction_with_an_open_stream_refuses_other_statements(db: Database) -> None:
    with db.transaction() as tx:
        with tx.stream(values(MANY)) as stream:
            next(stream)
            for use in (tx.ping, lambda: tx.all(rows("select 1")), lambda: tx.stream(rows("select 1")).__enter__()):
                with pytest.raises(QueryError, match="a stream is open on this transaction"):
                    use()
        assert tx.ping() == Success(None)


def test_a_stream_of_a_transaction_that_is_over(db: Database) -> None:
    with db.transaction() as tx:
        pass
    with pytest.raises(ClosedError), tx.stream(values(MANY)):
        raise AssertionError
