"""The CHECK of a Literal or Enum column: PostgreSQL keeps the labels that Python knows, and no other.

https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, Literal, get_args, get_origin

from qb.declare.description import ColumnInfo
from qb.tree.expressions import Bind, Call, ColumnNode, Expression, Infix, InList, Null
from qb.tree.function import Function
from qb.types import SqlType, pg
from qb.types.annotation import bare, split_optional
from qb.types.array import Array
from qb.types.enum import Enum as PgEnum

_ARRAY_REMOVE: Final = Function("array_remove")
_JSONB_TYPEOF: Final = Function("jsonb_typeof")


def allowed_labels(python: object) -> tuple[object, ...] | None:
    """The values that a Literal or a Python Enum has in SQL; None for any other annotation."""
    plain = bare(python)
    if get_origin(plain) is Literal:
        return get_args(plain)
    if isinstance(plain, type) and issubclass(plain, Enum):
        return tuple(member.value for member in plain)
    return None


def membership(node: ColumnNode, column: ColumnInfo) -> Expression | None:
    """The condition that every value, or every element, is a label; None where there are none, or the type knows."""
    type_, python = column.type, column.python
    if (labels := allowed_labels(python)) is not None:
        if isinstance(type_, PgEnum):
            return None
        return InList(node, tuple(Bind(label, type_) for label in labels), False)
    element: object = bare(python)
    while get_origin(element) in (list, Sequence):
        python, optional = split_optional(get_args(element)[0])
        element = bare(python)
        if (labels := allowed_labels(python)) is not None:
            return _all_among(node, type_, labels, optional)
    return None


def _all_among(
    node: ColumnNode, type_: SqlType[object], labels: tuple[object, ...], optional: bool
) -> Expression | None:
    if type_ == pg.jsonb:
        known = [*labels, None] if optional else list(labels)
        # A scalar is contained in an array that holds it.
        is_array = Infix("=", Call(_JSONB_TYPEOF, (node,)), Bind("array", pg.text))
        return Infix("AND", is_array, Infix("<@", node, Bind(known, type_)))
    if not isinstance(type_, Array) or isinstance(type_.of, PgEnum):
        return None
    # NULL is contained in no array: elements that may be NULL are looked at without it.
    values: Expression = Call(_ARRAY_REMOVE, (node, Null())) if optional else node
    return Infix("<@", values, Bind(list(labels), type_))
