"""Values to nodes: an expression's own, or a parameter of the type that it stands beside."""

from __future__ import annotations

from typing import Any, Final, cast

from qb.errors import QueryError
from qb.query.beside import check_class, check_compared, check_value
from qb.query.expr.order_by import Ordering
from qb.query.expr.selectable import Query
from qb.query.expr.typed import Typed, expression_in, is_param, is_typed, label_of, param_name
from qb.query.expr.widened import widened
from qb.tree.expressions import Bind, Cast, Expression, ParamNode
from qb.types import SqlType
from qb.types.enum import Enum as PgEnum
from qb.types.infer import type_of_value
from qb.types.json import Json
from qb.types.text import LabelledText

HOLDING: Final = cast("tuple[type[object], ...]", (list, tuple, set, frozenset, dict))
"""What may have an expression in it."""


def lift(
    value: object,
    due: SqlType[Any],
    label: str = "",
    *,
    none: bool = False,
    wide: bool = False,
    judged: bool = True,
) -> Expression:
    """The node of a value that is to be of the type `due`: an expression's own, or a parameter of that type.

    `label` is what errors call the column beside it. `none` says whether None is a value here; where it is not, it is
    a bug that NULL's rules would hide. A value that is `judged` is of a class that the type takes, or it raises; rows
    are data, which their encoders judge.
    """
    if is_typed(value):
        if (name := param_name(value)) is not None:
            type_ = widened(due, value) if wide else due
            check_class(value.python, type_, label)
            return ParamNode(name, type_, label)
        value = fitted(value, due)
        if wide:
            check_compared(due, value.type)
        return value.node
    if isinstance(value, Ordering):
        raise QueryError("asc() and desc() belong in order_by, not in an expression")
    if isinstance(value, Query):
        raise QueryError("a query is no value: write query.as_scalar() for its one value, or .in_(query)")
    if value is None and not none and not wide:
        raise QueryError(
            f"None is no value beside {label or 'an expression'}: leave it out; where SQL's NULL is meant, write "
            "sql('NULL').as_(...) with its type"
        )
    if value is None and not none:
        raise QueryError(
            f"{label or 'an expression'} is compared with None, which is never true in SQL: "
            "write .is_null(), or .is_not_distinct_from(value) where the value may be None"
        )
    type_ = widened(due, value) if wide else due
    if isinstance(value, HOLDING):
        check_plain(value, label or type_.name, type_)
    if judged and value is not None:
        check_value(value, type_, label)
        if wide and not type_.wire.equality:
            check_compared(type_, type_)
    return Bind(value, type_, label)


def check_plain(value: object, name: str, due: SqlType[Any] | None = None) -> None:
    """QueryError for a list or a dict with an expression in it: it would be sent as one value, and has none yet. `due`
    is the type that it would have."""
    if (found := expression_in(value)) is not None:
        kind = type(value).__name__
        parameter = param_name(found)
        if not isinstance(due, Json):
            instead = f'sql("ARRAY[{{x}}]", x={parameter or "..."}).as_(...)'
        elif kind == "dict":
            instead = f'sql("jsonb_build_object({{k}}, {{x}})", k=..., x={parameter or "..."}).as_(..., type=pg.jsonb)'
        else:
            instead = f'sql("jsonb_build_array({{x}})", x={parameter or "..."}).as_(..., type=pg.jsonb)'
        if parameter is not None:
            raise QueryError(
                f"{name}: the parameter {parameter!r} of a prepared query stands within a {kind}, which is sent as it "
                f"is: take the whole {kind} as a parameter, or write {instead}"
            )
        raise QueryError(
            f"{name}: an expression stands within a {kind}, which is sent as it is: give plain values, or write "
            f"{instead}"
        )


def lift_beside(value: object, like: Typed[Any], *, none: bool = False, wide: bool = False) -> Expression:
    """The node of a value that stands beside an expression. Beside a parameter any value may stand."""
    return lift(value, like.type, label_of(like), none=none, wide=wide, judged=not is_param(like))


def lift_plain(value: object) -> Typed[Any]:
    """A Python value of an obvious type with that type, or the expression that it is."""
    if is_typed(value):
        return value
    if isinstance(value, HOLDING):
        check_plain(value, "a value")
    try:
        type_ = type_of_value(value)
    except TypeError as error:
        raise QueryError(str(error)) from None
    return Typed(Bind(value, type_), type_, type(value), False)


def fitted(value: Typed[Any], due: SqlType[Any]) -> Typed[Any]:
    """An expression as it stands beside a column.

    One of Python Enums, such as case(...), is text until it stands beside a column that says which enum.
    """
    labels: object = value.type.labels if isinstance(value.type, LabelledText) else None
    if isinstance(due, PgEnum) and labels is due.python:
        return Typed(Cast(value.node, due), due, value.python, value.optional)
    return value
