"""INSERT of rows whose values are SQL expressions: what they become, beside plain rows, and what is refused."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import pytest

from qb import (
    Col,
    EncodeError,
    Expr,
    Failure,
    New,
    NotNullViolation,
    QueryError,
    Success,
    Table,
    Tx,
    alias,
    case,
    column,
    compile,
    create_all,
    cte,
    excluded,
    fn,
    identity,
    insert,
    insert_from,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    value,
)
from qb.tree.walk import shape_key
from qb.typing import Assignment, Insert, Returning

THEN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Fruit(Enum):
    APPLE = "apple"
    PEAR = "pear"


class Stall(Table, name="stalls"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(pg.varchar(20), unique=True)
    stock: Col[int] = column(default=7)
    note: Col[str | None] = column(default=None)
    price: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal(1))
    ratio: Col[float] = column(default=0.5)
    fruit: Col[Fruit] = column(pg.enum("fruit", Fruit), default=Fruit.APPLE)
    state: Col[Literal["open", "shut"]] = column(default="open")
    tags: Col[list[str]] = column(default=[])
    day: Col[dt.date | None] = column(default=None)
    at: Col[dt.datetime] = column(default=THEN, on_update=fn.now())
    doubled: Col[int] = column(generated=stock * 2)


class Mark(Table, name="marks"):
    id: Col[int] = column(primary_key=True, generated=identity())
    text: Col[str | None] = column(default=None)


class Pair(Table, name="both_required"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()
    note: Col[str | None] = column()


TABLES = schema(Stall, Mark, Pair)
NewStall = new(Stall)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(TABLES)).unwrap()
    return qb_tx


def test_values_are_expressions_and_the_rest_are_defaults(tx: Tx) -> None:
    row = insert(Stall, Stall.name.to(fn.lower("ADA")), Stall.at.to(fn.now()), Stall.note.to("plain"))
    made = tx.one(row.returning()).unwrap()
    assert (made.name, made.stock, made.doubled, made.note) == ("ada", 7, 14, "plain")
    assert made.at == tx.scalar(select(fn.now())).unwrap()
    assert tx.execute(insert(Stall, Stall.name.to("plain alone"))) == Success(1)


def test_the_order_in_which_columns_are_given_says_nothing(tx: Tx) -> None:
    one = insert(Stall, Stall.name.to(fn.lower("A")), Stall.stock.to(value(1) + 1))
    other = insert(Stall, Stall.stock.to(value(5) + 5), Stall.name.to(fn.lower("B")))
    assert shape_key(one.node) == shape_key(other.node)
    assert compile(one).sql == compile(other).sql
    assert tx.execute(one) == tx.execute(other) == Success(1)
    assert tx.all(select(Stall.name, Stall.stock).order_by(Stall.id)) == Success([("a", 2), ("b", 10)])


def test_no_value_stands_in_the_text() -> None:
    secret = "o'hara; --"
    rows = insert(Stall).values([Stall.name.to(fn.lower(secret))], [Stall.name.to(secret), Stall.note.to(secret)])
    assert secret.encode() not in compile(rows.set(Stall.note.to(fn.upper(secret)))).sql


def built(name: str) -> list[Insert[Any]]:
    """Statements of every spelling."""
    row = [Stall.name.to(fn.lower(name))]
    return [
        insert(Stall, *row),
        insert(Stall).values(row, [Stall.name.to(name), Stall.stock.to(len(name))]),
        insert(Stall).on_conflict(Stall.name, nothing=True).values(row, NewStall(name=name)),
        insert(NewStall(name=name), NewStall(name=name * 2)).set(Stall.note.to(fn.upper(name))),
    ]


@pytest.mark.parametrize("number", range(4))
def test_two_builds_are_one_statement_to_the_caches(number: int) -> None:
    assert shape_key(built("Ada")[number].node) == shape_key(built("Grace")[number].node)
    assert len({shape_key(each.node) for each in built("Kurt")}) == 4


def test_several_rows_of_every_kind(tx: Tx) -> None:
    rows = insert(Stall).values(
        [Stall.name.to(fn.upper("a")), Stall.note.to(fn.concat("n", "1"))],
        NewStall(name="b", stock=3),
        (Stall.stock.to(fn.length("four")), Stall.name.to("c"), Stall.note.to(None)),
    )
    found = tx.all(rows.returning(Stall.name, Stall.stock, Stall.note)).unwrap()
    assert found == [("A", 7, "n1"), ("b", 3, None), ("c", 4, None)]
    many = insert(Stall).values(*([Stall.name.to(fn.concat("many ", str(number)))] for number in range(3)))
    assert tx.execute(many) == Success(3)


def test_rows_that_give_nothing(tx: Tx) -> None:
    assert tx.one(insert(Mark).values([]).returning(Mark.id, Mark.text)) == Success((1, None))
    found = tx.all(insert(Mark).values([], [Mark.text.to(fn.lower("X"))], new(Mark)()).returning(Mark.text))
    assert found == Success([None, "x", None])


def test_set_says_what_columns_become_in_every_row(tx: Tx) -> None:
    rows = insert(NewStall(name="a", note="mine"), NewStall(name="b", stock=1)).set(Stall.note.to(fn.upper("x")))
    found = tx.all(rows.returning(Stall.name, Stall.stock, Stall.note)).unwrap()
    assert found == [("a", 7, "X"), ("b", 1, "X")]
    later = insert(Stall, Stall.name.to("c"), Stall.stock.to(1)).set(Stall.stock.to(2)).set(Stall.stock.to(value(3)))
    assert tx.scalar(later.returning(Stall.stock)) == Success(3)
    defaults = insert(new(Mark)(), new(Mark)())
    assert tx.all(defaults.set(Mark.text.to(fn.lower("T"))).returning(Mark.text)) == Success(["t", "t"])
    assert tx.all(insert(new(Mark)()).set().returning(Mark.text)) == Success([None])


def test_beside_a_conflict(tx: Tx) -> None:
    upsert = insert(Stall, Stall.name.to(fn.lower("ADA")), Stall.stock.to(value(2) * 2)).on_conflict(
        Stall.name, update=[Stall.stock.to(Stall.stock + excluded(Stall.stock))]
    )
    first = tx.one(upsert.returning(Stall.stock, Stall.at)).unwrap()
    again = tx.one(upsert.returning(Stall.stock, Stall.at)).unwrap()
    assert (first, again[0]) == ((4, THEN), 8)
    assert again[1] > THEN  # on_update is for the row that was there
    template = insert(Stall).on_conflict(Stall.name, nothing=True).returning(Stall.name)
    assert tx.all(template.values([Stall.name.to(fn.lower("ADA"))], [Stall.name.to(fn.lower("EMMY"))])) == Success(
        ["emmy"]
    )
    assert tx.execute(insert(Stall, Stall.name.to("ada")).on_conflict(nothing=True).set(Stall.stock.to(0))) == Success(
        0
    )


def test_numbering_rows_oneself_is_said_first(tx: Tx) -> None:
    own = insert(Mark).overriding_system_value()
    assert tx.all(own.values([Mark.id.to(40 + value(2))], []).returning(Mark.id)) == Success([42, 1])
    assert tx.scalar(own.values([]).set(Mark.id.to(50)).returning(Mark.id)) == Success(50)


def test_a_value_is_read_from_a_query(tx: Tx) -> None:
    most = fn.coalesce(select(fn.max(Stall.stock)).as_scalar(), 0) + 1
    rows = [insert(Stall, Stall.name.to(name), Stall.stock.to(most)) for name in ("a", "b")]
    assert [tx.scalar(row.returning(Stall.stock)).unwrap() for row in rows] == [1, 2]
    newest = select(Stall.name).order_by(Stall.id.desc()).limit(1).as_scalar()
    assert tx.scalar(insert(Stall, Stall.name.to("c"), Stall.note.to(newest)).returning(Stall.note)) == Success("b")


def test_as_a_part_of_a_query(tx: Tx) -> None:
    made = cte(insert(Stall).values([Stall.name.to(fn.lower("A"))], NewStall(name="b", stock=1)).returning())
    query = select(made.name, made.stock + 1).order_by(made.name)
    assert tx.all(query) == Success([("a", 8), ("b", 2)])
    copied = cte(insert(Stall, Stall.name.to(fn.concat("c", "1"))).returning())
    assert tx.execute(insert_from(Mark, select(copied.name), Mark.text)) == Success(1)


def test_in_a_pipeline(tx: Tx) -> None:
    with tx.pipeline() as pipeline:
        first = pipeline.one(insert(Stall, Stall.name.to(fn.lower("A"))).returning(Stall.name))
        count = pipeline.execute(insert(Stall).values([Stall.name.to(fn.lower("B"))], [Stall.name.to("c")]))
    assert (first.result(), count.result()) == (Success("a"), Success(2))


@prepare
def add(name: str, stock: int, note: str | None = None) -> Returning[tuple[str, int, str | None]]:
    row = [Stall.name.to(fn.lower(name)), Stall.stock.to(value(1) + stock), Stall.note.to(note)]
    return insert(Stall).values(row).returning(Stall.name, Stall.stock, Stall.note)


@prepare
def add_marked(text: str) -> Insert[Mark]:
    return insert(Mark, Mark.text.to(text)).set(Mark.text.to(fn.upper(text)))


def test_prepared(tx: Tx) -> None:
    assert tx.one(add("ADA", 1)) == Success(("ada", 2, None))
    assert tx.one(add("EMMY", 2, "n")) == Success(("emmy", 3, "n"))
    assert tx.execute(add_marked("x")) == Success(1)
    assert tx.all(select(Mark.text)) == Success(["X"])


def test_what_fits_its_column(tx: Tx) -> None:
    yes = value(1) == 1
    fits: dict[str, tuple[Assignment, Any, object]] = {
        "an int beside numeric": (stall.price.to(value(1) + 1), Stall.price, Decimal("2.00")),
        "an int beside a float": (Stall.ratio.to(value(1) + 1), Stall.ratio, 2.0),
        "a label": (Stall.state.to(value("shut")), Stall.state, "shut"),
        "labels": (stall.state.to(case((yes, "shut"), else_="open")), Stall.state, "shut"),
        "members": (Stall.fruit.to(case((yes, Fruit.PEAR), else_=Fruit.APPLE)), Stall.fruit, Fruit.PEAR),
        "a member": (Stall.fruit.to(Fruit.PEAR), Stall.fruit, Fruit.PEAR),
        "a list": (Stall.tags.to(sql("ARRAY['a']").as_(list[str], not_null=True)), Stall.tags, ["a"]),
        "sql": (Stall.note.to(sql("lower({x})", x="AB").as_(str)), Stall.note, "ab"),
        "sql that may be NULL": (Stall.note.to(sql("NULL").as_(str)), Stall.note, None),
        "what is not NULL after all": (Stall.stock.to(fn.coalesce(sql("NULL").as_(int), 3)), Stall.stock, 3),
    }
    for number, (which, (assignment, filled, wanted)) in enumerate(fits.items()):
        row: Insert[Stall] = insert(Stall, Stall.name.to(str(number)), assignment)
        assert tx.scalar(row.returning(filled)) == Success(wanted), which


def test_plain_values_are_data_as_in_every_row(tx: Tx) -> None:
    nothing: Any = None
    odd: Any = "half open"
    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.execute(insert(Stall, Stall.name.to(nothing))).failure(), NotNullViolation)
    assert isinstance(tx.execute(insert(Stall, Stall.name.to("a"), Stall.state.to(odd))).failure(), EncodeError)


anything: Any = insert
stall: Any = Stall
name = Stall.name.to("x")
other = alias(Stall, "other")
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a required column that is missing": (
        lambda: insert(Stall, Stall.stock.to(1)),
        "insert: stalls.name must be given, too: it is NOT NULL and has no default",
    ),
    "several that are missing": (
        lambda: insert(Pair, Pair.note.to("x")),
        "insert: both_required.id, both_required.name must be given, too: it is NOT NULL",
    ),
    "missing in one of the rows": (
        lambda: insert(Stall).values([name], [Stall.note.to("x")]),
        "insert: stalls.name must be given, too",
    ),
    "no column at all": (lambda: insert(Stall).values([]), "insert: stalls.name must be given, too"),
    "missing where rows come back": (
        lambda: insert(Stall).returning().values([Stall.note.to(fn.lower("x"))]),
        "insert: stalls.name must be given, too",
    ),
    "a column twice": (lambda: insert(Stall, name, name), "insert: stalls.name is given twice"),
    "twice in set": (lambda: insert(Stall, name).set(name, name), "insert: stalls.name is given twice"),
    "a column of another table": (
        lambda: insert(Stall, name, Mark.text.to("x")),
        "insert: marks.text is not a column of stalls",
    ),
    "a column of an alias": (lambda: insert(Stall, other.name.to("x")), "insert: other.name is not a column of stalls"),
    "a generated column": (
        lambda: insert(Stall, name, Stall.doubled.to(2)),
        "insert: stalls.doubled is generated by PostgreSQL and cannot be set",
    ),
    "a generated column, overriding": (
        lambda: insert(Stall).overriding_system_value().values([name, Stall.doubled.to(2)]),
        "insert: stalls.doubled is generated by PostgreSQL and cannot be set",
    ),
    "an identity that is always generated": (
        lambda: insert(Mark, Mark.id.to(1)),
        (
            "insert: marks.id is generated by PostgreSQL and cannot be set: "
            "insert(Table).overriding_system_value().values([...]) numbers rows itself"
        ),
    ),
    "the same by set": (lambda: insert(new(Mark)()).set(Mark.id.to(1)), "marks.id is generated by PostgreSQL"),
    "what may be NULL": (
        lambda: insert(Stall, stall.name.to(select(Stall.name).as_scalar())),
        "insert: an expression may be NULL, and stalls.name is NOT NULL: write fn.coalesce(expression, ...)",
    ),
    "sql that may be NULL": (
        lambda: insert(Stall, stall.name.to(sql("lower('X')").as_(str))),
        "insert: an expression may be NULL, and stalls.name is NOT NULL",
    ),
    "a text for labels": (
        lambda: insert(Stall, name, stall.state.to(fn.lower("OPEN"))),
        "insert: an expression is str, and stalls.state Literal['open', 'shut']: give a value of that type, or cast it",
    ),
    "no label": (
        lambda: insert(Stall, name, stall.state.to(case((value(1) == 1, "ajar"), else_="open"))),
        "insert: an expression is str, and stalls.state Literal",
    ),
    "a text for an enum": (
        lambda: insert(Stall, name, stall.fruit.to(fn.lower("PEAR"))),
        "insert: an expression is str, and stalls.fruit Fruit",
    ),
    "a float for an integer": (
        lambda: insert(Stall, name, stall.stock.to(value(1.5))),
        "insert: an expression is float, and stalls.stock int",
    ),
    "a moment for a day": (
        lambda: insert(Stall, name, Stall.day.to(fn.now())),
        "insert: an expression is timestamptz, and stalls.day date: cast it, with .cast(...)",
    ),
    "a bool for a number": (
        lambda: insert(Stall, name, Stall.stock.to(value(1) == 1)),
        "insert: an expression is boolean, and stalls.stock bigint: cast it",
    ),
    "a condition": (lambda: anything(Stall, Stall.name == "x"), "insert takes what columns become"),
    "a row beside its table": (lambda: anything(Stall, NewStall(name="x")), "not NewStall"),
    "a list beside its table": (lambda: anything(Stall, [name]), "insert takes what columns become"),
    "what columns become beside a row": (
        lambda: anything(NewStall(name="x"), Stall.note.to("x")),
        "Beside rows it is insert(row, ...).set(User.name.to(value))",
    ),
    "an alias": (lambda: insert(other, other.name.to("x")), "and no alias, CTE or subquery"),
    "no table": (lambda: anything(5, name), "insert takes rows made by new(Table)(...), not int"),
    "one row that is no list": (
        lambda: anything(Stall).values(name),
        "insert(stalls).values takes rows, each a list of what its columns become",
    ),
    "a list of rows": (lambda: anything(Stall).values([NewStall(name="x")]), "not NewStall"),
    "a text for a row": (lambda: anything(Stall).values("x"), "insert takes what columns become"),
    "another table's row": (
        lambda: anything(Stall).values([name], new(Mark)()),
        "insert(stalls): a row of marks is none of this table's",
    ),
    "set of a query's rows": (
        lambda: insert_from(Mark, select(Stall.name), Mark.text).set(Mark.text.to("x")),
        "set is for rows: of insert_from, select the expression among the columns of the query",
    ),
    "a query as a value": (
        lambda: insert(Stall, stall.name.to(select(Stall.name))),
        "a query is no value: write query.as_scalar()",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_mistakes_raise_where_they_are_built(case: str) -> None:
    build, said = REFUSED[case]
    with pytest.raises(QueryError) as caught:
        build()
    assert said in str(caught.value)


NEVER: dict[str, tuple[Callable[[], Insert[Any]], str]] = {
    "a column of the row itself": (
        lambda: insert(Stall, name, Stall.stock.to(Stall.stock + 1)),
        (
            "values uses stalls.stock, and a new row reads from nothing: give what it holds, or read it, from "
            "select(...).as_scalar(), or for all of the rows with insert_from"
        ),
    ),
    "a column of another table": (lambda: insert(Stall, Stall.name.to(Pair.name)), "values uses both_required.name"),
    "the row that was not inserted": (
        lambda: insert(Stall, name, Stall.stock.to(excluded(Stall.stock))).on_conflict(nothing=True),
        "only on_conflict(update=...) sees the row that was not inserted",
    ),
    "an aggregate": (
        lambda: insert(Stall, name, Stall.stock.to(fn.count())),
        (
            "values is met row by row and cannot hold count(...): read it from a query of its own, with "
            "select(...).as_scalar()"
        ),
    ),
    "by set": (
        lambda: insert(NewStall(name="x")).set(Stall.note.to(Stall.name)),
        "values uses stalls.name, and a new row reads from nothing",
    ),
}


@pytest.mark.parametrize("case", NEVER)
def test_what_no_row_can_read_raises_before_it_is_sent(case: str) -> None:
    build, said = NEVER[case]
    with pytest.raises(QueryError) as caught:
        compile(build())
    assert said in str(caught.value)


def test_insert_many_takes_values(tx: Tx) -> None:
    rows: Any = [[Stall.name.to(fn.lower("x"))]]
    with pytest.raises(QueryError, match=r"not list: rows that hold expressions are for insert\(Table\).values"):
        tx.insert_many(rows)
    mixed: Any = [NewStall(name="x"), *rows]
    with pytest.raises(QueryError, match=r"rows that hold expressions are for insert\(Table\).values"):
        tx.insert_many(mixed)
    anyhow: Any = NewStall
    hidden: list[New[Stall]] = [anyhow(name=fn.lower("x"))]
    for made in (tx.insert_many(hidden), tx.insert_many(hidden, insert(Stall).returning(Stall.id))):
        match made:
            case Failure(EncodeError(column="name") as error):
                assert "it is an expression" in str(error)
                assert "insert(Table, Table.column.to(expression))" in str(error)
            case _:
                pytest.fail(repr(made))


def named(row: Expr[str]) -> Insert[Stall]:
    return insert(Stall, Stall.name.to(row))


def test_a_helper_takes_the_expression(tx: Tx) -> None:
    assert tx.execute(named(fn.lower("X"))) == Success(1)
