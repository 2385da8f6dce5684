"""Statements in the form in which a link runs them: compiled once, and with no more rows than are asked for."""

import gc
from functools import partial
from typing import Any
from weakref import ref

import pytest

from qb import Col, Rows, Select, Table, column, prepare, select, sql, subquery
from qb.run.session.executable import WAYS, Executables
from qb.tree.walk import walk


class Item(Table, name="few_items"):
    id: Col[int] = column(primary_key=True)
    size: Col[int] = column()


def sql_of(query: Any, count: int) -> str:
    return Executables().resolve_few(query, count)[0].sql.decode()


BASE = select(Item.id).order_by(Item.id)


@prepare
def prepared(least: int, limit: int = 5000) -> Select[int]:
    return select(Item.id).where(Item.id >= least).order_by(Item.id).limit(limit)


@prepare
def prepared_all(least: int) -> Select[int]:
    return select(Item.id).where(Item.id >= least).order_by(Item.id)


WITH_LIMIT: dict[str, tuple[Rows[int], str]] = {
    "plain": (BASE, "LIMIT 2"),
    "its own larger limit": (BASE.limit(100), "LIMIT least($1::bigint, 2)"),
    "an offset": (BASE.offset(7), "LIMIT 2 OFFSET $1::bigint"),
    "a union": (BASE.where(Item.id > 2).union_all(BASE), "LIMIT 2"),
    "prepared": (prepared_all(3), "LIMIT 2"),
    "prepared with a limit": (prepared(3), "LIMIT least($2::bigint, 2)"),
}


@pytest.mark.parametrize("name", WITH_LIMIT)
def test_a_select_asks_for_no_more_rows_than_are_wanted(name: str) -> None:
    query, clause = WITH_LIMIT[name]
    text = " ".join(sql_of(query, 2).split())
    assert clause in text
    assert "LIMIT" not in text.replace(clause, "", 1)


def test_the_limited_form_is_compiled_once() -> None:
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
def test_what_must_run_to_its_end_has_no_limit(name: str) -> None:
    assert "LIMIT" not in sql_of(UNLIMITED[name], 2)


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


def test_what_bulk_writes_have_worked_out_is_kept_for_some_classes_and_some_sets_of_columns() -> None:
    statements = Executables(size=3)
    kinds: list[type[Any]] = [type(f"Kind{number}", (), {}) for number in range(5)]
    first, *_, last = [statements.memo(kind) for kind in kinds]
    assert statements.memo(kinds[-1]) is last
    assert statements.memo(kinds[0]) is not first
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return -number

    for number in (*range(WAYS + 1), WAYS, 0):
        assert last.way(number, partial(make, number)) == -number
    assert made == [*range(WAYS + 1), 0]


def test_a_class_that_nobody_uses_is_collected_with_what_was_kept_of_others() -> None:
    statements = Executables(size=2)

    def use(number: int) -> ref[type[Any]]:
        kind = type(f"Kind{number}", (), {})
        statements.memo(kind).target = kind
        return ref(kind)

    gone, *_ = map(use, range(3))
    gc.collect()
    assert gone() is None
