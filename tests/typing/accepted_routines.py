"""Functions with a body, procedures and triggers that the checkers take, every function of it run."""
# mypy: disallow-any-expr

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NewType, assert_type

from qb import (
    Arg,
    Col,
    Command,
    Db,
    Expr,
    Rows,
    Select,
    Shape,
    Table,
    check,
    column,
    create_all,
    drop_all,
    event_trigger,
    event_trigger_function,
    fn,
    function,
    grant,
    on_update_trigger,
    only,
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
from qb.typing import Called, Column, GrantDefinition, RawRows, Sql, Trigger

JobId = NewType("JobId", int)


@function(volatility="immutable", strict=True, parallel="safe", cost=3)
def shouted(text: Arg[str], mark: Arg[str] = "!") -> Expr[str]:
    return fn.upper(text) + mark


class Job(Table, name="jobs of routines"):
    id: Col[JobId] = column(primary_key=True)
    title: Col[str] = column()
    loud: Col[str] = column(generated=shouted(title))
    price: Col[Decimal | None] = column(pg.numeric(8, 2), default=None)
    state: Col[str] = column(default="new", on_update="changed")


@function(volatility="stable")
def some_jobs(least: Arg[int], most: Arg[int] = 5) -> Select[Job]:
    return select(Job).order_by(Job.id).limit(most).offset(least)


class Count(Shape):
    title: Col[str]
    jobs: Col[int]


@function(volatility="stable")
def dearer(least: Annotated[Arg[Decimal], pg.numeric], *ids: Arg[JobId]) -> Select[Job]:
    return select(Job).where(Job.price > least)


@function(volatility="stable")
def counts(but: Arg[str | None] = None) -> Select[Count]:
    return select(Job.title, fn.count()).where(Job.title.is_distinct_from(but)).group_by(Job.title).map(Count)


@function()
def raw(but: Arg[str]) -> RawRows[Count]:
    return sql("SELECT title, count(*) AS jobs FROM {t} WHERE title <> {x} GROUP BY 1", t=Job, x=but).rows(Count)


@function(returns=Decimal | None, type=pg.numeric(8, 2), security="definer", set={"search_path": ["pg_temp"]})
def price_of(job: Arg[JobId]) -> Sql:
    return sql("BEGIN RETURN NULL; END")


@function(rows=Job, language="sql", result_rows=10)
def of_state(wanted: Arg[str]) -> Sql:
    return sql("SELECT * FROM {t} WHERE state = {s}", t=Job, s=wanted)


@function(returns=bool | None, external=True, schema="theirs", volatility="stable", strict=True)
def is_known(job: Arg[JobId], how: Arg[str] = "") -> None: ...


@function(rows=Count, external=True)
def known_counts(*ids: Arg[JobId]) -> None: ...


@function(returns=None)
def forget(job: Arg[JobId]) -> Sql:
    return sql("BEGIN DELETE FROM {t} WHERE id = {j}; END", t=Job, j=job)


class Weight(Shape):
    job: Col[JobId]
    grams: Col[int | None]


class Number(Shape):
    number: Col[JobId]


@function(rows=Weight, out=True, volatility="stable")
def weighed(job: Arg[JobId]) -> Sql:
    return sql("BEGIN grams := 5; END")


@function(setof=True)
def numbers(least: Arg[JobId]) -> Select[Number]:
    return select(Job.id).where(Job.id >= least).map(Number)


@function(rows=Number, setof=True, external=True)
def their_numbers() -> None: ...


@procedure(out=Weight)
def weigh(job: Arg[JobId], more: Arg[int]) -> Sql:
    return sql("BEGIN grams := more; END")


@procedure(external=True, schema="theirs")
def their_close(job: Arg[JobId]) -> None: ...


@procedure(out=Weight, external=True, schema="theirs")
def their_weigh(job: Arg[JobId]) -> None: ...


@procedure(name="close job", security="definer", set={"search_path": None, "work_mem": "4MB"})
def close(job: Arg[JobId], why: Arg[str] = "") -> Sql:
    return sql("BEGIN UPDATE {t} SET state = {w} WHERE id = {j}; END", t=Job, w=why, j=job)


touch = trigger_function("touch of routines", sql("BEGIN RETURN NEW; END"), set={"work_mem": "4MB"})
tell = event_trigger_function("tell of routines", sql("BEGIN END"))
dear = view("dear jobs of routines", select(Job).where(Job.price > 100))
touched = trigger(Job, touch, before=["insert", "update"], of=(Job.title, Job.price), args=["x", 1])
priced = trigger(
    Job,
    touch,
    after="update",
    name="priced",
    when=lambda old, new: (old.price != new.price) & (old.title == new.title),
    constraint=True,
    deferrable=True,
    initially="deferred",
    enabled="always",
)
instead = trigger(dear, touch, instead_of="insert")
rows = trigger(Job, touch, after="delete", for_each="statement", old_table="gone", name="rows")
told = event_trigger("told of routines", tell, on="ddl_command_end", tags="CREATE TABLE", enabled="disabled")
loud = check("jobs_loud_check", shouted(Job.title) != "")
clerk = role("clerk of routines")
both = grant("select", on=[Job, Job], to=clerk)
may = grant("execute", on=shouted, to=clerk), grant("execute", on=close, to=clerk), grant("execute", on=raw, to=clerk)


def calls(db: Db) -> None:
    assert_type(both, tuple[GrantDefinition, ...])
    assert_type(shouted("x"), Called[str])
    assert_type(shouted(Job.title, mark="?"), Called[str])
    assert_type(price_of(JobId(1)), Called[Decimal | None])
    assert_type(price_of(Job.id), Called[Decimal | None])
    assert_type(dearer(Decimal(1)), type[Job])
    some = dearer(Decimal(1), JobId(1), Job.id)
    assert_type(some.price, Column[Decimal | None])
    assert_type(counts(), type[Count])
    assert_type(counts(None), type[Count])
    assert_type(counts(but="x"), type[Count])
    assert_type(raw("x"), type[Count])
    assert_type(of_state("new"), type[Job])
    found = of_state("new")
    assert_type(select(found, found.id, price_of(found.id)), Select[tuple[Job, JobId, Decimal | None]])
    assert_type(close(JobId(1), why="x"), Command)
    assert_type(is_known(Job.id, how="x"), Called[bool | None])
    assert_type(known_counts(JobId(1), Job.id), type[Count])
    assert_type(weighed(JobId(1)), type[Weight])
    assert_type(numbers(least=JobId(1)).number, Column[JobId])
    assert_type(their_numbers(), type[Number])
    assert_type(weigh(JobId(1), more=2), Rows[Weight])
    assert_type(their_close(JobId(1)), Command)
    assert_type(their_weigh(JobId(1)), Rows[Weight])
    assert_type(only(Job), type[Job])
    assert_type(only(Job).title, Column[str])
    assert_type(select(forget(Job.id)), Select[None])
    assert db.all(select(found)).failure() is not None


def schemas() -> None:
    assert_type(touched, Trigger)
    assert_type(on_update_trigger(Job), Trigger)
    routines = is_known, known_counts, forget, shouted, dearer, counts, raw, price_of, of_state, close, touch, tell
    backs = weighed, numbers, their_numbers, weigh, their_close, their_weigh
    whole = schema(
        some_jobs,
        Job,
        dear,
        loud,
        touched,
        priced,
        instead,
        rows,
        told,
        clerk,
        *may,
        *routines,
        *backs,
        on_update_trigger(Job),
    )
    assert len(create_all(whole).operations) == 27
    assert len(drop_all(whole).operations) > 20
