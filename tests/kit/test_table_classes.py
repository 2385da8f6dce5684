"""Which class is a table's, where several are called alike."""

from __future__ import annotations

from qb import Col, Table, column, schema
from qb.kit.table_classes import classes_of


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
