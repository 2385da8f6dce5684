"""Queries inside DDL: what views and policies hold, values as literals, run by the server."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Rows,
    Script,
    Shape,
    Table,
    Target,
    Tx,
    alias,
    check,
    column,
    create_all,
    cte,
    exists,
    fn,
    insert,
    many,
    new,
    pg,
    schema,
    select,
    sql,
    subquery,
    trusted,
)
from qb.model.body import body
from qb.model.target import Requirements
from qb.render.ddl.expression import expression, query
from qb.tree.relations import TableSource

HOSTILE = """a'b"c\\d;e\n$$--/*%s{x}é😀"""


class Team(Table, name="teams of views"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()
    made: Col[dt.date] = column(pg.date)


class Member(Table, name="members of views"):
    id: Col[int] = column(primary_key=True)
    team_id: Col[int] = column(references=Team.id)
    age: Col[int] = column()


class Load(Shape):
    team_id: Col[int]
    members: Col[int]


MEMBERS = TableSource(None, "members of views")
needs = Requirements(Target())
busy = cte(select(Member.team_id, fn.count()).where(Member.age > 1).group_by(Member.team_id).map(Load), name="busy")
small = subquery(select(Member.team_id, Member.age + 3_000_000_000).where(Member.age.in_([2, 3])).map(Load))
other = alias(Member, "other'\"")

QUERIES: dict[str, tuple[Rows[Any], Any]] = {
    "values": (
        select(Team.id, Team.name == HOSTILE, Team.made > dt.date(2024, 3, 1)).where(Team.id.in_([1, 2])),
        tuple[int, bool, bool],
    ),
    "a value in the list": (
        select(fn.coalesce(Team.name, HOSTILE), Team.id * 2).order_by(Team.id).limit(2),
        tuple[str, int],
    ),
    "an inner query": (
        select(Team.id).where(exists(select(Member).where(Member.team_id == Team.id, Member.age > 1))),
        int,
    ),
    "the same table twice": (select(Member.id, other.id).join(other, on=other.age == Member.age + 1), tuple[int, int]),
    "a union": (select(Team.id).where(Team.id == 1).union(select(Member.id).where(Member.age == 2)), int),
    "a subquery": (select(small.team_id, small.members), tuple[int, int]),
    "a CTE": (select(busy.team_id, busy.members), tuple[int, int]),
    "raw SQL": (sql("SELECT {x} AS x, 1::bigint", x=HOSTILE).rows(tuple[str, int]), tuple[str, int]),
    "rows in rows": (
        select(Team.id, many(select(Member.id, Member.age).where(Member.team_id == Team.id))),
        tuple[int, list[tuple[int, int]]],
    ),
}


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Team, Member))).unwrap()
    for number, name in enumerate((HOSTILE, "b", "c"), 1):
        qb_tx.execute(insert(new(Team)(id=number, name=name, made=dt.date(2024, 3, number)))).unwrap()
        qb_tx.execute(insert(new(Member)(id=number, team_id=number, age=number))).unwrap()
    return qb_tx


@pytest.mark.parametrize("name", QUERIES)
def test_a_view_gives_what_its_query_gives(tx: Tx, name: str) -> None:
    asked, row = QUERIES[name]
    width = len(get_args(row)) or 1
    columns = ", ".join(f"c{number}" for number in range(width))
    tx.run(Script(trusted(f"CREATE VIEW seen ({columns}) AS {query(asked.node, needs, 'seen')}"))).unwrap()
    settled = query(body(asked.node).node, needs, "seen")  # as a model's object holds it
    tx.run(Script(trusted(f"CREATE VIEW settled ({columns}) AS {settled}"))).unwrap()
    wanted = sorted(map(repr, tx.all(asked).unwrap()))
    for view in ("seen", "settled"):
        assert sorted(map(repr, tx.all(sql(f"SELECT * FROM {view}").rows(row)).unwrap())) == wanted
    assert wanted


def test_a_query_with_literals_is_written_as_it_is_compiled() -> None:
    asked = select(Team.id).where(Team.name == "it's", Team.id > 5)
    assert query(asked.node, needs, "seen") == (
        """SELECT "teams of views"."id" FROM "teams of views" """
        """WHERE ("teams of views"."name" = 'it''s'::text) AND ("teams of views"."id" > '5'::bigint)"""
    )


def policy(tx: Tx, text: str) -> None:
    tx.run(
        Script(
            'ALTER TABLE "members of views" ENABLE ROW LEVEL SECURITY',
            trusted(f'CREATE POLICY seen ON "members of views" FOR SELECT USING ({text})'),
        )
    ).unwrap()


def test_a_policy_holds_a_query_about_the_row_around_it(tx: Tx) -> None:
    own = select(Team.id).where(Team.id == Member.team_id, Team.name == HOSTILE)
    text = expression(((Member.age < 100) & exists(own)).node, needs, "seen", table=MEMBERS)
    assert text.startswith('("age" < ')
    assert '"teams of views"."id" = "members of views"."team_id"' in text
    policy(tx, text)


def test_a_policy_that_looks_into_its_own_table(tx: Tx) -> None:
    older = select(other.id).where(other.team_id == Member.team_id, other.age > 18)
    text = expression(exists(older).node, needs, "seen", table=MEMBERS)
    assert '''"other'""".''' in text
    policy(tx, text)
    policy_of_others = expression(
        (~Member.id.in_(select(other.id).where(other.age == 1))).node, needs, "seen", table=MEMBERS
    )
    tx.run(Script(trusted(f'ALTER POLICY seen ON "members of views" USING ({policy_of_others})'))).unwrap()


def test_what_no_definition_can_hold() -> None:
    with pytest.raises(DefinitionError, match=r"seen: a CTE has no place within an expression"):
        expression(
            exists(select(busy.team_id).where(busy.team_id == Member.team_id)).node, needs, "seen", table=MEMBERS
        )
    with pytest.raises(QueryError, match="members of views"):
        query(select(Team.id).where(Member.age == 1).node, needs, "seen")
    with pytest.raises(DefinitionError, match="holds a query, which PostgreSQL forbids there"):
        check("c", exists(select(Team.id).where(Team.id == Member.team_id)) | (Member.age > 1))
