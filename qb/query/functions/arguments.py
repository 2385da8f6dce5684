"""Arguments of functions, as PostgreSQL takes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

from qb.errors import QueryError
from qb.query.beside import check_wire
from qb.query.entity import entity_of
from qb.query.expr.arithmetic import whole_number
from qb.query.expr.expr import Expr
from qb.query.expr.order_by import Ordering
from qb.query.expr.selectable import Query
from qb.query.expr.typed import is_typed, param_name
from qb.query.settled import with_declared_type
from qb.tree.expressions import Bind, Cast, Expression, ParamNode
from qb.types import pg
from qb.types.base import is_whole

Number: TypeAlias = Expr[int | Decimal | None]


def check_expression(function: str, item: object) -> None:
    """QueryError for what is no expression, where a function's type follows from one."""
    if is_typed(item):
        return
    if isinstance(item, Ordering):
        raise QueryError(f"asc() and desc() belong in order_by, not in fn.{function}")
    takes = f"fn.{function} takes a column or another expression"
    if isinstance(item, Query):
        raise QueryError(f"{takes}, not a query: write query.as_scalar() for its one value")
    if entity_of(item) is not None:
        raise QueryError(f"{takes}, not {item!r}: name one of its columns")
    if item is None:
        raise QueryError(f"{takes}, not None: where SQL's NULL is meant, write sql('NULL').as_(...) with its type")
    raise QueryError(f"{takes}, not {type(item).__name__}: write value(...) around a plain value")


def integer(number: object) -> Expression:
    """A position or a number of places, which PostgreSQL takes as an integer."""
    if not is_typed(number):
        if not is_whole(number):  # True is 1 to Python, and nobody means it
            raise QueryError(f"a position takes an int, not {type(number).__name__}")
        return Bind(number, pg.integer)
    if (name := param_name(number)) is not None:
        return ParamNode(name, pg.integer)
    check_wire("a position", number.type, number.type.wire.is_integer, "give an int")
    # PostgreSQL widens an integer by itself, and never narrows one.
    return Cast(number.node, pg.integer) if number.type.wire.rank > pg.integer.wire.rank else number.node


def settled_argument(item: Expr[Any]) -> Expr[Any]:
    """The argument of a function whose type follows from it, which the server may know as another one."""
    node = with_declared_type(item.node, item.type.wire, whole=whole_number(item))
    return item if node is item.node else Expr(node, item.type, item.python, item.optional)
