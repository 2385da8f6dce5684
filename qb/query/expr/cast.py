"""CAST.

https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS
"""

from __future__ import annotations

from typing import Any

from qb.errors import QueryError
from qb.query.expr.typed import Typed, python_of
from qb.tree.expressions import Cast
from qb.types import SqlType


def converted(operand: Typed[Any], due: SqlType[Any]) -> Typed[Any]:
    """CAST(operand AS due), which may be NULL."""
    if not isinstance(due, SqlType):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise QueryError(f"cast takes a type such as pg.text, not {due!r}")
    return Typed(Cast(operand.node, due), due, python_of(due), True)
