"""The fields of a composite type are compared with the server's: by their names, their order and their types."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from qb import (
    Col,
    Db,
    SchemaMismatch,
    Script,
    Success,
    Table,
    Tx,
    alias,
    column,
    composite,
    insert,
    many,
    new,
    pg,
    select,
    sql,
    trusted,
    update,
)


class Spot(msgspec.Struct, frozen=True):
    street: str
    city: str
    floor: int | None = None
    rent: Annotated[Decimal, pg.numeric(6, 2)] = Decimal(0)


class Trip(msgspec.Struct, frozen=True):
    start: Spot
    name: str


spot = composite("spot_of_drift", Spot)
trip = composite("trip_of_drift", Trip, types={"start": spot})


class Home(Table, name="homes_of_drift"):
    id: Col[int] = column(primary_key=True)
    at: Col[Spot] = column(spot)
    all: Col[list[Spot]] = column(pg.array(spot), default=[])
    trip: Col[Trip | None] = column(trip, default=None)


FIELDS = "street text, city text, floor bigint, rent numeric(6, 2)"
HERE = "spot_of_drift (street text, city text, floor bigint, rent numeric(6, 2))"


def made(tx: Db, fields: str = FIELDS, trip: str = "start spot_of_drift, name text") -> None:
    text = f"""CREATE TYPE spot_of_drift AS ({fields}); CREATE TYPE trip_of_drift AS ({trip});
    CREATE TABLE homes_of_drift (id bigint PRIMARY KEY, at spot_of_drift NOT NULL,
      "all" spot_of_drift[] NOT NULL DEFAULT '{{}}', trip trip_of_drift)"""
    tx.run(Script(trusted(text))).unwrap()


SPOT = Spot("Nine", "Rome", 3, Decimal("5.25"))
READS: dict[str, Callable[[Tx], Any]] = {
    "at": lambda tx: tx.all(select(Home.at)),
    "all": lambda tx: tx.all(select(Home.all)),
    "trip": lambda tx: tx.all(select(Home.trip)),
}
WRITES: dict[str, Callable[[Tx], Any]] = {
    "at": lambda tx: tx.execute(update(Home).set(Home.at.to(SPOT)).all_rows()),
    "all": lambda tx: tx.execute(update(Home).set(Home.all.to([SPOT])).all_rows()),
    "trip": lambda tx: tx.execute(update(Home).set(Home.trip.to(Trip(SPOT, "x"))).all_rows()),
}


def test_what_is_as_declared_is_read_and_written(qb_tx: Tx) -> None:
    made(qb_tx)
    home = new(Home)(id=1, at=SPOT, all=[SPOT, SPOT], trip=Trip(SPOT, "a"))
    assert qb_tx.one(insert(home).returning()) == Success(Home(id=1, at=SPOT, all=[SPOT, SPOT], trip=Trip(SPOT, "a")))
    other = alias(Home, "other")
    assert qb_tx.one(select(Home.id, many(select(other.at).where(other.id == Home.id)))) == Success((1, [SPOT]))


@pytest.mark.parametrize("name", list(READS))
@pytest.mark.parametrize(
    ("fields", "theirs"),
    [
        ("city text, street text, floor bigint, rent numeric(6, 2)", "city text, street text, floor bigint, {rent}"),
        ("street text, city text, storey bigint, rent numeric", "street text, city text, storey bigint, {rent}"),
        ("street text, city text, floor bigint", "street text, city text, floor bigint"),
        (f"{FIELDS}, more text", "street text, city text, floor bigint, {rent}, more text"),
        ("street text, city text, floor float8, rent numeric", "street text, city text, floor {double}, {rent}"),
    ],
)
def test_other_fields_are_told(qb_tx: Tx, name: str, fields: str, theirs: str) -> None:
    theirs = theirs.format(rent="rent numeric", double="double precision")
    made(qb_tx, fields)
    for talk in (READS[name], WRITES[name]):
        with qb_tx.transaction(rollback=True) as inner:
            error = talk(inner).failure()
            assert isinstance(error, SchemaMismatch)
            assert error.column == name
            found = f"spot_of_drift ({theirs})"
            if name == "trip":
                assert error.declared == f"trip_of_drift (start {HERE}, name text)"
                assert error.found == f"trip_of_drift (start {found}, name text)"
            else:
                assert (error.declared, error.found) == (HERE, found)


def test_a_field_that_would_be_rounded_is_not_written(qb_tx: Tx) -> None:
    made(qb_tx, "street text, city text, floor integer, rent numeric(6, 1)")
    with qb_tx.transaction(rollback=True) as inner:
        assert isinstance(WRITES["at"](inner).failure(), SchemaMismatch)
    assert qb_tx.all(select(Home.at)) == Success([])  # what it holds is read all the same


def test_one_that_was_altered_is_looked_up_again(qb_tx: Tx) -> None:
    made(qb_tx, "city text, street text, floor bigint, rent numeric(6, 2)")
    with qb_tx.transaction(rollback=True) as inner:
        assert isinstance(READS["at"](inner).failure(), SchemaMismatch)
    swapped = (
        "ALTER TYPE spot_of_drift RENAME ATTRIBUTE city TO x; ALTER TYPE spot_of_drift RENAME ATTRIBUTE street TO city;"
    )
    qb_tx.run(Script(trusted(f"{swapped} ALTER TYPE spot_of_drift RENAME ATTRIBUTE x TO street"))).unwrap()
    qb_tx.execute(insert(new(Home)(id=1, at=SPOT))).unwrap()
    assert READS["at"](qb_tx) == Success([SPOT])
    assert qb_tx.scalar(sql("SELECT (at).city FROM homes_of_drift").rows(str)) == Success("Rome")
