"""The twenty commonest mistakes. What the checkers say of each is shown in `docs/types-and-checkers.md`.

`test_commonest.py` compares the two. The comment at the end of a line is what the page says to do.
"""
# fmt: off

from __future__ import annotations

from typing import NewType

import msgspec

from qb import Col, Db, Table, column, fn, identity, insert, new, select, update

UserId = NewType("UserId", int)
TaskId = NewType("TaskId", int)


class User(Table, name="users"):
    id: Col[UserId] = column(primary_key=True, default=identity())
    name: Col[str] = column()
    nickname: Col[str | None] = column(default=None)


class Task(Table, name="tasks"):
    id: Col[TaskId] = column(primary_key=True, default=identity())
    user_id: Col[UserId] = column(references=User.id)
    hours: Col[int] = column(default=0)


class Names(msgspec.Struct):
    name: str
    nickname: str


NewUser = new(User)


def mistakes(db: Db) -> None:
    select(User).where(User.name == 5)  # compare with a value of the column's type, or cast one side
    select(Task).where(Task.id == Task.user_id)  # they are two different ids: take the right one
    select(User).where(User.name > 5)  # as with `==`
    select(User.id, "x")  # a plain value in a select list is `value("x")`
    select(User).where(User.name)  # a condition is true or false: compare the column with something
    select(User).where(User.name.like(5))  # a pattern is a text
    select(User).where(User.id.in_(UserId(1)))  # `in_` takes several values: a list, or a query
    select(User.name + 5)  # texts are joined with texts: `.cast(pg.text)`, or `fn.concat`
    fn.sum(User.name)  # a number: another column, or a cast
    fn.lower(Task.hours)  # a text: another column, or a cast
    fn.coalesce(User.nickname, 5)  # the values of one expression have one type
    select(User).join(Task)  # say `on=`, or write `cross_join`
    select(User).order_by("name")  # a column, not its name
    select(User.name, User.nickname).map(Names)  # the second may be None: let the class say so, or `coalesce` it
    update(User).set(User.name == "x")  # `==` compares: to set a column is `.to("x")`
    update(User).set(User.name.to(None))  # the column is NOT NULL
    NewUser(nickname="A")  # a column without a default must be given
    db.all(insert(NewUser(name="A")))  # without `returning` it gives no rows: `db.execute`
    db.execute(select(User))  # it gives rows: `db.all`, `db.one`, `db.first`
    db.insert_many([1])  # rows are made by `new(User)`
