"""The same relation inside and outside of a query: refused where it cannot be meant."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Database,
    QueryError,
    Select,
    Success,
    Tx,
    alias,
    compile,
    cte,
    delete,
    excluded,
    exists,
    fn,
    insert,
    many,
    new,
    pg,
    prepare,
    select,
    update,
)
from qb.run.session.executable import Executables
from tests.query.model import Ape, Bee, Row, fill

# `a` is the parent of an ape.
APES = [Row(0, None, 3, "root", True), Row(1, 0, 2, "kid", True), Row(2, 0, 1, "kid", False), Row(3, 1, 0, "kid", True)]

mine = cte(select(Ape), name="mine")
same = alias(Ape, "same")
kids = select(Ape.id).where(Ape.a == Ape.id)
count = select(fn.count()).from_(Ape)


@prepare
def prepared(id: int) -> Select[int]:
    return select(Ape.id).where(Ape.id == id, exists(kids))


SHADOWED: dict[str, tuple[str, Callable[[], Any]]] = {
    "many of a table": ("many", lambda: select(Ape.s, many(Ape, on=Ape.a == Ape.id))),
    "many of a query": ("many", lambda: select(Ape.s, many(kids))),
    "many in many": ("many", lambda: select(Bee.id, many(select(Ape.id, many(kids)).where(Ape.a == Bee.id)))),
    "many of a union": ("many", lambda: select(Ape.s, many(select(Bee.id).union(kids)))),
    "many of a CTE": ("many", lambda: select(mine.s, many(mine, on=mine.a == mine.id))),
    "many of an alias": ("many", lambda: select(same.s, many(same, on=same.a == same.id))),
    "many of the grandparents' table": (
        "many",
        lambda: select(Ape.id, many(select(Bee.id, many(kids)).where(Bee.a == Ape.id))),
    ),
    "exists": ("exists", lambda: select(Ape.id).where(exists(kids))),
    "not exists": ("exists", lambda: select(Ape.id).where(~exists(kids))),
    "exists in a select list": ("exists", lambda: select(Ape.id, exists(kids))),
    "exists of other rows": ("exists", lambda: select(Ape.id).where(exists(select(Ape.id).where(Ape.ok.is_null())))),
    "exists of a joined table": (
        "exists",
        lambda: select(Ape.id).where(exists(select(Bee.id).join(Ape, on=Ape.id == Bee.a))),
    ),
    "exists in a join's on": ("exists", lambda: select(Ape.id).join(Bee, on=(Bee.a == Ape.id) & exists(kids))),
    "exists in order_by": ("exists", lambda: select(Ape.id).order_by(exists(kids))),
    "exists in having": ("exists", lambda: select(Ape.a).group_by(Ape.a).having(exists(kids))),
    "exists in a union": ("exists", lambda: select(Bee.id).union(select(Ape.id).where(exists(kids)))),
    "exists in a CTE": ("exists", lambda: select(cte(select(Ape).where(exists(kids))))),
    "exists in a prepared query": ("exists", lambda: prepared(1)),
    "exists in delete": ("exists", lambda: delete(Ape).where(exists(kids))),
    "exists in update": ("exists", lambda: update(Ape).set(Ape.b.to(0)).where(exists(kids))),
    "exists in returning": ("exists", lambda: delete(Ape).where(Ape.id == 1).returning(exists(kids))),
    "a scalar": ("as_scalar", lambda: select(Ape.s, count.where(Ape.a == Ape.id).as_scalar())),
    "a scalar of an expression": ("as_scalar", lambda: select(Ape.s, count.where(Ape.a + 1 == Ape.id).as_scalar())),
    "a scalar between": ("as_scalar", lambda: select(Ape.s, count.where(Ape.id.between(Ape.id, 9)).as_scalar())),
    "a scalar in set": (
        "as_scalar",
        lambda: update(Ape).set(Ape.b.to(select(fn.max(Ape.b)).where(Ape.a == Ape.id).as_scalar())).all_rows(),
    ),
    "a scalar in on_conflict": (
        "as_scalar",
        lambda: insert(new(Ape)(id=1, a=0, b=0, s="", ok=None)).on_conflict(
            Ape.id, update=[Ape.b.to(select(fn.max(Ape.b)).where(Ape.a == Ape.id).as_scalar())]
        ),
    ),
}


@pytest.mark.parametrize("case", SHADOWED)
def test_a_query_over_what_the_query_around_it_reads(case: str) -> None:
    clause, build = SHADOWED[case]
    with pytest.raises(QueryError, match=rf"{clause}\(.*nothing in it is of the query around it.*inner = alias\("):
        Executables().resolve(build())


@pytest.fixture
def tx(apes: Database) -> Iterator[Tx]:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, APES)
        fill(tx, Bee, [Row(0, 1, 1, "", True)])
        yield tx


def test_with_an_alias_it_is_what_was_meant(tx: Tx) -> None:
    kid = alias(Ape, "kid")
    tree = select(Ape.id, many(select(kid.id).where(kid.a == Ape.id).order_by(kid.id))).order_by(Ape.id)
    assert tx.all(tree).unwrap() == [(0, [1, 2]), (1, [3]), (2, []), (3, [])]
    parents = select(Ape.id).where(exists(select(kid.id).where(kid.a == Ape.id))).order_by(Ape.id)
    assert tx.all(parents) == Success([0, 1])
    counted = select(Ape.id, select(fn.count()).from_(kid).where(kid.a == Ape.id).as_scalar()).order_by(Ape.id)
    assert tx.all(counted) == Success([(0, 2), (1, 1), (2, 0), (3, 0)])
    some = select(Ape.id).where(exists(select(kid.id).where(kid.ok == False))).order_by(Ape.id)
    assert tx.all(some) == Success([0, 1, 2, 3])


def test_what_is_meant_stays(tx: Tx) -> None:
    """A list of the same table's, a figure of the whole table, and what is of the query around."""
    parents = select(Ape.id).where(Ape.id.in_(select(Ape.a).where(Ape.a.is_not_null()))).order_by(Ape.id)
    assert tx.all(parents) == Success([0, 1])
    above = select(Ape.id).where(Ape.b > select(fn.avg(Ape.b)).as_scalar().cast(pg.bigint)).order_by(Ape.id)
    assert tx.all(above) == Success([0])
    share = select(Ape.id, count.where(Ape.ok == True).as_scalar()).order_by(Ape.id)
    assert tx.all(share) == Success([(0, 3), (1, 3), (2, 3), (3, 3)])
    siblings = select(Bee.id, Ape.id, many(select(Ape.id).where(Ape.id > Bee.a).order_by(Ape.id)))
    assert tx.all(siblings.join(Ape, on=Ape.id == Bee.a)) == Success([(0, 1, [2, 3])])
    found = select(Bee.id).join(Ape, on=Ape.id == Bee.a).where(exists(select(Ape.id).where(Ape.a == Bee.a)))
    assert tx.all(found) == Success([0])
    deeper = exists(select(Ape.id).where(Ape.id.in_(select(same.id).where(same.a == Bee.a))))
    assert tx.all(select(Bee.id).join(Ape, on=Ape.id == Bee.a).where(deeper)) == Success([0])
    row = new(Ape)(id=1, a=0, b=0, s="", ok=None)
    top = select(fn.max(Ape.b)).where(Ape.id != excluded(Ape.id)).as_scalar()
    assert tx.all(insert(row).on_conflict(Ape.id, update=[Ape.b.to(top)]).returning(Ape.b)) == Success([3])


def test_the_sql_of_the_inner_query_is_that_of_the_relation_it_reads() -> None:
    assert b'"apes"."id" IN (SELECT "apes"."a"' in compile(select(Ape.id).where(Ape.id.in_(select(Ape.a)))).sql
