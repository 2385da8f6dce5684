"""ON CONFLICT over unique indexes of expressions."""

from typing import Any, cast

import pytest

from qb import (
    Col,
    QueryError,
    Success,
    Table,
    Tx,
    alias,
    column,
    compile,
    create_all,
    excluded,
    fn,
    identity,
    insert,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    value,
)
from qb.run.session.executable import Executables


class Member(Table, name="members_conflict"):
    id: Col[int] = column(primary_key=True, default=identity())
    tenant: Col[int] = column()
    email: Col[str] = column(pg.varchar(80))
    left: Col[bool] = column(default=False)


class Other(Table, name="others_conflict"):
    email: Col[str] = column(primary_key=True)


INDEXES = (
    'CREATE UNIQUE INDEX ON members_conflict (tenant, lower(email)) WHERE NOT "left"',
    "CREATE UNIQUE INDEX ON members_conflict ((id % 7), replace(email, 'a', 'b'))",
)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Member))).unwrap()
    for index in INDEXES:
        qb_tx.execute(sql(index).command()).unwrap()
    return qb_tx


def member(email: str) -> Any:
    return insert(new(Member)(tenant=1, email=email))


def test_an_index_of_expressions(tx: Tx) -> None:
    target = (Member.tenant, fn.lower(Member.email))
    tx.execute(member("Ada@x")).unwrap()
    assert tx.execute(member("ada@x").on_conflict(*target, nothing=True, where=~Member.left)) == Success(0)
    update = [Member.email.to(excluded(Member.email))]
    assert tx.execute(member("ADA@x").on_conflict(*target, update=update, where=~Member.left)) == Success(1)
    assert tx.all(select(Member.email)) == Success(["ADA@x"])
    assert tx.insert_many(
        [new(Member)(tenant=1, email="aDa@x"), new(Member)(tenant=1, email="grace@x")],
        insert(Member).on_conflict(*target, nothing=True, where=~Member.left).returning(Member.email),
    ) == Success(["grace@x"])


def test_values_in_an_expression_are_part_of_the_text(tx: Tx) -> None:
    query = member("a").on_conflict(Member.id % 7, fn.replace(Member.email, "a", "b"), nothing=True)
    assert compile(query).parameters == (1, "a")
    assert tx.execute(query) == Success(1)


def test_what_is_no_index() -> None:
    start = member("a")
    for wrong, said in (
        (Other.email, "others_conflict.email is not a column of members_conflict"),
        (fn.lower(Other.email), "others_conflict.email is not a column of members_conflict"),
        (alias(Member, "m").email, "m.email is not a column of members_conflict"),
        (value(1) + 1, "an expression names no column of members_conflict"),
        ("email", "such as User.id or fn.lower.*, not str"),
    ):
        with pytest.raises(QueryError, match=said):
            start.on_conflict(cast("Any", wrong), nothing=True)
    with pytest.raises(QueryError, match=r"cannot hold count\(...\)"):
        Executables().resolve(start.on_conflict(fn.count(Member.id), nothing=True))

    @prepare
    def by(digit: int) -> Any:
        return insert(new(Member)(tenant=1, email="a")).on_conflict(Member.id % digit, nothing=True)

    with pytest.raises(QueryError, match="which have no parameters: write the value, not digit"):
        by(7)
