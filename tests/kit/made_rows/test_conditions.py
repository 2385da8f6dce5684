"""What a check makes of a row in Python is what PostgreSQL makes of it, or it is not known."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from qb import (
    Col,
    Expr,
    Success,
    Table,
    Tx,
    case,
    column,
    create_all,
    fn,
    identity,
    insert,
    maybe,
    new,
    pg,
    schema,
    select,
)
from qb.kit.made_rows.bounds import ValueBounds, narrow_down
from qb.kit.made_rows.conditions import Unreadable, conjuncts, value_of
from qb.model.written import written


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Item(Table, name="conditions_of_items"):
    id: Col[int] = column(primary_key=True, default=identity())
    number: Col[int | None]
    price: Col[Decimal] = column(pg.numeric(10, 2))
    text: Col[str | None]
    size: Col[Size]
    done: Col[bool | None]
    tags: Col[list[str]] = column(pg.array(pg.text), default=[])
    document: Col[list[int]] = column(pg.jsonb, default=[])


KNOWN: list[Expr[bool | None]] = [
    Item.number > 3,
    (Item.number >= 1) & (Item.number < 5),
    (Item.number == 5) | (Item.text == "a"),
    ~(Item.number == 5),
    Item.number.is_null(),
    Item.number.is_not_null() & Item.text.is_not_null(),
    Item.number.between(1, 3),
    Item.number.in_([1, 5]),
    Item.number.not_in([1, 5]),
    Item.number + 1 > 2 * Item.number - 3,
    -fn.abs(Item.number) < -3,
    Item.price * 2 <= Decimal("9.00"),
    Item.price > Item.number,
    fn.length(fn.trim(Item.text)) > 1,
    fn.upper(Item.text) == "A",
    fn.coalesce(Item.text, "none") != "none",
    fn.greatest(Item.number, 4) == 4,
    fn.least(Item.number, 4) == 4,
    Item.text.like("a%"),
    Item.text.like("_\\%"),
    Item.text.is_distinct_from("a"),
    Item.size == Size.SMALL,
    Item.size.in_([Size.LARGE]),
    Item.done,
    ~Item.done,
    fn.cardinality(Item.tags) < 2,
    fn.jsonb_array_length(Item.document) == 2,
    Item.text + "!" == "a!",
]
ROWS: list[dict[str, Any]] = [
    {"number": 5, "price": Decimal("4.50"), "text": "a", "size": Size.SMALL, "done": True, "tags": ["x", "y"]},
    {"number": None, "price": Decimal("0.00"), "text": None, "size": Size.LARGE, "done": None, "document": [1, 2]},
    {"number": 1, "price": Decimal("99.99"), "text": " a ", "size": Size.LARGE, "done": False},
    {"number": -7, "price": Decimal("-1.25"), "text": "a%b\nc", "size": Size.SMALL, "done": False, "tags": ["x"]},
]


def test_it_is_what_the_server_says(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Item))).unwrap()
    for number, row in enumerate(ROWS):
        qb_tx.execute(insert(new(Item)(id=number, **row))).unwrap()
    for condition in KNOWN:
        found = qb_tx.all(select(maybe(condition)).order_by(Item.id))
        for node in (condition.node, written(condition.node)):
            assert found == Success([value_of(node, {"tags": [], "document": [], **row}) for row in ROWS]), condition


@pytest.mark.parametrize(
    "condition",
    [
        Item.text > "a",
        fn.lower(Item.text) == "é",
        case((Item.number == 1, True), else_=False),
        fn.substring(Item.text, 1, 2) == "a",
        Item.number / 2 == 1,
        Item.number.cast(pg.text) == "5",
        fn.greatest(Item.text, "b") == "b",
    ],
    ids=repr,
)
def test_what_python_does_not_know_is_said(condition: Expr[bool | None]) -> None:
    with pytest.raises(Unreadable):
        value_of(condition.node, {**ROWS[0], "text": "É"})


def test_what_simple_conditions_say_of_a_column() -> None:
    def bounds(*conditions: Expr[bool | None]) -> dict[str, ValueBounds]:
        found: dict[str, ValueBounds] = {}
        for condition in conditions:
            for each in conjuncts(condition.node):
                narrow_down(each, found)
        return found

    assert bounds((Item.number > 3) & (Item.number <= 9), Item.number < 8) == {"number": ValueBounds(low=3, high=8)}
    assert bounds(Item.number.between(1, 4)) == {"number": ValueBounds(low=1, high=4)}
    assert bounds(fn.length(fn.trim(Item.text)) > 2, fn.length(Item.text) < 9) == {
        "text": ValueBounds(shortest=3, longest=8)
    }
    assert bounds(Item.size.in_([Size.SMALL])) == {"size": ValueBounds(choices=("s",))}
    assert bounds(Item.text == "x") == {"text": ValueBounds(choices=("x",))}
    assert bounds((Item.number > 3) | (Item.number < 1), Item.text > "a", Item.number > Item.id) == {}
