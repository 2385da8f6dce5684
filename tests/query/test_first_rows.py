"""Recursive CTEs whose later rows are of wider types than the first ones: read as both are, and run as they are."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Literal, NewType

import msgspec
import pytest

from qb import (
    Col,
    QueryError,
    Select,
    Shape,
    Table,
    Tx,
    column,
    compile,
    create_all,
    fn,
    insert,
    new,
    pg,
    recursive,
    schema,
    select,
    sql,
    subquery,
    value,
)

Name = NewType("Name", str)
NEW_YEAR = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


class Kind(Enum):
    LEAF = "leaf"
    ROOT = "root"


class Status(StrEnum):
    OPEN = "open"
    PAID = "paid"


class Doc(msgspec.Struct, frozen=True, tag=True):
    size: int


class Other(msgspec.Struct, frozen=True, tag=True):
    word: str


class Node(Table, name="first_rows"):
    id: Col[int] = column(primary_key=True)
    parent: Col[int | None] = column()
    state: Col[Literal["open", "paid"]] = column(default="open")
    status: Col[Status] = column(default=Status.OPEN)
    kind: Col[Kind] = column(default=Kind.ROOT)
    short: Col[str] = column(pg.varchar(6), default="ab")
    shorter: Col[str] = column(pg.varchar(3), default="cd")
    padded: Col[str] = column(pg.char(4), default="pad")
    price: Col[Decimal] = column(pg.numeric(8, 2), default=Decimal("1.25"))
    exact: Col[Decimal] = column(pg.numeric(9, 4), default=Decimal("0.0625"))
    name: Col[Name] = column(default=Name("n"))
    doc: Col[Doc] = column(default=Doc(1))
    other: Col[Other] = column(default=Other("w"))
    words: Col[list[str]] = column(pg.array(pg.varchar(5)), default=["a"])
    letters: Col[list[str]] = column(pg.array(pg.varchar(1)), default=["b"])
    at: Col[dt.datetime] = column(pg.timestamptz(0), default=NEW_YEAR)
    level: Col[Kind] = column(pg.varchar(9), default=Kind.LEAF)


class Text(Shape):
    id: Col[int]
    x: Col[str]


class Word(Shape):
    id: Col[int]
    x: Col[Literal["open", "paid"]]


class Maybe(Shape):
    id: Col[int]
    x: Col[str | None]


class Number(Shape):
    id: Col[int]
    x: Col[Decimal]


class Time(Shape):
    id: Col[int]
    x: Col[dt.datetime]


class Words(Shape):
    id: Col[int]
    x: Col[list[str]]


class Document(Shape):
    id: Col[int]
    x: Col[Doc]


class Either(Shape):
    id: Col[int]
    x: Col[Doc | Other]


class Kinds(Shape):
    id: Col[int]
    x: Col[Kind]


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Node))).unwrap()
    rows = [new(Node)(id=id, parent=id - 1 if id else None) for id in range(3)]
    qb_tx.execute(insert(*rows)).unwrap()
    return qb_tx


def down(shape: Any, first: Callable[[Any], Any], later: Callable[[Any, Any], Any], **options: Any) -> Any:
    """`x` of the root, and that of the nodes under it."""
    return recursive(
        select(Node.id, first(Node)).where(Node.parent.is_null()).map(shape),
        lambda above: select(Node.id, later(above, Node)).join(above, on=Node.parent == above.id).map(shape),
        **options,
    )


WIDER: dict[str, tuple[Any, Callable[[Any], Any], Callable[[Any, Any], Any], list[object]]] = {
    "a Literal and text": (Text, lambda n: n.state, lambda a, _: a.x + "x", ["open", "openx", "openxx"]),
    "a Literal and upper": (Text, lambda n: n.state, lambda _, n: fn.upper(n.state), ["open", "OPEN", "OPEN"]),
    "a Literal and a Literal": (Word, lambda n: n.state, lambda _, n: n.state, ["open"] * 3),
    "a StrEnum and text": (Text, lambda n: n.status, lambda a, _: a.x + "x", ["open", "openx", "openxx"]),
    "an Enum and itself": (Kinds, lambda n: n.kind, lambda a, _: a.x, [Kind.ROOT] * 3),
    "an Enum in varchar and one in text": (
        Kinds,
        lambda n: n.level,
        lambda _, n: n.kind,
        [Kind.LEAF, Kind.ROOT, Kind.ROOT],
    ),
    "a NewType and text": (Text, lambda n: n.name, lambda a, n: a.x + n.name, ["n", "nn", "nnn"]),
    "varchar and text": (Text, lambda n: n.short, lambda a, _: a.x + "/ab", ["ab", "ab/ab", "ab/ab/ab"]),
    "varchar and a longer one": (Text, lambda n: n.shorter, lambda _, n: n.short, ["cd", "ab", "ab"]),
    "varchar and one that was cut": (
        Text,
        lambda n: n.shorter,
        lambda _, n: fn.coalesce(n.short.cast(pg.varchar(1)), ""),
        ["cd", "a", "a"],
    ),
    "a varchar that was cut, and text": (
        Text,
        lambda n: fn.coalesce(n.short.cast(pg.varchar(1)), ""),
        lambda a, _: a.x + "bc",
        ["a", "abc", "abcbc"],
    ),
    "char and text": (Text, lambda n: n.padded, lambda a, _: a.x + "x", ["pad", "padx", "padxx"]),
    "char and itself": (Text, lambda n: n.padded, lambda a, _: a.x, ["pad "] * 3),
    "a value and varchar": (Text, lambda _: value("v"), lambda _, n: n.short, ["v", "ab", "ab"]),
    "an expression": (Text, lambda n: fn.coalesce(n.short, ""), lambda _, n: n.shorter, ["ab", "cd", "cd"]),
    "never None, then maybe": (
        Maybe,
        lambda n: n.short,
        lambda _, n: fn.nullif(n.short, n.short),
        ["ab", None, None],
    ),
    "numeric and a product": (
        Number,
        lambda n: n.price,
        lambda a, _: a.x * Decimal("0.125"),
        [Decimal("1.25"), Decimal("0.15625"), Decimal("0.01953125")],
    ),
    "numeric of two scales": (
        Number,
        lambda n: n.price,
        lambda _, n: n.exact,
        [Decimal("1.25"), Decimal("0.0625"), Decimal("0.0625")],
    ),
    "numeric and itself": (Number, lambda n: n.price, lambda a, _: a.x, [Decimal("1.25")] * 3),
    "timestamp of a precision and a sum": (
        Time,
        lambda n: n.at,
        lambda a, _: a.x + dt.timedelta(milliseconds=1),
        [NEW_YEAR + dt.timedelta(milliseconds=ms) for ms in range(3)],
    ),
    "arrays of varchar": (
        Words,
        lambda n: n.words,
        lambda _, n: n.letters,
        [["a"], ["b"], ["b"]],
    ),
    "documents": (Document, lambda n: n.doc, lambda a, _: a.x, [Doc(1)] * 3),
}


@pytest.mark.parametrize("name", WIDER)
def test_the_later_rows_are_read_as_what_they_are(tx: Tx, name: str) -> None:
    shape, first, later, expected = WIDER[name]
    found = down(shape, first, later)
    rows = [shape(id=id, x=x) for id, x in enumerate(expected)]
    assert tx.all(select(found).order_by(found.id)).unwrap() == rows
    found = down(shape, first, later, distinct=True)
    assert tx.all(select(found.x).order_by(found.id)).unwrap() == expected


def test_the_first_query_is_cast_only_where_it_could_have_another_type() -> None:
    kept = down(Text, lambda n: n.short, lambda a, _: a.x)
    assert b"CAST" not in compile(select(kept)).sql
    assert b"CAST" not in compile(select(down(Text, lambda n: n.short, lambda _, n: n.short))).sql
    assert b"CAST" not in compile(select(down(Text, lambda _: value("a"), lambda a, _: a.x + "b"))).sql
    wider = compile(select(down(Text, lambda n: n.short, lambda a, _: a.x + "b"))).sql
    assert wider.count(b"CAST") == 1
    assert b'CAST("first_rows"."short" AS text)' in wider


def test_its_columns_have_types_without_limits() -> None:
    tree = down(Number, lambda n: n.price, lambda a, _: a.x * 2)
    assert tree.x.type == pg.numeric
    assert down(Text, lambda n: n.short, lambda a, _: a.x + "b").x.type == pg.text
    assert down(Number, lambda n: n.price, lambda a, _: a.x).x.type == pg.numeric(8, 2)
    assert down(Text, lambda n: n.state, lambda a, _: a.x + "b").x.python is str
    assert down(Word, lambda n: n.state, lambda a, _: a.x).x.python == Literal["open", "paid"]


FIRST: dict[str, Callable[[Select[Text]], Select[Text]]] = {
    "a union": lambda first: first.union(first),
    "distinct": lambda first: first.distinct().order_by(Node.short),
    "the first of some": lambda first: first.order_by(Node.short.desc()).limit(1),
    "grouped": lambda _: (
        select(Node.id, Node.short + "").where(Node.id == 0).group_by(Node.id, Node.short + "").map(Text)
    ),
    "of a subquery": lambda first: select(subquery(first)),
}


@pytest.mark.parametrize("name", FIRST)
def test_a_first_query_with_clauses_of_its_own(tx: Tx, name: str) -> None:
    first = FIRST[name](select(Node.id, Node.short).where(Node.id == 0).map(Text))
    tree = recursive(
        first, lambda above: select(Node.id, above.x + "!").join(above, on=Node.parent == above.id).map(Text)
    )
    assert tx.all(select(tree.x).order_by(tree.id)).unwrap() == ["ab", "ab!", "ab!!"]


def test_a_step_of_two_queries(tx: Tx) -> None:
    def step(above: type[Text]) -> Select[Text]:
        # One of the two carries the column along, the other one does not.
        carried = select(Node.id, above.x).join(above, on=Node.parent == above.id).map(Text)
        return carried.union(select(Node.id, Node.short + "!").where(Node.id == 2).map(Text))

    tree = recursive(select(Node.id, Node.shorter).where(Node.id == 0).map(Text), step, distinct=True)
    rows = tx.all(select(tree).order_by(tree.id, tree.x)).unwrap()
    assert [(row.id, row.x) for row in rows] == [(0, "cd"), (1, "cd"), (2, "ab!"), (2, "cd")]


class Declared(Table, name="first_rows_drifted"):
    id: Col[int] = column(primary_key=True)
    parent: Col[int | None] = column()
    name: Col[str] = column()
    price: Col[Decimal] = column()
    ratio: Col[float] = column()
    at: Col[dt.datetime] = column()


class Drifted(Shape):
    id: Col[int]
    name: Col[str]
    price: Col[Decimal]
    ratio: Col[float]
    at: Col[dt.datetime]


def test_columns_whose_real_types_are_others_than_the_declared_ones(qb_tx: Tx) -> None:
    qb_tx.execute(
        sql(
            "CREATE TABLE first_rows_drifted (id integer PRIMARY KEY, parent integer, name varchar(2) NOT NULL, "
            "price numeric(4, 1) NOT NULL, ratio real NOT NULL, at timestamptz(0) NOT NULL)"
        ).command()
    ).unwrap()
    qb_tx.execute(
        sql(
            "INSERT INTO first_rows_drifted "
            "SELECT n, nullif(n - 1, -1), 'a', 1, 1, '2024-01-01Z' FROM generate_series(0, 1) AS n"
        ).command()
    ).unwrap()
    first = select(Declared.id, Declared.name, Declared.price, Declared.ratio, Declared.at)
    tree = recursive(
        first.where(Declared.id == 0).map(Drifted),
        lambda above: (
            select(above.id + 1, above.name + "xyz", above.price / 8, above.ratio / 3, above.at + dt.timedelta(0, 0, 1))
            .join(Declared, on=Declared.parent == above.id)
            .map(Drifted)
        ),
    )
    assert tx_rows(qb_tx, tree) == [
        Drifted(id=0, name="a", price=Decimal(1), ratio=1.0, at=NEW_YEAR),
        Drifted(id=1, name="axyz", price=Decimal("0.125"), ratio=1 / 3, at=NEW_YEAR + dt.timedelta(microseconds=1)),
    ]


def tx_rows(tx: Tx, tree: type[Drifted]) -> list[Drifted]:
    return tx.all(select(tree).order_by(tree.id)).unwrap()


def refused(first: Any, step: Callable[[Any], Any]) -> Any:
    return recursive(first, step)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no map": (
        lambda: refused(
            select(Node.id, Node.short).map(Text),
            lambda above: select(Node.id, Node.short).join(above, on=Node.parent == above.id),
        ),
        r"gives other rows: end it with \.map\(Text\) or \.into\(Text, .*with the same columns in the same order$",
    ),
    "another shape": (
        lambda: refused(
            select(Node.id, Node.short).map(Text),
            lambda above: select(Node.id, Node.short).join(above, on=Node.parent == above.id).map(Maybe),
        ),
        r"^recursive: the first query gives rows of Text, and the one that the function gives rows of Maybe: end it",
    ),
    "a first query without names": (
        lambda: refused(select(Node.id), lambda above: above),
        r"^the columns of a recursive CTE need names: end the query with \.map\(AShape\)",
    ),
    "two documents": (
        lambda: down(Either, lambda n: n.doc, lambda _, n: n.other),
        r"^recursive: documents of .*Doc and .*Other do not become one type$",
    ),
    "a number for text": (
        lambda: down(Anything, lambda n: n.short, lambda _, n: n.price),
        r"^recursive: short is varchar\(6\) in the first rows and numeric\(8, 2\) in those after them: cast one",
    ),
}


class Anything(Shape):
    id: Col[int]
    x: Col[Any]


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_become_one_type_is_said_where_it_is_built(name: str) -> None:
    build, message = REFUSED[name]
    with pytest.raises(QueryError, match=message):
        build()


def test_what_nobody_named_is_called_by_the_function_that_made_it(tx: Tx) -> None:
    tree = down(Word, lambda n: n.state, lambda a, _: a.x + "!")  # a text is read as the labels of its field
    error = tx.all(select(tree)).failure()
    assert str(error) == 'row 1 of the result, "recursive"."x" at $: Invalid enum value …'
