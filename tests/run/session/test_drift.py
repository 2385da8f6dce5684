"""The database has other types than its description says: every declared type against every type of the server.

Reading gives a value that is equal and of the declared Python type, or a typed failure; writing by COPY stores what
INSERT stores, or fails as it does.
"""

import datetime as dt
import types
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

import msgspec
import pytest
from psycopg import generators
from psycopg.waiting import wait

import qb
from qb import (
    Col,
    DataException,
    DbError,
    DecodeError,
    EncodeError,
    Failure,
    InsufficientPrivilege,
    InvalidSql,
    New,
    Outcome,
    SchemaMismatch,
    Success,
    Table,
    column,
    fn,
    insert,
    many,
    new,
    pg,
    select,
    sql,
    trusted,
    update,
)
from qb.run.session.catalog import Catalog
from qb.run.session.drift import reads
from qb.run.talk.chunks import ROWS_AT_ONCE
from qb.run.talk.copy import CopyTarget, copy_rows
from qb.types.identifier import unquoted
from qb.types.infer import type_of
from qb.typing import SqlType


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Doc(msgspec.Struct, frozen=True):
    a: int


class Declared(NamedTuple):
    """A type as it is declared, and a value to write."""

    type: SqlType[Any]
    python: Any
    value: Any


ID = UUID("6a1f2a53-2f0f-4f0a-9f3e-0c6f3f1f7a10")
MOMENT = dt.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=dt.UTC)
Word = Literal["f", "glad", "5"]

DECLARED: dict[str, Declared] = {
    "smallint": Declared(pg.smallint, int, 5),
    "integer": Declared(pg.integer, int, 5),
    "bigint": Declared(pg.bigint, int, 5),
    "numeric": Declared(pg.numeric, Decimal, Decimal("5.7")),
    "whole numeric": Declared(pg.numeric(20), int, 5),
    "real": Declared(pg.real, float, 5.5),
    "double": Declared(pg.double_precision, float, 5.5),
    "boolean": Declared(pg.boolean, bool, True),
    "text": Declared(pg.text, str, "glad"),
    "varchar": Declared(pg.varchar(80), str, "glad"),
    "char": Declared(pg.char(4), str, "glad"),
    "literal": Declared(pg.text, Word, "glad"),
    "enum as text": Declared(type_of(Mood), Mood, Mood.GLAD),
    "enum": Declared(pg.enum("mood", Mood, schema="drifted"), Mood, Mood.GLAD),
    "bytea": Declared(pg.bytea, bytes, b"f"),
    "uuid": Declared(pg.uuid, UUID, ID),
    "date": Declared(pg.date, dt.date, MOMENT.date()),
    "time": Declared(pg.time, dt.time, dt.time(7, 8)),
    "timestamp": Declared(pg.timestamp, dt.datetime, MOMENT.replace(tzinfo=None)),
    "timestamptz": Declared(pg.timestamptz, dt.datetime, MOMENT),
    "interval": Declared(pg.interval, dt.timedelta, dt.timedelta(days=1, seconds=3)),
    "json": Declared(pg.json, Doc, Doc(1)),
    "jsonb": Declared(pg.jsonb, Doc, Doc(1)),
    "integers": Declared(pg.array(pg.integer), list[int], [5, 6]),
    "texts": Declared(pg.array(pg.text), list[str], ["glad", "f"]),
    "moods": Declared(pg.array(pg.enum("mood", Mood, schema="drifted")), list[Mood], [Mood.GLAD]),
    "inet": Declared(pg.custom("inet", encode=str, decode=str), str, "10.0.0.1"),
}


class Found(NamedTuple):
    """A type of the server, a value in its text form, and what that is in Python; None where qb has nothing for it."""

    sql: str
    text: str
    value: Any = None


