"""ORDER BY: an expression with a direction.

https://www.postgresql.org/docs/current/queries-order.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, cast, get_args

from qb.errors import QueryError
from qb.frozen import FrozenStruct
from qb.query.beside import check_equality, check_order
from qb.query.expr.typed import Typed, is_own, types_of
from qb.tree.expressions import Expression, Order

T_co = TypeVar("T_co", covariant=True)

Nulls: TypeAlias = Literal["first", "last"]


class Ordering(FrozenStruct, Generic[T_co]):
    """An expression with a direction, for ORDER BY and indexes.

    >>> db.all(select(Task.title).order_by(Task.hours.desc(nulls="last"), Task.id))
    <Success: ['write', 'test', 'ship']>
    """

    _said: ClassVar[str] = "an ordering is a frozen value"
    node: Order

    def __repr__(self) -> str:
        return f"<ordering {self.node}>"


def directed(operand: Typed[T_co], nulls: Nulls | None, *, descending: bool) -> Ordering[T_co]:
    """ASC or DESC, NULLs "first" or "last"; QueryError for what has no order."""
    check_order(*types_of(operand))
    if nulls is not None and nulls not in get_args(Nulls):
        raise QueryError(f'nulls is "first" or "last", not {nulls!r}')
    return Ordering(Order(operand.node, descending, None if nulls is None else nulls == "first"))


def nodes(items: object) -> tuple[Expression, ...]:
    """The nodes of one expression or ordering, or of several."""
    found: tuple[Any, ...] = _several(items)
    for item in found:
        if not isinstance(item, (Typed, Ordering)):
            raise _unwanted(item)
    return tuple([item.node for item in found])


def _several(items: object) -> tuple[object, ...]:
    """One of them, or several."""
    if type(items) is tuple:  # nearly always
        return cast("tuple[object, ...]", items)
    if isinstance(items, (Typed, Ordering)):
        return (cast("object", items),)
    try:
        each = iter(cast("Iterable[object]", items))
    except TypeError:
        raise _unwanted(items) from None
    return tuple(each)


def _unwanted(item: object) -> QueryError:
    return QueryError(f"a column or an expression is wanted here, not {type(item).__name__}")


def undirected(items: object, clause: str) -> tuple[Expression, ...]:
    """The nodes of expressions that a clause takes as keys; QueryError for one with a direction, and for a type that
    PostgreSQL does not compare."""
    given = _several(items)
    found = nodes(given)
    if any(isinstance(node, Order) for node in found):
        raise QueryError(f"asc() and desc() belong in order_by, not in {clause}")
    for item in given:
        check_equality(clause, *types_of(item))
    return found


def ordered(items: object) -> tuple[Expression, ...]:
    """The nodes of what ORDER BY takes; QueryError for what has no order."""
    given = _several(items)
    for item in given:
        if is_own(item):
            check_order(item.type)
    return nodes(given)
