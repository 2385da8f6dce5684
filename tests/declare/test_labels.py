"""Columns of labels, and values in declarations that msgspec cannot judge by itself: defaults, bounds, addresses."""
# pyright: reportUnusedClass=false, reportInvalidTypeForm=false

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_interface, ip_network
from typing import Any, Literal, cast

import msgspec
import pytest

from qb import (
    CheckViolation,
    Col,
    DefinitionError,
    EncodeError,
    Failure,
    Success,
    Table,
    Tx,
    column,
    create_all,
    fn,
    guard,
    insert,
    new,
    partition_by_list,
    partition_by_range,
    pg,
    schema,
    select,
    sql,
)
from qb.declare.table import describe


class Level(Enum):
    """Of numbers, and no number itself."""

    LOW = 1
    HIGH = 2


class Mood(Enum):
    GOOD = "good"


no_money = guard("no_money", "price")


class Labelled(Table, name="labelled"):
    id: Col[int] = column(primary_key=True)
    address: Col[IPv4Interface | IPv6Interface] = column(pg.inet, default=ip_interface("10.0.0.1/8"))
    network: Col[IPv4Network | IPv6Network | None] = column(pg.cidr, default=ip_network("fe80::/10"))
    level: Col[Level] = column(default=Level.HIGH)
    levels: Col[list[Level]] = column(default=[Level.LOW, Level.HIGH], checked=True)
    moods: Col[list[Mood | None]] = column(default=[Mood.GOOD, None], checked=True)
    words: Col[list[Literal["x", "y"]]] = column(default=["x"], checked=True)
    numbers: Col[list[list[Literal[1, 2]]]] = column(default=[[1], [2]])
    holes: Col[list[Literal["x", None]]] = column(default=["x", None], checked=True)
    word: Col[Literal["a", "b", None]] = column(default=None, checked=True)
    document: Col[list[Literal["x"]]] = column(pg.jsonb, default=["x"], checked=True)


HELD = Labelled(
    id=1,
    address=ip_interface("10.0.0.1/8"),
    network=ip_network("fe80::/10"),
    level=Level.HIGH,
    levels=[Level.LOW, Level.HIGH],
    moods=[Mood.GOOD, None],
    words=["x"],
    numbers=[[1], [2]],
    holes=["x", None],
    word=None,
    document=["x"],
)


def test_a_list_of_labels_is_an_array_of_them() -> None:
    types = {each.attribute: (each.type.name, each.optional) for each in describe(Labelled).columns}
    assert types["levels"] == ("bigint[]", False)
    assert types["moods"] == types["words"] == types["holes"] == ("text[]", False)
    assert types["numbers"] == ("jsonb", False)  # a list of lists is no list of what has a type
    assert types["word"] == ("text", True)


def test_defaults_and_values_come_back(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Labelled))).unwrap()
    assert qb_tx.one(insert(new(Labelled)(id=1)).returning(Labelled)) == Success(HELD)
    given = new(Labelled)(id=2, levels=[], moods=[None], words=["y", "x"], holes=[], word="b", level=Level.LOW)
    found = qb_tx.one(insert(given).returning(Labelled)).unwrap()
    assert (found.levels, found.moods, found.words, found.holes) == ([], [None], ["y", "x"], [])
    assert (found.word, found.level) == ("b", Level.LOW)
    assert qb_tx.all(select(Labelled.id).where(Labelled.levels == [Level.LOW, Level.HIGH])) == Success([1])


def test_a_scalar_is_no_list_of_labels(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Labelled))).unwrap()
    for document in ('"x"', '["y"]', "{}", '[["x"]]'):
        with qb_tx.transaction(rollback=True) as inner:
            written = inner.execute(
                sql("INSERT INTO labelled (id, document) VALUES (1, {given}::jsonb)", given=document).command()
            )
            assert isinstance(written, Failure)
            assert isinstance(written.failure(), CheckViolation)


