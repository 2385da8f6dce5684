"""CAST, and the names that Python has for the same values.

https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS
"""

from __future__ import annotations

from typing import Any

from qb.errors import QueryError
from qb.query.expr.typed import Typed, label_of, python_of
from qb.tree.expressions import Cast, Collate, Expression
from qb.types import SqlType
from qb.types.annotation import bare, shown, split_optional
from qb.types.casts import castable
from qb.types.text import collation_in
from qb.types.versions import UndecodedDocument


def converted(operand: Typed[Any], due: SqlType[Any]) -> Typed[Any]:
    """CAST(operand AS due), which may be NULL."""
    if not isinstance(due, SqlType):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise QueryError(f"cast takes a type such as pg.text, not {due!r}")
    if not castable(operand.type, due):
        what = label_of(operand) or "an expression"
        raise QueryError(
            f"PostgreSQL does not cast {operand.type.name} to {due.name}, here {what}: calculate what you mean, or go "
            "by way of its text, .cast(pg.text).cast(...)"
        )
    node: Expression = Cast(operand.node, due)
    if collation := collation_in(due):  # which CAST takes none of
        node = Collate(node, collation)
    return Typed(node, due, python_of(due), True)


def renamed(operand: Typed[Any], due: object) -> Typed[Any]:
    """The same values under another of their names in Python: a brand, what it is made of, what a document holds."""
    plain, _ = split_optional(due)
    if isinstance(operand.type, UndecodedDocument) and plain == operand.type.kind:
        return Typed(operand.node, operand.type.decoded, plain, operand.optional)
    if bare(plain) != bare(operand.python):
        raise QueryError(
            f"as_ names the same values, and {label_of(operand) or 'the expression'} is {shown(operand.python)}, "
            f"{shown(plain)} is not: give a NewType of it, or cast it with .cast(...)"
        )
    return Typed(operand.node, operand.type, plain, operand.optional)
