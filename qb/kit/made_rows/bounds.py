"""What simple checks say of one column, so that most values that are drawn for it pass them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, NamedTuple

from qb.kit.made_rows.conditions import LENGTHS, TRIM, Unreadable, columns_read, in_sql, value_of
from qb.tree.expressions import AnyOf, Between, Bind, Call, ColumnNode, Constant, Expression, Infix, InList


class ValueBounds(NamedTuple):
    """What simple conditions say of one column: where its values lie, how long they are, which there are."""

    low: Any = None
    high: Any = None
    shortest: int = 0
    longest: int | None = None
    choices: tuple[Any, ...] | None = None
    like: str | None = None
    """The pattern of a LIKE that a text has to match."""

    def at_least(self, low: Any) -> ValueBounds:
        """With a lower bound that is as narrow as both."""
        return self._replace(low=low if self.low is None else max(low, self.low))

    def at_most(self, high: Any) -> ValueBounds:
        """With an upper bound that is as narrow as both."""
        return self._replace(high=high if self.high is None else min(high, self.high))


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def narrow_down(condition: Expression, bounds: dict[str, ValueBounds]) -> None:
    """Take what one condition says of one column into its bounds, where it is simple enough.

    They only make it likely that a value passes: it is judged by the whole condition in any case. So `<` is `<=`.
    """
    match condition:
        case Between(operand=operand, low=low, high=high):
            _compared(operand, ">=", low, bounds)
            _compared(operand, "<=", high, bounds)
        case Infix(operator=sign, left=left, right=right) if sign in _TURNED:
            if columns_read(left) and not columns_read(right):
                _compared(left, sign, right, bounds)
            elif columns_read(right) and not columns_read(left):
                _compared(right, _TURNED[sign], left, bounds)
        case Infix(operator="LIKE", left=ColumnNode(name=name), right=Bind() | Constant() as right):
            try:
                bounds[name] = bounds.get(name, ValueBounds())._replace(like=value_of(right, {}))
            except Unreadable:
                return
        case InList(operand=ColumnNode(name=name), items=items, negated=False):
            _chosen(name, items, bounds)
        case AnyOf(operand=ColumnNode(name=name), array=Bind(value=values), negated=False):
            bounds[name] = bounds.get(name, ValueBounds())._replace(choices=tuple(map(in_sql, values)))
        case _:
            return


def _chosen(name: str, items: tuple[Expression, ...], bounds: dict[str, ValueBounds]) -> None:
    try:
        choices = tuple(value_of(each, {}) for each in items)
    except Unreadable:
        return
    bounds[name] = bounds.get(name, ValueBounds())._replace(choices=tuple(each for each in choices if each is not None))


def _compared(operand: Expression, sign: str, other: Expression, bounds: dict[str, ValueBounds]) -> None:
    length = False
    while isinstance(operand, Call) and operand.arguments and (operand.function in LENGTHS or operand.function == TRIM):
        length = length or operand.function in LENGTHS
        operand = operand.arguments[0]
    if not isinstance(operand, ColumnNode):
        return
    try:
        value = value_of(other, {})
    except Unreadable:
        return
    if value is None or (isinstance(value, str | bool) and sign != "="):
        return
    if isinstance(value, float | Decimal) and not math.isfinite(value) and sign != "=":
        return  # every number that is drawn is less than NaN
    known = bounds.get(operand.name, ValueBounds())
    if length:
        size = int(value)
        if sign in (">", ">=", "="):
            known = known._replace(shortest=max(known.shortest, size + (sign == ">")))
        if sign in ("<", "<=", "="):
            longest = size - (sign == "<")
            known = known._replace(longest=longest if known.longest is None else min(longest, known.longest))
    elif sign == "=":
        known = known._replace(choices=(value,))
    elif sign in (">", ">="):
        known = known.at_least(value)
    else:
        known = known.at_most(value)
    bounds[operand.name] = known
