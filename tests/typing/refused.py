"""Every line marked `# error` must be refused by both checkers, and no other.

`# error (pyright)` is refused by pyright alone: mypy looks neither at a comparison that nobody uses nor at the keywords of
a class whose metaclass is not `type`.
"""
# fmt: off

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal
from uuid import UUID

import qb
from qb import (
    AsyncDb, Col, Command, Db, Failure, Outcome, Rows, Script, Select, Success, Table, Tx,
    alias, case, column, create_all, cte, delete, excluded, exists, fixed, fn, identity, insert, many, maybe, new,
    patch, pg, prepare, recursive, references, schema, select, sql, subquery, update,
)
from qb.typing import Column
from tests.typing.common import (
    Everything, Issue, Log, LogId, Member, Meta, Misnamed, Named, OnlyId, Point, Severity, Status, Task, TaskId, Team, Totals,
    User, UserId, WrongTotals, point_type,
)

me = UserId(UUID(int=0))
numbers = cte(select(Task))
another = new(Task)(id=TaskId(me), user_id=me, quantity=1)
now = dt.datetime.now(dt.UTC)


class Misdeclared(Table, name="misdeclared"):
    a: Col[UserId] = column(pg.uuid, references=Task.id)                                # error: the key's type differs
    b: Col[UserId | None] = column(pg.uuid, references=lambda: Task.id)                 # error: the key's type differs
    c: Col[int] = column(pg.text)                                                       # error: the type cannot hold it
    d: Col[str] = column(pg.text, default=fn.now())                                     # error: the default's type differs
    e: Col[str] = column(pg.text, default=None)                                         # error: NOT NULL
    f: Col[UserId] = column(references=references(Task.id))                             # error: the key's type differs
    g: Col[UserId] = column(references=references(lambda: Log.id, on_delete="cascade")) # error: the key's type differs
    h: Col[UserId] = column(references=references(User.id, on_delete="drop"))           # error: no such action
    i: Col[dt.datetime] = column(on_update=1)                                           # error: another type
    j: Col[dt.datetime] = column(on_update=fn.gen_random_uuid())                        # error: another type
    k: Col[str] = column(generated=identity())                                          # error: a number
    l: Col[str] = column(default=identity())                                            # error: a number
    m: Col[int] = column(default=1, generated=identity())                               # error: one of the two
    n: Col[Decimal] = column(pg.integer)                                                # error: the type cannot hold it
    o: Col[int] = column(pg.numeric(10, 2))                                             # error: a fraction
    p: Col[list[int]] = column(pg.array(pg.text))                                       # error: of another type
    q: Col[Status] = column(pg.char(4))                                                 # error: no enum
    r: Col[str] = column(pg.enum("status", Status))                                     # error: an enum
    s: Col[Meta] = column(point_type)                                                   # error: another type of one's own
    t: Col[Point] = column(pg.bytea)                                                    # error: the type cannot hold it
    u: Col[dt.date] = column(pg.time)                                                   # error: the type cannot hold it
    v: Col[str] = column(pg.varchar("80"))                                              # error: a length is a number
    w: Col[str] = column(pg.varchar("80"))                                              # error: a number
    guarded: Col[Meta] = column(guard="price")                                          # error: what guard(...) makes
    x: Col[int] = column(check="x > 0")                                                 # error: SQL as a str
    y: Col[int] = column(primary=True)                                                  # error: no such option
    z: Col[list[str]] = column(pg.vector(3))                                            # error: numbers
    bb: Col[str] = column(default=fn.now() + dt.timedelta(days=1))                      # error: another type
    dd: Col[int] = column(pg.macaddr)                                                   # error: the type cannot hold it
    cc: Col[Status] = column(pg.varchar(8), default="open")                             # error: no member


class Base(Table, nmae="base"):                                                         # error (pyright): no such option
    a: Col[int]


def names_are_spelt() -> None:
    from qb import slect                                                                # error: no such name
    from qb import Update                                                               # error: it is in qb.typing
    from qb.typing import Rows                                                          # error: it is in qb
    from qb.typing import Isolatoin                                                     # error: no such name
    qb.conect()                                                                         # error: no such name
    qb.typing.Preparde                                                                  # error: no such name


def rows_are_frozen(user: User, log: Log) -> None:
    user.display_name = "x"                                                             # error
    user.created_at = user.created_at                                                   # error
    log.id = LogId(1)                                                                   # error
    user.nothing                                                                        # error: no such column