FOUND: dict[str, Found] = {
    "smallint": Found("smallint", "5", 5),
    "integer": Found("integer", "5", 5),
    "bigint": Found("bigint", "5", 5),
    "oid": Found("oid", "5", 5),
    "numeric": Found("numeric", "5.7", Decimal("5.7")),
    "whole numeric": Found("numeric", "5", Decimal(5)),
    "real": Found("real", "0.1", 0.10000000149011612),
    "double": Found("double precision", "0.1", 0.1),
    "money": Found("money", "5"),
    "boolean": Found("boolean", "f", False),
    "text": Found("text", "f", "f"),
    "text of a number": Found("text", "5", "5"),
    "varchar": Found("varchar(20)", "glad", "glad"),
    "char": Found("char(4)", "glad", "glad"),
    "name": Found("name", "glad", "glad"),
    "citext": Found("citext", "glad", "glad"),
    "enum": Found("mood", "glad", "glad"),
    "domain of int": Found("drift_number", "5", 5),
    "domain of text": Found("drift_word", "glad", "glad"),
    "bytea": Found("bytea", "f", b"f"),
    "uuid": Found("uuid", str(ID), ID),
    "date": Found("date", "2024-05-06", MOMENT.date()),
    "time": Found("time", "07:08", dt.time(7, 8)),
    "timetz": Found("timetz", "07:08+02"),
    "timestamp": Found("timestamp", "2024-05-06 07:08:09.123456", MOMENT.replace(tzinfo=None)),
    "timestamptz": Found("timestamptz", "2024-05-06 07:08:09.123456+00", MOMENT),
    "interval": Found("interval", "1 day", dt.timedelta(days=1)),
    "json": Found("json", '{"a": 1}', Doc(1)),
    "jsonb": Found("jsonb", '{"a": 1}', Doc(1)),
    "text of json": Found("text", '{"a": 1}', '{"a": 1}'),
    "inet": Found("inet", "10.0.0.1", "10.0.0.1"),
    "point": Found("point", "(1,2)"),
    "range": Found("int4range", "[1,2)"),
    "pair": Found("drift_pair", "(1,a)"),
    "integers": Found("integer[]", "{5,6}", [5, 6]),
    "bigints": Found("bigint[]", "{5,6}", [5, 6]),
    "numbers of a domain": Found("drift_number[]", "{5,6}", [5, 6]),
    "texts": Found("text[]", "{glad,f}", ["glad", "f"]),
    "varchars": Found("varchar(9)[]", "{glad,f}", ["glad", "f"]),
    "citexts": Found("citext[]", "{glad,f}", ["glad", "f"]),
    "moods": Found("mood[]", "{glad,sad}", ["glad", "sad"]),
    "words of a domain": Found("drift_word[]", "{glad,f}", ["glad", "f"]),
    "points": Found("point[]", '{"(1,2)"}'),
}
SCRIPT = """
CREATE TYPE citext;
CREATE FUNCTION citext_in(cstring) RETURNS citext LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION citext_out(citext) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION citext_receive(internal) RETURNS citext LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
CREATE FUNCTION citext_send(citext) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'textsend';
CREATE TYPE citext (INPUT = citext_in, OUTPUT = citext_out, RECEIVE = citext_receive, SEND = citext_send, LIKE = text);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE drift_pair AS (a int, b text);
CREATE DOMAIN drift_number AS integer CHECK (VALUE > 0);
CREATE DOMAIN drift_word AS text;
"""


@pytest.fixture(scope="module")
def db(qb_db: qb.Database) -> Iterator[qb.Database]:
    """Tables with a column of each type of the server, and one row in each. Bulk inserts commit: so does this."""
    cleanup = "DROP SCHEMA IF EXISTS drifted CASCADE"
    run(qb_db, cleanup, "CREATE SCHEMA drifted", "SET LOCAL search_path TO drifted", SCRIPT)
    for number, found in enumerate(FOUND.values()):
        run(
            qb_db,
            "SET LOCAL search_path TO drifted",
            f"CREATE TABLE t{number} (id bigint PRIMARY KEY, plain date DEFAULT '2000-01-01', x {found.sql})",
            f"INSERT INTO t{number} VALUES (1, DEFAULT, '{found.text}')",
        )
    yield qb_db
    run(qb_db, cleanup)


def run(db: qb.Database, *statements: str) -> None:
    with db.transaction() as tx:
        for statement in "; ".join(statements).split(";"):
            if statement.strip():
                tx.execute(sql(trusted(braces(statement))).command()).unwrap()


def braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def table_of(number: int, declared: Declared, schema: str = "drifted") -> Any:
    """The class that says the column is of the declared type. `plain` keeps the result out of the binary form."""
    annotations: dict[str, Any] = {"id": int, "plain": dt.date, "x": declared.python | None}
    body = {
        "__annotations__": annotations,
        "__module__": __name__,
        "id": column(pg.bigint, primary_key=True),
        "plain": column(pg.date, default=dt.date(2000, 1, 1)),
        "x": column(declared.type),
    }
    return types.new_class(
        f"T{number}", (Table,), {"name": f"t{number}", "schema": schema}, lambda namespace: namespace.update(body)
    )


def _first(row: Any) -> Any:
    return row[0]


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(item) for item in cast("Iterable[Any]", value)]
    return getattr(value, "value", value)


def exact(declared: Declared, found: Found, value: Any) -> bool:
    """Whether a value is the one that the server holds, in the Python type that was declared."""
    if declared.type.wire.is_document and value == Doc(1):  # a text of JSON is the same document
        return found.text == '{"a": 1}'
    if declared.python is int and declared.type.wire.is_numeric and isinstance(found.value, Decimal):
        return type(value) is int and value == found.value
    return type(plain(value)) is type(found.value) and plain(value) == found.value


TYPED = (SchemaMismatch, DecodeError)


def readings(db: qb.Db, table: Any) -> dict[str, Outcome[Any]]:
    """The column, read in every way: rows with a date come in the text form, the column alone in binary if it can."""

    def streamed(query: Any) -> Outcome[Any]:
        try:
            with db.stream(query) as rows:
                return Success(next(rows))
        except DbError as error:
            return Failure(error)

    def piped(query: Any) -> Outcome[Any]:
        with db.pipeline() as p:
            handle = p.one(query)
        return handle.result()

    one, row = select(table.x), select(table)
    returning = update(table).set(table.id.to(table.id)).all_rows().returning(table.x)
    return {
        "scalar": db.scalar(one),
        "one": db.one(row).map(lambda found: found.x),
        "first": db.first(select(table.x, table.id)).map(_first),
        "all": db.all(select(table.x, table.plain)).map(lambda found: found[0][0]),
        "stream": streamed(one),
        "stream of rows": streamed(row).map(lambda found: found.x),
        "pipeline": piped(one),
        "returning": db.one(returning),
    }


QUICK = ("integer", "text", "boolean", "integers")
each_declared = pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in DECLARED]
)


@pytest.mark.slow
@each_declared
def test_what_is_read_is_exact_or_a_typed_failure(db: qb.Database, name: str) -> None:
    declared = DECLARED[name]
    passed = set[str]()
    for number, (title, found) in enumerate(FOUND.items()):
        for way, outcome in readings(db, table_of(number, declared)).items():
            match outcome:
                case Success(value):
                    assert exact(declared, found, value), f"{title} by {way}: {value!r}"
                    passed.add(title)
                case Failure(error):
                    assert isinstance(error, TYPED), f"{title} by {way}: {error!r}"
                    assert title not in passed, f"{title} by {way}: {error!r}"
                    if isinstance(error, SchemaMismatch):
                        assert (error.table, error.column) == (f"t{number}", "x")
                        assert error.declared == declared.type.name
    assert passed == READABLE[name]


WORDS = {"varchar", "char", "name", "citext", "enum", "domain of text"}
INTEGERS = {"smallint", "integer", "bigint", "oid", "domain of int"}
DOCUMENTS = {"json", "jsonb", "text of json"}
LISTS_OF_TEXT = {"texts", "varchars", "citexts", "words of a domain"}
READABLE: dict[str, set[str]] = {
    "smallint": INTEGERS,
    "integer": INTEGERS,
    "bigint": INTEGERS,
    "numeric": {"numeric", "whole numeric"},
    "whole numeric": INTEGERS | {"whole numeric"},
    "real": {"real"},
    "double": {"real", "double"},
    "boolean": {"boolean"},
    "text": WORDS | {"text", "text of a number", "text of json"},
    "varchar": WORDS | {"text", "text of a number", "text of json"},
    "char": WORDS | {"text", "text of a number", "text of json"},
    "literal": WORDS | {"text", "text of a number"},
    "enum as text": WORDS,
    "enum": WORDS,
    "bytea": {"bytea"},
    "uuid": {"uuid"},
    "date": {"date"},
    "time": {"time"},
    "timestamp": {"timestamp"},
    "timestamptz": {"timestamptz"},
    "interval": {"interval"},
    "json": DOCUMENTS,
    "jsonb": DOCUMENTS,
    "integers": {"integers", "bigints", "numbers of a domain"},
    "texts": LISTS_OF_TEXT | {"moods"},
    "moods": {"moods"},
    "inet": {"inet"} | (WORDS - {"enum"}) | {"text", "text of a number", "text of json"},
}


