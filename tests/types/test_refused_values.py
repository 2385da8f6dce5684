"""What PostgreSQL or Python cannot hold is refused by name, and the value itself is never in the error."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
import pytest

from qb import Database, DecodeError, DefinitionError, EncodeError, Expr, Failure, pg, select, sql, trusted
from qb.tree.expressions import Bind
from qb.types.identifier import ColumnLabel
from qb.types.infer import type_of
from qb.typing import SqlType

SECRET = 'it\'s "my" `secret`'
EAST = dt.timezone(dt.timedelta(hours=14))


class Mood(Enum):
    GLAD = "glad"


class Reading(msgspec.Struct):
    name: str
    value: float | None


def quoting(value: object) -> str:
    raise ValueError(f'not "{value!r}" and not {value}')


REFUSED: dict[str, tuple[SqlType[Any], object, str]] = {
    "NUL in text": (pg.text, SECRET + "\0", "PostgreSQL text cannot hold NUL (0x00) characters"),
    "NUL in varchar": (pg.varchar(99), SECRET + "\0", "PostgreSQL text cannot hold NUL (0x00) characters"),
    "NUL in an array": (pg.array(pg.text), [SECRET + "\0"], "PostgreSQL text cannot hold NUL (0x00) characters"),
    "NUL in jsonb": (pg.jsonb, {"a": [SECRET + "\0"]}, "PostgreSQL json cannot hold NUL (\\u0000) characters"),
    "NUL in a key": (pg.json, {SECRET + "\0": 1}, "PostgreSQL json cannot hold NUL (\\u0000) characters"),
    "NUL after a backslash": (pg.jsonb, SECRET + "\\\0", "PostgreSQL json cannot hold NUL (\\u0000) characters"),
    "a surrogate": (pg.text, SECRET + "\ud800", "it holds a lone surrogate, which UTF-8 cannot"),
    "a surrogate in an array": (pg.array(pg.text), ["\ud800"], "it holds a lone surrogate, which UTF-8 cannot"),
    "a surrogate in jsonb": (pg.jsonb, ["\udc00"], "it holds a lone surrogate, which UTF-8 cannot"),
    "bytes as text": (pg.text, b"secret", "text takes str, not bytes"),
    "smallint too large": (pg.smallint, 2**15, "the number is out of range for smallint"),
    "integer too small": (pg.integer, -(2**31) - 1, "the number is out of range for integer"),
    "bigint too large": (pg.bigint, 2**63, "the number is out of range for bigint"),
    "an element too large": (pg.array(pg.integer), [1, 2**31], "the number is out of range for integer"),
    "a float as int": (pg.integer, 1.5, "integer takes int, not float"),
    "a float as an element": (pg.array(pg.integer), [1.5], "integer takes int, not float"),
    "a Decimal as int": (pg.bigint, Decimal(7), "bigint takes int, not Decimal"),
    "a str as int": (pg.bigint, SECRET, "bigint takes int, not str"),
    "a str as float": (pg.double_precision, SECRET, "double precision takes float, not str"),
    "real too large": (pg.real, 1e39, "the number is out of range for real"),
    "real too small": (pg.real, -1e-50, "the number is too small for real, and would become 0"),
    "an element of real too small": (
        pg.array(pg.real),
        [1.0, 1e-46],
        "the number is too small for real, and would become 0",
    ),
    "an element of real too large": (pg.array(pg.real), [1e39], "the number is out of range for real"),
    "a float as numeric": (pg.numeric, 0.1, "numeric takes Decimal or int, not float"),
    **{
        f"a bool as {type_.name}": (type_, True, f"{type_.name} takes {wanted}, not bool")
        for type_, wanted in (
            (pg.smallint, "int"),
            (pg.integer, "int"),
            (pg.bigint, "int"),
            (pg.real, "float"),
            (pg.double_precision, "float"),
        )
    },
    "a bool as an element of bigint": (pg.array(pg.bigint), [1, False], "bigint takes int, not bool"),
    "a bool as numeric": (pg.numeric, True, "numeric takes Decimal or int, not bool"),
    "a str as numeric": (pg.numeric(5, 2), SECRET, "numeric takes Decimal or int, not str"),
    "a str as boolean": (pg.boolean, "no", "boolean takes bool, not str"),
    "a str as an element of boolean": (pg.array(pg.boolean), ["no"], "boolean takes bool, not str"),
    "a str as bytea": (pg.bytea, SECRET, "bytea takes bytes, not str"),
    "a number as an element of bytea": (pg.array(pg.bytea), [7], "bytea takes bytes, not int"),
    "a str as uuid": (pg.uuid, SECRET, "uuid takes UUID, not str"),
    "a str as an element of uuid": (pg.array(pg.uuid), [SECRET], "uuid takes UUID, not str"),
    "naive timestamptz": (
        pg.timestamptz,
        dt.datetime(2001, 2, 3),  # noqa: DTZ001
        "timestamptz takes a datetime with a time zone: pass one with a tzinfo, as datetime.now(UTC) has",
    ),
    "naive timestamptz in an array": (
        pg.array(pg.timestamptz),
        [dt.datetime(2001, 2, 3)],  # noqa: DTZ001
        "timestamptz takes a datetime with a time zone: pass one with a tzinfo, as datetime.now(UTC) has",
    ),
    "aware timestamp": (
        pg.timestamp,
        dt.datetime(2001, 2, 3, tzinfo=dt.UTC),
        "timestamp takes a datetime without a time zone: use timestamptz for a point in time",
    ),
    "aware time": (pg.time, dt.time(1, tzinfo=dt.UTC), "time takes a time without a time zone"),
    "aware time in an array": (pg.array(pg.time), [dt.time(1, tzinfo=dt.UTC)], "time takes a time without a time zone"),
    "a datetime as date": (pg.date, dt.datetime(2001, 2, 3, tzinfo=dt.UTC), "date takes date, not datetime"),
    "a datetime as date in an array": (
        pg.array(pg.date),
        [dt.datetime(2001, 2, 3, tzinfo=dt.UTC)],
        "date takes date, not datetime",
    ),
    "a date as timestamptz": (pg.timestamptz, dt.date(2001, 2, 3), "timestamptz takes datetime, not date"),
    "a number as interval": (pg.interval, 7, "interval takes timedelta, not int"),
    "a number as an element of interval": (pg.array(pg.interval), [7], "interval takes timedelta, not int"),
    "no label": (pg.enum("mood", Mood), SECRET, 'not a label of "mood": it has glad'),
    "no member": (type_of(Mood), SECRET, "the value is none of Mood"),
    "no member in an array": (pg.array(type_of(Mood)), [SECRET], "the value is none of Mood"),
    "a str as array": (pg.array(pg.text), SECRET, "text[] takes a list, not str"),
    "NaN in a document": (
        pg.jsonb,
        Reading(SECRET, float("nan")),
        "JSON has neither NaN nor infinity, and null instead would change the document",
    ),
    "infinity deep in a document": (
        pg.jsonb,
        {"a": [None, {"b": float("-inf")}]},
        "JSON has neither NaN nor infinity, and null instead would change the document",
    ),
    "an object that is no JSON": (pg.jsonb, object(), "Encoding objects of type object is unsupported"),
    "a type of one's own": (
        pg.custom("point", encode=quoting, decode=str),
        SECRET,
        "point does not take it: ValueError",
    ),
    "an element of one": (
        pg.array(pg.custom("point", encode=quoting, decode=str)),
        [SECRET],
        "point[] does not take it: ValueError",
    ),
    "a vector of texts": (pg.vector(2), [SECRET, SECRET], "a vector is a list of numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_cannot_be_held_is_refused_by_name(qb_db: Database, name: str) -> None:
    type_, value, reason = REFUSED[name]
    with qb_db.transaction(rollback=True) as tx:
        tx.execute(sql("CREATE TYPE mood AS ENUM ('glad')").command()).unwrap()
        tx.execute(sql("CREATE EXTENSION IF NOT EXISTS vector").command()).unwrap()
        found = tx.all(select(_typed(value, type_, ColumnLabel("people", "secret"))))
    assert found == Failure(EncodeError("people", "secret", reason))
    _keeps(str(found), value)


@pytest.mark.parametrize("value", [Reading("a", None), [None, 1.5], {"a": None}, "null", None, {"null": "null"}])
def test_null_in_a_document_is_no_nan(qb_db: Database, value: object) -> None:
    assert msgspec.to_builtins(value) == qb_db.one(select(_typed(value, pg.jsonb))).unwrap()


# What PostgreSQL has and Python has not. `sql` writes it, as no Python value could.
UNREADABLE: dict[str, tuple[str, SqlType[Any], type[Any], str]] = {
    "an infinite timestamptz": ("timestamptz 'infinity'", pg.timestamptz, dt.datetime, "timestamp too large"),
    "an infinite timestamp": ("timestamp '-infinity'", pg.timestamp, dt.datetime, "timestamp too small"),
    "an infinite date": ("date 'infinity'", pg.date, dt.date, "date too large"),
    "a year of five digits": ("date '12345-01-01'", pg.date, dt.date, "date too large"),
    "a date before Christ": ("date '0044-03-15 BC'", pg.date, dt.date, "date too small"),
    "the last instant of a day": ("time '24:00:00'", pg.time, dt.time, "can't parse time"),
    "months": (
        "interval '1 month'",
        pg.interval,
        dt.timedelta,
        "a timedelta cannot hold months, years or infinity: use make_interval(days => ...) in SQL",
    ),
    "an infinite interval": (
        "interval 'infinity'",
        pg.interval,
        dt.timedelta,
        "a timedelta cannot hold months, years or infinity: use make_interval(days => ...) in SQL",
    ),
    "too many days": (
        "interval '2000000000 days'",
        pg.interval,
        dt.timedelta,
        "an interval longer than a timedelta can hold",
    ),
    "an infinite integer": ("numeric 'infinity'", pg.numeric, int, "an int cannot be NaN or infinite"),
    "half an integer": ("numeric '0.5'", pg.numeric, int, "the number is not whole"),
    "NULL among elements": (
        "array[1, null]",
        pg.array(pg.bigint),
        list[int],
        "NULL among the elements, where the annotation says there is none",
    ),
    "too many dimensions": (
        "array[[1]]",
        pg.array(pg.bigint),
        list[int],
        "an array of more dimensions than the annotation says",
    ),
    "too few dimensions": (
        "array[1]",
        pg.array(pg.bigint),
        list[list[int]],
        "an array of fewer dimensions than the annotation says",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_python_cannot_hold_is_a_decode_error(qb_db: Database, name: str) -> None:
    text, type_, python, reason = UNREADABLE[name]
    expr: Expr[Any] = Expr(sql(trusted(text)).node, type_, python, optional=True)
    match qb_db.one(select(expr)):
        case Failure(DecodeError(table=None, row=0, path=None) as error):
            assert error.reason.startswith(reason)
            assert "12345" not in str(error)
        case other:
            pytest.fail(repr(other))


# ------------------------------------------------------------------------------------------ at the edges of the types


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC"])
@pytest.mark.parametrize("year", [1, 1850, 1937, 2024, 9998])
def test_an_instant_is_the_same_whatever_the_sessions_zone(qb_db: Database, zone: str, year: int) -> None:
    # Old local times are off by odd seconds, which JSON shows as an offset such as +00:19:32.
    from qb import many

    instant = dt.datetime(year, 7, 1, 12, 30, 15, 123456, tzinfo=dt.UTC)
    expr = _typed(instant, pg.timestamptz)
    listed = _typed([instant], pg.array(pg.timestamptz), python=list[dt.datetime])
    with qb_db.transaction(rollback=True) as tx:
        tx.execute(sql("SELECT set_config('TimeZone', {zone}, true)", zone=zone).command()).unwrap()
        found = tx.one(select(expr, listed, many(select(expr, listed)))).unwrap()
    assert found == (instant, [instant], [(instant, [instant])])


def test_the_first_hours_of_the_year_1_are_no_other_instant(qb_db: Database) -> None:
    # In UTC they are in the year 1 BC, which PostgreSQL holds and Python does not.
    value = dt.datetime(1, 1, 1, tzinfo=EAST)
    with qb_db.transaction(rollback=True) as tx:
        tx.execute(sql("SELECT set_config('TimeZone', 'UTC', true)").command()).unwrap()
        match tx.one(select(_typed(value, pg.timestamptz))):
            case Failure(DecodeError()):
                pass
            case other:
                pytest.fail(repr(other))


def test_bytea_is_read_under_both_settings(qb_db: Database) -> None:
    from qb import many

    for value in (bytes(range(256)), b"\\x00", b"\\", b"ab", b""):
        expr = _typed(value, pg.bytea)
        for setting in ("hex", "escape"):
            with qb_db.transaction(rollback=True) as tx:
                tx.execute(sql("SELECT set_config('bytea_output', {x}, true)", x=setting).command()).unwrap()
                assert tx.one(select(expr, many(select(expr)))).unwrap() == (value, [value])


def test_precision_is_what_the_type_says(qb_db: Database) -> None:
    at = dt.datetime(2024, 1, 1, 0, 0, 0, 123456, tzinfo=dt.UTC)
    cast = _typed(at, pg.timestamptz).cast(pg.timestamptz(3))
    assert qb_db.one(select(cast)).unwrap() == at.replace(microsecond=123000)
    assert str(qb_db.one(select(_typed(Decimal("1.005"), pg.numeric).cast(pg.numeric(5, 2)))).unwrap()) == "1.01"


def test_types_of_ones_own_are_read_as_text_whatever_the_driver_knows(qb_db: Database) -> None:
    for name, text in (("inet", "10.0.0.1/8"), ("int4range", "[1,5)"), ("timetz", "10:00:00+02"), ("point", "(1,2)")):
        own: SqlType[str | None] = pg.custom(trusted(name), encode=str, decode=str)
        listed = pg.array(own)
        found = qb_db.one(select(_typed(text, own, python=str), _typed([text, None], listed, python=list[str | None])))
        assert found.unwrap() == (text, [text, None])


def _typed(value: object, type_: SqlType[Any], column: str = "", *, python: Any = object) -> Expr[Any]:
    return Expr(Bind(value, type_, column), type_, python, optional=True)


def _keeps(shown: str, value: object) -> None:
    for part in ("secret", "2001", str(2**31), str(2**63), "1e+39", "1e39"):
        assert part not in shown.replace('"people"."secret"', "").replace("column='secret'", ""), value


def test_uuid_of_all_bits() -> None:
    assert pg.uuid.literal(UUID(int=2**128 - 1)) == "ffffffff-ffff-ffff-ffff-ffffffffffff"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: pg.varchar(0),
        lambda: pg.char(10**9),
        lambda: pg.numeric(0),
        lambda: pg.timestamp(7),
        lambda: pg.vector(0),
        lambda: pg.array(pg.array(pg.text)),
        lambda: pg.enum("mood", cast("Any", int)),
        lambda: pg.enum("mood", cast("Any", Literal[1])),
        lambda: pg.enum("", Mood),
        lambda: pg.enum(cast("Any", 5), Mood),
        lambda: pg.enum("half \ud800", Mood),
    ],
)
def test_a_type_that_cannot_be(wrong: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError):
        wrong()