def classes_are_frozen() -> None:
    User.display_name = "x"                                                             # error: a class is a description
    Log.id.node = Log.seq.node                                                          # error: an expression is a value
    Misdeclared.a: Column[int] = Log.seq                                                # error


User.nothing                                                                            # error: no such column
alias(User, "u").nothing                                                                # error: no such column
cte(select(Task.user_id).map(OnlyId)).quantity                                          # error: no such column

NewUser = new(User)
NewUser(text="t", display_name=1, meta=Meta("web", 1.0, []), embedding=[])              # error: wrong type
NewUser(text="t", meta=Meta("web", 1.0, []), embedding=[])                              # error: display_name is required
NewUser(text="t", display_name="x", meta=Meta("web", 1.0, []))                          # error: embedding is required
NewUser(text="t", display_name="x", meta={}, embedding=[])                              # error: not a Meta
NewUser("t", "x", Meta("web", 1.0, []), [])                                             # error: by name alone
NewUser(text="t", display_name="x", meta=Meta("web", 1.0, []), embedding=[], age=1)     # error: no such column
new(Log)(id=LogId(1), note="x")                                                         # error: id is generated
new(Task)(id=TaskId(me), user_id=me, quantity=1, doubled=2)                             # error: doubled is generated
new(Task)(id=me, user_id=me, quantity=1)                                                # error: another table's key
insert(1)                                                                               # error: not a row
insert(new(Log)(note="x"), note="y")                                                    # error: no such option
Totals(user_id=me)                                                                      # error: quantity is required

# Comparisons.
select(User).where(User.id == Task.id)                                                  # error: keys of different tables
select(User).where(User.id == Task.reviewer_id, Task.id == Task.reviewer_id)            # error: keys of different tables
select(User).where(User.id == "x")                                                      # error
select(User).where(User.id != Log.id)                                                   # error: keys of different tables
select(User).where(Log.id == Task.quantity)                                             # error: an id and a number
select(User).where(Task.quantity == Log.id)                                             # error: a number and an id
select(User).where(Log.id != numbers.quantity)                                          # error: a CTE's plain number
select(User).where(Log.id > Task.quantity)                                              # error: an id and a number
select(User).where(Log.id == 5)                                                         # error: a number is no LogId
select(User).where(Log.id.in_([5]))                                                     # error: a number is no LogId
select(User).where(Log.id.in_(select(Task.quantity)))                                   # error: numbers are no LogIds
select(User).where(Task.quantity.in_(select(Log.id)))                                   # error: nor the other way
select(User).where(Task.quantity.not_in(select(Log.id)))                                # error: nor the other way
select(User).where(Task.quantity == True)                                               # error: a bool is no integer
select(User).where(Task.quantity != False)                                              # error: a bool is no integer
select(User).where(Task.reviewer_id == None)                                            # error: is_null()
select(User).where(User.id != None)                                                     # error: never None, and is_null()
select(User).where(Task.quantity == User.active)                                        # error: a bool is no integer
select(User).join(numbers, on=numbers.quantity == Log.id)                               # error: an id and a number
Task.quantity == "5"                                                                    # error (pyright): of no use either
select(User).where(User.display_name > 5)                                               # error
select(User).where(Task.quantity <= "5")                                                # error
select(User).where(Task.status == "open")                                               # error: an enum, not a string
select(User).where(Task.price > 1.5)                                                    # error: a float is no Decimal
select(User).where(User.created_at > dt.date(2024, 1, 1))                               # error: a date, not a time
select(User).where(True)                                                                # error: a Python bool
select(User).where(me == User.id)                                                       # error: Python's own ==
select(User).where(User.display_name)                                                   # error: not a condition
select(User).where(User)                                                                # error: not a condition
select(User).where(User.id is None)                                                     # error: a Python bool
select(User).where(User.id == me and User.active)
User.id.in_(["a"])                                                                      # error
User.id.in_(me)                                                                         # error: not a list
User.id.in_(select(Task.quantity))                                                      # error
User.id.in_(select(User.id, User.text))                                                 # error: two columns
User.id.not_in(select(Task.reviewer_id))                                                # error: it may hold NULL
User.id.not_in([1])                                                                     # error
Task.quantity.between("a", "b")                                                         # error
Task.quantity.like("1%")                                                                # error: not a text
User.display_name.like(1)                                                               # error: not a text
User.display_name.ilike(Task.quantity)                                                  # error: not a text
User.nickname.is_distinct_from(1)                                                       # error
User.display_name & User.active                                                         # error: not a condition
User.active & (User.id == Task.id)                                                      # error: keys of different tables
~User.display_name                                                                      # error: not a condition

