"""`create_all(if_not_exists=True)` where policies, views, functions, triggers stand: the declared ones, or it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from qb import (
    Arg,
    Col,
    Expr,
    Failure,
    SchemaMismatch,
    Script,
    Select,
    Success,
    Table,
    Tx,
    check,
    column,
    create_all,
    exists,
    fn,
    function,
    materialized_view,
    pg,
    policy,
    procedure,
    role,
    schema,
    select,
    sql,
    trigger,
    trigger_function,
    trusted,
    view,
)
from qb.typing import Sql
from tests.render.ddl_objects import HOSTILE


class Note(Table, name=f"equal{HOSTILE}", schema="equal", rls=True):
    id: Col[int] = column(primary_key=True)
    who: Col[str] = column(default="x")


class Plain(Table, name="equal plain"):
    id: Col[int] = column(primary_key=True)


clerk, other = role("qb_equal_clerk"), role("qb_equal_other")
touch = trigger_function("touch of equal", sql("BEGIN RETURN NEW; END"))
quiet = trigger_function("quiet of equal", sql("BEGIN RETURN NULL; END"))
PATH = {"search_path": ["public", "pg_temp"]}


@function(volatility="stable", name=f"f{HOSTILE}", schema="equal")
def shout(text: Arg[str], mark: Arg[str] = "!") -> Expr[str]:
    return fn.upper(text) + mark


@function(volatility="stable", security="definer", set=PATH, language="sql", returns=bool)
def open_(number: Arg[int]) -> Sql:
    return sql("SELECT EXISTS (SELECT 1 FROM {t} WHERE id = open_.number)", t=Plain)


@function(volatility="stable")
def plain() -> Select[Plain]:
    return select(Plain)


@procedure(set=PATH)
def close(number: Arg[int]) -> Sql:
    return sql("BEGIN DELETE FROM {t} WHERE id = {n}; END", t=Plain, n=number)


def seen(**more: Any) -> Any:
    options: Any = {"to": clerk, "using": Note.who == "a"} | more
    return policy(Note, name=f"p{HOSTILE}", **options)


def shown(least: int = 1, **more: Any) -> Any:
    return view(f"v{HOSTILE}", select(Note).where(Note.id > least), schema="equal", **more)


def stamped(calls: Any = touch, **more: Any) -> Any:
    options: Any = {"before": "update"} | more
    return trigger(Note, calls, name=f"t{HOSTILE}", **options)


def kept(least: int = 1, **more: Any) -> Any:
    return materialized_view(f"m{HOSTILE}", select(Note).where(Note.id > least), schema="equal", **more)


def labelled(python: Any) -> Any:
    return pg.enum(f"e{HOSTILE}", python, schema="equal")


def opened(text: str, **more: Any) -> Any:
    def made(number: Arg[int]) -> Sql:
        return sql(trusted(text))

    options: Any = {"name": "open_", "language": "sql", "returns": bool} | more
    untyped: Any = function
    return untyped(**options)(made)


@procedure(name="close", set=PATH)
def closed(number: Arg[int]) -> Sql:
    return sql("BEGIN END")


BASE = (Note, Plain, clerk, other, touch, quiet)
KEPT = (
    *BASE,
    seen(),
    shown(),
    kept(),
    labelled(Literal["one", "two"]),
    stamped(),
    shout,
    open_,
    plain,
    close,
    check("equal_check", open_(Plain.id) | (Plain.id > 0)),
)
CHANGED: dict[str, tuple[Callable[[], Any], str]] = {
    "policy using": (lambda: seen(using=Note.who == "b"), "'a'::text"),
    "policy to": (lambda: seen(to=(clerk, other)), '["qb_equal_clerk"]'),
    "policy to all": (lambda: seen(to="public"), '["qb_equal_clerk"]'),
    "policy for": (lambda: seen(for_="select"), "*"),
    "policy restrictive": (lambda: seen(restrictive=True), "false"),
    "policy with check": (lambda: seen(with_check=Note.id > 0), "none"),
    "policy query": (lambda: seen(using=exists(select(Plain).where(Plain.id == Note.id))), "'a'::text"),
    "view options": (lambda: shown(security_barrier=True), "[]"),
    "view query": (lambda: shown(2), "id > "),
    "materialized view query": (lambda: kept(2), "id > "),
    "enum labels": (lambda: labelled(Literal["one", "two", "three"]), '["one", "two"]'),
    "enum in another order": (lambda: labelled(Literal["two", "one"]), '["one", "two"]'),
    "trigger definition": (lambda: stamped(before=("insert", "update")), "BEFORE UPDATE"),
    "trigger enabled": (lambda: stamped(enabled="always"), "O"),
    "trigger another function": (lambda: stamped(quiet), "touch of equal"),
    "function volatility": (lambda: opened("SELECT true", security="definer", set=PATH), "s"),
    "function definer": (lambda: opened("SELECT true", volatility="stable", set=PATH), "true"),
    "function set": (lambda: opened("SELECT true", volatility="stable"), "pg_temp"),
    "function body": (
        lambda: opened("SELECT true", volatility="stable", security="definer", set=PATH), "SELECT EXISTS"
    ),
    "procedure body": (lambda: closed, "DELETE FROM"),
}  # fmt: skip


def test_what_is_the_same_stands(qb_tx: Tx) -> None:
    for _ in range(3):
        qb_tx.run(create_all(schema(*KEPT), if_not_exists=True)).unwrap()
    left = sql(
        "SELECT (SELECT count(*) FROM pg_class WHERE relname = 'qb compares') + (SELECT count(*) FROM pg_proc WHERE "
        "proname = 'qb compares') + (SELECT count(*) FROM pg_policy WHERE polname = 'qb compares') + "
        "(SELECT count(*) FROM pg_trigger WHERE tgname = 'qb compares')"
    )
    assert qb_tx.scalar(left.rows(int)) == Success(0)
    assert qb_tx.scalar(sql("SHOW check_function_bodies").rows(str)) == Success("on")


@pytest.mark.parametrize("what", CHANGED)
def test_what_is_another_one_is_named(qb_tx: Tx, what: str) -> None:
    make, found = CHANGED[what]
    qb_tx.run(create_all(schema(*KEPT), if_not_exists=True)).unwrap()
    kind = "materialized view" if what.startswith("materialized") else what.partition(" ")[0]
    a = "an" if kind == "enum" else "a"
    match qb_tx.run(create_all(schema(*BASE, make()), if_not_exists=True)):
        case Failure(SchemaMismatch() as error):
            assert found in error.found
            assert f"is declared as {a} {kind} whose " in str(error)
            assert f"change the declaration, or drop the {kind} and create it anew" in str(error)
        case result:
            pytest.fail(repr(result))


def test_what_is_of_another_kind_is_told(qb_tx: Tx) -> None:
    qb_tx.run(Script("CREATE SCHEMA equal", "CREATE TABLE equal.shown (id bigint)")).unwrap()
    of = schema(Plain, view("shown", select(Plain), schema="equal"))
    error = qb_tx.run(create_all(of, if_not_exists=True)).failure()
    assert isinstance(error, SchemaMismatch)
    assert error.found == "something else of this name"
