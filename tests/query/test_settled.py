"""Calculations with columns of another real type than the declared one, which is read all the same: their type, their
value and what they are good for are those of the declared type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, cast

import pytest

from qb import (
    Col,
    Database,
    QueryError,
    Success,
    Table,
    Tx,
    case,
    column,
    compile,
    create_all,
    fn,
    maybe,
    pg,
    schema,
    select,
    sql,
    trusted,
)
from qb.run.session.catalog import Catalog
from qb.run.session.drift import reads
from qb.types import SqlType

INTEGERS = ("smallint", "integer", "bigint")
REAL: dict[str, tuple[SqlType[Any], type, tuple[str, ...]]] = {
    "small": (pg.smallint, int, INTEGERS),
    "whole": (pg.integer, int, INTEGERS),
    "big": (pg.bigint, int, INTEGERS),
    "counted": (pg.numeric(20), int, (*INTEGERS, "numeric")),
    "exact": (pg.numeric(12, 3), Decimal, ("numeric",)),
    "single": (pg.real, float, ("real",)),
    "double": (pg.double_precision, float, ("real", "double precision")),
    "day": (pg.date, dt.date, ("date",)),
    "span": (pg.interval, dt.timedelta, ("interval",)),
}
"""Declared columns, and the types that they may have on the server and are read all the same."""
VALUES = {"small": "7", "whole": "-7", "big": "3", "counted": "11", "exact": "2.5", "single": "0.5", "double": "-1.25",
          "day": "2024-02-29", "span": "1 day"}  # fmt: skip
COLUMNS = {f"{name}_{real.split()[0]}": (name, real) for name, (_, _, reals) in REAL.items() for real in reals}


def _table() -> Any:
    kinds = {of: Col[python] for of, (_, python, _) in REAL.items()}  # type: ignore[valid-type]
    body: dict[str, Any] = {name: column(REAL[of][0]) for name, (of, _) in COLUMNS.items()}
    body["id"] = column(primary_key=True)
    body["__annotations__"] = {"id": Col[int]} | {name: kinds[of] for name, (of, _) in COLUMNS.items()}
    body["__module__"] = __name__
    return cast("Any", type(Table))("Settled", (Table,), body, name="settled")


T: Any = _table()
F: Any = fn
loose: Any = select
branch: Any = case


@pytest.fixture(scope="module")
def db(qb_db: Database) -> Iterator[Database]:
    columns = ", ".join(f"{name} {real}" for name, (_, real) in COLUMNS.items())
    values = ", ".join(f"'{VALUES[of]}'" for of, _ in COLUMNS.values())
    for statement in (f"CREATE TABLE settled (id bigint, {columns})", f"INSERT INTO settled VALUES (1, {values})"):
        qb_db.execute(sql(trusted(statement)).command()).unwrap()
    yield qb_db
    qb_db.execute(sql("DROP TABLE settled").command()).unwrap()


def test_the_real_types_are_all_that_are_read() -> None:
    """What is allowed beside these is no number's type."""
    catalog = Catalog()
    numbers = {
        fact.oid: fact.shown
        for fact in catalog.types.values()
        if fact.name in ("int2", "int4", "int8", "float4", "float8", "numeric")
    }
    for name, (type_, python, reals) in REAL.items():
        found = {shown for oid, shown in numbers.items() if reads(type_, python, oid, catalog)}
        assert found == {real for real in reals if real in numbers.values()}, name


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "div": lambda a, b: F.div(a, b),
}


def _types(tx: Tx, made: dict[str, Any]) -> None:
    """That the server gives each expression the type, and of columns declared alike the value, that qb says."""
    items: list[Any] = []
    for expr in made.values():
        items += [maybe(sql("pg_typeof({x})::text", x=expr).as_(str)), maybe(expr)]
    found = tx.one(loose(*items).from_(T)).unwrap()
    names = {expr.type.base for expr in made.values()}
    alike = {name: tx.scalar(sql(trusted(f"SELECT '{name}'::regtype::text")).rows(str)).unwrap() for name in names}
    for number, (title, expr) in enumerate(made.items()):
        told, value = found[2 * number : 2 * number + 2]
        assert told == alike[expr.type.base], title
        assert type(value) is expr.python, title