# Arithmetic.
Task.quantity + "x"                                                                     # error
"x" + Task.quantity                                                                     # error
Task.quantity + User.display_name                                                       # error
Task.price * 1.5                                                                        # error: a float is not exact
1.5 - Task.price                                                                        # error: a float is not exact
Task.price > 1.5                                                                        # error: a float is not exact
Task.price // 1.5                                                                       # error: a float is not exact
Everything.single // 2                                                                  # error: of floats there is none
Everything.single % 2                                                                   # error: of floats there is none
User.display_name - "x"                                                                 # error
User.display_name * 2                                                                   # error
User.id + User.id                                                                       # error: no number
User.meta + User.meta                                                                   # error: no number
User.created_at + User.created_at                                                       # error: times do not add
User.created_at + 1                                                                     # error: of what?
User.created_at * 2                                                                     # error
Everything.span * dt.timedelta(1)                                                       # error
-User.display_name                                                                      # error
User.tags + 1                                                                           # error

# Assignments.
User.display_name.to(None)                                                              # error: NOT NULL
User.display_name.to(1)                                                                 # error
User.id.to(TaskId(me))                                                                  # error: another table's key
update(User).set(User.display_name.to(User.nickname))                                   # error: may be NULL
update(User).set(User.display_name == "x")                                              # error: a comparison
update(User).set(display_name="x")                                                      # error: no keywords
update(User).where(User.display_name)                                                   # error: not a condition
update(me)                                                                              # error: not a table
update(User).patch(patch(Task)(quantity=1))                                             # error: another table's
update(User).patch({"nickname": "x"})                                                   # error: not a patch
delete(User).where(False)                                                               # error: a Python bool
delete(User).using(me)                                                                  # error: not a table

# Rows and their shapes.
select(User.id, User.nickname).map(Misnamed)                                            # error: nickname may be None
select(User.id).map(Named)                                                              # error: one column too few
select(User.display_name).map(abs)                                                      # error: another type
select(User.id).into(Totals, Totals.user_id.to(me)).map(len)                            # error: not what len takes
cte(select(Task.user_id, fn.sum(Task.quantity)).map(WrongTotals))                       # error: another type
cte(select(Task.quantity).map(OnlyId))                                                  # error: another type
recursive(select(Task.user_id).map(OnlyId), lambda above: select(User))                 # error: another type
recursive(select(Task.user_id).map(OnlyId), lambda above: select(above.quantity))       # error: no such column
recursive(User, lambda above: select(above))                                            # error: not a query
select(User.id).union(select(Task.quantity))                                            # error: different rows
select(User).union(select(Task))                                                        # error: different rows
select(User.id).except_(select(User.id, User.text))                                     # error: different rows
select(User.id).intersect(User.id)                                                      # error: not a query
select(1)                                                                               # error: not an expression
select("id")                                                                            # error: not an expression
select()                                                                                # error: nothing
select(User).order_by("display_name")                                                   # error: not an expression
select(User).order_by(User)                                                             # error: not an expression
select(User).order_by(User.id.desc().desc())                                            # error: an ordering already
select(User).group_by(User.id.desc())                                                   # error: an ordering
select(User).limit("1")                                                                 # error: not a number
select(User).offset(None)                                                               # error: not a number
select(User).for_("read")                                                               # error: no such lock
select(User, Task).join(Task)                                                           # error: on what?
select(User, Task).join(Task, on=True)                                                  # error: a Python bool
select(User, Task).join(Task, on=Task.user_id)                                          # error: not a condition
select(User, Task).join(Task, on=Task.id == User.id)                                    # error: keys of different tables
select(User, Task).left_join(me, on=Task.user_id == User.id)                            # error: not a table
select(User, many(Task))                                                                # error: on what?
select(User, many(Task, on=User.display_name))                                          # error: not a condition
exists(User)                                                                            # error: not a query
alias(User.id, "x")                                                                     # error: not a table
maybe(1)                                                                                # error: not a table
subquery(User)                                                                          # error: not a query
excluded(User)                                                                          # error: not a column

