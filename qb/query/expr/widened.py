"""The type of a value that a column is compared with: where it has none of its own kind, a wider one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from qb.query.expr.typed import Typed
from qb.types import SqlType, pg


def widened(type_: SqlType[Any], beside: object = 0) -> SqlType[Any]:
    """The type to compare in. `beside` is the value, its class, or a parameter."""
    if not type_.wire.is_integer:
        return type_
    if isinstance(beside, Typed):
        wire = beside.type.wire
        if wire.is_numeric or wire is pg.double_precision.wire:
            return pg.numeric if wire.is_numeric else pg.double_precision
        return pg.bigint
    kind: type = beside if isinstance(beside, type) else type(beside)
    if issubclass(kind, Decimal):
        return pg.numeric
    if issubclass(kind, float):
        return pg.double_precision
    # 40,000 is no smallint, yet comparing a smallint with it makes sense: every integer index serves every integer.
    return pg.bigint


def wider(one: SqlType[Any], other: SqlType[Any]) -> SqlType[Any]:
    """The one of two such types that holds both."""
    exact = pg.bigint.wire.rank  # integers are alike here
    return max(one, other, key=lambda type_: max(type_.wire.rank, exact))
