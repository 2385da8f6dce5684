"""Rows of raw SQL: by name where the row is a class, by position where it is a tuple, and never one for another."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, NamedTuple, TypedDict, Union, cast

import msgspec
import pytest

from qb import (
    Col,
    Database,
    Db,
    Failure,
    QueryError,
    SchemaMismatch,
    Shape,
    Success,
    Table,
    Tx,
    column,
    connect,
    create_all,
    cte,
    excluded,
    insert,
    insert_from,
    many,
    new,
    pg,
    schema,
    select,
    sql,
    subquery,
    trusted,
)


class Pair(Table, name="pairs"):
    b: Col[str] = column()
    a: Col[str] = column()


class Titled(Shape):
    kind: Col[str] = column(name="type")
    count: Col[int | None]


class Load(msgspec.Struct):
    name: str
    tasks: int | None = None


class OnlyKeywords(msgspec.Struct, kw_only=True, rename="camel"):
    last_name: str
    tasks: int


@dataclasses.dataclass(frozen=True)
class Plainly:
    b: str
    a: str = "?"
    twice: str = dataclasses.field(init=False, default="")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ByName:
    b: str
    a: str


class Both(NamedTuple):
    name: str
    tasks: int


class Inner(msgspec.Struct):
    x: int


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.execute(sql("CREATE TABLE pairs (a text NOT NULL, b text NOT NULL)").command()).unwrap()
    qb_tx.execute(sql("INSERT INTO pairs VALUES ('A', 'B')").command()).unwrap()
    return qb_tx


def every_way(db: Db, query: Any) -> list[Any]:
    """The rows as each way of running gives them."""
    with db.stream(query, size=1) as rows:
        streamed = list(rows)
    with db.pipeline() as pipeline:
        piped = pipeline.all(query)
    found = db.all(query).unwrap()
    assert streamed == piped.result().unwrap() == found == [db.one(query).unwrap()] == [db.first(query).unwrap()]
    return found


@pytest.mark.parametrize("text", ["SELECT * FROM pairs", "SELECT b, a FROM pairs", "SELECT a, b FROM pairs"])
def test_a_table_takes_the_columns_by_name(tx: Tx, text: str) -> None:
    assert every_way(tx, sql(trusted(text)).rows(Pair)) == [Pair(a="A", b="B")]


def test_and_so_do_shapes_structs_and_named_tuples(tx: Tx) -> None:
    assert every_way(tx, sql("SELECT 1::bigint AS count, 'x' AS type").rows(Titled)) == [Titled(kind="x", count=1)]
    assert every_way(tx, sql("SELECT 2 AS tasks, 'Ada' AS name").rows(Load)) == [Load("Ada", 2)]
    assert every_way(tx, sql("SELECT NULL::bigint AS tasks, 'Ada' AS name").rows(Load)) == [Load("Ada", None)]
    assert every_way(tx, sql("SELECT 2 AS tasks, 'L' AS last_name").rows(OnlyKeywords)) == [
        OnlyKeywords(last_name="L", tasks=2)
    ]
    assert every_way(tx, sql("SELECT 2 AS tasks, 'Ada' AS name").rows(Both)) == [Both("Ada", 2)]


def test_a_tuple_takes_them_by_position(tx: Tx) -> None:
    assert every_way(tx, sql("SELECT a, b, 1, NULL::int FROM pairs").rows(tuple[str, str, int, int | None])) == [
        ("A", "B", 1, None)
    ]
    assert every_way(tx, sql("SELECT 1").rows(tuple[int])) == [(1,)]
    query = sql("""SELECT 1, '{{"x": 5}}'::jsonb""").rows(tuple[int, Inner])
    assert every_way(tx, query) == [(1, Inner(5))]


def test_one_document_may_be_a_struct(tx: Tx) -> None:
    assert every_way(tx, sql("""SELECT '{{"x": 5}}'::jsonb AS doc""").rows(Inner)) == [Inner(5)]
    assert every_way(tx, sql("""SELECT '{{"x": 5}}'::json""").rows(Inner)) == [Inner(5)]
    assert every_way(tx, sql("SELECT 5 AS x").rows(Inner)) == [Inner(5)]
    assert every_way(tx, sql("""SELECT '{{"x": 5}}'::jsonb""").rows(dict[str, int])) == [{"x": 5}]


@pytest.mark.parametrize(
    ("text", "row", "told"),
    [
        ("SELECT a FROM pairs", Pair, '"pairs"."b" is declared as text, and the result has no such column'),
        ("SELECT a, b, a FROM pairs", Pair, '"pairs"."a" is declared as text, and the result has it twice'),
        ("SELECT *, 1 AS extra FROM pairs", Pair, '"extra" is in the result, and nothing of that name is declared'),
        ("SELECT a AS \"A\", b FROM pairs", Pair, '"pairs"."a" is declared as text, and the result has no such column'),
        ("SELECT 'Ada' AS name", Load, '"tasks" is declared as bigint, and the result has no such column'),
        ("SELECT 5 AS y", Inner, '"x" is declared as bigint, and the result has no such column'),
        ("SELECT 1", tuple[int, str], "the result has 1 column, and 2 are declared"),
        ("SELECT 1, 'a', 2", tuple[int, str], "the result has 3 columns, and 2 are declared"),
        ("SELECT a, b FROM pairs", str, "the result has 2 columns, and 1 is declared"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(tx: Tx, text: str, row: Any, told: str) -> None:
    query: Any = sql(trusted(text)).rows(row)
    for way in ("all", "one", "first"):
        with tx.transaction(rollback=True) as inner:
            match getattr(inner, way)(query):
                case Failure(SchemaMismatch() as error):
                    assert str(error).startswith(told)
                case other:
                    pytest.fail(repr(other))
    with (
        tx.transaction(rollback=True) as inner,
        pytest.raises(SchemaMismatch, match="result"),
        inner.stream(query) as rows,
    ):
        list(rows)
    with tx.transaction(rollback=True) as inner:
        with inner.pipeline() as pipeline:
            piped = pipeline.all(query)
        assert isinstance(piped.result(), Failure)


def test_rows_that_are_none_are_judged_as_well(tx: Tx) -> None:
    assert isinstance(tx.all(sql("SELECT a FROM pairs WHERE false").rows(Pair)), Failure)


@pytest.mark.parametrize("prepare", [True, False])
def test_a_routine_change_of_the_table(qb_url: str, prepare: bool) -> None:
    with connect(qb_url, prepare=prepare) as qb_db:
        changed(qb_db)


def changed(qb_db: Database) -> None:
    query = sql("SELECT * FROM moving").rows(Both)
    try:
        qb_db.execute(sql("CREATE TABLE moving (tasks bigint, name text)").command()).unwrap()
        qb_db.execute(sql("INSERT INTO moving VALUES (1, 'Ada')").command()).unwrap()
        assert qb_db.all(query) == Success([Both("Ada", 1)])
        qb_db.execute(sql("ALTER TABLE moving ADD COLUMN more int").command()).unwrap()
        assert '"more" is in the result' in str(qb_db.all(query))
        qb_db.execute(sql("ALTER TABLE moving DROP COLUMN tasks").command()).unwrap()
        assert '"tasks" is declared as bigint, and the result has no such column' in str(qb_db.all(query))
        qb_db.execute(sql("ALTER TABLE moving RENAME COLUMN more TO tasks").command()).unwrap()
        qb_db.execute(sql("UPDATE moving SET tasks = 2").command()).unwrap()
        assert qb_db.all(query) == Success([Both("Ada", 2)])
        qb_db.execute(sql("ALTER TABLE moving RENAME COLUMN tasks TO other").command()).unwrap()
        qb_db.execute(sql("ALTER TABLE moving ADD COLUMN tasks int DEFAULT 7, DROP COLUMN name").command()).unwrap()
        more = "ALTER TABLE moving ADD COLUMN name text DEFAULT 'Eve', DROP COLUMN other"
        qb_db.execute(sql(more).command()).unwrap()
        assert qb_db.all(query) == Success([Both("Eve", 7)])
        qb_db.execute(sql("ALTER TABLE moving ALTER COLUMN tasks TYPE text").command()).unwrap()
        assert '"tasks" is declared as bigint, and the database has text' in str(qb_db.all(query))
    finally:
        qb_db.execute(sql("DROP TABLE IF EXISTS moving").command()).unwrap()


def test_a_cte_of_raw_sql_has_its_columns_by_name_too(tx: Tx) -> None:
    swapped = cte(sql("SELECT * FROM pairs").rows(Pair), name="swapped")
    assert tx.all(select(swapped)) == Success([Pair(a="A", b="B")])
    assert tx.all(select(swapped.a).where(swapped.b == "B")) == Success(["A"])
    titled = cte(sql("SELECT 1::bigint AS count, 'x' AS type").rows(Titled))
    assert tx.all(select(titled.kind, titled.count)) == Success([("x", 1)])
    missing = cte(sql("SELECT a FROM pairs").rows(Pair), name="missing")
    assert isinstance(tx.all(select(missing.a, missing.b)), Failure)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (tuple, r"rows\(tuple\): say the type of each column, such as rows\(tuple\[int, str\]\)"),
        (tuple[int, ...], r"rows\(tuple\[int, \.\.\.\]\): say the type of each column"),
        (tuple[int, Pair], r"an item of a tuple is one column, and a table has several"),
    ],
)
def test_rows_that_can_never_be_are_refused(row: Any, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        sql("SELECT 1").rows(row)


def test_nested_rows_of_raw_sql_and_what_is_inserted_from_it_go_by_name_too(tx: Tx) -> None:
    pairs: Any = sql("SELECT * FROM pairs").rows(Pair)
    assert tx.all(select(Pair.a, many(pairs))) == Success([("A", [Pair(a="A", b="B")])])
    assert tx.execute(insert_from(Pair, pairs, Pair.b, Pair.a)) == Success(1)
    assert tx.all(select(Pair)) == Success([Pair(a="A", b="B")] * 2)
    assert tx.all(select(subquery(pairs))) == Success([Pair(a="A", b="B")] * 2)


def test_a_dataclass_takes_the_columns_by_name(qb_tx: Tx) -> None:
    query = sql("SELECT 'x' AS a, 'y' AS b")
    assert qb_tx.one(query.rows(Plainly)) == Success(Plainly("y", "x"))
    assert qb_tx.one(query.rows(ByName)) == Success(ByName(a="x", b="y"))
    document = sql("""SELECT '{{"a": "x", "b": "y"}}'::jsonb AS doc""")
    assert qb_tx.one(document.rows(ByName)) == Success(ByName(a="x", b="y"))
    assert isinstance(qb_tx.one(sql("SELECT 'x' AS a").rows(Plainly)), Failure)


class Typed(TypedDict):
    x: int


class A(msgspec.Struct, tag=True):
    x: int


class B(msgspec.Struct, tag=True):
    y: int


REFUSED: dict[str, tuple[Any, str]] = {
    "Any": (Any, r"rows\(Any\): say the type of the column, such as rows\(int\)"),
    "object": (object, r"rows\(object\): say the type"),
    "a TypedDict": (Typed, r"rows\(Typed\): a TypedDict is no row: make it a Struct, a dataclass or a NamedTuple"),
    "a union": (int | str, r"rows\(int \| str\): a column has one type in the database: name that one, and cast"),
    "a union with None": (int | str | None, "a column has one type in the database"),
    "another union": (Union[str, Inner], "a column has one type in the database"),  # noqa: UP007
    "Any in a tuple": (tuple[int, Any], r"rows\(Any\): say the type of the column"),
    "a union in a tuple": (tuple[int, int | str], "a column has one type in the database"),
}


@pytest.mark.parametrize("row", REFUSED)
def test_what_says_too_little_of_a_column_is_refused_where_it_is_written(row: str) -> None:
    shape, said = REFUSED[row]
    with pytest.raises(QueryError, match=said):
        sql("SELECT 1").rows(shape)


def test_unions_and_dicts_that_are_documents_are_read(tx: Tx) -> None:
    documents: Any = A | B
    assert tx.one(sql("""SELECT '{{"type": "B", "y": 1}}'::jsonb""").rows(documents)) == Success(B(y=1))
    assert tx.one(sql("""SELECT '{{"y": 1}}'::jsonb""").rows(dict[str, object])) == Success({"y": 1})
    assert tx.one(sql("SELECT NULL::bigint").rows(cast("Any", int | None))) == Success(None)


class Renamed(msgspec.Struct):
    x: int = msgspec.field(name="ex")
    y: int = 5


def test_columns_are_asked_for_by_the_python_names_and_each_of_them(tx: Tx) -> None:
    """A name for JSON is no column's, and a default is what a document leaves out."""
    assert tx.one(sql("SELECT 1 AS x, 2 AS y").rows(Renamed)) == Success(Renamed(x=1, y=2))
    missing = tx.one(sql("SELECT 1 AS x").rows(Renamed)).failure()
    assert isinstance(missing, SchemaMismatch)
    assert missing.column == "y"