# Functions.
fn.sum(User.display_name)                                                               # error: not a number
fn.avg(User.created_at)                                                                 # error: not a number
fn.lower(Task.quantity)                                                                 # error: not a text
fn.length(User.tags)                                                                    # error: not a text
fn.abs(User.display_name)                                                               # error: not a number
fn.round(Task.quantity)                                                                 # error: no Decimal
fn.bool_and(Task.quantity)                                                              # error: not a bool
fn.string_agg(Task.quantity, ",")                                                       # error: not a text
fn.extract("year", User.display_name)                                                   # error: not a time
fn.cardinality(User.meta)                                                               # error: not an array
fn.count(User)                                                                          # error: not an expression
fn.row_number().over(order_by="id")                                                     # error: not an expression
fn.count().filter("id")                                                                 # error: not a condition
fn.date_trunc("dya", User.created_at)                                                   # error: no such unit
fn.date_trunc("day", Everything.day, "UTC")                                             # error: a date is in no zone
fn.date_trunc("day", User.created_at, 1)                                                # error: no name of a zone
fn.extract("yaer", User.created_at)                                                     # error: no such field
fn.lower(1)                                                                             # error: no text
fn.lower(Task.quantity)                                                                 # error: no text
case(("x", 1), else_=0)                                                                 # error: not a condition
case((Task.quantity > 1, 1))                                                            # error: and else?
Task.quantity.cast(int)                                                                 # error: a type of pg
User.display_name.path(lambda m: m.labels)                                              # error: not a document
select(User).where(User.meta.path(lambda m: m.theme) == "blue")                         # error: no such label
User.meta.path(lambda m: m.theme).in_(["blue"])                                         # error: no such label
User.meta.path(lambda m: m.nothing)                                                     # error: no such field

