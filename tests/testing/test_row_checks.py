"""Checks on labels of an enum and on what the server fills, and keys in which NULL is a value like others."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from uuid import UUID

from qb import (
    Col,
    Success,
    Table,
    Tx,
    check,
    column,
    create_all,
    fn,
    identity,
    index,
    pg,
    schema,
    unique,
)
from qb.testing import factory


class State(Enum):
    OPEN = "it's open"
    DONE = "done"


class Step(Table, name="steps of rows"):
    id: Col[UUID] = column(primary_key=True, default=fn.gen_random_uuid())
    state: Col[State] = column(pg.enum("state of rows", State))
    at: Col[dt.datetime | None] = column(default=None)
    parent: Col[UUID | None] = column(default=None)


class Amount(Table, name="amounts of rows"):
    id: Col[int] = column(primary_key=True, default=identity())
    more: Col[Decimal] = column(pg.numeric(6, 2), check=lambda each: (each > 0) & (each < Decimal("NaN")))
    real: Col[float] = column(check=lambda each: (each >= 0) & (each < float("nan")))
    bounded: Col[float] = column(check=lambda each: (each > float("-inf")) & (each < float("inf")))


def test_checks_that_keep_nan_out(qb_tx: Tx) -> None:
    """To PostgreSQL NaN is more than any number."""
    qb_tx.run(create_all(schema(Amount))).unwrap()
    assert qb_tx.insert_many(factory(Amount, seed=1).many(30)) == Success(30)


done_at = check("done_at", (Step.state == State.DONE) == Step.at.is_not_null())
known_state = check("known_state", Step.state.in_([State.OPEN, State.DONE]))
other_parent = check("other_parent", Step.parent != Step.id)


def test_checks_on_labels_and_on_what_the_server_fills(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Step, done_at, known_state, other_parent))).unwrap()
    made = factory(Step, seed=1)
    assert qb_tx.insert_many(made.many(30)) == Success(30)
    now = dt.datetime.now(dt.UTC)
    whole = [made.row(at=at) for at in (None, now) for _ in range(10)]
    assert {each.state for each in whole} == {State.OPEN, State.DONE}
    assert all((each.state is State.DONE) == (each.at is not None) and each.parent != each.id for each in whole)
    parent = UUID(int=7)
    assert qb_tx.insert_many(made.many(5, parent=parent)) == Success(5)


class Flags(Table, name="flags of rows"):
    id: Col[int] = column(primary_key=True, default=identity())
    a: Col[bool | None] = column(default=None)
    b: Col[bool | None] = column(default=None)


class Marks(Table, name="marks of rows"):
    id: Col[int] = column(primary_key=True, default=identity())
    a: Col[bool | None] = column(default=None)
    b: Col[bool | None] = column(default=None)


flags_key = unique(Flags.a, Flags.b, nulls_not_distinct=True)
marks_key = index("marks_of_rows_key", Marks.a, Marks.b, unique=True, nulls_not_distinct=True)


def test_nulls_that_are_not_distinct(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Flags, flags_key, Marks, marks_key))).unwrap()
    flags, marks = factory(Flags, seed=2), factory(Marks, seed=3)
    assert qb_tx.insert_many(flags.many(4)) == Success(4)
    assert qb_tx.insert_many(marks.many(4)) == Success(4)
    assert qb_tx.insert_many(factory(Flags, seed=2).many(0)) == Success(0)
