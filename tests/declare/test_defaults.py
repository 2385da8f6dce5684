"""A default that its own column cannot keep is refused with the class."""
# pyright: reportUnusedClass=false, reportInvalidTypeForm=false

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Literal, NewType, cast
from uuid import UUID

import pytest

from qb import (
    Col,
    DefinitionError,
    Expr,
    Script,
    Shape,
    Success,
    Table,
    Tx,
    case,
    column,
    create_all,
    fn,
    function,
    identity,
    insert,
    new,
    pg,
    schema,
    sql,
    value,
)
from qb.declare.table import describe
from qb.typing import SqlType

Key = NewType("Key", UUID)


class Word(Enum):
    LONG = "long"


REFUSED: list[tuple[SqlType[Any], object, object, str]] = [
    (pg.varchar(2), str, "abc", "it has more than 2 characters"),
    (pg.char(2), str, "abc", "it has more than 2 characters"),
    (pg.numeric(4, 2), Decimal, Decimal("1.239"), "it has more than 2 digits after the point"),
    (pg.numeric(3, 1), Decimal, Decimal("12345.6"), "it has more than 2 digits before the point"),
    (pg.numeric(3, 1), Decimal, Decimal("Infinity"), "it has more than 2 digits before the point"),
    (pg.numeric(3, 1), Decimal, Decimal("NaN"), "it is no number"),
    (pg.numeric(2, -1), Decimal, Decimal(15), "it has more than -1 digits after the point"),
    (pg.smallint, int, 40_000, "the number is out of range for smallint"),
    (pg.integer, int, 2**31, "the number is out of range for integer"),
    (pg.text, Literal["a", "b"], "c", "Invalid enum value"),
    (pg.array(pg.varchar(2)), list[str], ["ab", "abc"], "it has more than 2 characters"),
    (pg.array(pg.numeric(2, 1)), list[list[Decimal]], [[Decimal("1.25")]], "it has more than 1 digits after"),
    (
        pg.timestamptz(0),
        dt.datetime,
        dt.datetime(2025, 1, 1, 0, 0, 0, 5, dt.UTC),
        "its second has more than 0 decimals",
    ),
    (pg.text, str, "half \ud800", "half of a surrogate pair"),
]


@pytest.mark.parametrize(("type", "python", "value", "reason"), REFUSED, ids=str)
def test_a_default_that_does_not_fit(type: SqlType[Any], python: Any, value: object, reason: str) -> None:
    with pytest.raises(DefinitionError, match=f"t.x: its default does not fit .*{reason}"):

        class T(Table, name="t"):
            x: Col[python] = cast("Any", column)(type, default=value)


@pytest.mark.parametrize(
    ("type", "python", "value"),
    [
        (pg.varchar(2), str, "é€"),
        (pg.numeric(4, 2), Decimal, Decimal("-99.990000")),
        (pg.numeric, Decimal, Decimal("NaN")),
        (pg.numeric(2, -1), Decimal, Decimal("1E2")),
        (pg.numeric(1000, 0), Decimal, Decimal("1E999")),
        (pg.numeric(2, 2), Decimal, Decimal("0.99")),
        (pg.array(pg.varchar(2)), list[str | None], ["ab", None]),
        (pg.timestamp(3), dt.datetime, dt.datetime(2025, 1, 1, 0, 0, 0, 5000)),  # noqa: DTZ001
    ],
    ids=str,
)
def test_a_default_that_fits(type: SqlType[Any], python: Any, value: object) -> None:
    class T(Table, name="t"):
        x: Col[python] = cast("Any", column)(type, default=value)

    assert describe(T).columns[0].default is not None


def test_labels_that_their_column_cannot_hold() -> None:
    with pytest.raises(DefinitionError, match=r"t\.x: 'long' does not fit varchar\(3\): it has more than 3 characters"):

        class T(Table, name="t"):
            x: Col[Literal["a", "long"]] = column(pg.varchar(3))