@pytest.mark.slow
@pytest.mark.parametrize("sign", OPERATORS)
def test_every_pair_has_the_declared_type_and_value(db: Database, sign: str) -> None:
    with db.transaction(rollback=True) as tx:
        for a in COLUMNS:
            made: dict[str, Any] = {}
            for b in COLUMNS:
                try:
                    made[f"{a} {sign} {b}"] = OPERATORS[sign](getattr(T, a), getattr(T, b))
                except QueryError:
                    continue
            if made:
                _types(tx, made)
        pairs: dict[tuple[str, str], set[Any]] = {}
        for a, (first, _) in COLUMNS.items():
            for b, (second, _) in COLUMNS.items():
                if {first, second} <= {"small", "whole", "big", "counted"}:
                    expr = OPERATORS[sign](getattr(T, a), getattr(T, b))
                    pairs.setdefault((first, second), set()).add(expr)
        for (first, second), exprs in pairs.items():
            values = {str(value) for value in tx.one(loose(*map(maybe, exprs)).from_(T)).unwrap()}
            values = {value.rstrip("0").rstrip(".") if "." in value else value for value in values}
            assert len(values) == 1, (first, second)


@pytest.mark.parametrize("name", [name for name, (of, _) in COLUMNS.items() if of not in ("day", "span")])
def test_functions_and_values_have_the_declared_type(db: Database, name: str) -> None:
    each = getattr(T, name)
    with db.transaction(rollback=True) as tx:
        _types(tx, {"-": -each, "abs": F.abs(each), "+ 1": each + 1, "* 2": each * 2, "1 -": 1 - each, "/ 2": each / 2})
        _types(tx, {"sum": F.sum(each), "sum / count": F.sum(each) / F.count(), "max + max": F.max(each) + F.max(each)})
        _types(tx, {"sum over": F.sum(each).over(), "max over": F.max(each).over() + F.max(each).over()})
        whole = not each.type.wire.is_float
        _types(tx, {"case": branch((each > 0, each), else_=each) * each, "coalesce": F.coalesce(each, each) - each})
        if whole:
            _types(tx, {"// 2": each // 2, "% 2": each % 2})
            _types(tx, {"sum // count": F.sum(each) // F.count()})


@pytest.mark.parametrize("real", INTEGERS)
def test_what_is_grouped_is_found_whatever_the_column_is(qb_tx: Tx, real: str) -> None:
    class Moved(Table, name=f"moved_{real}"):
        g: Col[int] = column(primary_key=True)
        n: Col[int]

    qb_tx.execute(sql(trusted(f"CREATE TABLE moved_{real} (g bigint, n {real})")).command()).unwrap()
    qb_tx.execute(sql(trusted(f"INSERT INTO moved_{real} VALUES (1, 1), (1, 2)")).command()).unwrap()
    mean = fn.sum(Moved.n) / fn.count()
    assert qb_tx.all(select(Moved.g).group_by(Moved.g).having(mean > 1)) == Success([1])
    assert qb_tx.all(select(Moved.g, mean).group_by(Moved.g)) == Success([(1, Decimal("1.5"))])
    highest = fn.max(Moved.n) / fn.count()
    assert qb_tx.all(select(highest)) == Success([Decimal(1)])
    inner = select(fn.sum(Moved.n)).as_scalar()
    assert qb_tx.all(select(Moved.n).where(inner / 2 > 1).order_by(Moved.n)) == Success([1, 2])
    assert qb_tx.all(select(Moved.n).where(inner // 2 == 1).order_by(Moved.n)) == Success([1, 2])


def test_what_fits_a_bigint_does_not_overflow_an_integer(qb_tx: Tx) -> None:
    class Narrow(Table, name="narrow_numbers"):
        a: Col[int] = column(primary_key=True)
        b: Col[int]
        f: Col[float]

    most, least = 2**31 - 1, -(2**31)
    qb_tx.execute(sql("CREATE TABLE narrow_numbers (a integer, b integer, f real)").command()).unwrap()
    qb_tx.execute(sql(trusted(f"INSERT INTO narrow_numbers VALUES ({most}, {least}, 16777216)")).command()).unwrap()
    exprs = (Narrow.a + Narrow.a, Narrow.a * Narrow.a, Narrow.b - Narrow.a, -Narrow.b, fn.abs(Narrow.b), Narrow.b // -1)
    assert qb_tx.one(loose(*exprs)).unwrap() == (2 * most, most**2, least - most, -least, -least, -least)
    # Single precision would swallow the one.
    assert qb_tx.one(select(Narrow.f + Narrow.f / Narrow.f)) == Success(16777217.0)
    qb_tx.execute(sql("INSERT INTO narrow_numbers VALUES (1, 1, 1)").command()).unwrap()
    assert qb_tx.scalar(select(fn.sum(Narrow.f))) == Success(16777217.0)


class Made(Table, name="made_numbers"):
    a: Col[int] = column(primary_key=True)
    b: Col[int] = column()
    both: Col[int] = column(generated=a + b)


def test_a_schema_casts_none_of_its_own_columns() -> None:
    text = str(compile_schema())
    assert '("a" + "b")' in text
    assert "CAST" not in text
    assert b'CAST("made_numbers"."a" AS bigint) + "made_numbers"."b"' in compile(select(Made.a + Made.b)).sql


def compile_schema() -> object:
    return create_all(schema(Made))
