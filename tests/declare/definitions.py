"""What the tests of wrong definitions stand on: two tables that are right, and what is expected of a wrong one."""

from __future__ import annotations

from qb import (
    Col,
    Table,
    column,
    pg,
)


class User(Table, name="users"):
    id: Col[int] = column(primary_key=True)
    email: Col[str] = column(unique=True)
    nickname: Col[str] = column()
    age: Col[int] = column(pg.smallint)


class Post(Table, name="posts"):
    id: Col[int] = column(primary_key=True)
    author_id: Col[int] = column()
    author_email: Col[str | None] = column()
    title: Col[str] = column()