def test_without_prepared_statements_each_result_is_compared(db: qb.Database, qb_url: str) -> None:
    declared = DECLARED["boolean"]
    with qb.connect(qb_url, prepare=False) as unprepared:
        for title in ("text", "boolean", "citext", "enum"):
            number = list(FOUND).index(title)
            for way, outcome in readings(unprepared, table_of(number, declared)).items():
                if title == "boolean":
                    assert outcome == Success(False), way
                else:
                    assert isinstance(outcome.failure(), SchemaMismatch), (title, way)
        words = table_of(list(FOUND).index("citexts"), DECLARED["texts"])
        for way, outcome in readings(unprepared, words).items():
            assert outcome == Success(["glad", "f"]), way


@each_declared
def test_nested_rows_hold_the_declared_python_type_or_are_a_typed_failure(db: qb.Database, name: str) -> None:
    declared = DECLARED[name]
    for number, (title, found) in enumerate(FOUND.items()):
        table = table_of(number, declared)
        match db.scalar(select(many(select(table.x)))):
            case Success([value]):
                # Inside JSON text is text, whatever type it came from, and a number is a number.
                assert type(plain(value)) is type(plain(declared.value)), f"{title}: {value!r}"
                if isinstance(value, dt.datetime):
                    assert value == found.value, title
            case Failure(error):
                assert isinstance(error, TYPED), f"{title}: {error!r}"
            case other:
                raise AssertionError(f"{title}: {other!r}")


def _writings(table: type[Any], row: New[Any], value: Any, number: int) -> dict[str, Callable[[qb.Tx], Outcome[Any]]]:
    def upsert(tx: qb.Tx) -> Outcome[Any]:
        tx.execute(sql(trusted(f"INSERT INTO drifted.t{number} (id) VALUES (2)")).command()).unwrap()
        return tx.execute(insert(row).on_conflict(table.id, update=[table.x.to(value)]))

    return {
        "insert": lambda tx: tx.execute(insert(row)),
        "insert_many": lambda tx: tx.insert_many([row]),
        "values": lambda tx: tx.insert_many([row], insert(table).on_conflict(nothing=True)),
        "upsert": upsert,
    }


@pytest.mark.slow
@each_declared
def test_all_ways_of_writing_store_the_same_or_fail_alike(db: qb.Database, name: str) -> None:
    declared = DECLARED[name]
    for number, title in enumerate(FOUND):
        table = table_of(number, declared)
        row = new(table)(id=2, x=declared.value)
        stored = sql(trusted(f"SELECT coalesce(x::text, 'NULL') FROM drifted.t{number} WHERE id = 2")).rows(str)

        ways = _writings(table, row, declared.value, number)
        results: dict[str, Any] = {}
        for way, write in ways.items():
            with db.transaction(rollback=True) as tx:
                outcome = write(tx)
                if isinstance(outcome, Failure):
                    assert isinstance(outcome.failure(), (*TYPED, InvalidSql, DataException, EncodeError)), (title, way)
                    results[way] = type(outcome.failure())
                else:
                    results[way] = tx.scalar(stored).unwrap()
                    read = tx.scalar(select(table.x).where(table.id == 2)).unwrap()
                    assert plain(read) == plain(declared.value) or title.startswith("char") or name == "inet", (
                        title,
                        way,
                    )
        assert len(set(map(str, results.values()))) == 1, (title, results)