# What becomes one value, and what has no type of its own.
fn.coalesce(Issue.nick, 5)                                                              # error: no text
fn.coalesce(Issue.closed_at, "never")                                                   # error: no time
fn.coalesce(fn.sum(Issue.rate), 0.0)                                                    # error: a float is not exact
fn.coalesce(Issue.nick, None)                                                           # error: nothing
fn.coalesce(Issue.spent, 0.5)                                                           # error: no int
fn.coalesce(Issue.spent, "0")                                                           # error: no int
fn.coalesce(Issue.state, "open")                                                        # error: no member
fn.coalesce(Issue.due, Issue.nick)                                                      # error: no date
fn.coalesce(Issue.nick, Issue.alias, 5)                                                 # error: no text
fn.coalesce(Issue.nick, Issue.hours, "x")                                               # error: no text
fn.coalesce(User.manager_id, Task.id)                                                   # error: another table's key
fn.coalesce(Issue.tags, "x")                                                            # error: no list
fn.coalesce(Issue.pause, 0)                                                             # error: no interval
fn.nullif(Issue.title, 0)                                                               # error: no text
fn.nullif(Issue.hours, "")                                                              # error: no number
fn.nullif(Issue.hours, 0.5)                                                             # error: no int
fn.nullif(Issue.rate, 0.5)                                                              # error: a float is not exact
fn.nullif(Issue.day, "")                                                                # error: no date
fn.nullif(Issue.state, Severity.LOW)                                                    # error: another enum
fn.greatest(Issue.hours, "3")                                                           # error: no number
fn.greatest(Issue.hours, 0.5)                                                           # error: no int
fn.greatest(Issue.rate, 0.5)                                                            # error: a float is not exact
fn.greatest(Issue.spent, None)                                                          # error: nothing
fn.greatest(Issue.title, Issue.hours)                                                   # error: no text
fn.least(Issue.due, Issue.hours)                                                        # error: no date
fn.least(Issue.day, "2024-01-01")                                                       # error: no date
case((Issue.urgent, 5), else_=Issue.title)                                              # error: no text
case((Issue.urgent, "x"), else_=Issue.hours)                                            # error: no number
case((Issue.urgent, Issue.title), else_=0)                                              # error: no text
case((Issue.urgent, Status.OPEN), else_=Issue.title)                                    # error: no text
case((Issue.urgent, None), (Issue.urgent, "x"), else_=Issue.due)                        # error: no date
case((Issue.urgent, Issue.hours), else_=Issue.title)                                    # error: a number and a text
case((Issue.urgent, Issue.hours, 2), else_=1)                                           # error: a pair
Issue.due.desc(nulls="frist")                                                           # error: no such place
Issue.due.asc(nulls="LAST")                                                             # error: no such place
Issue.hours.between(None, 3)                                                            # error: nothing
Issue.hours.between(Issue.nick, 3)                                                      # error: another type
Issue.day.between("2024-01-01", "2024-02-01")                                           # error: texts
Issue.hours.is_distinct_from(Issue.nick)                                                # error: another type
Issue.rate.is_distinct_from(0.5)                                                        # error: a float is not exact
7 % Issue.score                                                                         # error: of floats there is none
select(fn.row_number())                                                                 # error: without its window
select(Issue.hours, fn.lag(Issue.hours))                                                # error: without its window
select(Issue).where(fn.row_number() > 1)                                                # error: without its window
select(Issue).order_by(fn.rank())                                                       # error: without its window
fn.row_number() + 1                                                                     # error: without its window
fn.coalesce(fn.lag(Issue.hours), 0)                                                     # error: without its window
fn.row_number().filter(Issue.urgent)                                                    # error: no aggregate
fn.sum(Issue.state)                                                                     # error: no number
fn.sum(Issue.team)                                                                      # error: no number
fn.extract("hour", Issue.day)                                                           # error: a date has none
fn.extract("year", Issue.starts)                                                        # error: a time has none
fn.extract("dow", Issue.took)                                                           # error: an interval has none
fn.extract("epoch", Issue.hours)                                                        # error: no time
fn.date_trunc("week", Issue.took)                                                       # error: not of an interval
fn.date_trunc("day", Issue.hours)                                                       # error: no time
fn.string_agg(Issue.title, ", ", order_by=["id"])                                       # error: not an expression
fn.array_agg(Issue.title, order_by="id")                                                # error: not an expression
fn.upper(Issue.severity)                                                                # error: no text
fn.replace(Issue.title, 1, "x")                                                         # error: no text
fn.substring(Issue.title, "1", 2)                                                       # error: no number
select(Issue.id).except_(select(Issue.nick))                                            # error: different rows
select(Issue.nick).intersect(select(Issue.spent))                                       # error: different rows
select(Issue.id, Issue.nick).union(select(Issue.id, Issue.hours))                       # error: different rows
late = Issue.hours > 1
fn.coalesce(Issue.hours, "0")                                                           # error: another type
fn.coalesce(Issue.tags, [1])                                                            # error: another type
fn.coalesce(User.draft, "{}")                                                           # error: another type
fn.coalesce(Issue.pause, dt.time(0))                                                    # error: another type
fn.coalesce(Issue.closed_at, dt.date(2024, 1, 1))                                       # error: another type
fn.coalesce(Issue.closed_at, Issue.due)                                                 # error: another type
fn.coalesce(Issue.starts, now)                                                          # error: another type
fn.coalesce(Issue.helped_by, Severity.LOW)                                              # error: another type
fn.coalesce(Issue.feared, Team.CORE)                                                    # error: another type
fn.coalesce(Issue.state, Everything.mood)                                               # error: another type
fn.coalesce("x", Issue.nick)                                                            # error: another type
fn.coalesce(Issue.nick)                                                                 # error: of what?
fn.coalesce(Issue, "x")                                                                 # error: another type
fn.coalesce(fn.count(), "none")                                                         # error: another type
fn.nullif(Issue.closed_at, "")                                                          # error: another type
fn.nullif(Issue.tags, "")                                                               # error: another type
fn.nullif(Issue.hours, None)                                                            # error: another type
fn.nullif(Issue.parent_id, Log.id)                                                      # error: another type
fn.greatest(Issue.due, "2024-01-01")                                                    # error: another type
fn.greatest(Issue.took, 5)                                                              # error: another type
fn.least(Issue.state, "open")                                                           # error: another type
fn.greatest()                                                                           # error: of what?
case((late, Issue.due), else_=0)                                                        # error: another type
case((late, Issue.due), else_="never")                                                  # error: another type
case((late, Issue.state), else_="open")                                                 # error: another type
case((late, Issue.tags), else_="x")                                                     # error: another type
case((late, Issue.hours), else_=0.5)                                                    # error: another type
case((late, Issue.rate), else_=0.5)                                                     # error: another type
case((Issue.title, 1), else_=0)                                                         # error: another type
case((late, 1), else_=Issue.due)                                                        # error: another type
case((late, "many"), else_=5)                                                           # error: another type
case((late, Issue.day), (late, Issue.title), else_=None)                                # error: another type
Issue.hours.between(0.5, 2)                                                             # error: another type
Issue.rate.between(0.5, 2)                                                              # error: another type
Issue.title.between(1, 2)                                                               # error: another type
Issue.closed_at.between(dt.date(2024, 1, 1), dt.date(2024, 1, 2))                       # error: another type
Issue.due.between("2024-01-01", Issue.day)                                              # error: another type
Issue.state.between("a", "b")                                                           # error: another type
Issue.hours.is_distinct_from("3")                                                       # error: another type
Issue.parent_id.is_distinct_from(Log.id)                                                # error: another type
Issue.state.is_distinct_from("open")                                                    # error: another type
fn.sum(Issue.closed_at)                                                                 # error: another type
fn.sum(Issue.kind)                                                                      # error: another type
fn.avg(Issue.score)                                                                     # error: another type
fn.avg_float(Issue.rate)                                                                # error: another type
fn.abs(Issue.took)                                                                      # error: another type
fn.round(Issue.score, 2)                                                                # error: another type
fn.floor(Issue.title)                                                                   # error: another type
fn.upper(Issue.hours)                                                                   # error: another type
fn.upper(Issue.state)                                                                   # error: another type
fn.lower(Issue.tags)                                                                    # error: another type
fn.length(Issue.hours)                                                                  # error: another type
fn.split_part(Issue.title, 1, 1)                                                        # error: another type
fn.substring(Issue.hours, 1, 2)                                                         # error: another type
fn.concat(Issue.title, 5)                                                               # error: another type
fn.concat(Issue.title, Issue.hours)                                                     # error: another type
fn.string_agg(Issue.hours, ",")                                                         # error: another type
fn.string_agg(Issue.title)                                                              # error: of what?
fn.string_agg(Issue.title, 5)                                                           # error: another type
fn.string_agg(Issue.title, ",", order_by=Issue)                                         # error: another type
fn.extract("year", Issue.title)                                                         # error: it has none
fn.extract("years", Issue.day)                                                          # error: it has none
fn.extract("day", Issue.starts)                                                         # error: it has none
fn.extract("doy", fn.now() - Issue.opened_at)                                           # error: it has none
fn.date_trunc("days", Issue.opened_at)                                                  # error: it has none
fn.date_trunc("day", Issue.starts)                                                      # error: it has none
fn.date_trunc("day", Issue.title)                                                       # error: it has none
fn.lag(Issue.hours, "1")                                                                # error: another type
fn.rank().over(order_by=Issue.hours.desc(nulls="top"))                                  # error: no such place
select(fn.first_value(Issue.hours))                                                     # error: without its window
select(Issue).where(fn.lag(Issue.hours) == 1)                                           # error: without its window
select(Issue.kind).intersect(select(Issue.state))                                       # error: different rows
Issue.hours.asc(nulls=True)                                                             # error: no such place
fn.cardinality(Issue.title)                                                             # error: another type
fn.div(Issue.score, 2)                                                                  # error: another type
fn.div(Issue.title, 2)                                                                  # error: another type
fn.row_number().desc()                                                                  # error: without its window
fn.coalesce(Issue.id, Log.id)                                                           # error: another type
fn.greatest(Issue.id, Log.id)                                                           # error: another type

