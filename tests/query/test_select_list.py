"""What a select list and a condition may hold, where that once was refused."""

from typing import assert_type

from qb import Col, Expr, Table, column, compile, cte, fn, select, sql


class Task(Table, name="tasks"):
    title: Col[str] = column()
    hours: Col[int] = column()


def test_a_scalar_query_in_where_may_hold_an_aggregate() -> None:
    longest = select(fn.max(Task.hours)).as_scalar()
    assert "max(" in str(compile(select(Task).where(Task.hours == longest)))


def test_raw_sql_that_never_gives_null_can_be_selected() -> None:
    turned = sql("reverse({x})", x=Task.title).as_(str, not_null=True)
    assert_type(turned, Expr[str])
    assert compile(select(turned)).sql == b'SELECT reverse("tasks"."title") FROM "tasks"'


def test_the_sql_of_a_cte_prints_a_line_for_each_clause() -> None:
    some = cte(select(Task), name="some")
    same = cte(select(Task), name="same")
    query = select(some.title).join(same, on=same.title == some.title)
    assert [line.split('"')[0] for line in str(compile(query)).splitlines()] == ["WITH ", "SELECT ", "FROM ", "JOIN "]
