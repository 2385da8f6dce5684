"""VALUES: a row as `new(Table)` makes it, and what a row gives.

https://www.postgresql.org/docs/current/sql-values.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar, cast

from msgspec import UNSET, Struct
from msgspec.structs import astuple

from qb.errors import QueryError
from qb.query.entity import Entity
from qb.query.expr.column import assigned_value
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
    return {name: assigned_value(value, entity.columns[name], judged=False) for name, value in given_fields(row)}


def table_written_to(row: object) -> type[Any]:
    """The table of a new row; QueryError for what is none."""
    table: object = getattr(type(row), "__inserts__", None)
    if table is None or isinstance(row, type):
        shown = row.__name__ if isinstance(row, type) else type(row).__name__
        raise QueryError(f"insert takes rows made by new(Table)(...), not {shown}")
    return cast("type[Any]", table)