# A brand beside its base, and two brands of it.
Issue.hours.is_distinct_from(Issue.id)                                                  # error: a number and an id
Issue.id.is_distinct_from(Issue.hours)                                                  # error: an id and a number
Issue.id.is_distinct_from(5)                                                            # error: a number is no id
Issue.id.is_not_distinct_from(Log.id)                                                   # error: ids of different tables
Issue.hours.is_not_distinct_from(Issue.id)                                              # error: a number and an id
Issue.hours.is_distinct_from(Issue.urgent)                                              # error: a bool is no number
select(Issue).where(Issue.hours.is_distinct_from(True))                                 # error: a bool is no number
Issue.title.is_distinct_from(Issue.email)                                               # error: a text and a brand of it
Issue.reply_to.is_distinct_from(Issue.nick)                                             # error: a brand of text and a text
Issue.rate.is_distinct_from(Issue.id)                                                   # error: a Decimal and an id
Issue.rate.is_not_distinct_from(0.5)                                                    # error: a float is no Decimal
Issue.hours.between(Issue.id, Log.id)                                                   # error: a number and ids
Issue.hours.between(1, Log.id)                                                          # error: a number and an id
Issue.id.between(1, 2)                                                                  # error: numbers are no ids
Issue.rate.between(Issue.id, 3)                                                         # error: a Decimal and an id
select(Issue).where(Issue.rate == Issue.id)                                             # error: a Decimal and an id
select(Issue).where(Issue.id > Issue.rate)                                              # error: an id and a Decimal
case((late, Issue.id), else_=Log.id)                                                    # error: ids of different tables
case((late, Issue.parent_id), else_=Log.id)                                             # error: ids of different tables
-Issue.title                                                                            # error: no number
-Issue.day                                                                              # error: no number
-Issue.state                                                                            # error: no number
-User.meta                                                                              # error: no number
-Issue.tags                                                                             # error: no number

