"""Writes, and what stands in the place of a table: every line marked `# error` must be refused, and no other.

See refused.py.
"""
# fmt: off

from __future__ import annotations

from uuid import UUID

from qb import (
    alias, crud, cte, delete, foreign_key, grant, insert, insert_from, live, many, materialized_view, maybe, new, patch,
    policy, recursive, refresh, replace, row, select, sql, subquery, update, value, view,
)
from tests.typing.common import Bare, Log, LogId, Meta, Misnamed, OnlyId, Task, TaskId, Totals, User, UserId

me = UserId(UUID(int=0))
NewUser = new(User)
another = new(Task)(id=TaskId(me), user_id=me, quantity=1)
noted = Log.note.to("x")


class Own:
    def __init__(self, id: int) -> None: ...


# Writes and what they return.
insert(NewUser(text="t", display_name="x", meta=Meta("web", 1.0, []), embedding=[])).returning("id")   # error
insert(new(Log)(note="x")).returning(Log.id, Log.note).map(Misnamed)                    # error: another type
insert(new(Log)(note="x")).on_conflict("id", nothing=True)                              # error: not a column
insert(new(Log)(note="x")).on_conflict(Log.id, update=["note"])                         # error: not an assignment
insert_from(Log, select(Task.quantity), Log.note)                                       # error: another type
insert_from(Log, select(User.nickname), Log.note)                                       # error: it may be NULL
insert_from(Log, select(User.text, Task.quantity), Log.note)                            # error: one column too few
insert_from(Bare, select(Bare.number, Bare.ratio, Bare.exact, Bare.yes, Bare.words), Bare.number, Bare.ratio, Bare.exact, Bare.yes, Bare.raw)  # error: another type, the fifth
foreign_key((Bare.number, Bare.ratio, Bare.exact, Bare.yes, Bare.words), (Bare.number, Bare.ratio, Bare.exact, Bare.yes, Bare.raw))             # error: another type, the fifth
foreign_key((Bare.number, Bare.ratio, Bare.exact, Bare.yes, Bare.words), lambda: (Bare.number, Bare.ratio, Bare.exact, Bare.yes, Bare.raw))     # error: another type, the fifth
sql("1").rows(1)                                                                        # error: not a type
sql(1)                                                                                  # error: not a text
value(1).nothing                                                                        # error: no such method
insert(User).values(new(Log)(note="x"))                                                  # error: a row of another table
insert(User).returning(Task.id).values(new(Log)(note="x"))                               # error: a row of another table
insert(User).values()                                                                   # error: no row
insert(new(Log)(note="x"), another)                                                     # error: rows of two tables
insert(another, new(Log)(note="x"), another)                                            # error: rows of two tables
insert(Log).values(new(Log)(note="x"), another)                                         # error: rows of two tables
insert(*[new(Log)(note="x"), another])                                                  # error: rows of two tables
insert(new(Log)(note="x")).on_conflict(Log.id)                                          # error: and then?
insert(new(Log)(note="x")).on_conflict()                                                # error: and then?
insert(new(Log)(note="x")).on_conflict(Log.id, nothing=False)                           # error: and then?
insert(new(Log)(note="x")).on_conflict(Log.id, nothing=True, update=[noted])            # error: one of the two
insert(new(Log)(note="x")).on_conflict(update=[noted])                                  # error: of which columns?
insert(new(Log)(note="x")).on_conflict(Log.id, constraint="logs_pkey", nothing=True)    # error: one of the two
insert(new(Log)(note="x")).on_conflict(constraint="x", update=[noted], where=Log.id == Log.id)# error: of columns
insert(new(Log)(note="x")).on_conflict(Log.id, nothing=True, update_where=Log.id == Log.id)# error: no update
insert(Log).on_conflict(Log.id)                                                         # error: and then?
insert(Log).on_conflict(Log.id, nothing=True, update=[noted])                           # error: one of the two

