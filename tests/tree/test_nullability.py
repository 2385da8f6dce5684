"""NULL where the type has no place for it is found when the query is built, whatever the data are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    QueryError,
    Select,
    Shape,
    Success,
    Tx,
    alias,
    compile,
    cte,
    exists,
    fn,
    many,
    maybe,
    select,
)
from tests.query.model import Ape, Bee, Row, fill


class Lists(Shape):
    id: Col[int]
    ids: Col[list[int] | None]


@pytest.fixture
def tx(apes: Database) -> Iterator[Tx]:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(0, 1, None, "a", True), Row(1, None, 2, None, False)])
        fill(tx, Bee, [Row(0, 0, 1, "a", True), Row(1, 0, 1, "a", True)])
        yield tx


def joined(item: Any) -> Select[tuple[int, Any]]:
    return select(Ape.id, item).left_join(Bee, on=Bee.a == Ape.id).group_by(Ape.id).order_by(Ape.id)


WITH_NULL: dict[str, Callable[[], Any]] = {
    "an outer join": lambda: joined(fn.array_agg(Bee.id)),
    "a full join": lambda: select(fn.array_agg(Ape.id)).full_join(Bee, on=Bee.a == Ape.id),
    "a right join": lambda: select(fn.array_agg(Ape.id)).right_join(Bee, on=Bee.a == Ape.id),
    "an expression": lambda: joined(fn.array_agg(Bee.id + 1)),
    "inside another one": lambda: joined(fn.coalesce(fn.array_agg(Bee.id), [])),
    "maybe outside": lambda: joined(maybe(fn.array_agg(Bee.id))),
    "another filter": lambda: joined(fn.array_agg(Bee.id).filter(Ape.id > 0)),
    "a filter that may not be met": lambda: joined(fn.array_agg(Bee.id).filter(Bee.id.is_not_null() | Ape.ok)),
    "a window": lambda: joined(fn.array_agg(Bee.id).over()),
    "into a shape": lambda: joined(Ape.b).into(Lists, Lists.id.to(Ape.id), Lists.ids.to(fn.array_agg(Bee.id))),
    "a map": lambda: joined(fn.array_agg(Bee.id)).map(Lists),
    "no join at all": lambda: select(fn.array_agg(Ape.a == 1)),
    "a CTE": lambda: select(cte(joined(fn.array_agg(Bee.id)).map(Lists))),
}


@pytest.mark.parametrize("case", WITH_NULL)
def test_array_agg_of_what_may_be_null(case: str) -> None:
    with pytest.raises(QueryError, match=r"array_agg\(\.\.\.\) gathers values that may be NULL.*maybe\(x\).*filter\("):
        WITH_NULL[case]()


def test_array_agg_without_null(tx: Tx) -> None:
    assert tx.all(joined(fn.array_agg(maybe(Bee.id), order_by=Bee.id))) == Success([(0, [0, 1]), (1, [None])])
    for known in (Bee.id.is_not_null(), Bee.a.is_not_null(), (Bee.id >= 0) & Ape.id.is_not_null()):
        ids = fn.array_agg(Bee.id, order_by=Bee.id).filter(known)
        assert tx.all(joined(ids)) == Success([(0, [0, 1]), (1, None)])
    one = Ape.a == 1
    tested = fn.array_agg(one).filter(one.is_not_null())
    assert tx.all(select(tested)) == Success([[True]])
    inner = select(Ape.id, fn.array_agg(Bee.id, order_by=Bee.id)).join(Bee, on=Bee.a == Ape.id).group_by(Ape.id)
    assert tx.all(inner) == Success([(0, [0, 1])])


def outer() -> Select[Any]:
    return select(Ape.id).left_join(Bee, on=Bee.a == Ape.id)


cow, calf = alias(Ape, "cow"), alias(Ape, "calf")
INNER: dict[str, Callable[[], Any]] = {
    "many": lambda: select(Ape.id, many(select(Bee.id).from_(cow))).left_join(Bee, on=Bee.a == Ape.id),
    "many of rows": lambda: select(Ape.id, many(select(Bee).from_(cow))).left_join(Bee, on=Bee.a == Ape.id),
    "many in many": lambda: select(Ape.id, many(select(cow.id, many(select(Bee.id).from_(alias(Bee, "x")))))).left_join(
        Bee, on=Bee.a == Ape.id
    ),
    "in_": lambda: select(Ape.id, Ape.id.in_(select(Bee.id).from_(cow))).left_join(Bee, on=Bee.a == Ape.id),
    "in_ in where": lambda: outer().where(Ape.id.not_in(select(Bee.id).from_(cow))),
    "in_ in order_by": lambda: outer().order_by(Ape.id.in_(select(Bee.id).from_(cow))),
    "in_ of a union": lambda: outer().where(Ape.id.in_(select(cow.id).union(select(Bee.id).from_(cow)))),
    "in_ in exists": lambda: outer().where(exists(select(cow.id).where(cow.id.in_(select(Bee.id).from_(calf))))),
    "a list of one value": lambda: select(
        Ape.id, select(fn.array_agg(Bee.id)).from_(cow).as_scalar()
    ).left_join(Bee, on=Bee.a == Ape.id),
    "a later join's on": lambda: outer().join(cow, on=cow.id.in_(select(Bee.id).from_(alias(Ape, "x")))),
}  # fmt: skip


@pytest.mark.parametrize("case", INNER)
def test_a_left_joined_column_inside_an_inner_query(case: str) -> None:
    with pytest.raises(QueryError, match=r"an outer join may leave bees|gathers values that may be NULL"):
        compile(INNER[case]())


def test_inner_queries_that_have_a_place_for_null(tx: Tx) -> None:
    one = alias(Ape, "one")
    lists = select(Ape.id, many(select(maybe(Bee.id)).from_(one).where(one.id == 0)))
    found = lists.left_join(Bee, on=Bee.a == Ape.id).order_by(Ape.id, Bee.id)
    assert tx.all(found) == Success([(0, [0]), (0, [1]), (1, [None])])
    seen = exists(select(Bee.id).from_(one).where(one.id == Bee.id))
    assert tx.all(outer().where(seen).order_by(Bee.id)) == Success([0, 0])
    scalar = select(Ape.id, select(Bee.id).from_(one).where(one.id == 0).as_scalar())
    wanted = Success([(0, 0), (0, 1), (1, None)])
    assert tx.all(scalar.left_join(Bee, on=Bee.a == Ape.id).order_by(Ape.id, Bee.id)) == wanted
    among = Ape.id.in_(select(maybe(Bee.id)).from_(one))
    assert tx.all(outer().where(among)) == Success([0])
    own = select(Ape.id, many(select(Bee.id).where(Bee.a == Ape.b).order_by(Bee.id)))
    assert tx.all(own.left_join(Bee, on=Bee.a == Ape.id).order_by(Ape.id)).unwrap()[0] == (0, [])
    before = select(Ape.id).left_join(Bee, on=Ape.id.in_(select(Bee.a).from_(one))).order_by(Ape.id)
    assert tx.all(before).unwrap() == [0, 0, 1]
