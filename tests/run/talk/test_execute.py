"""Statements one by one: what they give, how they are prepared, what they are logged as."""

import datetime as dt
import logging
import threading
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from qb import Col, Database, Db, Table, column, select
from qb.errors import (
    ClosedError,
    ConnectionRefused,
    DecodeError,
    DefinitionError,
    EncodeError,
    ManyRows,
    NotFound,
    QueryError,
    StaleStatement,
    UniqueViolation,
)
from qb.errors.outcome import Success
from qb.run.session.ready import PREPARED_MAX
from qb.run.talk.execute import answers
from tests.run.plain import database, do, failure, numbers, rows, table, values


def pid(db: Database) -> int:
    found: int = db.scalar(values("select pg_backend_pid()")).unwrap()
    return found


# ---------------------------------------------------------------- what comes back


def test_all_gives_every_row_in_order(db: Database) -> None:
    assert db.all(rows("select n, 'x' from generate_series(1, 3) n")).unwrap() == [(1, "x"), (2, "x"), (3, "x")]
    assert db.all(values("select n from generate_series(1, 1234) n")).unwrap() == list(range(1, 1235))
    assert db.all(rows("select 1 where false")).unwrap() == []


def test_one_takes_exactly_one_row(db: Database) -> None:
    assert db.one(rows("select 1, null")) == Success((1, None))
    assert failure(db.one(rows("select n from things_of(0)"))).sqlstate == "42883"
    assert failure(db.one(rows("select 1 where false"))) == NotFound("things")
    assert failure(db.one(rows("select n from generate_series(1, 2) n"))) == ManyRows("things")


def test_first_takes_the_first_row_or_none(db: Database) -> None:
    assert db.first(rows("select n from generate_series(4, 9) n")) == Success((4,))
    assert db.first(rows("select 1 where false")) == Success(None)


def test_scalar_takes_one_value_of_one_column(db: Database) -> None:
    assert db.scalar(values("select 42")) == Success(42)
    assert failure(db.scalar(values("select 1 where false"))) == NotFound("things")
    with pytest.raises(QueryError, match="the query has 2 columns"):
        db.scalar(values("select 1, 2"))


def test_execute_counts_rows(db: Database) -> None:
    with table(db, "id int primary key"):
        assert db.execute(do("insert into things select * from generate_series(1, 5)")) == Success(5)
        assert db.execute(do("delete from things where id > $1::bigint", 3)) == Success(2)
        assert db.execute(do("truncate things")) == Success(0)
        assert db.execute(do("select 1")) == Success(1)


def test_a_statement_without_rows_is_not_a_query(db: Database) -> None:
    for run in (db.all, db.one, db.first):
        with pytest.raises(QueryError, match="returns no rows: run it with `execute`"):
            run(rows("set application_name to default"))


def test_copy_is_refused_and_leaves_nothing_behind(db: Database) -> None:
    with table(db, "id int"):
        for direction in ("to stdout", "from stdin"):
            with pytest.raises(QueryError, match="COPY is not a statement"):
                db.execute(do(f"copy things {direction}"))
            with pytest.raises(QueryError, match="COPY is not a statement"):
                db.all(rows(f"copy things {direction}"))
        assert db.ping() == Success(None)


def test_values_arrive_as_they_were_sent(db: Database) -> None:
    moment = dt.datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    sent = (2**63 - 1, "Ünïcode", True, UUID(int=7), Decimal("12345678901234567890.50"), moment, None)
    sql = "select $1::int8, $2::text, $3::bool, $4::uuid, $5::numeric, $6::timestamptz, $7::text"
    assert db.one(rows(sql, *sent)) == Success(sent)
    assert db.one(rows("select $1::jsonb->>'a'", {"a": "b"})) == Success(("b",))


@pytest.mark.parametrize(
    ("sql", "value", "reason"),
    [
        ("select $1::text", "a\0b", "NUL (0x00)"),
        ("select $1::text", "\ud800", "lone surrogate"),
        ("select $1::bigint", 2**63, "the number is out of range for bigint"),
        ("select $1::timestamptz", dt.datetime(2024, 1, 1), "with a time zone"),  # noqa: DTZ001
    ],
)
def test_a_value_that_cannot_be_sent_is_named_by_its_column(db: Database, sql: str, value: object, reason: str) -> None:
    error = failure(db.one(rows(sql, value)))
    assert isinstance(error, EncodeError)
    assert (error.table, error.column) == ("things", "p1")
    assert reason in error.reason