@pytest.mark.parametrize("prepare", [True, False])
def test_no_write_rounds_moves_or_cuts_in_silence(qb_url: str, prepare: bool) -> None:
    """What PostgreSQL's casts of assignment would change."""
    pairs: list[tuple[str, str, object, object]] = [
        ("bigint", "double precision", float, 1.5),
        ("numeric(6,1)", "numeric(6,2)", pg.numeric(6, 2), Decimal("1.25")),
        ("bigint", "numeric(6,2)", pg.numeric(6, 2), Decimal("1.25")),
        ("double precision", "bigint", int, 2**53 + 1),
        (
            "timestamp",
            "timestamptz",
            dt.datetime,
            dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        ),
        ("name", "text", str, "x" * 80),
        ("real", "double precision", float, 0.1),
    ]
    with qb.connect(qb_url, prepare=prepare) as db:
        for number, (found, declared, python, value) in enumerate(pairs):
            run(db, "DROP TABLE IF EXISTS narrow", f"CREATE TABLE narrow (id bigint PRIMARY KEY, x {found})")
            if isinstance(python, type):
                space: dict[str, Any] = {"__annotations__": {"id": Col[int], "x": Col[python]}}  # type: ignore[valid-type]
            else:
                space = {"__annotations__": {"id": Col[int], "x": Col[Decimal]}, "x": column(cast("Any", python))}
            space["id"] = column(primary_key=True)
            table: Any = cast("Any", type(Table))(f"Narrow{number}", (Table,), space, name="narrow")
            row = new(table)(id=1, x=value)
            with db.pipeline() as pipeline:
                piped = pipeline.execute(insert(row))
            ways: dict[str, Outcome[Any]] = {
                "insert": db.execute(insert(row)),
                "pipeline": piped.result(),
                "insert_many": db.insert_many([row]),
                "returning": db.insert_many([row], insert(cast("type[Any]", table)).returning(table.id)),
                "update": db.execute(qb.update(table).set(table.x.to(value)).all_rows()),
            }
            for way, outcome in ways.items():
                assert isinstance(outcome, Failure), (declared, found, way)
                error = outcome.failure()
                assert isinstance(error, SchemaMismatch), (declared, found, way, error)
                assert error.column == "x"
            assert db.scalar(select(fn.count()).from_(table)) == Success(0)
        run(db, "DROP TABLE narrow")


@pytest.mark.parametrize("prepare", [True, False])
def test_columns_of_nested_rows_are_compared_too(qb_url: str, prepare: bool) -> None:
    class Inner(Table, name="nested_drift"):
        id: Col[int] = column(primary_key=True)
        raw: Col[bytes]
        span: Col[dt.timedelta]
        ratio: Col[float]

    class Outer(Table, name="nesting_drift"):
        id: Col[int] = column(primary_key=True)

    ddl = "CREATE TABLE nested_drift (id int, raw {}, span {}, ratio {})"
    inner = select(Inner).where(Inner.id == Outer.id)
    twice = select(Inner.id, many(inner)).where(Inner.id == Outer.id)
    with qb.connect(qb_url, prepare=prepare) as db:
        run(db, "DROP TABLE IF EXISTS nesting_drift", "CREATE TABLE nesting_drift AS SELECT 1::bigint AS id")
        for types, name in (
            (("text", "interval", "float8"), "raw"),
            (("bytea", "time", "float8"), "span"),
            (("bytea", "interval", "numeric"), "ratio"),
            (("bytea", "interval", "float4"), "ratio"),
            (("bytea", "interval", "float8"), None),
        ):
            run(db, "DROP TABLE IF EXISTS nested_drift", ddl.format(*types))
            run(db, "INSERT INTO nested_drift VALUES (1, '\\x41', '01:02:03', 0.5)")
            for query in (select(Outer.id, many(inner)), select(Outer.id, many(twice)).order_by(Outer.id)):
                with db.pipeline() as pipeline:
                    piped = pipeline.all(query)
                for found in (db.all(query), piped.result(), db.first(query)):
                    if name is None:
                        assert isinstance(found, Success), found
                    else:
                        error = found.failure()
                        assert isinstance(error, SchemaMismatch)
                        assert (error.table, error.column) == ("nested_drift", name)
        run(db, "DROP TABLE nested_drift", "DROP TABLE nesting_drift")


