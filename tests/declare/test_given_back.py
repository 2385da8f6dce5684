"""OUT and INOUT arguments, values of one type, polymorphic functions, and procedures of somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, cast

import pytest

from qb import (
    Arg,
    Col,
    DefinitionError,
    Select,
    Shape,
    Success,
    Table,
    Target,
    Tx,
    column,
    compile,
    create_all,
    drop_all,
    fn,
    function,
    grant,
    insert,
    new,
    pg,
    procedure,
    role,
    schema,
    select,
    sql,
)
from qb.ddl.operation import Alter
from qb.render.ddl.script import planned
from qb.typing import Sql

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"


class Parcel(Table, name="parcels of functions"):
    id: Col[int] = column(primary_key=True)
    grams: Col[int]
    price: Col[Decimal | None] = column(pg.numeric(8, 2), default=None)


class Sums(Shape):
    parcels: Col[int]
    lowest: Col[int]
    dearest: Col[Decimal | None] = column(pg.numeric(8, 2), name=HOSTILE)


class Each(Shape):
    grams: Col[int]


class Heaviest(Shape):
    grams: Col[int | None]


@function(rows=Sums, out=True, volatility="stable")
def sums(lowest: Arg[int], *ids: Arg[int]) -> Sql:
    return sql(
        "BEGIN SELECT count(*), max(price) INTO $3, $4 FROM {t} WHERE grams >= lowest; lowest := lowest + 1; END",
        t=Parcel,
    )


@function(out=True, volatility="stable")
def heaviest(of: Arg[int]) -> Select[Heaviest]:
    return select(fn.max(Parcel.grams)).where(Parcel.id >= of).map(Heaviest)


@function(setof=True, volatility="stable", result_rows=5)
def weights(grams: Arg[int] = 0) -> Select[Each]:
    return select(Parcel.grams).where(Parcel.grams >= grams).order_by(Parcel.grams).map(Each)


@function(rows=Each, setof=True, name=HOSTILE)
def doubled(*of: Arg[int]) -> Sql:
    return sql("BEGIN RETURN QUERY SELECT 2 * each FROM unnest({v}) AS each; END", v=of[0])


@procedure(out=Sums)
def weigh(parcel: Arg[int], lowest: Arg[int]) -> Sql:
    return sql("BEGIN parcels := parcel; lowest := lowest * 2; END")


OBJECTS = (Parcel, sums, heaviest, weights, doubled, weigh)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(*OBJECTS))).unwrap()
    rows = [new(Parcel)(id=number, grams=number * 100, price=Decimal(number)) for number in (1, 2, 3)]
    qb_tx.insert_many(rows).unwrap()
    return qb_tx


def arguments(tx: Tx, name: str) -> tuple[str, str | None]:
    known = sql(
        "SELECT pg_get_function_arguments(oid), pg_get_function_result(oid) FROM pg_proc WHERE proname = {n}", n=name
    )
    return tx.one(known.rows(tuple[str, str | None])).unwrap()


def test_the_catalog_has_what_was_declared(tx: Tx) -> None:
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    assert arguments(tx, "heaviest") == ("of bigint, OUT grams bigint", "bigint")
    assert arguments(tx, "weights") == ("grams bigint DEFAULT 0", "SETOF bigint")
    assert arguments(tx, HOSTILE) == ("VARIADIC of bigint[]", "SETOF bigint")
    assert arguments(tx, "weigh") == (
        f"IN parcel bigint, INOUT lowest bigint, OUT parcels bigint, OUT {quoted} numeric",
        None,
    )


def test_out_arguments_are_the_one_row_that_comes_back(tx: Tx) -> None:
    found = heaviest(2)
    assert tx.all(select(found)) == Success([Heaviest(grams=300)])
    assert tx.all(select(Parcel.id, found.grams).join(found, on=found.grams == Parcel.grams)) == Success([(3, 300)])
    assert tx.all(select(heaviest(9))) == Success([Heaviest(grams=None)])


def test_an_argument_that_is_a_column_is_inout(tx: Tx) -> None:
    found = sums(150, 1, 2)
    assert tx.all(select(found)) == Success([Sums(parcels=2, lowest=151, dearest=Decimal("3.00"))])
    assert tx.all(select(found.dearest, found.lowest)) == Success([(Decimal("3.00"), 151)])


def test_values_of_one_type_are_a_relation(tx: Tx) -> None:
    found = weights(150)
    assert tx.all(select(found)) == Success([Each(grams=200), Each(grams=300)])
    assert tx.scalar(select(fn.sum(found.grams))) == Success(500)
    assert tx.all(select(weights().grams)) == Success([100, 200, 300])
    twice = doubled(1, 2)
    assert tx.all(select(twice)) == Success([Each(grams=2), Each(grams=4)])
    assert str(compile(select(weights()))).startswith(
        'SELECT "subquery_1"."grams"\nFROM (SELECT * FROM "weights"() AS '
    )


def test_a_procedure_gives_back_a_row(tx: Tx) -> None:
    assert tx.one(weigh(7, 5)) == Success(Sums(parcels=7, lowest=10, dearest=None))
    assert tx.one(weigh(lowest=1, parcel=2)) == Success(Sums(parcels=2, lowest=2, dearest=None))
    with pytest.raises(Exception, match="is given no parcel"):
        cast("Any", weigh)()


def test_they_are_granted_replaced_and_dropped_by_what_they_take(tx: Tx) -> None:
    clerk = role("clerk of given back")
    may = [grant("execute", on=each, to=clerk) for each in (heaviest, weights, weigh)]
    tx.run(create_all(schema(*OBJECTS, clerk, *may), if_not_exists=True)).unwrap()

    @procedure(out=Sums, name="weigh")
    def again(parcel: Arg[int], lowest: Arg[int]) -> Sql:
        return sql("BEGIN parcels := 1; lowest := 2; END")

    tx.run(planned([Alter(weigh, again)], Target())).unwrap()
    assert tx.one(again(7, 5)) == Success(Sums(parcels=1, lowest=2, dearest=None))
    tx.run(drop_all(schema(*OBJECTS))).unwrap()
    left = sql("SELECT count(*) FROM pg_proc WHERE proname IN ('heaviest', 'weights', 'weigh', 'sums')")
    assert tx.scalar(left.rows(int)) == Success(0)

    @function(out=True, name="heaviest")
    def other(of: Arg[int]) -> Select[Heaviest]:
        return select(fn.min(Parcel.grams)).map(Heaviest)

    @function(name="heaviest")
    def table(of: Arg[int]) -> Select[Heaviest]:
        return select(fn.min(Parcel.grams)).map(Heaviest)

    Alter(heaviest, other)
    with pytest.raises(DefinitionError, match="cannot return other columns: drop it and create it anew"):
        Alter(heaviest, table)

    @procedure(out=Each, name="weigh")
    def less(parcel: Arg[int], lowest: Arg[int]) -> Sql:
        return sql("BEGIN END")

    with pytest.raises(DefinitionError, match="cannot give back other columns: drop it and create it anew"):
        Alter(weigh, less)


def test_somebody_elses_are_called_as_they_are(qb_tx: Tx) -> None:
    @function(rows=Sums, out=True, external=True, schema="theirs")
    def their_sums(lowest: Arg[int]) -> None: ...

    @function(rows=Each, setof=True, external=True, schema="theirs")
    def their_values() -> None: ...

    @procedure(external=True, schema="theirs")
    def close(number: Arg[int], *why: Arg[str]) -> None: ...

    @procedure(out=Each, external=True, schema="theirs", name="weigh it")
    def weigh_it(number: Annotated[Arg[int], pg.integer]) -> None: ...

    whole = schema(their_sums, their_values, close, weigh_it)
    assert create_all(whole).operations == ()
    qb_tx.run(create_all(whole, stand_ins=True)).unwrap()
    found = their_sums(1)
    assert qb_tx.all(select(found.parcels)).failure() is not None  # a stand-in gives NULL
    assert qb_tx.execute(sql("SELECT 1").command()) is not None
    qb_tx.run(drop_all(whole, stand_ins=True)).unwrap()
    assert str(compile(close(1, "x"))) == 'CALL "theirs"."close"($1::bigint, $2::text)'
    assert str(compile(weigh_it(1))) == 'CALL "theirs"."weigh it"($1::integer, "grams" => NULL)'
    with pytest.raises(DefinitionError, match="is somebody else's, and has no body to alter"):
        Alter(close, close)


def test_a_polymorphic_function_is_named_once_for_what_it_takes(tx: Tx) -> None:
    made = "CREATE FUNCTION first_of(anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1[1]'"
    tx.execute(sql(cast("Any", made)).command()).unwrap()
    first_number = function("first_of", pg.array(pg.bigint), returns=int | None)
    first_text = function("first_of", pg.array(pg.text), returns=str | None)
    assert tx.one(select(first_number([5, 6]), first_text(["x"]), first_text([]))) == Success((5, "x", None))


def body(x: Arg[int], *more: Arg[int]) -> Sql:
    return sql("BEGIN END")


def text(grams: Arg[str]) -> Sql:
    return sql("BEGIN END")


def default(lowest: Arg[int] = 5) -> Sql:
    return sql("BEGIN END")


def many(*grams: Arg[int]) -> Sql:
    return sql("BEGIN END")


def same(grams: Arg[int]) -> Sql:
    return sql("BEGIN END")


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (lambda: function(rows=Each, out=True, setof=True)(body), "has out= and setof=: it gives either one row"),
        (lambda: function(rows=Parcel, out=True)(body), "returns rows of parcels of functions as they are: drop out="),
        (lambda: function(rows=Sums, setof=True)(body), "has setof= and 3 columns: values of one type are a Shape of"),
        (lambda: function(rows=Each, out=True, result_rows=5)(body), "has out= and gives one row: drop result_rows="),
        (lambda: function(rows=Each, out=True)(text), "takes grams and gives it back, as text and as bigint"),
        (lambda: function(rows=Each, out=True)(many), "an argument that is both has one type, and is not variadic"),
        (lambda: function(rows=Each)(same), "has an argument and a column grams, and both are names in it: rename one"),
        (lambda: cast("Any", function(out=True))(fn.now), "returns an expression, and out= is about rows"),
        (lambda: cast("Any", function)(returns=int, out=True)(body), "has no out=: it takes name, "),
        (lambda: procedure(out=Parcel)(body), "gives back columns of its own: name a Shape, not the table parcels"),
        (
            lambda: procedure(out=Sums)(default),
            "has a default for lowest, and PostgreSQL takes no OUT",
        ),
        (lambda: procedure(out=Each)(body), "has out=, and behind a variadic argument nothing stands: take a list"),
        (lambda: procedure(out=cast("Any", int))(text), "rows takes a table or a Shape, not <class 'int'>"),
        (lambda: cast("Any", procedure)(external=True, set={})(text), "has no set=: it takes name, schema"),
    ],
)
def test_wrong_definitions(define: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        define()
    assert message in str(caught.value)


def test_what_older_servers_lack() -> None:
    with pytest.raises(DefinitionError, match="a procedure with OUT arguments"):
        create_all(schema(weigh), target=Target(13))
    create_all(schema(heaviest, Parcel), target=Target(13))
    assert insert(new(Parcel)(id=1, grams=1)) is not None
