"""Routines beside other kinds of objects: triggers on partitions, functions of composite types and domains."""

from __future__ import annotations

from typing import Annotated

import msgspec

from qb import (
    MAXVALUE,
    MINVALUE,
    Arg,
    CheckViolation,
    Col,
    Expr,
    Select,
    Success,
    Table,
    Tx,
    column,
    composite,
    create_all,
    domain,
    drop_all,
    fn,
    function,
    insert,
    new,
    on_update_trigger,
    partition_by_range,
    pg,
    schema,
    select,
    sql,
    trigger,
    trigger_function,
)
from qb.typing import Sql


class Sale(Table, name="sales of triggers"):
    id: Col[int] = column(primary_key=True)
    note: Col[str] = column(default="")
    state: Col[str] = column(default="new", on_update="changed")


class Seen(Table, name="seen of triggers"):
    what: Col[str] = column()


by_id = partition_by_range(Sale, Sale.id)
few = by_id.partition("few sales of triggers", MINVALUE, 100)
many = by_id.partition("many sales of triggers", 100, MAXVALUE)
see = trigger_function(
    "see sales",
    sql("BEGIN\n  INSERT INTO {t} VALUES (concat_ws(' ', tg_name, tg_table_name));\n  RETURN NULL;\nEND", t=Seen),
)
of_all = trigger(Sale, see, after="insert", name="of all")
of_many = trigger(many, see, after="insert", name="of many")
kept = on_update_trigger(Sale)


@function(volatility="stable")
def sales_over(least: Arg[int]) -> Select[Sale]:
    return select(Sale).where(Sale.id > least)


whole = schema(Sale, Seen, by_id, few, many, see, of_all, of_many, kept, sales_over)


def test_they_fire_for_the_rows_of_partitions(qb_tx: Tx) -> None:
    qb_tx.run(create_all(whole)).unwrap()
    qb_tx.execute(insert(new(Sale)(id=1), new(Sale)(id=200))).unwrap()
    assert set(qb_tx.all(select(Seen.what)).unwrap()) == {
        "of all few sales of triggers",
        "of all many sales of triggers",
        "of many many sales of triggers",
    }
    qb_tx.execute(sql("UPDATE {t} SET note = 'x' WHERE id = 200", t=Sale).command()).unwrap()
    over = sales_over(0)
    assert qb_tx.all(select(over.id, over.state).order_by(over.id)) == Success([(1, "new"), (200, "changed")])
    qb_tx.run(drop_all(whole)).unwrap()


class Address(msgspec.Struct, frozen=True):
    city: str
    code: str | None = None


@function(volatility="immutable", strict=True)
def tidy(text: Arg[str]) -> Expr[str]:
    return fn.lower(text)


address = composite("address of functions", Address)
named = domain("named of functions", pg.text, check=lambda value: tidy(value) != "x")


class Home(Table, name="homes of functions"):
    name: Col[str] = column(named, primary_key=True)
    at: Col[Address] = column(address)


@function(returns=str, volatility="stable")
def city_of(at: Annotated[Arg[Address], address], name: Annotated[Arg[str], named] = "n") -> Sql:
    return sql("BEGIN RETURN ({at}).city || {n}; END", at=at, n=name)


@function(volatility="stable")
def homes_like(like: Annotated[Arg[Address], address]) -> Select[Home]:
    return select(Home).where(Home.at == like)


@function(returns=Address | None, type=address, volatility="stable")
def home_of(name: Annotated[Arg[str], named]) -> Sql:
    return sql("BEGIN RETURN (SELECT h.at FROM {t} h WHERE h.name = {n}); END", t=Home, n=name)


def test_functions_of_composite_types_and_domains(qb_tx: Tx) -> None:
    described = schema(tidy, Home, city_of, homes_like, home_of)
    qb_tx.run(create_all(described)).unwrap()
    london = Address("London", "W1")
    qb_tx.execute(insert(new(Home)(name="a", at=london))).unwrap()
    assert qb_tx.one(select(city_of(london), city_of(Home.at, Home.name))) == Success(("Londonn", "Londona"))
    found = homes_like(london)
    assert qb_tx.all(select(found.at)) == Success([london])
    assert qb_tx.one(select(home_of("a"))) == Success(london)
    assert qb_tx.one(select(home_of("b"))) == Success(None)
    refused = qb_tx.execute(insert(new(Home)(name="X", at=london))).failure()
    assert isinstance(refused, CheckViolation)