# A bool is an int to Python, and no number to PostgreSQL: where the checkers do not say it, what is built raises.
select(fn.sum(Issue.urgent))                                                            # error: a bool is no number
select(fn.sum(Issue.seen))                                                              # error: a bool is no number
fn.coalesce(fn.sum(Issue.seen), 0)                                                      # error: a bool is no number
fn.sum(Issue.urgent) + 1                                                                # error: a bool is no number
select(Issue.kind).where(fn.sum(Issue.urgent) > 1)                                      # error: a bool is no number
fn.round(Issue.urgent)                                                                  # error: a bool is no number
fn.length(True)                                                                         # error: a text
update(Issue).set(Issue.rate.to(True))                                                  # error: a bool is no number
Issue.urgent.to(1)                                                                      # error: a number is no bool
Issue.urgent.in_([1, 0])                                                                # error: numbers are no bools
Issue.urgent > 1                                                                        # error: a number is no bool
Issue.hours >= Issue.urgent                                                             # error: a bool is no number
Issue.hours.in_(select(Issue.urgent))                                                   # error: a bool is no number

# Rows of expressions.
insert(Log, Log.note == "x")                                                            # error: a comparison
insert(Log, Log.note)                                                                   # error: a column, and not what it becomes
insert(Log, "x")                                                                        # error: a value of which column?
insert(Log, [Log.note.to("x")])                                                         # error: one row is no list
insert(Log, new(Log)(note="x"))                                                         # error: a row is alone
insert(Log, note=fn.lower("x"))                                                         # error: no keywords
insert(Log.note.to("x"))                                                                # error: of which table?
insert(Log, Log.note.to(fn.length("x")))                                                # error: another type
insert(Log, Log.note.to(User.nickname))                                                 # error: it may be NULL
insert(Log, Log.note.to(select(User.text).as_scalar()))                                 # error: it may be NULL
insert(Log, Log.note.to(sql("lower('X')").as_(str)))                                    # error: it may be NULL
insert(Log, Log.note.to(None))                                                          # error: NOT NULL
insert(Log, Log.seq.to(fn.now()))                                                       # error: another type
insert(Log, Log.id.to(Task.quantity + 1))                                               # error: a number is no LogId
insert(Member, Member.role.to(fn.lower("OWNER")))                                       # error: a text is no label
insert(Member, Member.role.to("nobody"))                                                # error: no label
insert(Log).values(Log.note.to("x"))                                                    # error: a row is a list
insert(Log).values([new(Log)(note="x")])                                                # error: a list is of assignments
insert(Log).values([Log.note == "x"])                                                   # error: comparisons
insert(User).values([User.text.to("x")], new(Log)(note="x"))                            # error: a row of another table
insert(Log).values([Log.note.to(fn.length("x"))])                                       # error: another type
insert(Log).set(Log.note.to("x"))                                                       # error: of rows that are there
insert(new(Log)(note="x"), Log.seq.to(1))                                               # error: that is set
insert(new(Log)(note="x")).set(Log.seq == 1)                                            # error: a comparison
insert(new(Log)(note="x")).set(seq=1)                                                   # error: no keywords
insert(new(Log)(note="x")).returning().set(Log.seq.to(1))                               # error: before returning
insert(new(Log)(note=fn.lower("x")))                                                    # error: a row of new holds values