def test_a_value_that_python_cannot_hold_is_named_by_its_column_and_row(db: Database) -> None:
    error = failure(db.all(rows("select n, case n when 3 then 'infinity' else now() end from generate_series(1, 4) n")))
    assert isinstance(error, DecodeError)
    assert (error.column, error.row) == ("case n when 3 then 'infinity' else now() end", 2)
    assert error.reason == "timestamp too large (after year 10K)"


def test_a_row_that_cannot_be_decoded_is_a_failure_and_the_connection_goes_on(db: Database) -> None:
    before = pid(db)
    expected = DecodeError("things", "n", 4, "$.labels[1]", "Expected `int`, got `str`")
    for last in (9, 99_999):
        assert failure(db.all(numbers(f"select n from generate_series(1, {last}) n"))) == expected
    assert db.all(numbers("select n from generate_series(6, 8) n")) == Success([6, 7, 8])
    assert pid(db) == before


def test_a_decode_error_in_a_transaction_does_not_doom_it(db: Database) -> None:
    with table(db, "id int"):
        with db.transaction() as tx:
            tx.execute(do("insert into things values (1)")).unwrap()
            assert isinstance(failure(tx.all(numbers("select n from generate_series(1, 99999) n"))), DecodeError)
            assert isinstance(failure(tx.one(numbers("select 5 n"))), DecodeError)
        assert db.scalar(values("select count(*) from things")) == Success(1)


def test_a_query_that_fails_half_way_gives_its_error(db: Database) -> None:
    error = failure(db.all(rows("select 1 / (3000 - n) from generate_series(1, 9000) n")))
    assert error.sqlstate == "22012"
    assert db.ping() == Success(None)


def test_an_error_keeps_no_stack_that_holds_values(db: Database) -> None:
    for outcome in (db.one(rows("select $1::text::int", "secret")), db.all(rows("select $1::text::int", "secret"))):
        error = failure(outcome)
        assert error.__traceback__ is None
        assert error.__context__ is None
        assert "secret" not in repr(error) + str(error)


# ---------------------------------------------------------------- prepared statements


def prepared(db: Database) -> list[str]:
    found: list[str] = db.all(values("select statement from pg_prepared_statements order by 1")).unwrap()
    return found


def test_each_statement_is_prepared_once(db: Database) -> None:
    query = "select $1::bigint + 1000"
    for number in range(3):
        assert db.one(values(query, number)) == Success(number + 1000)
    assert prepared(db).count(query) == 1


def test_without_prepare_nothing_is_prepared(qb_url: str) -> None:
    with database(qb_url, prepare=False) as db:
        for number in range(3):
            assert db.one(values("select $1::bigint", number)) == Success(number)
            assert db.all(values("select $1::text", str(number))) == Success([str(number)])
            with db.pipeline() as p:
                handle = p.one(values("select $1::bigint * 2", number))
            assert handle.result() == Success(number * 2)
        with table(db, "id int"):
            db.execute(do("insert into things values (1)")).unwrap()
            assert db.all(rows("select * from things")) == Success([(1,)])
            db.execute(do("alter table things alter id type text")).unwrap()
            assert db.all(rows("select * from things")) == Success([("1",)])
        assert prepared(db) == []


def test_prepared_statements_are_bounded(qb_url: str) -> None:
    with database(qb_url, max_size=1) as db:
        for number in range(PREPARED_MAX + 50):
            assert db.one(values(f"select {number} + $1::bigint", 1)) == Success(number + 1)
        assert len(prepared(db)) == PREPARED_MAX
        for number in range(PREPARED_MAX + 50):  # closed ones are prepared again
            assert db.one(values(f"select {number} + $1::bigint", 1)) == Success(number + 1)


