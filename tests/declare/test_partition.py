"""How tables are divided: what is found and how it is equal, and what cannot be, with names."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from qb import (
    MAXVALUE,
    MINVALUE,
    Col,
    DefinitionError,
    Table,
    alias,
    check,
    column,
    exclude,
    fn,
    index,
    partition_by_hash,
    partition_by_list,
    partition_by_range,
    pg,
    primary_key,
    schema,
    select,
    unique,
    view,
)


class Size(Enum):
    SMALL = "small"
    GREAT = "great"


class Log(Table, name="logs"):
    day: Col[dt.date]
    kind: Col[str | None]
    number: Col[int]
    size: Col[Size] = column(pg.enum("size", Size))
    twice: Col[int] = column(generated=fn.length("x"))
    doc: Col[dict[str, int]] = column(default={})


class Other(Table, name="others"):
    id: Col[int] = column(primary_key=True)


by_day = partition_by_range(Log, Log.day)
by_kind = partition_by_list(Log, Log.kind)
by_number = partition_by_hash(Log, Log.number)
JAN, FEB, MAR = (dt.date(2024, month, 1) for month in (1, 2, 3))
jan = by_day.partition("logs_jan", JAN, FEB)
of_jan = partition_by_range(jan, jan.day)


def test_it_is_found_with_its_table_and_equal_in_any_order() -> None:
    rest = by_day.default("logs_rest")
    items = Log, by_day, jan, rest, index("logs_jan_idx", jan.number)
    assert schema(*items) == schema(*reversed(items)) == schema(*items[2:], Log)
    found = schema(*items)
    assert [table.title for table in found.tables] == ["logs", "logs_jan", "logs_rest"]
    assert repr(found) == "<schema of logs, logs_jan, logs_rest>"
    assert found != schema(Log, by_day, rest, by_day.partition("logs_jan", JAN, MAR))
    assert [str(each) for each in found.tables[1].needs] == ["table logs", "enum size"]


def test_a_module_that_imports_the_table_has_its_partitions() -> None:
    home = ModuleType("test_partition_home")
    sys.modules[home.__name__] = home
    source = """
from qb import Col, MAXVALUE, MINVALUE, Table, partition_by_list, partition_by_range
class Day(Table, name="days"):
    number: Col[int]
    kind: Col[str]
