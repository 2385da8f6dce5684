"""`one`, `first` and `scalar` ask for no more rows than they need, and read no more than those."""

from collections.abc import Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Failure,
    ManyRows,
    Rows,
    Select,
    Success,
    Table,
    column,
    connect,
    connect_async,
    create_all,
    drop_all,
    fn,
    insert_from,
    new,
    prepare,
    schema,
    select,
    sql,
    subquery,
    update,
)
from qb.run.session.executable import Executables
from qb.tree.walk import walk


class Item(Table, name="few_items"):
    id: Col[int] = column(primary_key=True)
    size: Col[int] = column()


class Copy(Table, name="few_copies"):
    id: Col[int] = column(primary_key=True)
    size: Col[int] = column()


MANY = 3000


@pytest.fixture(scope="module")
def items(qb_url: str) -> Iterator[Database]:
    """A database with rows of which each can be told from how many were read."""
    with connect(qb_url) as db:
        db.run(create_all(schema(Item, Copy))).unwrap()
        db.insert_many(new(Item)(id=number, size=number % 7) for number in range(MANY)).unwrap()
        yield db
        db.run(drop_all(schema(Item, Copy))).unwrap()


def sql_of(query: Any, count: int) -> str:
    return Executables().resolve_few(query, count)[0].sql.decode()


BASE = select(Item.id).order_by(Item.id)


@prepare
def prepared(least: int, limit: int = 5000) -> Select[int]:
    return select(Item.id).where(Item.id >= least).order_by(Item.id).limit(limit)


@prepare
def prepared_all(least: int) -> Select[int]:
    return select(Item.id).where(Item.id >= least).order_by(Item.id)


WITH_LIMIT: dict[str, tuple[Rows[int], str, int]] = {
    "plain": (BASE, "LIMIT 2", 0),
    "its own larger limit": (BASE.limit(100), "LIMIT least($1::bigint, 2)", 0),
    "an offset": (BASE.offset(7), "LIMIT 2 OFFSET $1::bigint", 7),
    "a union": (BASE.where(Item.id > 2).union_all(BASE), "LIMIT 2", 0),
    "prepared": (prepared_all(3), "LIMIT 2", 3),
    "prepared with a limit": (prepared(3), "LIMIT least($2::bigint, 2)", 3),
}


@pytest.mark.parametrize("name", WITH_LIMIT)
def test_a_select_asks_for_no_more_rows_than_are_wanted(name: str, items: Database) -> None:
    query, clause, least = WITH_LIMIT[name]
    text = " ".join(sql_of(query, 2).split())
    assert clause in text
    assert "LIMIT" not in " ".join(sql_of(query, 2).split()).replace(clause, "", 1)
    if name == "a union":
        assert isinstance(items.first(query), Success)
    else:
        assert items.first(query) == Success(least)
    for failed in (items.one(query), items.scalar(query)):
        assert isinstance(failed, Failure)
        assert isinstance(failed.failure(), ManyRows)


def test_its_own_smaller_limit_is_kept(items: Database) -> None:
    assert items.one(BASE.limit(1)) == Success(0)
    assert items.first(BASE.limit(0)) == Success(None)
    assert items.one(prepared(5, limit=1)) == Success(5)
    assert items.first(prepared(5, limit=0)) == Success(None)


def test_all_is_not_limited(items: Database) -> None:
    assert items.first(BASE) == Success(0)
    assert len(items.all(BASE).unwrap()) == MANY
    assert items.first(prepared_all(1)) == Success(1)
    assert len(items.all(prepared_all(1)).unwrap()) == MANY - 1


def test_the_limited_form_is_compiled_once(items: Database) -> None:
    statements = Executables()
    assert statements.resolve_few(BASE, 2)[0] is statements.resolve_few(BASE, 2)[0]
    assert statements.resolve_few(BASE, 1)[0] is not statements.resolve_few(BASE, 2)[0]
    assert statements.resolve_few(prepared_all(1), 1)[0] is statements.resolve_few(prepared_all(2), 1)[0]
    assert list(statements.resolve_few(select(Item.id).where(Item.id == 4).limit(9), 1)[1]) == [4, 9]


