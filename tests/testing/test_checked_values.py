"""What domains, patterns and checks over what the server fills ask of rows for tests; and vectors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from qb import (
    Col,
    DefinitionError,
    Success,
    Table,
    Tx,
    check,
    column,
    create_all,
    domain,
    extension,
    fn,
    identity,
    pg,
    schema,
)
from qb.testing import factory, rows
from qb.types.vector import SparseVector

email = domain("checked email", pg.text, check=lambda value: value.like("%_@_%"))
own_email = domain("checked own email", email, check=lambda value: fn.length(value) <= 12)

points = domain("checked points", pg.smallint, check=lambda value: value.between(0, 9))
spelt = domain("checked spelt", pg.text, check=lambda value: value.in_(["one", "two"]))


class Account(Table, name="checked accounts"):
    id: Col[int] = column(primary_key=True, default=identity(), check=lambda id: id > 0)
    mail: Col[str] = column(own_email, unique=True)
    other: Col[str | None] = column(email)
    score: Col[int] = column(domain("checked score", pg.smallint, check=lambda value: value.between(0, 100)))
    friends: Col[list[str]] = column(pg.array(own_email))
    marks: Col[list[list[int]]] = column(pg.array(points))
    spelt: Col[list[str | None] | None] = column(pg.array(spelt))
    code: Col[str] = column(pg.varchar(6), check=lambda code: code.like(r"A\%_%"))
    starts_at: Col[dt.datetime] = column(default=fn.now())
    ends_at: Col[dt.datetime]


later = check("checked later", Account.ends_at > Account.starts_at)


class Space(Table, name="checked spaces"):
    id: Col[int] = column(primary_key=True, default=identity())
    dense: Col[Sequence[float]] = column(pg.vector(3))
    half: Col[Sequence[float] | None] = column(pg.halfvec(5))
    sparse: Col[SparseVector] = column(pg.sparsevec(1000))


class Never(Table, name="checked never"):
    id: Col[int] = column(primary_key=True)
    low: Col[int] = column()
    high: Col[int]
    tripled: Col[int] = column(generated=low * 3)


never = check("checked never at all", Never.low > Never.low + Never.high * Never.high)


def test_they_are_taken_by_the_server(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Account, later, Space, extension("vector")), if_not_exists=True)).unwrap()
    assert qb_tx.insert_many(factory(Account, seed=1).many(100)) == Success(100)
    assert qb_tx.insert_many(factory(Space, seed=1).many(20)) == Success(20)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=rows(Account, max_size=3))
def test_those_of_hypothesis_are_too(qb_tx: Tx, made: list[Any]) -> None:
    with qb_tx.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Account, later))).unwrap()
        assert tx.insert_many(made) == Success(len(made))


def test_what_is_wrong_names_the_columns() -> None:
    with pytest.raises(DefinitionError, match=r"\(high, low: a check refuses what was drawn\): give high=... and low="):
        factory(Never)()

    class Computed(Table, name="checked computed"):
        id: Col[int] = column(primary_key=True)
        tripled: Col[int] = column(generated=id * 3)

    tripled = check("checked tripled", Computed.tripled > 0)
    factory(Computed, tripled)()  # the server fills it, and judges


def test_elements_are_those_of_their_domain() -> None:
    made: list[Any] = factory(Account, seed=2).many(50)
    assert all("@" in mail and len(mail) <= 12 for each in made for mail in each.friends)
    assert {mark for each in made for line in each.marks for mark in line} <= set(range(10))
    with pytest.raises(DefinitionError, match=r"friends: a check refuses what was drawn"):
        factory(Account, seed=2)(friends=["nobody"])
