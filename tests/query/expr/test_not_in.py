"""NOT IN over a query that may give NULL would give no row at all: it raises, unless NULL is kept out."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from qb import Database, QueryError, Success, alias, exists, fn, maybe, select, sql
from tests.query.model import Ape, Bee, Row, fill

ape: Any = Ape
cow: Any = alias(Bee, "cow")
known = select(Bee.a).where(Bee.a.is_not_null())
absent = select(maybe(cow.id)).from_(Bee).left_join(cow, on=cow.id == Bee.a)

NULLS: dict[str, Callable[[], Any]] = {
    "a column": lambda: ape.a.not_in(select(Bee.a)),
    "a column that is filtered by others": lambda: ape.a.not_in(select(Bee.a).where(Bee.b.is_not_null())),
    "a filter that is one of two": lambda: ape.a.not_in(select(Bee.a).where(Bee.a.is_not_null() | (Bee.id > 1))),
    "an aggregate": lambda: ape.a.not_in(select(fn.max(Bee.a)).where(Bee.a.is_not_null())),
    "an expression": lambda: ape.a.not_in(select(maybe(Bee.a + Bee.b)).where(Bee.a.is_not_null())),
    "an outer join": lambda: ape.a.not_in(absent),
    "a union": lambda: ape.a.not_in(known.union(select(Bee.b))),
    "the left side of except": lambda: ape.a.not_in(select(Bee.a).except_(known)),
    "SQL of one's own": lambda: ape.a.not_in(sql("SELECT a FROM {t}", t=Bee).rows(cast("Any", int | None))),
    "an inverted in_": lambda: ~ape.a.in_(select(Bee.a)),
    "an inverted condition": lambda: ~(Ape.ok & (ape.a.in_(select(Bee.a)) | ape.ok)),
    "inverted in an inverted condition": lambda: ~(Ape.ok | ~ape.ok & ape.a.in_(select(Bee.a))),
}


@pytest.mark.parametrize("name", NULLS)
def test_a_query_that_may_give_null(name: str) -> None:
    with pytest.raises(QueryError, match=r"(not_in|~in_)\(query\): the query may give NULL.*is_not_null.*~exists\("):
        NULLS[name]()


def test_the_error_names_the_column() -> None:
    with pytest.raises(QueryError, match=r"~exists\(select\(\.\.\.\)\.where\(column == apes\.a\)\)"):
        ape.a.not_in(select(Bee.a))


KEPT: dict[str, Callable[[], Any]] = {
    "is_not_null": lambda: ape.a.not_in(known),
    "a comparison": lambda: ape.a.not_in(select(Bee.a).where(Bee.a >= 0)),
    "one of several conditions": lambda: ape.a.not_in(select(Bee.a).where((Bee.id >= 0) & Bee.a.is_not_null())),
    "an expression": lambda: ape.a.not_in(select(maybe(Bee.a + 0)).where(Bee.a.is_not_null())),
    "coalesce": lambda: ape.a.not_in(select(fn.coalesce(Bee.a, 1))),
    "having": lambda: ape.a.not_in(select(Bee.a).group_by(Bee.a).having(Bee.a.is_not_null())),
    "an outer join": lambda: ape.a.not_in(absent.where(cow.id.is_not_null())),
    "a union": lambda: ape.a.not_in(known.union(known)),
    "an intersection": lambda: ape.a.not_in(select(Bee.a).intersect(known)),
    "except": lambda: ape.a.not_in(known.except_(select(Bee.a).where(Bee.id < 0))),
    "inverted": lambda: ~ape.a.in_(known),
    "exists": lambda: ~exists(select(Bee.id).where(Bee.a == Ape.a)) & ape.a.is_not_null(),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_query_that_keeps_null_out(apes: Database, name: str) -> None:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(n, n or None, n, "", True) for n in range(4)])
        fill(tx, Bee, [Row(0, 1, 1, "", True), Row(1, None, None, "", True)])
        assert tx.all(select(Ape.id).where(KEPT[name]()).order_by(Ape.id)) == Success([2, 3])


def test_errors_of_not_in_name_not_in() -> None:
    with pytest.raises(QueryError, match=r"values of not_in for apes\.a: add & x\.is_not_null\(\) instead"):
        ape.a.not_in([1, None])
    with pytest.raises(QueryError, match="not_in takes a list of values"):
        ape.s.not_in("abc")
    with pytest.raises(QueryError, match=r"not_in takes Python values or a query; .* sql\('\{x\} <> ALL\(\{a\}\)'"):
        ape.a.not_in(ape.b)
