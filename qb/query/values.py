"""VALUES: a row as `new(Table)` makes it, or as what its columns become; and what a row gives.

https://www.postgresql.org/docs/current/sql-values.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar, cast

from msgspec import UNSET, Struct
from msgspec.structs import astuple

from qb.errors import QueryError
from qb.query.assignable import check_given
from qb.query.entity import Entity
from qb.query.expr.column import Assignment, assigned_value
from qb.query.set import once
from qb.tree.expressions import Expression

T = TypeVar("T")


class NewRow(Generic[T]):
    """An insertable row, as `new(Table)` makes them; fields left out are UNSET. It is of one table and no wider one."""

    @property
    def __inserts__(self) -> type[T]:
        """The table."""
        raise NotImplementedError


def given_fields(row: object) -> Iterator[tuple[str, object]]:
    """The fields that a row made by `new` or `patch` does not leave out, and their values."""
    struct = cast("Struct", row)
    for name, value in zip(struct.__struct_fields__, astuple(struct), strict=True):
        if value is not UNSET:
            yield name, value


def row_values(row: object, entity: Entity) -> dict[str, Expression]:
    """The values that a new row gives, by attribute."""
    found: dict[str, Expression] = {}
    for name, value in given_fields(row):
        column = entity.columns[name]
        found[name] = node = assigned_value(value, column, judged=False)
        check_given(node, value, column, "insert")
    return found


def assigned_values(
    assignments: Iterable[Assignment], entity: Entity, overriding: bool = False
) -> dict[str, Expression]:
    """The values that assignments give to a new row, by attribute. QueryError where one does not fit its column.

    `overriding`: OVERRIDING SYSTEM VALUE, with which one may number rows oneself.
    """
    found = once(entity, assignments, "insert", entity.numbered if overriding else frozenset())
    return {attribute: each.node for attribute, each in found.items()}


def check_complete(entity: Entity, given: Iterable[str], clause: str, verb: str) -> None:
    """QueryError for a new row without a column that it has to give."""
    if missing := entity.required.difference(given):
        hidden = sorted(missing - entity.columns.keys())  # a view has not got them
        names = ", ".join([*(entity.columns[name].label for name in entity.columns if name in missing), *hidden])
        raise QueryError(f"{clause}: {names} must be {verb}, too: it is NOT NULL and has no default")


def table_written_to(row: object) -> type[Any]:
    """The table of a new row; QueryError for what is none."""
    table: object = getattr(type(row), "__inserts__", None)
    if isinstance(row, Assignment):
        raise QueryError(
            "insert takes rows made by new(Table)(...), or a table and what its columns become: "
            "insert(User, User.name.to(value), ...). Beside rows it is insert(row, ...).set(User.name.to(value))"
        )
    if table is None or isinstance(row, type):
        shown = row.__name__ if isinstance(row, type) else type(row).__name__
        raise QueryError(f"insert takes rows made by new(Table)(...), not {shown}")
    return cast("type[Any]", table)
