"""One judge of what a column becomes, whichever statement says it: what it would take by rounding, or by the session's
zone, it does not take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import pytest

from qb import (
    Col,
    QueryError,
    Success,
    Table,
    Tx,
    case,
    column,
    create_all,
    excluded,
    fn,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
    update,
    value,
)
from qb.typing import Assignment


class Fruit(Enum):
    PEAR = "pear"


class Ticket(Table, name="tickets_assigned"):
    id: Col[int] = column(pg.integer, primary_key=True)
    due: Col[dt.date | None] = column(default=None)
    at: Col[dt.datetime | None] = column(default=None)
    local: Col[dt.datetime | None] = column(pg.timestamp, default=None)
    whole: Col[int] = column(default=0)
    big: Col[int | None] = column(default=None)
    exact: Col[Decimal | None] = column(pg.numeric(8, 2), default=None)
    ratio: Col[float | None] = column(default=None)
    yes: Col[bool] = column(default=False)
    name: Col[str] = column(default="")
    code: Col[str | None] = column(pg.varchar(8), default=None)
    state: Col[Literal["open", "shut"]] = column(default="open")
    fruit: Col[Fruit | None] = column(pg.enum("fruit_assigned", Fruit), default=None)
    numbers: Col[list[int]] = column(pg.array(pg.bigint), default=[])
    document: Col[list[int] | None] = column(pg.jsonb, default=None)
    anything: Col[Any] = column(pg.jsonb, default=0)


any_: Any = Ticket
any_new: Any = new(Ticket)
some: Any = case
REFUSED: dict[str, tuple[Callable[[], Assignment], str]] = {
    "now for a day": (
        lambda: any_.due.to(fn.now()),
        "an expression is timestamptz, and tickets_assigned.due date: cast it, with .cast(...)",
    ),
    "a moment for a day": (
        lambda: any_.due.to(Ticket.at),
        "tickets_assigned.at is timestamptz, and tickets_assigned.due date: cast it",
    ),
    "a local time for a day": (lambda: any_.due.to(Ticket.local), "local is timestamp, and tickets_assigned.due date"),
    "a day for a moment": (lambda: any_.at.to(Ticket.due), "due is date, and tickets_assigned.at datetime"),
    "a local time for a moment": (lambda: any_.at.to(Ticket.local), "local is timestamp, and .*at timestamptz"),
    "a moment for a local time": (lambda: any_.local.to(Ticket.at), "at is timestamptz, and .*local timestamp"),
    "a boolean for a number": (lambda: any_.whole.to(Ticket.yes), "yes is boolean, and tickets_assigned.whole bigint"),
    "a float for a number": (lambda: any_.whole.to(fn.random()), "is float, and tickets_assigned.whole int"),
    "a Decimal for a number": (lambda: any_.whole.to(fn.coalesce(Ticket.exact, 0)), "is Decimal, and .*whole int"),
    "a text for labels": (lambda: any_.state.to(Ticket.name), "name is str, and tickets_assigned.state Literal"),
    "no label": (lambda: any_.state.to(some((Ticket.yes, "ajar"), else_="open")), "an expression is str, and"),
    "a text for an enum": (lambda: any_.fruit.to(fn.lower("PEAR")), "is str, and tickets_assigned.fruit Fruit"),
    "a document for an array": (
        lambda: any_.numbers.to(fn.coalesce(Ticket.document, [])),
        r"an expression is jsonb, and tickets_assigned.numbers bigint\[\]",
    ),
    "a document of anything for an array": (
        lambda: any_.numbers.to(Ticket.anything),
        r"anything is jsonb, and tickets_assigned.numbers bigint\[\]",
    ),
    "an array for a document": (
        lambda: any_.document.to(Ticket.numbers),
        r"numbers is bigint\[\], and .*document jsonb",
    ),
    "a column that may be NULL": (lambda: any_.whole.to(Ticket.big), "big may be NULL, and .*whole is NOT NULL"),
    "a comparison that may be NULL": (
        lambda: any_.yes.to(Ticket.code == "x"),
        "an expression may be NULL, and tickets_assigned.yes is NOT NULL",
    ),
    "a comparison of a day that may be none": (lambda: any_.yes.to(Ticket.due > dt.date(2024, 1, 1)), "may be NULL"),
    "a condition that may be NULL": (lambda: any_.yes.to(Ticket.yes & (Ticket.code == "x")), "may be NULL"),
    "no condition that may be NULL": (lambda: any_.yes.to(~(Ticket.code == "x")), "may be NULL"),
    "a text like a pattern": (lambda: any_.yes.to(any_.code.like("x%")), "an expression may be NULL"),
    "a number among others": (lambda: any_.yes.to(any_.big.in_([1, 2])), "an expression may be NULL"),
    "a bool of cases": (lambda: any_.yes.to(some((Ticket.yes, Ticket.code == "x"), else_=True)), "may be NULL"),
}


def of_a_new_row(given: Assignment) -> object:
    build: Any = insert
    made: object = build(any_new(id=1, **{given.column.attribute: given.value}))
    return made


SETS: dict[str, tuple[Callable[[Assignment], object], str]] = {
    "update": (lambda given: update(Ticket).set(given), "set"),
    "on_conflict": (
        lambda given: insert(new(Ticket)(id=1)).on_conflict(Ticket.id, update=[given]),
        r"on_conflict\(update=...\)",
    ),
    "rows and set": (lambda given: insert(new(Ticket)(id=1)).set(given), "insert"),
    "values": (lambda given: insert(Ticket, Ticket.id.to(1), given), "insert"),
    "a new row": (of_a_new_row, "insert"),
    "several rows": (lambda given: insert(Ticket).values([Ticket.id.to(1), given]), "insert"),
}


@pytest.mark.parametrize("way", SETS)
@pytest.mark.parametrize("given", REFUSED)
def test_every_way_into_a_column_refuses_the_same(given: str, way: str) -> None:
    assignment, message = REFUSED[given]
    build, clause = SETS[way]
    with pytest.raises(QueryError, match=rf"^{clause}: .*{message}"):
        build(assignment())


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Ticket))).unwrap()
    qb_tx.execute(insert(new(Ticket)(id=1, exact=Decimal("1.25"), big=7, code="c"))).unwrap()
    return qb_tx


TAKEN: dict[str, Callable[[], Assignment]] = {
    "a narrower number": lambda: Ticket.big.to(Ticket.id),
    "a wider integer": lambda: Ticket.id.to(Ticket.whole + 1),
    "an integer for a numeric": lambda: any_.exact.to(Ticket.whole),
    "an integer for a float": lambda: any_.ratio.to(Ticket.whole),
    "a numeric of more digits": lambda: Ticket.exact.to(Ticket.exact / 3),
    "a text of another kind": lambda: Ticket.name.to(fn.coalesce(Ticket.code, "")),
    "labels for a text": lambda: Ticket.name.to(Ticket.state),
    "labels": lambda: any_.state.to(some((Ticket.yes, "shut"), else_="open")),
    "members": lambda: any_.fruit.to(some((Ticket.yes, Fruit.PEAR), else_=None)),
    "the same with None": lambda: Ticket.at.to(fn.now()),
    "a cast": lambda: Ticket.due.to(fn.now().cast(pg.date)),
    "a zone that is said": lambda: Ticket.at.to(sql("{x} AT TIME ZONE 'UTC'", x=Ticket.local).as_(dt.datetime)),
    "never NULL": lambda: Ticket.yes.to(fn.coalesce(Ticket.big == 5, value(False))),
    "a query": lambda: Ticket.big.to(select(fn.max(Ticket.big)).as_scalar()),
    "an array": lambda: Ticket.numbers.to(Ticket.numbers),
    "a document": lambda: Ticket.document.to(Ticket.document),
}


@pytest.mark.parametrize("given", TAKEN)
def test_what_loses_nothing_is_taken(tx: Tx, given: str) -> None:
    assignment = TAKEN[given]()
    assert tx.execute(update(Ticket).set(assignment).all_rows()) == Success(1)
    again = insert(new(Ticket)(id=1)).on_conflict(Ticket.id, update=[assignment])
    assert tx.execute(again) == Success(1)


def test_what_was_not_inserted_is_judged_like_any_other(tx: Tx) -> None:
    again = insert(new(Ticket)(id=1, big=3))
    assert tx.scalar(
        again.on_conflict(Ticket.id, update=[Ticket.big.to(excluded(Ticket.big))]).returning(Ticket.big)
    ) == Success(3)
    with pytest.raises(QueryError, match=r"an expression is timestamptz, and tickets_assigned\.due date"):
        again.on_conflict(Ticket.id, update=[any_.due.to(excluded(Ticket.at))])