def test_a_statement_in_use_outlives_those_that_are_not(qb_url: str) -> None:
    with database(qb_url, max_size=1) as db:
        for number in range(PREPARED_MAX + 50):
            db.one(values("select 'kept', $1::bigint", number)).unwrap()
            db.one(values(f"select {number} - $1::bigint", 1)).unwrap()
        names = db.all(rows("select name from pg_prepared_statements where statement like 'select ''kept''%'")).unwrap()
        assert len(names) == 1
        assert names[0][0].endswith("_0")


def test_a_changed_table_is_noticed(db: Database) -> None:
    with table(db, "id int"):
        db.execute(do("insert into things values (1)")).unwrap()
        for run in (db.one, db.first):
            assert run(rows("select * from things")) == Success((1,))
        assert db.all(rows("select * from things")) == Success([(1,)])
        db.execute(do("alter table things add note text default 'new'")).unwrap()
        assert db.one(rows("select * from things")) == Success((1, "new"))
        db.execute(do("alter table things alter id type text")).unwrap()
        assert db.all(rows("select * from things")) == Success([("1", "new")])


def test_a_changed_table_within_a_transaction_is_a_failure_and_fine_after_it(db: Database) -> None:
    with table(db, "id int"):
        query = rows("select * from things")
        assert db.all(query) == Success([])
        with db.transaction(rollback=True) as tx:
            tx.execute(do("alter table things add note text")).unwrap()
            assert failure(tx.all(query)) == StaleStatement("a table it reads has changed", sqlstate="0A000")
        with db.transaction() as tx:
            tx.execute(do("insert into things values (1)")).unwrap()
            assert tx.all(query) == Success([(1,)])


@pytest.mark.parametrize("command", ["discard all", "deallocate all"])
def test_dropped_statements_are_prepared_again(qb_url: str, command: str) -> None:
    with database(qb_url, max_size=1) as db:
        query = values("select $1::bigint", 5)
        assert db.one(query) == Success(5)
        db.execute(do(command)).unwrap()
        assert db.one(query) == Success(5)
        db.execute(do(f"do $$ begin execute '{command.replace('discard', 'deallocate')}'; end $$")).unwrap()  # unseen
        assert db.one(query) == Success(5)
        assert db.all(query) == Success([5])


def test_a_statement_prepared_in_a_rolled_back_transaction_stays_prepared(qb_url: str) -> None:
    with database(qb_url, max_size=1) as db:
        with db.transaction(rollback=True) as tx:
            assert tx.one(values("select 17")) == Success(17)
        assert db.one(values("select 17")) == Success(17)
        assert prepared(db).count("select 17") == 1


# ---------------------------------------------------------------- limits, sharing, the end


def test_options_are_a_view_with_other_limits(db: Database) -> None:
    def limit(of: str, db: Db) -> str:
        found: str = db.scalar(values(f"select current_setting('{of}')")).unwrap()
        return found

    strict = db.options(statement_timeout=1.5)
    assert [limit("statement_timeout", each) for each in (db, strict, db)] == ["0", "1500ms", "0"]
    stricter = strict.options(lock_timeout=0.0001)
    assert (limit("statement_timeout", stricter), limit("lock_timeout", stricter)) == ("1500ms", "1ms")
    assert limit("statement_timeout", stricter.options(statement_timeout=0)) == "0"
    with stricter.transaction() as tx:
        assert limit("lock_timeout", tx) == "1ms"
        assert limit("lock_timeout", tx.options(lock_timeout=2)) == "2s"
        with tx.options(lock_timeout=3).transaction(rollback=True) as inner:
            assert limit("lock_timeout", inner) == "3s"
        assert limit("lock_timeout", tx) == "1ms"
    assert (limit("statement_timeout", db), limit("lock_timeout", db)) == ("0", "0")
    with pytest.raises(DefinitionError, match="lock_timeout is -1"):
        db.options(lock_timeout=-1)
    with pytest.raises(DefinitionError, match="statement_timeout is '5s': it counts seconds"):
        db.options(statement_timeout=cast("Any", "5s"))


def test_threads_share_a_database(db: Database) -> None:
    found: list[int] = []

    def work(start: int) -> None:
        for number in range(start, start + 50):
            found.append(db.scalar(values("select $1::bigint", number)).unwrap())  # noqa: PERF401

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 50, 100, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(200))