# The statements of every table.
crud(Task, Task.id).by_id(UserId(UUID(int=0)))                                          # error: another key
crud(Log, Log.id).create(another)                                                       # error: a row of another table
crud(Log, Log.id).list(after=1)                                                         # error: another key
crud(Task, Task.id, Task.user_id).by_id(TaskId(UUID(int=0)))                            # error: half of the key
crud(Log, Log.id).restore(LogId(1))                                                     # error: nothing is restored
crud(OnlyId, Log.id)                                                                    # error: no table
live(Log)                                                                               # error: nothing says it
crud(Task, Task.id, key="tasks_pkey")                                                   # error: no key beside it
crud(Log, "id")                                                                         # error: not a column

# What is no table, and no relation.
new(Own)                                                                                # error: no table
new(Totals)                                                                             # error: a shape
new(User.id)                                                                            # error: a column
new(another)                                                                            # error: a row
insert(Own)                                                                             # error: no table
insert(Totals)                                                                          # error: a shape
insert_from(Own, select(User.id), User.id)                                              # error: no table
update(Own)                                                                             # error: no table
update(Totals)                                                                          # error: a shape
delete(Own)                                                                             # error: no table
delete(Totals)                                                                          # error: a shape
delete(User.id)                                                                         # error: a column
patch(Own)                                                                              # error: no table
patch(Totals)                                                                           # error: a shape
row(Own)                                                                                # error: no table
replace(Own(1))                                                                         # error: no row
alias(Own, "x")                                                                         # error: no table
many(Own, on=User.id == Task.user_id)                                                   # error: no table
select(User, maybe(Own))                                                                # error: no table
select(User).from_(Own)                                                                 # error: no table
select(User).cross_join(Own)                                                            # error: no table
select(User).join(Own, on=User.id == Task.user_id)                                      # error: no table
select(User).left_join(int, on=User.id == Task.user_id)                                 # error: no table
select(User).right_join(Task.id, on=User.id == Task.user_id)                            # error: a column
select(User).join(select(Task), on=User.id == Task.user_id)                             # error: a query without a name
select(User).for_("update", of=Own)                                                     # error: no table
delete(User).using(Own)                                                                 # error: no table
update(User).from_(Own)                                                                 # error: no table
select(User.id).into(Own, User.id.to(me))                                               # error: no shape
delete(User).returning(User.id).into(Own, User.id.to(me))                               # error: no shape

# What a relation has no names for, and what is nothing.
select(None)                                                                            # error: no column
select(User.id, None)                                                                   # error: no column
cte(select(Task.user_id))                                                               # error: without names
cte(select(Task.user_id, Task.quantity))                                                # error: without names
cte(delete(Log).all_rows().returning(Log.id))                                           # error: without names
subquery(select(Task.user_id, Task.quantity))                                           # error: without names
view("v", select(Task.user_id, Task.quantity))                                          # error: without names
update(view("v", select(Task.user_id).map(OnlyId)))                                     # error: no rows of a table
insert(materialized_view("v", select(Task.user_id).map(OnlyId)))                        # error: no rows of a table
refresh(select(Task))                                                                   # error: a query
policy(Task, using=Task.quantity)                                                       # error: no condition
policy(OnlyId, using=Task.quantity > 1)                                                 # error: no table
policy(Task, for_="merge", using=Task.quantity > 1)                                     # error: no command
grant("slect", on=Task, to="public")                                                    # error: no privilege
grant("select", on=[Task, "users"], to="public")                                        # error: no object
grant("select", on=[Task, User.name], to="public")                                      # error: both
grant("select", on="tasks", to="public")                                                # error: no object
subquery(select(User.text, User.active).map(lambda text, active: text))              # error: without names
recursive(select(Task.user_id), lambda above: select(Task.user_id))                     # error: without names
recursive(select(Task.user_id, Task.quantity), lambda above: select(Task.user_id, Task.quantity))                    # error: without names
recursive(select(Task.user_id).map(OnlyId), lambda above: select(Task.user_id))         # error: other rows
