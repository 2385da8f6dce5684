"""Which class a table's rows are of: the one that its schema was gathered from, and no other of that name."""

from __future__ import annotations

import pickle

import pytest

from qb import Col, DefinitionError, Table, column, schema
from qb.kit.table_classes import classes_of


class Person(Table, name="people of classes"):
    id: Col[int] = column(primary_key=True)
    name: Col[str]


FIRST = schema(Person)


class Human(Table, name="people of classes"):
    id: Col[int] = column(primary_key=True)
    name: Col[str]


def test_each_schema_knows_its_own() -> None:
    second = schema(Human)
    assert FIRST == second
    assert [*classes_of(FIRST).values(), *classes_of(second).values()] == [Person, Human]
    assert [*classes_of(schema(FIRST)).values()] == [Person]


def test_one_that_was_pickled_knows_none() -> None:
    with pytest.raises(DefinitionError, match="does not know its classes, as none does that was pickled: give the one"):
        classes_of(pickle.loads(pickle.dumps(FIRST)))


def test_of_two_databases_in_one_process_each_has_its_own() -> None:
    class User(Table, name="alike_users"):
        id: Col[int] = column(primary_key=True)
        name: Col[str] = column()

    one, first = schema(User), User

    class Other(Table, name="alike_users"):
        id: Col[int] = column(primary_key=True)
        name: Col[str | None] = column()

    other = schema(Other)
    assert [*classes_of(one).values()] == [first]
    assert [*classes_of(other).values()] == [Other]