def outcomes(db: Db, tx: Tx, other: AsyncDb) -> Outcome[list[User]]:
    db.all(insert(NewUser(text="t", display_name="x", meta=Meta("web", 1.0, []), embedding=[])))   # error: returns no rows
    db.execute(select(User))                                                            # error: returns rows
    db.execute(insert(User))                                                            # error: its rows are to come
    db.execute(create_all(schema(User)))                                                # error: a script: db.run
    db.all(Script("SELECT 1"))                                                          # error: a script has no rows
    db.run(delete(Log).all_rows())                                                      # error: a command: db.execute
    db.run("SELECT 1")                                                                  # error: no script
    prepare(lambda: Script("SELECT 1"))                                                 # error: a script is no query
    db.pipeline().pipeline.execute(Script("SELECT 1"))                                  # error: a script: db.run
    db.all(insert(User).returning())                                                    # error: its rows are to come
    db.insert_many([new(Log)(note="x")], insert(User))                                  # error: rows of another table
    db.insert_many([new(Log)(note="x")], insert(User).returning(User.id))               # error: rows of another table
    db.raising.insert_many([new(Log)(note="x")], insert(User))                          # error: rows of another table
    db.insert_many([new(Log)(note="x")], insert(new(Log)(note="x")))                    # error: it has rows already
    db.insert_many([new(Log)(note="x")], lambda query: query.returning())               # error: no statement
    other.insert_many([new(Log)(note="x")], insert(User))                               # error: rows of another table
    tx.insert_many([new(Log)(note="x")], insert(User))                                  # error: rows of another table
    db.pipeline().pipeline.execute(insert(User))                                        # error: its rows are to come
    db.execute(insert(new(Log)(note="x")).returning())                                  # error: returns rows
    db.all("SELECT 1")                                                                  # error: not a query
    db.all(User)                                                                        # error: not a query
    db.one(update(User).all_rows())                                                     # error: returns no rows
    db.insert_many([new(Log)(note="x"), another])                                       # error: rows of two tables
    db.insert_many(row for row in (new(Log)(note="x"), another))                        # error: rows of two tables
    db.insert_many([new(Log)(note="x")] + [another])                                    # error: rows of two tables
    db.raising.insert_many((new(Log)(note="x"), another))                               # error: rows of two tables
    other.insert_many([new(Log)(note="x"), another])                                    # error: rows of two tables
    db.insert_many(new(Log)(note="x"))                                                  # error: one row
    db.insert_many([[Log.note.to(fn.lower("x"))]])                                      # error: values alone
    db.insert_many([[Log.note.to("x")]], insert(Log))                                   # error: values alone
    db.insert_many([new(Log)(note="x")], insert(Log, Log.note.to("x")))                 # error: it has rows already
    db.all(insert(Log, Log.note.to("x")))                                               # error: returns no rows
    db.insert_many([User])                                                              # error: not rows to insert
    names: Outcome[list[str]] = db.all(select(User.id))                                 # error: other rows
    count: int = db.execute(delete(Log).all_rows())                                     # error: an Outcome, not an int
    needs_tx(db)                                                                        # error: a Db is no Tx
    needs_db(tx)
    needs_db(other)                                                                     # error: its methods are coroutines
    match db.all(select(User)):
        case Success(users):
            users.display_name                                                          # error: a list
        case Failure(error):
            error.constraint                                                            # error: not of every DbError
    late: list[User] = db.raising.all(select(Task))                                     # error: other rows
    other_count: int = db.raising.one(select(User.display_name))                        # error: another type
    return db.all(select(Task))                                                         # error: other rows


def truth(db: Db) -> None:
    if db.first(select(User)): pass                                                     # error: no truth value


def untruth(db: Db) -> None:
    if not db.execute(delete(Log).all_rows()): pass                                     # error: no truth value


def not_exhaustive(db: Db) -> list[User]:                                               # error: Failure is missing
    match db.all(select(User)):                                                         # error: Failure is missing
        case Success(users):
            return users


def needs_tx(tx: Tx) -> None: ...
def needs_db(db: Db) -> None: ...


@prepare
def named(ids: list[UserId], limit: int = 10) -> Select[tuple[UserId, str]]:
    return select(User.id, User.display_name).where(User.id.in_(ids)).limit(limit)


@prepare
def listed(sort: Literal["old", "new"]) -> Select[User]:
    return select(User) if sort == "old" else select(User).limit(fixed("x"))            # error: no number


listed("newest")                                                                        # error: no such choice
named([1])                                                                              # error
named([me], limit="x")                                                                  # error
named(me)                                                                               # error
named()                                                                                 # error
named([me], size=1)                                                                     # error
rows: Rows[tuple[UserId, int]] = named([me])                                            # error: other rows
command: Command = named([me])                                                          # error: it returns rows


@prepare                                                                                # error: no query
def no_query(id: UserId) -> UserId:
    return id


@prepare
def other_rows(id: UserId) -> Select[tuple[UserId, int]]:
    return select(User.id, User.display_name).where(User.id == id)                      # error: other rows


@prepare
def other_key(id: TaskId) -> Select[User]:
    return select(User).where(User.id == id)                                            # error: another table's key
