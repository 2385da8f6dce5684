"""Schemas of functions, procedures and triggers: every clause, hostile names and values, a circle."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from qb import (
    Arg,
    Col,
    Expr,
    Select,
    Shape,
    Table,
    check,
    column,
    event_trigger,
    event_trigger_function,
    fn,
    function,
    grant,
    on_update_trigger,
    pg,
    procedure,
    role,
    schema,
    select,
    sql,
    trigger,
    trigger_function,
    view,
)
from qb.typing import Schema, Sql

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"


@function(volatility="immutable", strict=True, parallel="safe", cost=2.5, leakproof=True)
def tidy(text: Arg[str], mark: Arg[str] = HOSTILE) -> Expr[str]:
    return fn.replace(fn.lower(text), mark, "$qb$ $qb1$")


class Pot(Table, name=f"p{HOSTILE}", schema="kitchen"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(name=HOSTILE, check=lambda name: tidy(name) != "")
    price: Col[Decimal | None] = column(pg.numeric(8, 2), default=None)
    state: Col[str] = column(default="new", on_update=HOSTILE)
    seen: Col[dt.datetime | None] = column(default=None, on_update=fn.now())


class Sum(Shape):
    name: Col[str] = column(name=f"s{HOSTILE}")
    pots: Col[int]


@function(name=f"f{HOSTILE}", schema="kitchen", volatility="stable", result_rows=5)
def sums(least: Arg[Decimal | None] = None, *ids: Arg[int]) -> Select[Sum]:
    rows = select(Pot.name, fn.count()).where(Pot.price.is_distinct_from(least) | (Pot.name == HOSTILE))
    return rows.group_by(Pot.name).map(Sum)


@function(returns=bool, language="sql", schema="kitchen", security="definer", set={"search_path": [HOSTILE, "pg_temp"]})
def is_dear(pot: Arg[int]) -> Sql:
    return sql("SELECT coalesce((SELECT price > 9 FROM {t} WHERE id = {p}), false)", t=Pot, p=pot)


@function(rows=Pot, schema="kitchen")
def pots() -> Sql:
    return sql("BEGIN RETURN QUERY SELECT * FROM {t}; RAISE NOTICE '%', {x}; END", t=Pot, x=HOSTILE)


@procedure(name=f"c{HOSTILE}", schema="kitchen", set={"work_mem": "4MB", "qb.own": ""})
def close(pot: Arg[int], why: Arg[str | None] = None) -> Sql:
    return sql("BEGIN UPDATE {t} SET state = {w} WHERE id = {p}; END", t=Pot, p=pot, w=why)


not_dear = check("pots_dear_check", ~is_dear(Pot.id))
note = trigger_function(
    f"n{HOSTILE}", sql("BEGIN RETURN NEW; END"), schema="kitchen", security="definer", set={"search_path": ""}
)
changed = trigger(
    Pot, note, before=("update", "insert"), of=(Pot.name, Pot.price), args=[HOSTILE, 7], enabled="always", name="a b"
)
renamed = trigger(
    Pot,
    note,
    after="update",
    when=lambda old, new: (old.name != new.name) & (new.name != HOSTILE),
    constraint=True,
    deferrable=True,
    initially="deferred",
    name="renamed",
)
counted = trigger(Pot, note, after="delete", for_each="statement", old_table=f"o{HOSTILE}", name="counted")
dear = view("dear pots", select(Pot).where(is_dear(Pot.id)))
written = trigger(dear, note, instead_of=("insert", "update", "delete"))
kept = on_update_trigger(Pot)
tell = event_trigger_function("tell of pots", sql("BEGIN END"))
told = event_trigger(f"e{HOSTILE}", tell, on="ddl_command_end", tags=["CREATE TABLE"], enabled="replica")
cook = role("qb_cook")
may = grant("execute", on=sums, to=cook), grant("execute", on=close, to=cook), grant("execute", on=note, to="public")

_functions = tidy, sums, is_dear, pots, close, note, tell
_triggers = changed, renamed, counted, written, kept, told
routines: Schema = schema(Pot, dear, not_dear, cook, *may, *_functions, *_triggers)

ALL = {"routines": routines}