def test_a_table_that_is_altered_between_two_copies_does_not_slip_through(db: qb.Database) -> None:
    run(db, "CREATE TABLE drifted.moving (id bigint PRIMARY KEY, plain date, x bigint)")
    declared = DECLARED["bigint"]

    class Moving(Table, name="moving", schema="drifted"):
        id: Col[int] = column(primary_key=True)
        x: Col[int]

    assert declared.python is int
    assert db.insert_many([new(Moving)(id=1, x=5)]) == Success(1)
    assert db.all(select(Moving.x)) == Success([5])
    run(db, "ALTER TABLE drifted.moving ALTER x TYPE double precision")
    mismatch = Failure(SchemaMismatch("moving", "x", "bigint", "double precision"))
    assert db.insert_many([new(Moving)(id=2, x=5)]) == mismatch
    assert db.all(select(Moving.x)) == mismatch
    run(db, "ALTER TABLE drifted.moving ALTER x TYPE bigint")
    assert db.all(select(Moving.x)) == Success([5])
    run(db, "ALTER TABLE drifted.moving ALTER x TYPE integer")
    assert db.insert_many([new(Moving)(id=2, x=6)]) == Success(1)
    assert db.all(select(Moving.x).order_by(Moving.id)) == Success([5, 6])


def test_a_mismatch_is_found_before_the_statement_runs(db: qb.Database) -> None:
    table = table_of(list(FOUND).index("text"), DECLARED["boolean"])
    deleted = db.one(qb.delete(table).all_rows().returning(table.x))
    assert isinstance(deleted.failure(), SchemaMismatch)
    assert db.scalar(select(fn.count()).from_(table)) == Success(1)


def test_a_mismatch_dooms_the_transaction_as_a_refusal_of_the_server_does(db: qb.Database) -> None:
    """Whoever does not look at it would commit the rest."""
    number = list(FOUND).index("text")
    wrong, right = table_of(number, DECLARED["boolean"]), table_of(number, DECLARED["text"])
    with pytest.raises(qb.TransactionAborted, match="is declared"), db.transaction() as tx:
        qb.unwrap(tx.execute(qb.delete(right).all_rows()))
        qb.ignore(tx.one(qb.delete(wrong).all_rows().returning(wrong.x)))
    assert db.scalar(select(fn.count()).from_(right)) == Success(1)


def test_a_role_that_may_insert_and_not_read_copies(db: qb.Database) -> None:
    number = list(FOUND).index("bigint")
    good, bad = table_of(number, DECLARED["bigint"]), table_of(number, DECLARED["double"])
    statements = (
        "DROP ROLE IF EXISTS drift_writer",
        "CREATE ROLE drift_writer",
        "GRANT USAGE ON SCHEMA drifted TO drift_writer",
    )
    run(db, *statements, f"GRANT INSERT ON drifted.t{number} TO drift_writer")
    try:
        with db.transaction(rollback=True) as tx:
            tx.execute(sql("SET LOCAL ROLE drift_writer").command()).unwrap()
            assert tx.insert_many([new(good)(id=2, x=7)]) == Success(1)
            refused = tx.transact(lambda inner: inner.insert_many([new(bad)(id=3, x=8.0)]))
            assert isinstance(refused.failure(), SchemaMismatch)
            with tx.transaction(rollback=True) as inner:
                assert isinstance(inner.all(select(good.x)).failure(), InsufficientPrivilege)
            tx.execute(sql("RESET ROLE").command()).unwrap()
            assert tx.all(select(good.x).order_by(good.id)) == Success([5, 7])
    finally:
        run(
            db,
            f"REVOKE ALL ON drifted.t{number} FROM drift_writer",
            "DROP OWNED BY drift_writer",
            "DROP ROLE drift_writer",
        )