def test_a_connection_that_cannot_be_made_is_the_failure_of_the_first_statement() -> None:
    with database("postgresql://ada:geheim@127.0.0.1:1/nowhere") as db:
        for outcome in (
            db.ping(),
            db.all(rows("select 1")),
            db.execute(do("select 1")),
            db.transact(lambda tx: tx.ping()),
        ):
            assert isinstance(failure(outcome), ConnectionRefused)
            assert "geheim" not in str(outcome)
        assert "geheim" not in repr(db)
        assert "ada" in repr(db)
        with pytest.raises(ConnectionRefused), db.transaction():
            raise AssertionError
        with pytest.raises(ConnectionRefused), db.stream(rows("select 1")):
            raise AssertionError
        with db.pipeline() as p:
            handle = p.one(rows("select 1"))
        assert isinstance(failure(handle.result()), ConnectionRefused)


def test_a_closed_database_says_so(qb_url: str) -> None:
    with database(qb_url) as db:
        assert db.ping() == Success(None)
    with pytest.raises(ClosedError):
        db.ping()
    with pytest.raises(ClosedError):
        db.one(rows("select 1"))


# ---------------------------------------------------------------- the log


def test_statements_are_logged_without_their_values(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="qb.sql"):
        db.all(rows("select $1::text, n from generate_series(1, 3) n", "secret")).unwrap()
        failure(db.execute(do("insert into nowhere values ($1::text)", "secret")))
    first, second = caplog.records
    assert first.getMessage().endswith("ms, 3 rows: select $1::text, n from generate_series(1, 3) n")
    assert (first.__dict__["rows"], first.__dict__["error"], first.__dict__["parameters"]) == (3, None, None)
    assert second.getMessage().endswith("ms, InvalidSql: insert into nowhere values ($1::text)")
    assert "secret" not in caplog.text


def test_values_are_logged_when_asked_for(qb_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="qb.sql"), database(qb_url, log_parameters=True) as db:
        db.one(values("select $1::text", "shown")).unwrap()
        with db.stream(values("select $1::bigint from generate_series(1, 2)", 7)) as stream:
            list(stream)
    assert caplog.records[0].getMessage().endswith("ms, 1 row: select $1::text ['shown']")
    assert caplog.records[1].getMessage().endswith("ms, 2 rows: select $1::bigint from generate_series(1, 2) [7]")


def test_nothing_is_logged_unless_somebody_listens(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        db.one(values("select 1")).unwrap()
    assert caplog.records == []


def test_a_unique_violation_names_what_it_is_about(db: Database) -> None:
    with table(db, "id int primary key"):
        db.execute(do("insert into things values (1)")).unwrap()
        assert failure(db.execute(do("insert into things values (1)"))) == UniqueViolation(
            "things_pkey", "things", "public", ("id",)
        )


def test_a_query_is_not_executed(db: Database) -> None:
    with pytest.raises(QueryError, match="the statement returns rows: run it with `all`"):
        db.execute(rows("select 1"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_table_is_no_query(qb_db: Database) -> None:
    class City(Table, name="cities"):
        id: Col[int] = column(primary_key=True)

    with pytest.raises(QueryError, match=r"<table cities> is no query: write select\(...\) around it"):
        qb_db.all(City)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert repr(select(City)) == "<Select: qb.compile(...) shows its SQL>"


@pytest.mark.parametrize(
    ("sql", "run", "own"),
    [
        (b"SELECT 1", b"ROLLBACK", False),
        (b"select 1", b"BEGIN", False),
        (b"INSERT INTO t VALUES (1)", b"COMMIT", False),
        (b"SELECT 1 INTO TEMP answered", b"SELECT 1 INTO TEMP answered", True),
        (b"SET lock_timeout TO 5", b"SET lock_timeout TO 5", True),
    ],
)
def test_an_answer_without_rows_is_known_by_the_name_of_its_command(
    qb_url: str, sql: bytes, run: bytes, own: bool
) -> None:
    with psycopg.Connection.connect(qb_url, autocommit=True) as connection:
        assert answers(sql, connection.pgconn.exec_(run)) == own
