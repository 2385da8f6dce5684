"""Nested rows: a correlated subquery that gives one JSON array of arrays.

https://www.postgresql.org/docs/current/functions-aggregate.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from qb.errors import QueryError
from qb.render.terms import Piece
from qb.tree.shapes import EntityShape, NestedShape, RowShape, ScalarShape
from qb.tree.slots import leaves, slots
from qb.types import SqlType
from qb.types.array import Array

_ARGUMENTS = 100
"""How many arguments a PostgreSQL function takes."""


def nested_rows(shape: NestedShape) -> list[Piece]:
    """The rows as `[[column, ...], ...]`, in the order of the inner query; `[]` where there are none."""
    width = len(list(slots(shape.row)))
    if width > _ARGUMENTS:
        raise QueryError(f"many: a nested row has {width} columns, PostgreSQL takes {_ARGUMENTS}: select fewer of them")
    names = ", ".join(f"c{number}" for number in range(width))
    cells = ", ".join(f"nested.c{number}{cast}" for number, cast in enumerate(_casts(shape.row)))
    return [
        f"(SELECT coalesce(json_agg(json_build_array({cells})), '[]'::json) FROM (",
        shape.query,
        f") AS nested ({names}))",
    ]


def _casts(shape: RowShape) -> Iterator[str]:
    """What each column is cast to on its way into JSON."""
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                yield _cast(output.type)
            case EntityShape(outputs=columns, present=present):
                if present is not None:
                    yield ""
                yield from (_cast(output.type) for output in columns)
            case NestedShape():
                yield ""
            case _:
                assert_never(leaf)


def _cast(type_: SqlType[Any]) -> str:
    of, many = (type_.of, "[]") if isinstance(type_, Array) and not type_.in_json_as else (type_, "")
    return f"::{of.in_json_as}{many}" if of.in_json_as else ""
