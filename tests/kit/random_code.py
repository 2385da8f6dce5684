"""Functions, triggers and views of random schemas."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import qb
from qb import Arg, fn, sql
from tests.kit.random_maker import Maker

BODIES = ("it's", "$qb$ {x} %", "a\\b", "--", "Ä😀\n")


class Counted(qb.Shape):
    n: qb.Col[int]


class Given(qb.Shape):
    one: qb.Col[int]
    other: qb.Col[str]


def _options(m: Maker) -> dict[str, Any]:
    found: dict[str, Any] = {"name": m.name(), "schema": m.where(), "comment": m.comment()}
    if m.chance(3):
        found |= {"security": "definer", "set": {"search_path": ["public", "pg_temp"], "work_mem": "4MB"}}
    elif m.chance(4):
        found["set"] = {"qb.own": m.one_of(*BODIES)}
    return found


def _more(m: Maker) -> dict[str, Any]:
    """What functions say and procedures do not."""
    return _options(m) | {
        "volatility": m.one_of("volatile", "stable", "immutable"),
        "strict": m.chance(),
        "parallel": m.one_of("unsafe", "restricted", "safe"),
        "leakproof": m.chance(4),
        **({"cost": 7.5} if m.chance(3) else {}),
    }


FUNCTION: Any = qb.function
PROCEDURE: Any = qb.procedure


def functions(m: Maker) -> None:
    """A function of each of some forms, and a procedure."""
    text = m.one_of(*BODIES)

    def computed(a: Arg[int], b: Arg[str] = text) -> qb.Expr[str]:
        return fn.concat(fn.lower(b), sql("{a}::text", a=a).as_(str))

    def written(a: Arg[int | None] = None, *more: Arg[int]) -> qb.typing.Sql:
        return sql("DECLARE x text := {x}; BEGIN RETURN coalesce({a}, {n}[1], 1); END", x=text, a=a, n=more[0])

    def given(a: Arg[int]) -> qb.typing.Sql:
        return sql("BEGIN one := {a}; other := 'x'; END", a=a)

    def done(a: Arg[int], why: Arg[str | None] = None) -> qb.typing.Sql:
        return sql("BEGIN PERFORM {a}, {why}, {x}::text; END", a=a, why=why, x=text)

    if m.chance():
        _granted(m, FUNCTION(**_more(m))(computed))
    if m.chance():
        _granted(m, FUNCTION(returns=int, **_more(m))(written))
    if m.chance(3):
        m.made.append(FUNCTION(rows=Given, out=True, **_options(m))(given))
    if m.chance():
        _granted(m, PROCEDURE(**_options(m))(done))
    if m.tables and m.chance():
        _of_rows(m, m.draw(st.sampled_from(m.tables)))


def _of_rows(m: Maker, table: Any) -> None:
    def listed(least: Arg[int] = 0) -> qb.typing.Sql:
        return sql("BEGIN RETURN QUERY SELECT * FROM {t} WHERE id > {n}; END", t=table, n=least)

    def counted(least: Arg[int] = 0) -> qb.Select[Counted]:
        return qb.select(fn.count()).from_(table).where(table.id > least).map(Counted)

    rows = m.one_of(5, 100)
    m.made.append(FUNCTION(rows=table, result_rows=rows, volatility="stable", **_options(m))(listed))
    m.made.append(FUNCTION(volatility="stable", **_options(m))(counted))


def _granted(m: Maker, made: Any) -> None:
    m.made.append(made)
    if m.roles and m.chance():
        m.made.append(qb.grant("execute", on=made, to=m.roles[0], grantable=m.chance()))


def triggers(m: Maker) -> None:
    """Triggers of tables and views, and their functions."""
    touch = qb.trigger_function(m.name(), sql("BEGIN RETURN new; END"), schema=m.where(), comment=m.comment())
    m.made.append(touch)
    enabled = ("origin", "disabled", "replica", "always")
    for table in m.tables:
        if not m.chance():
            continue
        kind = m.one_of("row", "statement", "later", "when")
        options: dict[str, Any] = {"name": m.name(), "enabled": m.one_of(*enabled), "comment": m.comment()}
        if kind == "row":
            events = m.one_of("update", ("insert", "update"))
            options |= {"before": events, "of": table.id, "args": ["x'", m.one_of(*BODIES), 7]}
        elif kind == "statement":
            options |= {"after": m.one_of("insert", "update"), "for_each": "statement", "new_table": m.name()}
        elif kind == "later":
            options |= {"after": "delete", "constraint": True, "deferrable": True, "initially": "deferred"}
        else:
            options |= {"after": "update", "when": _changed}
        m.made.append(qb.trigger(table, touch, **options))
    if m.tables and m.chance(4):
        m.made.append(qb.trigger(m.tables[0], touch, before="truncate", for_each="statement", name=m.name()))
    for view in m.views:
        if m.chance():
            m.made.append(qb.trigger(view, touch, instead_of=("insert", "update"), name=m.name()))
    if m.chance(4):
        noticed = qb.event_trigger_function(m.name(), sql("BEGIN END"), schema=m.where())
        event: Any = m.one_of("ddl_command_end", "ddl_command_start")
        tags = m.one_of((), ["CREATE TABLE", "DROP TABLE"])
        state: Any = m.one_of("disabled", "replica")
        m.made += [noticed, qb.event_trigger(m.name(), noticed, on=event, tags=tags, enabled=state)]


def _changed(old: Any, new: Any) -> Any:
    return old.id != new.id


def views(m: Maker) -> None:
    """Views of tables and of views, with and without rows of their own."""
    for table in m.tables:
        if any(each.type in m.never for each in m.columns[table]):
            continue  # to the catalog a view's column may be NULL
        if m.chance(3):
            options: dict[str, Any] = {"schema": m.where(), "comment": m.comment()}
            options |= {"security_barrier": m.chance(), "security_invoker": m.chance()}
            view = qb.view(
                m.name(), qb.select(table).where(table.id > 3), check_option=m.one_of(None, "local"), **options
            )
            m.made.append(view)
            m.views.append(view)
            if m.chance():
                m.made.append(qb.view(m.name(), qb.select(view).where(view.id < 9), schema=m.where()))
            if m.roles and m.chance():
                m.made.append(qb.grant("select", on=view, to=m.roles[-1]))
        if m.chance(4):
            counted = qb.select(fn.count()).from_(table).map(Counted)
            many = qb.materialized_view(m.name(), counted, schema=m.where(), with_data=m.chance(), comment=m.comment())
            m.made += [many, qb.index(m.name(), many.n, unique=True)]
