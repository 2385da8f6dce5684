"""What an area computes: functions, procedures, triggers, an event trigger, a sequence, text search."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import qb
from qb import Arg, Expr, Select, Shape, fn, sql
from qb.declare.trigger import Enabled
from qb.typing import Sql

ENABLED: Final[Sequence[Enabled]] = ("origin", "disabled", "replica", "always")


class Total(Shape):
    day: qb.Col[int]
    rows: qb.Col[int]


def code(area: str, made: Sequence[Any]) -> Iterator[Any]:
    first, second = made[0], made[1]

    @qb.function(schema=area, volatility="immutable", strict=True, parallel="safe", cost=2.5, comment="what's shown")
    def tidy(text: Arg[str], mark: Arg[str] = "it's") -> Expr[str]:
        return fn.replace(fn.lower(text), mark, "$qb$")

    @qb.function(schema=area, volatility="stable", result_rows=5)
    def totals(least: Arg[int] = 0, *ids: Arg[int]) -> Select[Total]:
        return qb.select(first.id, fn.count()).where(first.id > least).group_by(first.id).map(Total)

    @qb.function(
        returns=bool, language="sql", schema=area, security="definer", set={"search_path": ["public", "pg_temp"]}
    )
    def is_there(id: Arg[int]) -> Sql:
        return sql("SELECT EXISTS (SELECT FROM {t} WHERE id = {id})", t=first, id=id)

    @qb.function(rows=second, schema=area)
    def all_of_them() -> Sql:
        return sql("BEGIN RETURN QUERY SELECT * FROM {t}; END", t=second)

    @qb.procedure(schema=area, set={"work_mem": "4MB"}, comment="ends it")
    def close(id: Arg[int], why: Arg[str | None] = None) -> Sql:
        return sql("BEGIN DELETE FROM {t} WHERE id = {id} AND {why} IS NOT NULL; END", t=second, id=id, why=why)

    @qb.procedure(schema=area, language="sql", security="definer", set={"search_path": ["public", "pg_temp"]})
    def renew() -> Sql:
        return sql("UPDATE {t} SET created_at = now()", t=second)

    yield from (tidy, totals, is_there, all_of_them, close, renew)
    touched = qb.trigger_function(
        "touched", sql("BEGIN RETURN new; END"), schema=area, security="definer", set={"search_path": ""}
    )
    yield touched
    for number, each in enumerate(made[:24]):
        arguments: list[str | int] = ["it's", number]
        state = ENABLED[number % 4]
        yield qb.trigger(each, touched, before=("update", "insert"), args=arguments, enabled=state, name="a touch")
    yield qb.trigger(
        first,
        touched,
        after="update",
        when=lambda old, new: old.created_at != new.created_at,
        constraint=True,
        deferrable=True,
        initially="deferred",
        name="later",
        comment="when it is all done",
    )
    yield qb.trigger(second, touched, after="delete", for_each="statement", old_table="gone", name="counted")
    noticed = qb.event_trigger_function("noticed", sql("BEGIN END"), schema=area)
    yield noticed
    yield qb.event_trigger(
        f"noticed_{area}", noticed, on="ddl_command_end", tags=["CREATE TABLE", "DROP TABLE"], enabled="disabled"
    )
    yield qb.sequence("numbers", schema=area, start=7, increment=-2, min=-99, max=99, cache=3, cycle=True)
    yield qb.text_search_configuration("words", schema=area, copy="english", mappings={"asciiword": ["simple"]})
    yield qb.namespace(area, comment=f"what {area} has")


class Counted(Shape):
    id: qb.Col[int]
    rows: qb.Col[int]


def views(area: str, made: Sequence[Any]) -> Iterator[Any]:
    """Views on views, with and without rows of their own."""
    for number, each in enumerate(made[:4]):
        recent = qb.view(
            f"recent_{number}",
            qb.select(each).where(each.id > number),
            schema=area,
            check_option="local" if number % 2 else None,
            security_invoker=number % 3 == 0,
            security_barrier=number % 3 == 1,
            comment="what's new",
        )
        again = qb.view(f"again_{number}", qb.select(recent).where(recent.id < 10**6), schema=area)
        counted = qb.select(again.id, fn.count()).group_by(again.id).map(Counted)
        many = qb.materialized_view(f"counted_{number}", counted, schema=area, with_data=number % 2 == 0)
        yield from (recent, again, many)
        yield qb.index(f"counted_{number}_idx", many.id, unique=True)
        yield qb.view(f"top_{number}", qb.select(many).where(many.rows > 3), schema=area)
