"""Frozen values are pickled by their one base, and are what they were: they compile and travel the same."""

import pickle
from enum import Enum
from typing import Any

import msgspec
import pytest

import qb
import qb.typing
from qb import (
    MAXVALUE,
    Col,
    Script,
    SoftDelete,
    Table,
    alias,
    collation,
    column,
    compile,
    composite,
    create_all,
    crud,
    cte,
    delete,
    domain,
    drop_all,
    fn,
    guard,
    guards,
    identity,
    insert,
    many,
    new,
    partition_by_hash,
    partition_by_list,
    partition_by_range,
    pg,
    references,
    schema,
    select,
    set_null,
    sql,
    update,
)
from qb.frozen import Frozen
from qb.model.type import named_type
from qb.tree.walk import same


class Label(msgspec.Struct, frozen=True):
    text: str


class Mood(Enum):
    GLAD = "glad"


class Kept(Table, name="kept in jars"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str] = column(pg.varchar(80), default="x")
    mood: Col[Mood] = column(pg.enum("moods in jars", Mood), default=Mood.GLAD)


class Jar(SoftDelete, name="jars"):
    id: Col[int] = column(primary_key=True)


def there(text: str) -> str:
    return text


TYPES: list[Any] = [
    *(pg.smallint, pg.integer, pg.bigint, pg.numeric, pg.numeric(8, 2), pg.real, pg.double_precision, pg.boolean),
    *(pg.text, pg.varchar(3), pg.char(3), pg.bytea, pg.uuid, pg.json, pg.jsonb, pg.date, pg.time, pg.interval),
    *(pg.timestamp, pg.timestamp(3), pg.timestamptz, pg.timestamptz(0), pg.macaddr, pg.macaddr8, pg.vector(3)),
    *(pg.array(pg.text), pg.array(pg.numeric(8, 2)), pg.enum("moods in jars", Mood)),
    *(pg.custom("point", encode=there, decode=there), qb.document(dict[str, int], lenient=True)),
    *(domain("texts in jars", pg.text, check=lambda value: value > "a"), composite("labels in jars", Label)),
    *(named_type(pg.array(pg.varchar(5))), pg.text.collate(collation("plain in jars", copy="C"))),
]

other = alias(Kept, "other")
found = cte(select(Kept).where(Kept.id > 3))
QUERIES: dict[str, Any] = {
    "select": select(Kept.id, fn.lower(Kept.text)).where(Kept.text == "a", Kept.id.in_([1])).order_by(Kept.id.desc()),
    "an alias": select(Kept, other).join(other, on=Kept.id == other.id),
    "a CTE": select(found.id, fn.count()).group_by(found.id),
    "many": select(Kept.id, many(select(other).where(other.id == Kept.id))),
    "insert": insert(new(Kept)(text="a")).returning(Kept.id),
    "update": update(Kept).set(Kept.text.to("b")).where(Kept.mood == Mood.GLAD),
    "delete": delete(Kept).where(Kept.id == 1),
    "raw": sql("SELECT id FROM {t} WHERE id = {n}", t=Kept, n=5).rows(int),
    "insert into": insert(Kept, Kept.text.to("a")),
    "insert into, returning": insert(Kept, Kept.text.to("a")).returning(Kept.id),
    "an insert": insert(new(Kept)(text="a")),
    "a command": sql("SELECT 1").command(),
}
VALUES: list[Any] = [
    *(qb.channel("told"), qb.channel("kept", list[int])),
    *(guard("money", "price"), guards(Jar), crud(Kept, Kept.id), crud(Jar, Jar.id)),
    *(Script("SELECT 1", "SELECT 2"), create_all(schema(Kept)), drop_all(schema(Kept)), schema(Kept)),
]
EACH, DELETED = update(Kept).by(Kept.id).each(Kept.text), delete(Kept).by(Kept.id)
PARTS: list[Any] = [
    *(
        Kept.id,
        Kept.id + 1,
        fn.now(),
        Kept.id.desc(),
        Kept.text.to("x"),
        other,
        references(Kept.id),
        sql("now()"),
        set_null(Kept.id),
    ),
    *(fn.row_number(), column(default=1), insert(Kept), insert(Kept).returning(Kept.id)),
    *(qb.Undecodable(b"[]", "no"), qb.older(dict[str, int], sorted), qb.undecoded([1])),
    *(partition_by_list(Kept, Kept.id), partition_by_range(Kept, Kept.id), partition_by_hash(Kept, Kept.id), MAXVALUE),
    *(update(Kept).by(Kept.id), EACH, EACH.returning(Kept.id), DELETED, DELETED.returning()),
]


GENERATED = {"PatchFactory"}
"""What holds a class that is generated, to which no name leads."""


def again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("type_", TYPES, ids=repr)
def test_a_type_is_what_it_was(type_: Any) -> None:
    made = again(type_)
    assert made == type_
    assert made.wire is type_.wire  # which is equal to itself alone
    assert [hash(made), repr(made), type(made.encode)] == [hash(type_), repr(type_), type(type_.encode)]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_what_it_was(name: str) -> None:
    query = QUERIES[name]
    made = again(query)
    assert type(made) is type(query)
    assert compile(made).sql == compile(query).sql
    assert same(made.node, query.node)


def test_scripts_plans_and_models_are_what_they_were() -> None:
    for value in VALUES:
        assert again(value) == value
    assert again(create_all(schema(Kept))).operations == create_all(schema(Kept)).operations


@pytest.mark.parametrize("value", PARTS, ids=lambda value: type(value).__name__)
def test_a_part_of_a_query_is_of_its_kind(value: Any) -> None:
    made = again(value)
    assert type(made) is type(value)
    assert isinstance(made, Frozen)
    with pytest.raises(AttributeError, match="frozen"):
        made.anything = 1


def test_what_stands_together_stays_together() -> None:
    """A relation that a query makes is itself alone: where it is shared before, it is shared afterwards."""
    made, query = again((other, select(other.id).where(other.id > 1)))
    assert compile(query.where(made.id < 5)).sql.count(b"AS") == compile(query).sql.count(b"AS")


def test_every_public_kind_of_frozen_value_is_here() -> None:
    public = {getattr(qb, name) for name in qb.__all__} | {getattr(qb.typing, name) for name in qb.typing.__all__}
    kinds = {kind for kind in public if isinstance(kind, type) and issubclass(kind, Frozen)}
    here = [*TYPES, *QUERIES.values(), *VALUES, *PARTS]
    assert {kind.__name__ for kind in kinds if not any(isinstance(value, kind) for value in here)} == GENERATED
