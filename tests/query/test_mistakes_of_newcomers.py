"""What somebody writes who knows another library, and what qb answers."""

from typing import Any

import pytest

from qb import Col, QueryError, Shape, Table, alias, column, insert, new, patch, select, update


class Task(Table, name="tasks"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column()


class Named(Shape):
    title: Col[str]


@pytest.mark.parametrize("given", [Task.title == "x", {"title": "x"}, ("title", "x")], ids=repr)
def test_set_takes_assignments(given: Any) -> None:
    with pytest.raises(QueryError, match=r"^set takes what columns become, such as User\.name\.to\(value\), not "):
        update(Task).set(given)


def test_on_conflict_takes_assignments() -> None:
    given: Any = Task.title == "x"
    with pytest.raises(QueryError, match=r"^on_conflict\(update=\.\.\.\) takes .*, not a condition$"):
        insert(new(Task)(id=1, title="x")).on_conflict(Task.id, update=[given])


def test_into_takes_assignments() -> None:
    given: Any = Task.title
    with pytest.raises(QueryError, match=r"^into\(Named\) takes what columns become, "):
        select(Task.title).into(Named, given)


@pytest.mark.parametrize("table", [Task, alias(Task, "other")], ids=["table", "alias"])
def test_a_column_that_is_not_there(table: Any) -> None:
    with pytest.raises(AttributeError, match=r"has no column 'titel': it has id, title$"):
        table.titel
    assert not hasattr(table, "titel")
    assert not hasattr(table, "__array__")


def test_what_python_looks_for_in_a_class_is_not_there() -> None:
    unknown: Any = Task
    with pytest.raises(AttributeError, match=r"^Task has no attribute '__array__'$"):
        unknown.__array__
    assert patch(Task)(title="x") is not None
