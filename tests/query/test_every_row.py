"""What would touch every row, or list the same rows beside every row, has to be meant."""

from collections.abc import Callable
from typing import Any

import pytest

from qb import Database, QueryError, Select, Success, alias, delete, exists, many, prepare, select, sql, update, value
from qb.run.session.executable import Executables
from tests.query.model import Ape, Bee, Row, fill

change = update(Ape).set(Ape.b.to(9))
ape: Any = Ape


@prepare
def by_flag(flag: bool) -> Any:
    some: Any = flag
    return delete(Ape).where(some)


UNLINKED: dict[str, tuple[str, Callable[[], Any]]] = {
    "from": ("update", lambda: change.from_(Bee).where(Bee.id == 1)),
    "from and join": (
        "update",
        lambda: change.from_(Bee).join(other := alias(Bee, "o"), on=other.id == Bee.id).where(other.id == 1),
    ),
    "using": ("delete", lambda: delete(Ape).using(Bee).where(Bee.id == 1)),
    "using, with returning": ("delete", lambda: delete(Ape).using(Bee).where(Bee.id == 1).returning(Ape.id)),
    "a value": ("delete", lambda: delete(Ape).where(value(1) == 1)),
    "exists": ("update", lambda: change.where(exists(select(Bee.id)))),
    "a query of the target": ("update", lambda: change.where(value(1).in_(select(maximum.a)))),
    "the target only in set": ("update", lambda: update(Ape).set(Ape.b.to(Ape.a)).from_(Bee).where(Bee.id == 1)),
}
maximum: Any = alias(Ape, "maximum")


@pytest.mark.parametrize("name", UNLINKED)
def test_a_condition_names_the_target(name: str) -> None:
    verb, build = UNLINKED[name]
    with pytest.raises(QueryError, match=rf"no condition of {verb}\(apes\) names a column of apes.*all_rows\(\)"):
        Executables().resolve(build())


def test_a_parameter_alone_does_not() -> None:
    with pytest.raises(QueryError, match=r"no condition of delete\(apes\) names a column"):
        Executables().resolve(by_flag(True))


LINKED: dict[str, tuple[Callable[[], Any], int]] = {
    "from": (lambda: change.from_(Bee).where(Bee.a == Ape.id), 1),
    "using": (lambda: delete(Ape).using(Bee).where(Bee.a == Ape.id), 1),
    "exists": (lambda: change.where(exists(select(Bee.id).where(Bee.a == Ape.id))), 1),
    "SQL of one's own": (lambda: delete(Ape).where(sql("apes.id = {x}", x=1).as_(bool, not_null=True)), 1),
    "all rows, from another table": (lambda: change.from_(Bee).where(Bee.a == 1).all_rows(), 2),
    "all rows": (lambda: delete(Ape).using(Bee).where(Bee.id == 5).all_rows(), 0),
}


@pytest.mark.parametrize("name", LINKED)
def test_what_is_linked_or_meant_runs(apes: Database, name: str) -> None:
    build, touched = LINKED[name]
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(0, 1, 1, "", True), Row(1, 1, 1, "", True)])
        fill(tx, Bee, [Row(0, 1, 1, "", True)])
        assert tx.execute(build()) == Success(touched)


def test_all_rows_beside_a_condition_of_the_target_is_a_mistake() -> None:
    with pytest.raises(QueryError, match="has both where and all_rows"):
        Executables().resolve(change.where(Ape.id == 1).all_rows())


inner: Any = alias(Ape, "inner")
SAME_LIST: dict[str, Callable[[], Select[Any]]] = {
    "another table": lambda: select(Ape.id, many(Bee, on=Bee.b > 0)),
    "the same table": lambda: select(Ape.id, many(Ape, on=Ape.b > 0)),
    "an alias": lambda: select(Ape.id, many(inner, on=inner.b > 0)),
    "a value": lambda: select(Ape.id, many(Bee, on=value(1) == 1)),
    "a query in it": lambda: select(Ape.id, many(Bee, on=exists(select(inner.id).where(inner.a == Bee.id)))),
    "order_by": lambda: select(Ape.id, many(Bee, on=Bee.b > 0, order_by=Bee.id, limit=3)),
}


@pytest.mark.parametrize("name", SAME_LIST)
def test_many_on_says_what_belongs_to_the_row_around_it(name: str) -> None:
    said = r"many\(\w+, on=...\) compares nothing with the row around it.*alias\(.*many\(select\(\w+\)\.where"
    with pytest.raises(QueryError, match=said):
        Executables().resolve(SAME_LIST[name]())


def test_the_same_list_for_every_row_can_be_meant(apes: Database) -> None:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(0, 1, 1, "", True), Row(1, 1, 1, "", True)])
        fill(tx, Bee, [Row(0, 1, 1, "", True)])
        meant = select(Ape.id, many(select(Bee.id).where(Bee.b > 0))).order_by(Ape.id)
        assert tx.all(meant) == Success([(0, [0]), (1, [0])])
        linked = select(Ape.id, many(inner, on=inner.id > Ape.id)).order_by(Ape.id)
        assert [len(rows) for _, rows in tx.all(linked).unwrap()] == [1, 0]
        deeper = exists(select(inner.id).where(inner.id == Ape.id, inner.a == Bee.a))
        assert [len(rows) for _, rows in tx.all(select(Ape.id, many(Bee, on=deeper))).unwrap()] == [1, 1]