def test_who_may_not_read_sees_types_that_stay_until_the_rows_are_in(db: qb.Database) -> None:
    """And looks again in the usual way once it may read."""
    run(
        db,
        "CREATE TABLE drifted.written (id int GENERATED ALWAYS AS IDENTITY, x bigint CHECK (x > 0), y text NOT NULL)",
        "DROP ROLE IF EXISTS drift_blind",
        "CREATE ROLE drift_blind",
        "GRANT USAGE ON SCHEMA drifted TO drift_blind",
        "GRANT INSERT (id, x) ON drifted.written TO drift_blind",
    )
    target = CopyTarget((pg.bigint, pg.bigint), (), ("x", "id"), '"drifted"."written"')
    look, copy, _ = target.sql(blind=True).partition(b"; COPY ")
    assert copy
    locks = b"SELECT mode FROM pg_locks WHERE relation = 'drifted.written'::regclass AND pid = pg_backend_pid()"
    try:
        with db.transaction(rollback=True) as tx:
            tx.ping().unwrap()  # begins it
            connection = cast("Any", tx)._source.link
            connection.execute("SET LOCAL ROLE drift_blind")
            for expected, right in (
                (b"f", "GRANT SELECT (x, id) ON drifted.written TO drift_blind"),
                (b"t", "SELECT 1"),
            ):
                explained, shown, held = exec_all(connection, look + b"; " + locks)
                assert b"RowExclusiveLock" in {held.get_value(row, 0) for row in range(held.ntuples)}
                assert [column.oid for column in target.found(shown, blind=True)] == [20, 23]
                assert {shown.get_value(row, 3) for row in range(2)} == {expected}
                assert explained.ntuples
                connection.execute("RESET ROLE")
                connection.execute(right)
                connection.execute("SET LOCAL ROLE drift_blind")
    finally:
        run(db, "DROP TABLE drifted.written", "DROP OWNED BY drift_blind", "DROP ROLE drift_blind")


def exec_all(connection: Any, script: bytes) -> list[Any]:
    connection.pgconn.send_query(script)
    return list(wait(generators.execute(connection.pgconn), connection.pgconn.socket))


def test_columns_that_copy_cannot_write_are_tried_once(db: qb.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    other = table_of(list(FOUND).index("varchar"), DECLARED["text"])
    tried: list[int] = []

    def counted(*arguments: Any, **options: Any) -> Any:
        tried.append(1)
        return copy_rows(*arguments, **options)

    monkeypatch.setattr("qb.run.talk.bulk.copy_rows", counted)
    with db.transaction(rollback=True) as tx:
        rows = [new(other)(id=id, x="glad") for id in range(10, 10 + 2 * ROWS_AT_ONCE + 1)]
        assert tx.insert_many(rows) == Success(len(rows))
        assert len(tried) == 1


def test_a_role_that_can_read_again_is_no_longer_blind(db: qb.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    number = list(FOUND).index("bigint")
    table = table_of(number, DECLARED["bigint"])
    blind: list[bool] = []

    def noted(*arguments: Any, **options: Any) -> Any:
        blind.append(options["blind"])
        return copy_rows(*arguments, **options)

    monkeypatch.setattr("qb.run.talk.bulk.copy_rows", noted)
    run(db, "DROP ROLE IF EXISTS drift_sees", "CREATE ROLE drift_sees", "GRANT USAGE ON SCHEMA drifted TO drift_sees")
    run(db, f"GRANT INSERT ON drifted.t{number} TO drift_sees")
    try:
        with db.transaction(rollback=True) as tx:
            tx.execute(sql("SET LOCAL ROLE drift_sees").command()).unwrap()
            assert [tx.insert_many([new(table)(id=id, x=1)]) for id in (20, 21)] == [Success(1)] * 2
            tx.execute(sql("RESET ROLE").command()).unwrap()
            assert [tx.insert_many([new(table)(id=id, x=1)]) for id in (22, 23)] == [Success(1)] * 2
            tx.execute(sql(trusted(f"REVOKE INSERT ON drifted.t{number} FROM drift_sees")).command()).unwrap()
            tx.execute(sql("SET LOCAL ROLE drift_sees").command()).unwrap()
            refused = tx.transact(lambda inner: inner.insert_many([new(table)(id=24, x=1)]))
            assert isinstance(refused.failure(), InsufficientPrivilege)
            tx.execute(sql("RESET ROLE").command()).unwrap()
            assert tx.insert_many([new(table)(id=25, x=1)]) == Success(1)
        assert blind == [False, True, True, True, False, False, True, False]
    finally:
        run(db, f"REVOKE ALL ON drifted.t{number} FROM drift_sees", "DROP OWNED BY drift_sees", "DROP ROLE drift_sees")


def test_a_type_of_ones_own_is_known_by_its_bare_name() -> None:
    assert unquoted('public."Zip ""x"""') == 'Zip "x"'
    assert unquoted("geometry(Point, 4326)") == "geometry"
    assert unquoted("Public.Mood") == "mood"
    assert not reads(pg.bigint, int, 999_999, Catalog())
