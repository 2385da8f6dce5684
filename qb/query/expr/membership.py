"""IN and NOT IN: among values, or the rows of a query.

https://www.postgresql.org/docs/current/functions-comparisons.html
"""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType
from typing import Any, Final, cast, get_args

from qb.errors import QueryError
from qb.query.beside import check_class, check_compared
from qb.query.expr.lift import lift_beside
from qb.query.expr.selectable import Query
from qb.query.expr.typed import Typed, is_typed, label_of, param_name
from qb.query.expr.widened import widened, wider
from qb.tree.expressions import AnyOf, Bind, Expression, Infix, InList, InQuery, ParamNode
from qb.tree.nullability import may_give_null
from qb.tree.statements import StatementNode
from qb.types.array import Array

_IN_ARRAY: Final = ("{x} = ANY({a})", "{x} <> ALL({a})")


def is_member(operand: Typed[Any], values: object, *, negated: bool) -> Expression:
    """Whether the operand is among values, or among a query's rows."""
    if isinstance(values, Query):
        output: Any = getattr(getattr(cast("Any", values), "shape", None), "output", None)  # of a query for one column
        if output is not None:
            check_compared(operand.type, output.type)
        if negated:
            refuse_null(operand, values.node, "not_in")
        return InQuery(operand.node, values.node, negated)
    said = "not_in" if negated else "in_"
    check_compared(operand.type, operand.type)
    element = widened(operand.type)
    label = label_of(operand)
    expandable = isinstance(element, Array) or element.wire.is_document
    if is_typed(values):
        if (name := param_name(values)) is None:
            raise QueryError(
                f"{said} takes Python values or a query; for an array column write sql('{_IN_ARRAY[negated]}', ...)"
            )
        if expandable:
            raise QueryError(
                f"{label or 'the column'} is itself a list or a document: {said} cannot take a list parameter here"
            )
        of = get_args(values.python)
        if of and isinstance(of[0], type):
            element = widened(operand.type, of[0])
            check_class(of[0], element, label)
        return AnyOf(operand.node, ParamNode(name, Array(element, nulls=False, domain=False), label), negated)
    if isinstance(values, str | bytes):
        raise QueryError(f"{said} takes a list of values: a string would be a list of its characters")
    try:
        each = iter(cast("Iterable[object]", values))
    except TypeError:
        raise QueryError(
            f"{said} takes a list of values or a query, not {type(values).__name__}: beside one value write "
            f"{'!=' if negated else '=='}"
        ) from None
    items = list(each)
    kinds = set(map(type, items))
    if NoneType in kinds:
        instead = "& x.is_not_null()" if negated else "| x.is_null()"
        raise QueryError(f"None is in the values of {said} for {label or 'an expression'}: add {instead} instead")
    if expandable or any(issubclass(kind, Typed) for kind in kinds):
        return InList(operand.node, tuple(lift_beside(item, operand, wide=True) for item in items), negated)
    floats = {kind for kind in kinds if operand.type.wire.is_integer and issubclass(kind, float)}
    if floats and floats != kinds:  # each as what it is: as floats, large integers would be equal that are not
        parts = ([item for item in items if (type(item) in floats) is whether] for whether in (False, True))
        one, other = (is_member(operand, part, negated=negated) for part in parts)
        return Infix("AND" if negated else "OR", one, other)
    for kind in kinds:
        element = wider(element, widened(operand.type, kind))
    for kind in kinds:
        check_class(kind, element, label)
    return AnyOf(operand.node, Bind(items, Array(element, domain=False), label), negated)


def refuse_null(operand: Typed[Any] | None, query: StatementNode, said: str) -> None:
    """QueryError where one NULL among a query's rows would leave no row that is not in them."""
    if may_give_null(query):
        name = label_of(operand) or "x"
        raise QueryError(
            f"{said}(query): the query may give NULL, and beside one NULL there is no row that is not in it: add "
            f".where(column.is_not_null()) to the query, or write ~exists(select(...).where(column == {name}))"
        )