class Taken(Table, name="excluded"):
    id: Col[int] = column(primary_key=True)
    n: Col[int] = column()


def test_a_table_called_excluded_is_refused_where_it_would_be_ambiguous(tx: Tx) -> None:
    tx.run(create_all(schema(Taken))).unwrap()
    again = insert(new(Taken)(id=1, n=2))
    assert tx.execute(again.on_conflict(Taken.id, nothing=True)) == Success(1)
    assert tx.execute(again.on_conflict(Taken.id, nothing=True)) == Success(0)
    with pytest.raises(QueryError, match="this table is called excluded, as PostgreSQL calls the row that was"):
        again.on_conflict(Taken.id, update=[Taken.n.to(excluded(Taken.n))])
    raw = "INSERT INTO excluded AS t VALUES (1, 7) ON CONFLICT (id) DO UPDATE SET n = excluded.n"
    assert tx.execute(sql(raw).command()) == Success(1)
    assert tx.one(select(Taken)) == Success(Taken(id=1, n=7))


def test_the_type_that_an_expression_has_in_sql() -> None:
    local = sql("localtimestamp(0)").as_(dt.datetime, type=pg.timestamp, not_null=True)

    class Seen(Table, name="seen"):
        at: Col[dt.datetime] = column(pg.timestamp, default=local)

    assert str(create_all(schema(Seen))) == (
        'CREATE TABLE "seen" (\n  "at" timestamp DEFAULT (localtimestamp(0)) NOT NULL\n);'
    )
    with pytest.raises(QueryError, match=r"^as_: integer holds int, the annotation says str: change the one or the"):
        sql("1").as_(str, type=pg.integer)
