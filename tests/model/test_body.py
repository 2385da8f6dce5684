"""Bodies of views and policies: settled, equal by content, with what they need, written as their queries are."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec
import pytest

from qb import (
    Col,
    DefinitionError,
    Expr,
    Shape,
    Table,
    alias,
    case,
    column,
    compile,
    cte,
    exists,
    fn,
    many,
    maybe,
    pg,
    select,
    sql,
    subquery,
    value,
)
from qb.model.body import SettledBody, body
from qb.model.object import Identity
from qb.model.target import Requirements, Target
from qb.model.type import NamedType
from qb.query.statement import Rows
from qb.render.ddl.expression import expression, query
from qb.tree.expressions import Bind, Cast, Infix, Null, ParamNode
from qb.tree.node import Node, children
from qb.tree.relations import QuerySource, TableSource
from qb.tree.shapes import EntityShape, MappedShape, Output


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


MOOD = pg.enum("mood of bodies", Mood, schema="hall")


class Team(Table, name="teams of bodies", schema="hall"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()
    mood: Col[Mood] = column(MOOD)


class Member(Table, name="members of bodies"):
    id: Col[int] = column(primary_key=True)
    team_id: Col[int | None] = column()


class Load(Shape):
    team_id: Col[int | None]
    members: Col[int]


class Pair(msgspec.Struct):
    one: int
    other: str


TEAM, MEMBER = Identity("table", "hall", "", "teams of bodies"), Identity("table", "", "", "members of bodies")


def busy(above: int) -> Rows[Any]:
    found = cte(select(Member.team_id, fn.count()).where(Member.id > above).group_by(Member.team_id).map(Load))
    again = alias(found, "again")
    return select(found.members, again.members).join(again, on=again.team_id == found.team_id)


def nested(above: int) -> Rows[Any]:
    other = alias(Member, "other")
    inner = subquery(select(Member.team_id, value(above)).map(Load))
    return (
        select(
            Team,
            maybe(other),
            many(select(Member).where(Member.team_id == Team.id, Member.id.in_([above, 7]))),
            inner.members,
        )
        .left_join(other, on=other.team_id == Team.id)
        .join(inner, on=inner.team_id == Team.id)
    )


QUERIES: dict[str, Callable[[int], Rows[Any]]] = {
    "values": lambda n: select(Team.id).where(Team.name == str(n), Team.id.in_([n, 2])).limit(n),
    "a row": lambda n: select(Member).where(Member.id == n),
    "a mapped row": lambda n: select(Team.id, fn.concat(Team.name, str(n))).map(Pair),
    "a lambda": lambda n: select(Team.id, value(n)).map(lambda one, _: one),
    "CTEs": busy,
    "rows, lists of rows and a subquery": nested,
    "a union": lambda n: select(Team.id).union(select(Member.id).where(Member.id == n)).order_by(Team.id),
    "an enum": lambda n: select(case((Team.id == n, Mood.SAD), else_=Team.mood)),
    "exists": lambda n: select(Member.id).where(exists(select(Team).where(Team.id == Member.team_id, Team.id == n))),
    "raw SQL": lambda n: select(sql("{x} + {n}", x=Team.id, n=n).as_(int, not_null=True)),
}


def inside(root: Node) -> list[Node]:
    """All there is in a tree, what stands in CTEs and subqueries, too."""
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += children(node)
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_nothing_of_python_is_left(name: str) -> None:
    settled = body(QUERIES[name](1).node)
    for node in inside(settled.node):
        assert not isinstance(node, Bind | EntityShape | MappedShape), node
        if isinstance(node, Cast | Output):
            assert type(node.type) is NamedType
        if isinstance(node, Output):
            assert node.python is None
    assert "<function" not in repr(settled.node)
    assert "object at" not in repr(settled.node)


@pytest.mark.parametrize("name", QUERIES)
def test_two_are_equal_where_they_say_the_same(name: str) -> None:
    made = QUERIES[name]
    one, again, other = (body(made(n).node) for n in (1, 1, 3))
    assert one == again
    assert hash(one) == hash(again)
    assert one != other
    assert one != made(1).node
    assert {one, again} == {one}


@pytest.mark.parametrize("name", QUERIES)
def test_it_is_written_as_it_is_compiled(name: str) -> None:
    """But for values, which are literals; a list of them, which is one parameter in a query, is written out."""
    given = QUERIES[name](1)
    text = query(body(given.node).node, Requirements(Target()), "seen")
    compiled = compile(given).sql.decode()
    for number, each in enumerate(compile(given).placeholders, 1):
        if not isinstance(each.value, list):
            literal = f"'{each.type.literal(each.value)}'::{each.type.base}"
            compiled = compiled.replace(f"${number}::{each.type.base}", literal)
    assert text.partition(" IN ('")[0] == compiled.partition(" = ANY ($")[0]


def test_what_it_needs() -> None:
    assert body(select(fn.count()).from_(Member).node).needs == (MEMBER,)
    assert body(busy(1).node).needs == (
        Identity("column", "", "members of bodies", "id"),
        Identity("column", "", "members of bodies", "team_id"),
        MEMBER,
    )
    assert {TEAM, MEMBER} <= set(body(nested(1).node).needs)
    cast = body(select(fn.lower(Team.name).cast(MOOD)).node)
    assert Identity("enum", "hall", "", "mood of bodies") in cast.needs
    assert Identity("enum", "hall", "", "mood of bodies") in body(QUERIES["an enum"](1).node).needs
    assert repr(cast) == "<body on table hall.teams of bodies>"
    assert repr(body(select(value(1)).node)) == "<body on no table>"


def test_a_condition_that_holds_queries() -> None:
    def of(name: str) -> Expr[bool]:
        other = alias(Member, "other")
        return (Member.id > 1) & exists(
            select(other.id).join(Team, on=Team.id == other.team_id).where(Team.name == name)
        )

    settled = body(of("it's").node)
    assert settled == body(of("it's").node)
    assert settled != body(of("its").node)
    text = expression(settled.node, Requirements(Target()), "seen", table=TableSource(None, "members of bodies"))
    assert text.startswith(
        """("id" > '1'::bigint) AND EXISTS (SELECT "other"."id" FROM "members of bodies" AS "other" """
    )
    assert text.endswith("""WHERE "teams of bodies"."name" = 'it''s'::text)""")


def test_what_cannot_be_written() -> None:
    with pytest.raises(DefinitionError, match="does not fit text: "):
        body(select(Team.id).where(Team.name == "\0").node)
    with pytest.raises(DefinitionError, match="the parameter n of a prepared query stands in a definition: give a"):
        body(Infix("=", Null(), ParamNode("n", pg.bigint)))


def test_a_chain_of_subqueries_is_settled_in_linear_time() -> None:
    """Each is used twice: what is inside of it is settled once."""
    found: Any = subquery(select(Member.team_id, Member.id).map(Load))
    for _ in range(60):
        again = alias(found, "again")
        found = cte(select(found.team_id, again.members).join(again, on=again.team_id == found.team_id).map(Load))
    settled = body(select(found.members).node)
    made = {id(each) for each in reached(settled)}
    assert len(made) < 200


def reached(settled: SettledBody[Any]) -> list[QuerySource]:
    found: dict[int, Node] = {}
    stack = [settled.node]
    while stack:
        node = stack.pop()
        if id(node) not in found:
            found[id(node)] = node
            stack += children(node)
    return [each for each in found.values() if isinstance(each, QuerySource)]