def test_a_plain_value_in_a_class_body_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"t\.missing is given a plain value, .* column\(default=\.\.\.\)"):

        class T(Table, name="t"):
            id: Col[int] = column(primary_key=True)
            missing: int = 5

    with pytest.raises(DefinitionError, match=r"Load\.tags is given a plain value"):

        class Load(Shape):
            tags: Col[list[int]] = [1]  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    class Mixin(Table):
        a: Col[int] = column()

    with pytest.raises(DefinitionError, match=r"u\.a is given a plain value"):

        class U(Mixin, name="u"):
            a = 5  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]


def test_what_is_no_field_may_have_a_value() -> None:
    class T(Table, name="t"):
        id: Col[int] = column(primary_key=True)
        shown: ClassVar[int] = 5
        other = 6

        def double(self) -> int:
            return self.id * 2

    assert [each.name for each in describe(T).columns] == ["id"]
    assert (T.other, T(id=3).double()) == (6, 6)


MADE: list[tuple[SqlType[Any] | None, Any, Callable[[], Any], str]] = [
    (None, int, fn.random, "float, and t.x int"),
    (None, dt.date, fn.now, r"timestamptz, and t.x date: cast it, with .cast\(...\)"),
    (None, dt.datetime, fn.current_date, "date, and t.x datetime"),
    (pg.timestamp, dt.datetime, fn.now, "timestamptz, and t.x timestamp"),
    (None, str, fn.now, "datetime, and t.x str"),
    (None, int, lambda: value(1) == 1, "boolean, and t.x bigint"),
    (None, Literal["a", "b"], lambda: fn.lower("A"), "str, and t.x Literal"),
]


@pytest.mark.parametrize("clause", ["default", "on_update"])
@pytest.mark.parametrize(("type", "python", "made", "reason"), MADE)
def test_what_the_server_makes_is_of_another_type(
    clause: str, type: SqlType[Any] | None, python: Any, made: Callable[[], Any], reason: str
) -> None:
    with pytest.raises(DefinitionError, match=f"^t.x: its {clause} is {reason}"):

        class T(Table, name="t"):
            x: Col[python] = cast("Any", column)(*([] if type is None else [type]), **{clause: made()})


def test_what_the_server_makes_of_the_columns_type(qb_tx: Tx) -> None:
    anything: Any = column

    class Made(Table, name="made_by_the_server"):
        id: Col[int] = column(primary_key=True, default=identity())
        at: Col[dt.datetime] = column(default=fn.now() + dt.timedelta(days=1), on_update=fn.now())
        day: Col[dt.date] = column(default=fn.current_date())
        same: Col[dt.date] = column(default=fn.now().cast(pg.date))
        key: Col[Key] = anything(default=fn.gen_random_uuid())
        ratio: Col[float] = column(default=fn.random())
        number: Col[Decimal] = anything(default=fn.length("abc"))
        label: Col[Literal["a", "b"]] = anything(default=case((value(1) == 1, "a"), else_="b"))
        raw: Col[str] = anything(default=sql("current_user").as_(str))

    qb_tx.run(create_all(schema(Made))).unwrap()
    assert qb_tx.one(insert(new(Made)()).returning(Made.number, Made.label)) == Success((Decimal(3), "a"))


def test_a_function_of_ours_is_a_default_of_every_brand_of_what_it_gives(qb_tx: Tx) -> None:
    @function(name="fresh of defaults")
    def fresh() -> Expr[UUID]:
        return fn.gen_random_uuid()

    maybe_fresh = function("maybe fresh", returns=UUID | None)

    class Branded(Table, name="branded by default"):
        id: Col[Key] = column(primary_key=True, default=fresh(), on_update=fresh())
        other: Col[Key | None] = column(default=maybe_fresh())

    with pytest.raises(DefinitionError, match=r"absent\.id: its default may give NULL, which the column does not hold"):

        class Absent(Table, name="absent"):
            id: Col[Key] = column(default=maybe_fresh())

    qb_tx.run(Script('CREATE FUNCTION "maybe fresh"() RETURNS uuid LANGUAGE sql AS $$SELECT NULL::uuid$$')).unwrap()
    qb_tx.run(create_all(schema(Branded, fresh, maybe_fresh))).unwrap()
    made = qb_tx.one(insert(new(Branded)()).returning()).unwrap()
    assert (type(made.id), made.other) == (UUID, None)
