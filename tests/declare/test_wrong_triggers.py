"""What no trigger can be, said where it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from qb import (
    Arg,
    Col,
    DefinitionError,
    Expr,
    Table,
    column,
    event_trigger,
    event_trigger_function,
    exists,
    fn,
    function,
    materialized_view,
    schema,
    select,
    sql,
    trigger,
    trigger_function,
    value,
    view,
)


class Task(Table, name="tasks"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column()


class Other(Table, name="others"):
    id: Col[int] = column(primary_key=True)


touch = trigger_function("touch", sql("BEGIN RETURN NEW; END"))
tell = event_trigger_function("tell", sql("BEGIN END"))
shown = view("shown", select(Task))
kept = materialized_view("kept", select(Task))


@function()
def taking(x: Arg[int]) -> Expr[int]:
    return value(x)


def fires(*, when: Callable[[Any, Any], Any] | None = None, **said: Any) -> Callable[[], object]:
    return lambda: trigger(Task, touch, when=when, **said)


def on_view(*, when: Callable[[Any, Any], Any] | None = None, **said: Any) -> Callable[[], object]:
    return lambda: trigger(shown, touch, when=when, **said)


any_: Any = object()
T = "the trigger 'tasks_touch_trigger' on tasks"
V = "the trigger 'shown_touch_trigger' on shown"
ONE = f"{T} fires either before=, after= or instead_of= some events: give one of them"


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (
            lambda: trigger(Task, cast("Any", taking), before="insert"),
            "a trigger on tasks calls a function that takes no arguments and returns trigger, trigger_function(...)",
        ),
        (lambda: trigger(Task, tell, before="insert"), "a trigger on tasks calls a function that takes no arguments"),
        (lambda: trigger(cast("Any", 5), touch, before="insert"), "a trigger is on a table or a view, not on 5"),
        (lambda: trigger(kept, touch, before="insert"), "a trigger is on a table or a view, not on <materialized view"),
        (fires(), ONE),
        (fires(before="insert", after="update"), ONE),
        (fires(before="change"), f"{T} is for each of insert, update, delete, truncate once, not change"),
        (
            fires(before=("insert", "insert")),
            f"{T} is for each of insert, update, delete, truncate once, not insert, in",
        ),
        (fires(before="insert", name=""), "a trigger on tasks has an empty name"),
        (fires(before="update", of=Other.id), f"{T}: of takes columns of its table, each once, not <column others.id>"),
        (fires(before="update", of=(Task.id, Task.id)), f"{T}: of takes columns of its table, each once"),
        (fires(before="insert", of=Task.id), f"{T} is of columns and not about updates: drop of="),
        (fires(before="insert", args="x"), f"{T}: args takes a list: write args=['x']"),
        (fires(before="insert", args=[True]), f"{T}: args are texts, not True"),
        (fires(before="insert", args=["\0"]), f"{T}: args are texts"),
        (fires(before="insert", for_each="table"), f"{T} is for each 'table': write for_each=\"row\", or"),
        (fires(before="insert", enabled="yes"), f"{T} is enabled='yes': write one of origin, disabled"),
        (fires(before="truncate"), f"{T} fires on truncate, which has no rows and no views: write for_each="),
        (fires(instead_of="insert"), f"{T} fires instead of something, and is not on the rows of a view: use before="),
        (on_view(before="insert"), f"{V} is on the rows of a view: use instead_of=, or for_each"),
        (
            on_view(instead_of="update", of=cast("Any", shown).id),
            f"{V} fires instead of something, which takes no when=",
        ),
        (
            on_view(instead_of="update", when=lambda old, new: old.id == new.id),
            f"{V} fires instead of something, which takes no when= and no of=",
        ),
        (
            on_view(instead_of="update", enabled="disabled"),
            f"{V} is disabled, and PostgreSQL can say that of triggers on",
        ),
        (on_view(instead_of="update", for_each="statement"), f"{V} fires instead of something, and is not on the rows"),
        (
            fires(before="insert", constraint=True),
            f"{T} is a constraint trigger: it fires after= rows of a table change",
        ),
        (
            fires(after="insert", deferrable=True),
            f"{T} is deferrable, and no constraint trigger: write constraint=True",
        ),
        (
            fires(after="insert", constraint=True, initially="deferred"),
            f"{T}: initially='deferred' is about what is def",
        ),
        (fires(before="insert", new_table="n"), f"{T} names old_table or new_table: that is for after= one event"),
        (fires(after=("insert", "update"), new_table="n"), f"{T} names old_table or new_table: that is for after= one"),
        (fires(after="update", of=Task.id, new_table="n"), f"{T} names old_table or new_table"),
        (fires(after="insert", old_table="n"), f"{T} names old_table, and there is none on insert: drop it"),
        (fires(after="delete", new_table="n"), f"{T} names new_table, and there is none on delete: drop it"),
        (fires(after="update", new_table="n", old_table="n"), f"{T} calls its old_table and its new_table the same"),
        (fires(after="update", new_table=""), f"new_table of {T} has an empty name"),
        (fires(before="update", when=cast("Any", True)), f"{T}: when takes lambda old, new: ..., not True"),
        (
            fires(before="update", when=lambda old, new: True),
            f"{T}: when gives a condition such as old.title != new.ti",
        ),
        (
            fires(before="update", when=lambda old, new: Task.id == new.id),
            f"{T}: when reads tasks: use the columns of old and new alone",
        ),
        (
            fires(before="insert", when=lambda old, new: old.id == new.id),
            f"{T}: when reads old, and there is none on insert: make it two triggers",
        ),
        (
            fires(before=("update", "delete"), when=lambda old, new: new.id > 1),
            f"{T}: when reads new, and there is none on delete: make it two triggers",
        ),
        (
            fires(before="update", when=lambda old, new: exists(select(Other).where(Other.id == new.id))),
            f"{T}: when holds a query, which PostgreSQL forbids there",
        ),
        (fires(before="update", when=lambda old, new: fn.count() > 1), f"{T}: when holds an aggregate or a window"),
        (
            fires(before="update", for_each="statement", when=lambda old, new: old.id == new.id),
            f'{T} reads rows and fires for each statement: write for_each="row", or drop when=',
        ),
        (lambda: trigger_function("f"), "the trigger function 'f' has no body: give it one, or say external=True"),
        (
            lambda: trigger_function("f", sql("x"), external=True),
            "the trigger function 'f' is external, so its owner has its body: leave one of the two away",
        ),
        (lambda: trigger_function("f", any_), "the trigger function 'f' returns <object"),
        (lambda: trigger_function("", sql("x")), "a trigger function has an empty name"),
        (
            lambda: event_trigger("e", touch, on="sql_drop"),
            "the event trigger 'e' calls an event_trigger_function(...)",
        ),
        (
            lambda: event_trigger("e", tell, on=cast("Any", "drop")),
            "the event trigger 'e': on is one of ddl_command_st",
        ),
        (lambda: event_trigger("e", tell, on="sql_drop", tags="DROP; x"), "the event trigger 'e': 'DROP; X' is no tag"),
        (
            lambda: event_trigger("e", tell, on="login", tags="X"),
            "the event trigger 'e' is on login, which has no tags",
        ),
        (lambda: event_trigger("", tell, on="login"), "an event trigger has an empty name"),
        (
            lambda: event_trigger("e", tell, on="login", enabled=cast("Any", "no")),
            "the event trigger 'e': enabled is one of origin, disabled, replica, always, not 'no'",
        ),
        (
            lambda: schema(Task, touch, trigger(Task, touch, before="insert"), trigger(Task, touch, after="insert")),
            "the trigger number 1 of tasks and the trigger number 2 of tasks are both called 'tasks_touch_trigger'",
        ),
    ],
)
def test_wrong_triggers(define: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        define()
    assert str(caught.value).startswith(message)