def test_defaults_that_do_not_fit() -> None:
    with pytest.raises(DefinitionError, match="its default does not fit bigint: Expected `int`, got `Level`"):

        class Number(Table, name="labelled wrongly"):
            n: Col[int] = column(default=cast(Any, Level.LOW))

        describe(Number)
    with pytest.raises(DefinitionError, match="its default does not fit inet: inet takes IPv4Interface or"):

        class Address(Table, name="labelled wrongly"):
            n: Col[IPv4Interface | IPv6Interface] = column(pg.inet, default=cast(Any, "10.0.0.1"))

        describe(Address)
    with pytest.raises(DefinitionError, match="does not fit jsonb: the guard no_money refuses a key that it holds"):

        class Guarded(Table, name="labelled wrongly"):
            d: Col[dict[str, int]] = column(pg.jsonb, guard=no_money, default={"unitPrice": 1, "price": 2})

        describe(Guarded)


count = 3


def test_a_default_that_holds_a_column_of_its_class() -> None:
    said = r"d: its default holds a column of its class, within a list .* a name is that of a column above it"
    with pytest.raises(DefinitionError, match=said):

        class Shadowed(Table, name="shadowed"):
            count: Col[int] = column(primary_key=True)
            d: Col[list[int]] = column(pg.array(pg.bigint), default=cast(Any, [1, count]))

        describe(Shadowed)
    with pytest.raises(DefinitionError, match="d: its default holds a column of its class, within a dict"):

        class Nested(Table, name="nested"):
            count: Col[int] = column(primary_key=True)
            d: Col[object] = column(pg.jsonb, default={"a": [(count,)]})

        describe(Nested)
    with pytest.raises(DefinitionError, match="d: its default holds an expression, within a list"):

        class Called(Table, name="called"):
            d: Col[list[int]] = column(pg.array(pg.bigint), default=cast(Any, [fn.length("a")]))

        describe(Called)


class Divided(Table, name="divided by level"):
    level: Col[Level] = column(primary_key=True)


def test_bounds_of_an_enum_of_numbers(qb_tx: Tx) -> None:
    by_level = partition_by_list(Divided, Divided.level)
    qb_tx.run(create_all(schema(Divided, by_level, by_level.partition("low", Level.LOW)))).unwrap()
    assert qb_tx.execute(insert(new(Divided)(level=Level.LOW))) == Success(1)
    with qb_tx.transaction(rollback=True) as inner:
        assert isinstance(inner.execute(insert(new(Divided)(level=Level.HIGH))), Failure)
    low = partition_by_range(Divided, Divided.level).partition("lows", Level.LOW, Level.HIGH)
    assert repr(low) == "<partition lows>"
    with pytest.raises(DefinitionError, match="does not fit"):
        by_level.partition("other", cast(Any, Mood.GOOD))


class Kept(Table, name="kept as text"):
    id: Col[int] = column(primary_key=True)
    document: Col[msgspec.Raw] = column(pg.json, guard=no_money)


def test_a_key_that_stands_there_twice_is_looked_at_twice(qb_tx: Tx) -> None:
    twice = b'{"a": {"price": 5}, "a": 1}'
    assert no_money.find(twice) == "$.a.price"
    assert no_money.find(b'{"a": 1, "a": {"b": [{"pri\\u0063e": 5}]}, "a": 2}') == "$.a.b[0].price"
    with pytest.raises(msgspec.DecodeError):
        no_money.find(b'{"a": {"price": NaN}}')
    qb_tx.run(create_all(schema(Kept))).unwrap()
    for document in (twice, b'{"a": {"pri\\u0063e": 5}, "a": 1}'):
        with qb_tx.transaction(rollback=True) as inner:
            error = inner.execute(insert(new(Kept)(id=1, document=msgspec.Raw(document)))).failure()
            assert isinstance(error, EncodeError)
            assert "the guard no_money refuses a key" in str(error)


def test_a_newline_behind_a_key_makes_it_another_one(qb_tx: Tx) -> None:
    assert no_money.find({"price\n": 1}) is no_money.find(b'{"price\\n": 1}') is None
    qb_tx.run(create_all(schema(Kept))).unwrap()
    held = msgspec.Raw(b'{"price\\n": 1, "x": "\\u0041"}')
    assert qb_tx.execute(insert(new(Kept)(id=1, document=held))) == Success(1)