by_number = partition_by_range(Day, Day.number)
low = by_number.partition("days_low", MINVALUE, 5)
by_kind = partition_by_list(low, low.kind)
a = by_kind.partition("days_a", "a")
"""
    exec(source, vars(home))
    user = ModuleType("test_partition_user")
    vars(user)["Day"] = vars(home)["Day"]
    assert schema(user) == schema(home)
    assert [table.title for table in schema(user).tables] == ["days", "days_low", "days_a"]


def test_it_says_what_it_is() -> None:
    assert repr((by_day, by_kind, by_number)) == "(<logs by range>, <logs by list>, <logs by hash>)"
    assert repr((jan, MINVALUE, MAXVALUE)) == "(<partition logs_jan>, MINVALUE, MAXVALUE)"
    with pytest.raises(AttributeError, match="logs_jan has no column 'days': it has day, kind, number"):
        jan.days  # type: ignore[attr-defined]


WRONG: dict[str, Callable[[], object]] = {
    "the partition 'p' of logs: from_ does not fit date: date takes date, not str": lambda: by_day.partition(
        "p",
        "2024-01-01",  # type: ignore[arg-type]
        FEB,
    ),
    "the partition 'p' of logs: to is NULL, which is in no range: a row with it is for default(...)": (
        lambda: by_day.partition("p", JAN, None)  # type: ignore[arg-type]
    ),
    "the partition 'p' of logs takes no row, from (2024-02-01) to (2024-01-01): give a to that is behind its from_": (
        lambda: by_day.partition("p", FEB, JAN)
    ),
    "the partition 'p' of logs takes no row, from (MINVALUE) to (MINVALUE): give a to that is behind its from_": (
        lambda: by_day.partition("p", MINVALUE, MINVALUE)
    ),
    "the partition 'p' of logs: from_ takes a value, and no expression: <column logs.day>": (
        lambda: by_day.partition("p", Log.day, FEB)  # type: ignore[arg-type]
    ),
    "the partition 'p' of logs: from_ has 1 values for 2 keys: give one for each": (
        lambda: partition_by_range(Log, Log.day, Log.number).partition("p", JAN, (FEB, 1))  # type: ignore[arg-type]
    ),
    "the partition 'p' of logs: to: what is behind MAXVALUE decides nothing: give MAXVALUE there, too": (
        lambda: partition_by_range(Log, Log.day, Log.number).partition("p", (JAN, 1), (MAXVALUE, 1))
    ),
    "the partition 'p' of logs names no value: name at least one": lambda: by_kind.partition("p"),
    "the partition 'p' of logs names a twice: drop one of them": lambda: by_kind.partition("p", "a", "b", "a"),
    "the partition 'p' of logs: MINVALUE and MAXVALUE are bounds of a range: name the values": (
        lambda: by_kind.partition("p", MINVALUE)  # type: ignore[arg-type]
    ),
    "the partition 'p' of logs does not fit text: Expected `str`, got `int`": (
        lambda: by_kind.partition("p", 5)  # type: ignore[arg-type]
    ),
    "the partition 'p' of logs does not fit smallint: ": (
        lambda: partition_by_list(Log, Log.number.cast(pg.smallint)).partition("p", 2**15)
    ),
    "the partition 'p' of logs has a modulus of 0: give a number of partitions, 1 or more": (
        lambda: by_number.partition("p", modulus=0, remainder=0)
    ),
    "the partition 'p' of logs has a remainder of 4: give one from 0 to 3": (
        lambda: by_number.partition("p", modulus=4, remainder=4)
    ),
    "the partition 'p' of logs has no option inherits: drop it": lambda: by_day.default("p", inherits=True),  # type: ignore[call-arg]
    "the schema of the partition 'p' of logs has an empty name": lambda: by_day.default("p", schema=""),
    "a partition of logs has an empty name": lambda: by_day.default(""),
    "the partitioning of logs is by columns of others: use the columns of the table itself": (
        lambda: partition_by_hash(Log, Other.id)
    ),
    "the partitioning of logs names no column: name at least one": lambda: partition_by_hash(Log),
    "the partitioning of logs takes columns and expressions, not 'day'": (
        lambda: partition_by_hash(Log, "day")  # type: ignore[arg-type]
    ),
    "the partitioning of logs calls now(), which is stable": lambda: partition_by_hash(
        Log, fn.coalesce(Log.kind, fn.now().cast(pg.text))
    ),
    "the partitioning of logs holds an aggregate": lambda: partition_by_hash(Log, fn.max(Log.number)),
    "the partitioning of logs has 1 keys and 2 operator classes": (
        lambda: partition_by_hash(Log, Log.number, operator_class=["a", "b"])
    ),
    "partition_by_list takes a table first, not <view v>": (
        lambda: partition_by_list(named := view("v", select(Log)), named.kind)
    ),
    "partition_by_range takes a table first, not <relation l>": (
        lambda: partition_by_range(other := alias(Log, "l"), other.day)
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_by_itself(text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        WRONG[text]()


def half(number: int, modulus: int = 2) -> Any:
    return by_number.partition(f"logs_{modulus}_{number}", modulus=modulus, remainder=number)


TOGETHER: dict[str, tuple[Any, ...]] = {
    "the partitions logs_a (from (2024-01-15) to (MAXVALUE)) and logs_jan (from (2024-01-01) to (2024-02-01)) of logs "
    "overlap: a row belongs to one of them": (Log, by_day.partition("logs_a", dt.date(2024, 1, 15), MAXVALUE), jan),
    "the partitions logs_a (by default) and logs_b (by default) of logs overlap: a row belongs to one of them": (
        *(Log, by_day.default("logs_a"), by_day.default("logs_b")),
    ),
    "the partitions logs_a (in (a, NULL)) and logs_b (in (b, NULL)) of logs overlap: a row belongs to one of them": (
        *(Log, by_kind.partition("logs_a", "a", None), by_kind.partition("logs_b", "b", None)),
    ),
    "the partitions logs_2_1 (with modulus 2 and remainder 1) and logs_4_3 (with modulus 4 and remainder 3) of logs "
    "overlap: a row belongs to one of them": (Log, half(1), half(3, 4)),
    "the partitions of logs have the moduli 2 and 3, and each has to be a multiple of the ones before it: give them "
    "one modulus": (Log, half(0), half(1, 3)),
    "the partition logs_out (from (2024-01-15) to (2024-02-02)) is not within logs_jan, which has the rows from "
    "(2024-01-01) to (2024-02-01): no other row gets there, so give it bounds within": (
        *(Log, jan, of_jan.partition("logs_out", dt.date(2024, 1, 15), dt.date(2024, 2, 2))),
    ),
    "the partition logs_in (in (2024-02-01)) is not within logs_jan": (
        *(Log, jan, partition_by_list(jan, jan.day).partition("logs_in", FEB)),
    ),
    "the primary key of logs does not hold day, which logs is divided by: add it to the key, or put the key beside "
    "each partition": (Log, by_day, primary_key(Log.number)),
    "the primary key of logs does not hold number, which logs_jan is divided by": (
        *(Log, jan, primary_key(Log.day), partition_by_hash(jan, jan.number)),
    ),
    "the unique constraint 'logs_number_key' of logs does not hold day": (Log, by_day, unique(Log.number)),
    "the unique index 'i' of logs does not hold day": (Log, by_day, index("i", Log.number.desc(), unique=True)),
    "the exclusion logs.e does not hold day": (Log, by_day, exclude("e", (Log.day, "&&"), (Log.number, "="))),
    "the primary key of logs cannot be kept over the partitions of logs, as it is divided by an expression: put it "
    "beside each partition, or divide by columns alone": (
        *(Log, partition_by_hash(Log, Log.number + 1), primary_key(Log.number)),
    ),
    "logs is divided by twice, which is generated: divide by a column that is written": (
        *(Log, partition_by_hash(Log, Log.twice)),
    ),
    "the check logs.c is of a table that has no rows but in its partitions: drop no_inherit": (
        *(Log, by_day, check("c", Log.number > 0, no_inherit=True)),
    ),
    "logs is divided in two ways: drop one of them": (Log, by_day, by_kind),
    "the partition logs_jan is of logs, which is not in the schema: add the table, or its module": (jan,),
    "the partitioning of logs is of what is not in the schema: add the table": (by_day,),
    "the partition others has the name of a table: rename one of them": (Log, Other, by_day.default("others")),
    "the partition logs_jan is declared twice, in two ways: drop or rename one of them": (
        *(Log, jan, by_day.default("logs_jan")),
    ),
    "the table logs_jan and the index of logs (number) are both called 'logs_jan'": (
        *(Log, jan, index("logs_jan", Log.number)),
    ),
}


@pytest.mark.parametrize("text", TOGETHER)
def test_what_is_wrong_together(text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}") as raised:
        schema(*TOGETHER[text])
    assert "\n" not in str(raised.value)


ORDERED: list[tuple[Any, list[Any]]] = [
    (pg.integer, [-1, 0, 5]),
    (pg.numeric, [Decimal("-0.5"), Decimal("0.50"), Decimal(1)]),
    (pg.double_precision, [-0.5, 0.0, 1e300]),
    (pg.boolean, [False, True]),
    (pg.date, [JAN, FEB]),
    (pg.timestamp, [dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, 0, 0, 0, 1)]),  # noqa: DTZ001
    (pg.timestamptz, [dt.datetime(2024, 1, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=5))),
                      dt.datetime(2024, 1, 1, 1, tzinfo=dt.UTC)]),
    (pg.interval, [dt.timedelta(-1), dt.timedelta(0)]),
    (pg.uuid, [UUID(int=1), UUID(int=2**100)]),
    (pg.enum("size", Size), [Size.SMALL, Size.GREAT]),
]  # fmt: skip


def kept_of(type_: Any, python: Any) -> Any:
    class Kept(Table, name="kept"):
        key: Col[python] = column(type_)  # pyright: ignore[reportInvalidTypeForm, reportUnknownVariableType]

    return Kept


@pytest.mark.parametrize(("type_", "values"), ORDERED, ids=[each.name for each, _ in ORDERED])
def test_bounds_are_ordered_as_their_values(type_: Any, values: list[Any]) -> None:
    Kept = kept_of(type_, type(values[0]))  # noqa: N806
    by_key = partition_by_range(Kept, Kept.key)
    for low, high in pairwise(values):
        assert repr(by_key.partition("p", low, high)) == "<partition p>"
        with pytest.raises(DefinitionError, match="takes no row"):
            by_key.partition("p", high, low)
        with pytest.raises(DefinitionError, match="overlap"):
            schema(Kept, by_key.partition("p", low, MAXVALUE), by_key.partition("q", high, MAXVALUE))


def test_what_the_server_alone_orders_is_left_to_it() -> None:
    by_text = partition_by_range(Log, Log.kind)
    parts = by_text.partition("p", "b", "ä"), by_text.partition("q", "a", "B")
    assert len(schema(Log, *parts).tables) == 3
    with pytest.raises(DefinitionError, match="overlap"):
        schema(Log, parts[0], by_text.partition("q", "b", "z"))
    far = partition_by_range(Other, Other.id)
    assert len(schema(Other, far.partition("p", MINVALUE, 5), far.partition("q", 5, MAXVALUE)).tables) == 3
