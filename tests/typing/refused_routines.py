"""Routines and triggers that the checkers refuse: each line marked `# error` is refused by both, and no other."""
# fmt: off

from __future__ import annotations

from qb import (
    Arg, Expr, Select, event_trigger, fn, function, only, procedure, select, sql, trigger, trigger_function, value,
)
from qb.typing import Sql
from tests.typing.common import Task, User


@function(volatility="immutable")
def shouted(text: Arg[str], mark: Arg[str] = "!") -> Expr[str]:
    return fn.upper(text) + mark


@function()
def open_tasks(least: Arg[int]) -> Select[Task]:
    return select(Task).where(Task.quantity > least)


@procedure()
def close(number: Arg[int]) -> Sql:
    return sql("BEGIN END")


touch = trigger_function("touch", sql("BEGIN RETURN NEW; END"))
shouted()                                                                               # error: no text
shouted(5)                                                                              # error: a number
shouted("x", "y", "z")                                                                  # error: three
shouted("x", sign="!")                                                                  # error: no such name
shouted(User.nickname)                                                                  # error: may be None
shouted(None)                                                                           # error: never None
open_tasks("x")                                                                         # error: a text
open_tasks(1).title                                                                     # error: no such column
select(open_tasks)                                                                      # error: no relation
close("x")                                                                              # error: a text
function(volatility="pure")                                                             # error
function(returns=str, volatile=True)                                                    # error: no such option
function(rows=int)                                                                      # error: no table
function(returns=str, result_rows=5)                                                    # error: no rows
function(returns=str, out=True)                                                         # error: no rows
function(rows=User, setof=1)                                                            # error: no bool
procedure(out=int)                                                                      # error: no Shape
procedure(external=True, set={"x": 1})                                                  # error: no such option
select(Task).limit(Task.title)                                                          # error: a text
select(Task).offset("5")                                                                # error: a text
only(open_tasks)                                                                        # error: no table
only(User).size                                                                         # error: no such column
procedure(strict=True)                                                                  # error: no such option
trigger(User, shouted, before="insert")                                                 # error: no trigger function
trigger(User, touch, before="change")                                                   # error: no event
trigger(User, touch, before="insert", for_each="table")                                 # error
trigger(User, touch, before="update", when=lambda old, new: old.id)                     # error: no condition
trigger(User, touch, before="update", when=lambda old, new: old.size == 1)              # error: no such column
trigger(User, touch, before="update", when=User.id == User.id)                          # error: no function
trigger(User, touch, before="insert", enabled="yes")                                    # error
event_trigger("e", touch, on="drop")                                                    # error: no event
trigger_function("f", "BEGIN END")                                                      # error: no sql(...)


@function()                                                                             # error: no body
def number(text: Arg[str]) -> int:
    return 1


@function(returns=str)                                                                  # error: an expression
def typed(text: Arg[str]) -> Expr[str]:
    return value("x")
