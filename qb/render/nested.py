"""Nested rows: a correlated subquery that gives one JSON array of arrays.

https://www.postgresql.org/docs/current/functions-aggregate.html
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.render.terms import Piece
from qb.tree.shapes import NestedShape
from qb.tree.slots import slots

_ARGUMENTS = 100
"""How many arguments a PostgreSQL function takes."""


def nested_rows(shape: NestedShape) -> list[Piece]:
    """The rows as `[[column, ...], ...]`, in the order of the inner query; `[]` where there are none."""
    width = len(list(slots(shape.row)))
    if width > _ARGUMENTS:
        raise QueryError(f"many: a nested row has {width} columns, PostgreSQL takes {_ARGUMENTS}: select fewer of them")
    names = ", ".join(f"c{number}" for number in range(width))
    cells = ", ".join(f"nested.c{number}" for number in range(width))
    return [
        f"(SELECT coalesce(json_agg(json_build_array({cells})), '[]'::json) FROM (",
        shape.query,
        f") AS nested ({names}))",
    ]
