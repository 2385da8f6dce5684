"""What ON CONFLICT does with a row that is there already."""

from typing import TypeVar

from qb import excluded
from qb.typing import Assignment, Column

T = TypeVar("T")


def as_given(column: Column[T]) -> Assignment:
    """The column becomes what the row that was not inserted has."""
    return column.to(excluded(column))