locked = BASE.for_("update")
Inner = subquery(select(Item).for_("update"), name="inner_items")

UNLIMITED: dict[str, Rows[Any]] = {
    "locks": locked,
    "SQL in the select list": select(sql("{i} + 0", i=Item.id).as_(int, not_null=True)).order_by(Item.id),
    "SQL in a condition": BASE.where(sql("{i} >= 0", i=Item.id).as_(bool)),
    "locks in a subquery": select(Inner.id).order_by(Inner.id),
    "raw SQL": sql("SELECT id AS id, size AS size FROM few_items ORDER BY id").rows(Item),
}


@pytest.mark.parametrize("name", UNLIMITED)
def test_what_must_run_to_its_end_has_no_limit(name: str, items: Database) -> None:
    query = UNLIMITED[name]
    assert "LIMIT" not in sql_of(query, 2)
    with items.transaction() as tx:
        found = tx.first(query).unwrap()
        assert found in (0, Item(id=0, size=0))
        assert isinstance(tx.one(query).failure(), ManyRows)
        assert tx.scalar(select(fn.count()).from_(Item)) == Success(MANY)  # the connection is at rest


@pytest.mark.parametrize("name", [name for name, query in UNLIMITED.items() if isinstance(query, Select)])
def test_that_there_is_no_limit_is_found_out_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statements, query = Executables(), UNLIMITED[name]
    whole, _ = statements.resolve_few(query, 1)
    walks: list[object] = []

    def counted(node: object) -> Any:
        walks.append(node)
        return walk(node)

    def never(*_: object) -> Any:
        pytest.fail("it is known")

    monkeypatch.setattr("qb.run.session.executable.walk", counted)
    monkeypatch.setattr("qb.run.session.executable.limited", never)
    assert statements.resolve_few(query, 1)[0] is whole
    assert len(walks) == 1
    assert statements.resolve(query)[0] is whole


def test_rows_that_are_not_wanted_are_not_decoded(items: Database) -> None:
    mapped: list[int] = []

    def seen(number: int) -> int:
        mapped.append(number)
        return number

    query = select(Item.id).order_by(Item.id).for_("update").map(seen)
    with items.transaction() as tx:
        assert tx.first(query) == Success(0)
        assert mapped == [0]
        assert isinstance(tx.one(query).failure(), ManyRows)
        assert mapped == [0, 0, 1]


def test_a_write_happens_whole(items: Database) -> None:
    with items.transaction(rollback=True) as tx:
        written = insert_from(Copy, select(Item.id, Item.size), Copy.id, Copy.size).returning(Copy.id)
        assert isinstance(tx.first(written).unwrap(), int)
        assert tx.scalar(select(fn.count()).from_(Copy)) == Success(MANY)
        grown = update(Copy).set(Copy.size.to(9)).all_rows().returning(Copy.id)
        assert isinstance(tx.first(grown).unwrap(), int)
        assert tx.scalar(select(fn.count()).from_(Copy).where(Copy.size == 9)) == Success(MANY)


def test_an_error_after_the_wanted_rows_is_still_an_error(items: Database) -> None:
    failing = sql("SELECT 1 / (2500 - id) AS id, size AS size FROM few_items ORDER BY id").rows(Item)
    assert isinstance(items.first(failing), Failure)
    assert items.first(BASE) == Success(0)


def test_in_a_pipeline(items: Database) -> None:
    with items.pipeline() as pipeline:
        first, one, scalar = pipeline.first(BASE), pipeline.one(prepared_all(MANY - 1)), pipeline.scalar(BASE)
    assert first.result() == Success(0)
    assert one.result() == Success(MANY - 1)
    assert isinstance(scalar.result().failure(), ManyRows)


@pytest.mark.anyio
async def test_of_tasks(items: Database, qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        assert await db.first(BASE) == Success(0)
        assert isinstance((await db.one(BASE)).failure(), ManyRows)
        assert await db.first(UNLIMITED["raw SQL"]) == Success(Item(id=0, size=0))
        assert isinstance((await db.scalar(UNLIMITED["SQL in the select list"])).failure(), ManyRows)
        assert await db.one(prepared_all(MANY - 1)) == Success(MANY - 1)
