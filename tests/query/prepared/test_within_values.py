"""A parameter, or any expression, within a list or a dict is no value: refused where it is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from qb import (
    Col,
    Database,
    QueryError,
    Select,
    Success,
    Table,
    Tx,
    column,
    create_all,
    drop_all,
    identity,
    insert,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    update,
    value,
)


class Tagged(Table, name="within values"):
    id: Col[int] = column(primary_key=True, default=identity())
    tags: Col[list[str]] = column(default=[])
    grid: Col[list[list[int]]] = column(pg.array(pg.bigint), default=[])
    facts: Col[dict[str, str]] = column(default={})


T: Any = Tagged
NewTagged: Any = new(Tagged)
written: Any = insert
as_value: Any = value
WITHIN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "contains": (lambda p: select(T).where(T.tags.contains([p])), r"within values.tags .* within a list"),
    "overlaps a set": (lambda p: select(T).where(T.tags.overlaps(["a", p])), "within a list"),
    "equal": (lambda p: select(T).where(T.tags == [p]), "within values.tags: .* within a list"),
    "nested": (lambda p: select(T).where(T.grid == [[1], [p]]), "within values.grid: .* within a list"),
    "a document": (lambda p: select(T).where(T.facts.contains({"a": p})), "within a dict"),
    "set": (lambda p: update(T).set(T.facts.to({"a": p})).all_rows(), "within values.facts: .* within a dict"),
    "a new row": (lambda p: written(NewTagged(tags=[p])), "within values.tags: .* within a list"),
    "by itself": (lambda p: select(as_value([p])), "a value: .* within a list"),
}


@pytest.mark.parametrize("name", WITHIN)
def test_a_parameter_is_refused(name: str) -> None:
    use, message = WITHIN[name]

    @prepare
    def query(mine: str) -> Select[int]:
        found: Select[int] = use(mine)
        return found

    with pytest.raises(QueryError, match=message) as caught:
        query("a")
    assert "the parameter 'mine' of a prepared query stands within a" in str(caught.value)


@pytest.mark.parametrize("name", WITHIN)
def test_so_is_an_expression(name: str) -> None:
    use, message = WITHIN[name]
    with pytest.raises(QueryError, match=message) as caught:
        use(Tagged.id)
    assert "an expression stands within a" in str(caught.value)


def test_what_the_message_says(qb_db: Database) -> None:
    @prepare
    def tagged(tag: str) -> Select[int]:
        return select(Tagged.id).where(Tagged.tags.contains(sql("ARRAY[{x}]", x=tag).as_(list[str], not_null=True)))

    @prepare
    def all_tagged(tags: list[str]) -> Select[int]:
        return select(Tagged.id).where(Tagged.tags.contains(tags))

    there = schema(Tagged)
    qb_db.run(create_all(there)).unwrap()
    try:
        qb_db.execute(insert(NewTagged(tags=["a", "b"]), NewTagged(tags=["b"]))).unwrap()
        assert qb_db.all(tagged("a")) == Success([1])
        assert qb_db.all(all_tagged(["b", "a"])) == Success([1])
    finally:
        qb_db.run(drop_all(there)).unwrap()


class Document(msgspec.Struct):
    tags: list[str] = []
    sizes: dict[str, int] = {}


class Filed(Table, name="filed_within"):
    id: Col[int] = column(primary_key=True)
    details: Col[Document] = column()


def test_what_the_message_says_of_a_document(qb_tx: Tx) -> None:
    tags, sizes = Filed.details.path(lambda d: d.tags), Filed.details.path(lambda d: d.sizes)

    @prepare
    def refused(tag: str) -> Select[int]:
        return select(Filed.id).where(tags.contains([tag]))

    @prepare
    def refused_sizes(size: int) -> Select[int]:
        return select(Filed.id).where(sizes.contains({"a": size}))

    array = 'or write sql("jsonb_build_array({x})", x=tag).as_(..., type=pg.jsonb)'
    with pytest.raises(QueryError, match=f"{re.escape(array)}$"):
        refused("a")
    with pytest.raises(
        QueryError, match=r"jsonb_build_object\(\{k\}, \{x\}\).*x=size\)\.as_\(\.\.\., type=pg\.jsonb\)$"
    ):
        refused_sizes(1)
    with pytest.raises(
        QueryError, match=r"not text\[\]: cast it, .*; where it is sql.*say so: \.as_\(\.\.\., type=pg\.jsonb\)$"
    ):
        tags.contains(sql("jsonb_build_array('a')").as_(list[str]))

    @prepare
    def tagged(tag: str) -> Select[int]:
        given = sql("jsonb_build_array({x})", x=tag).as_(list[str], type=pg.jsonb)
        return select(Filed.id).where(tags.contains(given))

    @prepare
    def sized(key: str, size: int) -> Select[int]:
        given = sql("jsonb_build_object({k}, {x})", k=key, x=size).as_(dict[str, int], type=pg.jsonb)
        return select(Filed.id).where(sizes.contains(given))

    @prepare
    def all_tagged(wanted: list[str]) -> Select[int]:
        return select(Filed.id).where(tags.contains(wanted))

    qb_tx.run(create_all(schema(Filed))).unwrap()
    qb_tx.execute(insert(new(Filed)(id=1, details=Document(['a"b', "c"], {"x": 1})))).unwrap()
    assert qb_tx.all(tagged('a"b')) == qb_tx.all(all_tagged(['a"b'])) == qb_tx.all(sized("x", 1)) == Success([1])
    assert qb_tx.all(tagged("b")) == qb_tx.all(sized("x", 2)) == Success([])
