"""`Expr`: a typed façade over a node. Its operators build SQL, so it has no truth value, no order and no length."""
# Overloads of the operators overlap where a value may be None, and as a datetime is a date: the first one that matches
# is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeAlias, TypeVar, cast, get_args, overload

from msgspec.structs import replace
from typing_extensions import TypeIs

from qb.errors import QueryError
from qb.query.beside import check_class, check_compared, check_order, check_text, check_value
from qb.tree.nodes import (
    AnyOf,
    Between,
    Bind,
    Call,
    Cast,
    ColumnNode,
    Infix,
    InList,
    InQuery,
    Node,
    Order,
    Over,
    ParamNode,
    Postfix,
    Prefix,
    label,
)
from qb.types import SqlType, pg
from qb.types.array import Array
from qb.types.identifier import ColumnLabel
from qb.types.infer import type_of_value
from qb.types.labels import Enum as PgEnum
from qb.types.narrowed import narrowed
from qb.types.text import LabelledText, Words

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
U = TypeVar("U")
R = TypeVar("R")
S = TypeVar("S")
Scalable = TypeVar("Scalable", bound="int | float | Decimal | dt.timedelta | None")

_NO_TRUTH = (
    "an SQL expression has no truth value in Python: write & for and, | for or, ~ for not, .in_(...) for in, "
    ".between(a, b) for a <= x <= b, and .when(flag, step) or an if over a Python value for a query that varies"
)


class Selectable(Generic[T_co]):
    """Anything a select list takes that is not a table.

    >>> def names_and(item: Selectable[int]) -> Select[tuple[str, int]]:
    ...     return select(User.name, item).order_by(User.id)
    >>> db.all(names_and(User.id * 10))
    <Success: [('Ada', 10), ('Grace', 20)]>
    """

    __slots__ = ()


Item: TypeAlias = type[T] | Selectable[T]
"""What a select list takes: a table, an alias, a CTE; or an expression, `maybe(...)`, `many(...)`."""


class Query(Generic[T_co]):
    """A statement that gives rows and can stand inside an expression; SELECT is one.

    >>> busy = select(Task.user_id).where(~Task.done)
    >>> db.all(select(User.name).where(User.id.in_(busy)).order_by(User.id))
    <Success: ['Ada', 'Grace']>
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only, so that a subclass may know more

        @property
        def node(self) -> Node:
            """Its syntax tree."""
            ...


class Ordering(Generic[T_co]):
    """An expression with a direction, for ORDER BY and indexes.

    >>> db.all(select(Task.title).order_by(Task.hours.desc(nulls="last"), Task.id))
    <Success: ['write', 'test', 'ship']>
    """

    __slots__ = ("node",)
    node: Order

    def __init__(self, node: Order) -> None:
        object.__setattr__(self, "node", node)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an ordering is a frozen value")

    def __repr__(self) -> str:
        return f"<ordering {self.node}>"


class Expr(Selectable[T_co]):
    """An SQL expression whose values are T.

    `node` is its syntax tree, `type` its PostgreSQL type, `python` what its values are read as (an annotation without
    None), `optional` whether T admits None.

    >>> late = (Task.hours > 4) | Task.hours.is_null()
    >>> db.all(select(Task.title).where(late, ~Task.done))
    <Success: ['ship']>
    >>> print(compile(select(Task.title).where(late)))
    SELECT "tasks"."title"
    FROM "tasks"
    WHERE ("tasks"."hours" > $1::bigint) OR ("tasks"."hours" IS NULL)
    """

    if TYPE_CHECKING:  # read-only, so that a subclass may know more

        @property
        def node(self) -> Node:
            """Its syntax tree."""
            ...

    else:
        __slots__ = ("node", "optional", "python", "type")

    type: SqlType[Any]
    python: object
    optional: bool

    def __init__(self, node: Node, type: SqlType[Any], python: object, optional: bool) -> None:
        fix = object.__setattr__
        fix(self, "node", node)
        fix(self, "type", type)
        fix(self, "python", python)
        fix(self, "optional", optional)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an expression is a frozen value")

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.node}>"

    def __bool__(self) -> NoReturn:
        raise QueryError(_NO_TRUTH)

    def __hash__(self) -> int:
        return hash(self.node)

    # ------------------------------------------------------------ comparison

    @overload  # type: ignore[override]
    def __eq__(self: Expr[Decimal | None], other: MaybeWhole) -> Expr[bool]: ...
    @overload
    def __eq__(self: Expr[int | None], other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def __eq__(self: Expr[U], other: Expr[U] | U) -> Expr[bool]: ...
    def __eq__(self, other: Any) -> Expr[bool]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _compare("=", self, other)

    @overload  # type: ignore[override]
    def __ne__(self: Expr[Decimal | None], other: MaybeWhole) -> Expr[bool]: ...
    @overload
    def __ne__(self: Expr[int | None], other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def __ne__(self: Expr[U], other: Expr[U] | U) -> Expr[bool]: ...
    def __ne__(self, other: Any) -> Expr[bool]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _compare("<>", self, other)

    @overload
    def __gt__(self: Expr[Decimal | None], other: MaybeWhole) -> Expr[bool]: ...
    @overload
    def __gt__(self: Expr[int | None], other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def __gt__(self: Expr[U], other: Expr[U] | U) -> Expr[bool]: ...
    def __gt__(self, other: Any) -> Expr[bool]:
        return _compare(">", self, other)

    @overload
    def __ge__(self: Expr[Decimal | None], other: MaybeWhole) -> Expr[bool]: ...
    @overload
    def __ge__(self: Expr[int | None], other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def __ge__(self: Expr[U], other: Expr[U] | U) -> Expr[bool]: ...
    def __ge__(self, other: Any) -> Expr[bool]:
        return _compare(">=", self, other)

    @overload
    def __lt__(self: Expr[Decimal | None], other: MaybeWhole) -> Expr[bool]: ...
    @overload
    def __lt__(self: Expr[int | None], other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def __lt__(self: Expr[U], other: Expr[U] | U) -> Expr[bool]: ...
    def __lt__(self, other: Any) -> Expr[bool]:
        return _compare("<", self, other)

    @overload
    def __le__(self: Expr[Decimal | None], other: MaybeWhole) -> Expr[bool]: ...
    @overload
    def __le__(self: Expr[int | None], other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def __le__(self: Expr[U], other: Expr[U] | U) -> Expr[bool]: ...
    def __le__(self, other: Any) -> Expr[bool]:
        return _compare("<=", self, other)

    def is_null(self) -> Expr[bool]:
        """IS NULL. https://www.postgresql.org/docs/current/functions-comparison.html"""
        return boolean(Postfix(self.node, "IS NULL"))

    def is_not_null(self) -> Expr[bool]:
        """IS NOT NULL."""
        return boolean(Postfix(self.node, "IS NOT NULL"))

    def is_distinct_from(self: Expr[U], other: Expr[U] | U) -> Expr[bool]:
        """IS DISTINCT FROM: `<>` for which NULL is a value like any other, so None may be given."""
        return boolean(Infix("IS DISTINCT FROM", self.node, lift(other, self, none=True, wide=True)))

    def is_not_distinct_from(self: Expr[U], other: Expr[U] | U) -> Expr[bool]:
        """IS NOT DISTINCT FROM: `=` for which NULL equals NULL."""
        return boolean(Infix("IS NOT DISTINCT FROM", self.node, lift(other, self, none=True, wide=True)))

    @overload
    def between(self: Expr[Decimal | None], low: MaybeExactly, high: MaybeExactly) -> Expr[bool]: ...
    @overload
    def between(self: Expr[int | None], low: MaybeDecimal, high: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def between(self: Expr[U], low: Expr[U] | U, high: Expr[U] | U) -> Expr[bool]: ...
    def between(self, low: Any, high: Any) -> Expr[bool]:
        """BETWEEN: low <= self and self <= high."""
        check_order(*_types(self), *_types(low), *_types(high))
        return boolean(Between(self.node, lift(low, self, wide=True), lift(high, self, wide=True)))

    def in_(self: Expr[U], values: Iterable[U] | Query[U | None]) -> Expr[bool]:
        """Whether the value is one of `values`: `= ANY($1)`, one parameter for any number of them, none included.

        A query gives `IN (SELECT ...)`. https://www.postgresql.org/docs/current/functions-comparisons.html
        """
        return _membership(self, values, negated=False)

    def not_in(self: Expr[U], values: Iterable[U] | Query[U]) -> Expr[bool]:
        """Whether the value is none of `values`. A query must not hold NULL, or no row would ever match."""
        return _membership(self, values, negated=True)

    # ------------------------------------------------------------ text

    def like(self: Expr[str | None], pattern: Expr[str] | Expr[str | None] | str) -> Expr[bool]:
        """LIKE: `%` stands for any text, `_` for one character.

        https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE
        """
        return _match("LIKE", self, pattern)

    def not_like(self: Expr[str | None], pattern: Expr[str] | Expr[str | None] | str) -> Expr[bool]:
        """NOT LIKE."""
        return _match("NOT LIKE", self, pattern)

    def ilike(self: Expr[str | None], pattern: Expr[str] | Expr[str | None] | str) -> Expr[bool]:
        """LIKE whatever the case."""
        return _match("ILIKE", self, pattern)

    def not_ilike(self: Expr[str | None], pattern: Expr[str] | Expr[str | None] | str) -> Expr[bool]:
        """NOT LIKE whatever the case."""
        return _match("NOT ILIKE", self, pattern)

    # ------------------------------------------------------------ arithmetic

    @overload
    def __add__(self: Expr[dt.datetime], other: Span) -> Expr[dt.datetime]: ...
    @overload
    def __add__(self: Expr[dt.datetime | None], other: MaybeSpan) -> Expr[dt.datetime | None]: ...
    @overload
    def __add__(self: Expr[dt.date], other: Span) -> Expr[dt.datetime]: ...
    @overload
    def __add__(self: Expr[dt.date | None], other: MaybeSpan) -> Expr[dt.datetime | None]: ...
    @overload
    def __add__(self: Expr[dt.timedelta], other: Expr[dt.datetime] | Expr[dt.date]) -> Expr[dt.datetime]: ...
    @overload
    def __add__(
        self: Expr[dt.timedelta | None], other: Expr[dt.datetime | None] | Expr[dt.date | None]
    ) -> Expr[dt.datetime | None]: ...
    @overload
    def __add__(self: Expr[int], other: Whole) -> Expr[int]: ...
    @overload
    def __add__(self: Expr[int | None], other: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def __add__(self: Expr[Exact], other: Exactly) -> Expr[Decimal]: ...
    @overload
    def __add__(self: Expr[Exact | None], other: MaybeExactly) -> Expr[Decimal | None]: ...
    @overload
    def __add__(self: Expr[float], other: Real) -> Expr[float]: ...
    @overload
    def __add__(self: Expr[float | None], other: MaybeReal) -> Expr[float | None]: ...
    @overload
    def __add__(self: Expr[str], other: Expr[str] | str) -> Expr[str]: ...
    @overload
    def __add__(self: Expr[str | None], other: Expr[str] | Expr[str | None] | str) -> Expr[str | None]: ...
    @overload
    def __add__(self: Expr[dt.timedelta], other: Span) -> Expr[dt.timedelta]: ...
    @overload
    def __add__(self: Expr[dt.timedelta | None], other: MaybeSpan) -> Expr[dt.timedelta | None]: ...
    def __add__(self, other: Any) -> Any:
        """SQL's `+`, of texts `||`: numbers, texts, intervals; a date or time and an interval."""
        return _arithmetic("+", self, other)

    @overload
    def __radd__(self: Expr[dt.datetime], other: dt.timedelta) -> Expr[dt.datetime]: ...
    @overload
    def __radd__(self: Expr[dt.datetime | None], other: dt.timedelta) -> Expr[dt.datetime | None]: ...
    @overload
    def __radd__(self: Expr[dt.date], other: dt.timedelta) -> Expr[dt.datetime]: ...
    @overload
    def __radd__(self: Expr[dt.date | None], other: dt.timedelta) -> Expr[dt.datetime | None]: ...
    @overload
    def __radd__(self: Expr[dt.timedelta], other: dt.date) -> Expr[dt.datetime]: ...
    @overload
    def __radd__(self: Expr[dt.timedelta | None], other: dt.date) -> Expr[dt.datetime | None]: ...
    @overload
    def __radd__(self: Expr[int], other: int) -> Expr[int]: ...
    @overload
    def __radd__(self: Expr[int | None], other: int) -> Expr[int | None]: ...
    @overload
    def __radd__(self: Expr[Exact], other: Exact) -> Expr[Decimal]: ...
    @overload
    def __radd__(self: Expr[Exact | None], other: Exact) -> Expr[Decimal | None]: ...
    @overload
    def __radd__(self: Expr[float], other: float) -> Expr[float]: ...
    @overload
    def __radd__(self: Expr[float | None], other: float) -> Expr[float | None]: ...
    @overload
    def __radd__(self: Expr[str], other: str) -> Expr[str]: ...
    @overload
    def __radd__(self: Expr[str | None], other: str) -> Expr[str | None]: ...
    @overload
    def __radd__(self: Expr[dt.timedelta], other: dt.timedelta) -> Expr[dt.timedelta]: ...
    @overload
    def __radd__(self: Expr[dt.timedelta | None], other: dt.timedelta) -> Expr[dt.timedelta | None]: ...
    def __radd__(self, other: Any) -> Any:
        return _arithmetic("+", other, self)

    @overload
    def __sub__(self: Expr[dt.datetime], other: Span) -> Expr[dt.datetime]: ...
    @overload
    def __sub__(self: Expr[dt.datetime | None], other: MaybeSpan) -> Expr[dt.datetime | None]: ...
    @overload
    def __sub__(self: Expr[dt.datetime], other: dt.date | Expr[dt.date]) -> Expr[dt.timedelta]: ...
    @overload
    def __sub__(
        self: Expr[dt.datetime | None], other: dt.date | Expr[dt.date] | Expr[dt.date | None]
    ) -> Expr[dt.timedelta | None]: ...
    @overload
    def __sub__(self: Expr[dt.date], other: Span) -> Expr[dt.datetime]: ...
    @overload
    def __sub__(self: Expr[dt.date | None], other: MaybeSpan) -> Expr[dt.datetime | None]: ...
    @overload
    def __sub__(self: Expr[dt.date], other: dt.datetime | Expr[dt.datetime]) -> Expr[dt.timedelta]: ...
    @overload
    def __sub__(
        self: Expr[dt.date | None], other: Expr[dt.datetime] | Expr[dt.datetime | None]
    ) -> Expr[dt.timedelta | None]: ...
    @overload
    def __sub__(self: Expr[dt.date], other: dt.date | Expr[dt.date]) -> Expr[int]: ...
    @overload
    def __sub__(
        self: Expr[dt.date | None], other: dt.date | Expr[dt.date] | Expr[dt.date | None]
    ) -> Expr[int | None]: ...
    @overload
    def __sub__(self: Expr[int], other: Whole) -> Expr[int]: ...
    @overload
    def __sub__(self: Expr[int | None], other: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def __sub__(self: Expr[Exact], other: Exactly) -> Expr[Decimal]: ...
    @overload
    def __sub__(self: Expr[Exact | None], other: MaybeExactly) -> Expr[Decimal | None]: ...
    @overload
    def __sub__(self: Expr[float], other: Real) -> Expr[float]: ...
    @overload
    def __sub__(self: Expr[float | None], other: MaybeReal) -> Expr[float | None]: ...
    @overload
    def __sub__(self: Expr[dt.timedelta], other: Span) -> Expr[dt.timedelta]: ...
    @overload
    def __sub__(self: Expr[dt.timedelta | None], other: MaybeSpan) -> Expr[dt.timedelta | None]: ...
    def __sub__(self, other: Any) -> Any:
        """SQL's `-`: between times an interval, between dates a number of days."""
        return _arithmetic("-", self, other)

    @overload
    def __rsub__(self: Expr[dt.datetime], other: dt.date) -> Expr[dt.timedelta]: ...
    @overload
    def __rsub__(self: Expr[dt.datetime | None], other: dt.date) -> Expr[dt.timedelta | None]: ...
    @overload
    def __rsub__(self: Expr[dt.date], other: dt.datetime) -> Expr[dt.timedelta]: ...
    @overload
    def __rsub__(self: Expr[dt.date | None], other: dt.datetime) -> Expr[dt.timedelta | None]: ...
    @overload
    def __rsub__(self: Expr[dt.date], other: dt.date) -> Expr[int]: ...
    @overload
    def __rsub__(self: Expr[dt.date | None], other: dt.date) -> Expr[int | None]: ...
    @overload
    def __rsub__(self: Expr[dt.timedelta], other: dt.date) -> Expr[dt.datetime]: ...
    @overload
    def __rsub__(self: Expr[dt.timedelta | None], other: dt.date) -> Expr[dt.datetime | None]: ...
    @overload
    def __rsub__(self: Expr[int], other: int) -> Expr[int]: ...
    @overload
    def __rsub__(self: Expr[int | None], other: int) -> Expr[int | None]: ...
    @overload
    def __rsub__(self: Expr[Exact], other: Exact) -> Expr[Decimal]: ...
    @overload
    def __rsub__(self: Expr[Exact | None], other: Exact) -> Expr[Decimal | None]: ...
    @overload
    def __rsub__(self: Expr[float], other: float) -> Expr[float]: ...
    @overload
    def __rsub__(self: Expr[float | None], other: float) -> Expr[float | None]: ...
    @overload
    def __rsub__(self: Expr[dt.timedelta], other: dt.timedelta) -> Expr[dt.timedelta]: ...
    @overload
    def __rsub__(self: Expr[dt.timedelta | None], other: dt.timedelta) -> Expr[dt.timedelta | None]: ...
    def __rsub__(self, other: Any) -> Any:
        return _arithmetic("-", other, self)

    @overload
    def __mul__(self: Expr[dt.timedelta], other: Real) -> Expr[dt.timedelta]: ...
    @overload
    def __mul__(self: Expr[dt.timedelta | None], other: MaybeReal) -> Expr[dt.timedelta | None]: ...
    @overload
    def __mul__(self: Expr[int], other: Whole) -> Expr[int]: ...
    @overload
    def __mul__(self: Expr[int | None], other: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def __mul__(self: Expr[Exact], other: Exactly) -> Expr[Decimal]: ...
    @overload
    def __mul__(self: Expr[Exact | None], other: MaybeExactly) -> Expr[Decimal | None]: ...
    @overload
    def __mul__(self: Expr[float], other: Real) -> Expr[float]: ...
    @overload
    def __mul__(self: Expr[float | None], other: MaybeReal) -> Expr[float | None]: ...
    @overload
    def __mul__(self: Expr[float], other: Span) -> Expr[dt.timedelta]: ...
    @overload
    def __mul__(self: Expr[float | None], other: MaybeSpan) -> Expr[dt.timedelta | None]: ...
    def __mul__(self, other: Any) -> Any:
        """SQL's `*`: of numbers, and of an interval and a number."""
        return _arithmetic("*", self, other)

    @overload
    def __rmul__(self: Expr[dt.timedelta], other: float) -> Expr[dt.timedelta]: ...
    @overload
    def __rmul__(self: Expr[dt.timedelta | None], other: float) -> Expr[dt.timedelta | None]: ...
    @overload
    def __rmul__(self: Expr[int], other: int) -> Expr[int]: ...
    @overload
    def __rmul__(self: Expr[int | None], other: int) -> Expr[int | None]: ...
    @overload
    def __rmul__(self: Expr[Exact], other: Exact) -> Expr[Decimal]: ...
    @overload
    def __rmul__(self: Expr[Exact | None], other: Exact) -> Expr[Decimal | None]: ...
    @overload
    def __rmul__(self: Expr[float], other: float) -> Expr[float]: ...
    @overload
    def __rmul__(self: Expr[float | None], other: float) -> Expr[float | None]: ...
    @overload
    def __rmul__(self: Expr[float], other: dt.timedelta) -> Expr[dt.timedelta]: ...
    @overload
    def __rmul__(self: Expr[float | None], other: dt.timedelta) -> Expr[dt.timedelta | None]: ...
    def __rmul__(self, other: Any) -> Any:
        return _arithmetic("*", other, self)

    @overload
    def __truediv__(self: Expr[dt.timedelta], other: Real) -> Expr[dt.timedelta]: ...
    @overload
    def __truediv__(self: Expr[dt.timedelta | None], other: MaybeReal) -> Expr[dt.timedelta | None]: ...
    @overload
    def __truediv__(self: Expr[Exact], other: Exactly) -> Expr[Decimal]: ...
    @overload
    def __truediv__(self: Expr[Exact | None], other: MaybeExactly) -> Expr[Decimal | None]: ...
    @overload
    def __truediv__(self: Expr[float], other: Real) -> Expr[float]: ...
    @overload
    def __truediv__(self: Expr[float | None], other: MaybeReal) -> Expr[float | None]: ...
    def __truediv__(self, other: Any) -> Any:
        """Division. Of integers it is exact, a Decimal; for their whole quotient write `//` or `fn.div`."""
        return _arithmetic("/", self, other)

    @overload
    def __rtruediv__(self: Expr[Exact], other: Exact) -> Expr[Decimal]: ...
    @overload
    def __rtruediv__(self: Expr[Exact | None], other: Exact) -> Expr[Decimal | None]: ...
    @overload
    def __rtruediv__(self: Expr[float], other: float) -> Expr[float]: ...
    @overload
    def __rtruediv__(self: Expr[float | None], other: float) -> Expr[float | None]: ...
    @overload
    def __rtruediv__(self: Expr[float], other: dt.timedelta) -> Expr[dt.timedelta]: ...
    @overload
    def __rtruediv__(self: Expr[float | None], other: dt.timedelta) -> Expr[dt.timedelta | None]: ...
    def __rtruediv__(self, other: Any) -> Any:
        return _arithmetic("/", other, self)

    @overload
    def __floordiv__(self: Expr[int], other: Whole) -> Expr[int]: ...
    @overload
    def __floordiv__(self: Expr[int | None], other: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def __floordiv__(self: Expr[Exact], other: Exactly) -> Expr[Decimal]: ...
    @overload
    def __floordiv__(self: Expr[Exact | None], other: MaybeExactly) -> Expr[Decimal | None]: ...
    def __floordiv__(self, other: Any) -> Any:
        """The greatest whole number not above the quotient; `fn.div` cuts towards zero."""
        return _arithmetic("//", self, other)

    @overload
    def __rfloordiv__(self: Expr[int], other: int) -> Expr[int]: ...
    @overload
    def __rfloordiv__(self: Expr[int | None], other: int) -> Expr[int | None]: ...
    @overload
    def __rfloordiv__(self: Expr[Exact], other: Exact) -> Expr[Decimal]: ...
    @overload
    def __rfloordiv__(self: Expr[Exact | None], other: Exact) -> Expr[Decimal | None]: ...
    def __rfloordiv__(self, other: Any) -> Any:
        return _arithmetic("//", other, self)

    @overload
    def __mod__(self: Expr[int], other: Whole) -> Expr[int]: ...
    @overload
    def __mod__(self: Expr[int | None], other: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def __mod__(self: Expr[Exact], other: Exactly) -> Expr[Decimal]: ...
    @overload
    def __mod__(self: Expr[Exact | None], other: MaybeExactly) -> Expr[Decimal | None]: ...
    def __mod__(self, other: Any) -> Any:
        """SQL's `%`: what `fn.div` leaves, so its sign is that of the left side (Python's is that of the right)."""
        return _arithmetic("%", self, other)

    @overload
    def __rmod__(self: Expr[int], other: int) -> Expr[int]: ...
    @overload
    def __rmod__(self: Expr[int | None], other: int) -> Expr[int | None]: ...
    @overload
    def __rmod__(self: Expr[Exact], other: Exact) -> Expr[Decimal]: ...
    @overload
    def __rmod__(self: Expr[Exact | None], other: Exact) -> Expr[Decimal | None]: ...
    def __rmod__(self, other: Any) -> Any:
        return _arithmetic("%", other, self)

    def __neg__(self: Expr[Scalable]) -> Expr[Scalable]:
        return _negative(self)

    # ------------------------------------------------------------ logic

    def __and__(self: Expr[bool | None], other: Expr[bool | None]) -> Expr[bool]:
        return boolean(Infix("AND", self.node, condition(other)))

    def __or__(self: Expr[bool | None], other: Expr[bool | None]) -> Expr[bool]:
        return boolean(Infix("OR", self.node, condition(other)))

    def __invert__(self: Expr[bool | None]) -> Expr[bool]:
        _refuse_null_within(self.node, negated=True)
        return boolean(Prefix("NOT", self.node))

    # ------------------------------------------------------------ the rest

    @overload
    def cast(self, type: Words, /) -> Expr[str | None]: ...
    @overload
    def cast(self, type: SqlType[U], /) -> Expr[U]: ...
    def cast(self, type: SqlType[Any], /) -> Expr[Any]:
        """CAST. Its type admits None, as the value may be NULL; `fn.coalesce` takes that away.

        https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS
        """
        if not isinstance(type, SqlType):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
            raise QueryError(f"cast takes a type such as pg.text, not {type!r}")
        return Expr(Cast(self.node, type), type, python_of(type), True)

    def asc(self, *, nulls: str | None = None) -> Ordering[T_co]:
        """Ascending; `nulls` is "first" or "last" (PostgreSQL's default: last)."""
        check_order(*_types(self))
        return Ordering(Order(self.node, False, _nulls(nulls)))

    def desc(self, *, nulls: str | None = None) -> Ordering[T_co]:
        """Descending; `nulls` is "first" or "last" (PostgreSQL's default: first)."""
        check_order(*_types(self))
        return Ordering(Order(self.node, True, _nulls(nulls)))

    def over(
        self,
        *,
        partition_by: Expr[object] | Sequence[Expr[object]] = (),
        order_by: Expr[object] | Ordering[object] | Sequence[Expr[object] | Ordering[object]] = (),
    ) -> Expr[T_co]:
        """A window function, or an aggregate as one.

        https://www.postgresql.org/docs/current/tutorial-window.html
        """
        if not isinstance(self.node, Call) or not (self.node.aggregate or self.node.window):
            raise QueryError(
                "over(...) follows a window function or an aggregate, such as fn.row_number() or fn.sum(x)"
            )
        window = Over(self.node, nodes(partition_by), ordered(order_by))
        if any(isinstance(node, Order) for node in window.partition_by):
            raise QueryError("asc() and desc() belong in order_by, not in partition_by")
        return Expr(window, self.type, self.python, self.optional)

    def filter(self, *conditions: Expr[bool] | Expr[bool | None]) -> Expr[T_co]:
        """An aggregate over the rows that meet the conditions: FILTER (WHERE ...).

        https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES
        """
        call = self.node
        if not isinstance(call, Call) or not call.aggregate:
            raise QueryError("filter(...) follows an aggregate, such as fn.count() or fn.sum(x)")
        both = all_of(condition(each) for each in conditions)
        if both is None:
            return self
        if call.filter is not None:
            both = Infix("AND", call.filter, both)
        return Expr(replace(call, filter=both), self.type, self.python, self.optional)

    def path(self: Expr[U | None], step: Callable[[U], R]) -> Expr[R | None]:
        """A place inside a JSON document, as typed Python: `User.meta.path(lambda m: m.labels[0])`.

        NULL where the document has no such place. https://www.postgresql.org/docs/current/functions-json.html
        """
        from qb.query.json_path import walk_path

        return walk_path(cast("Expr[Any]", self), step)


class SqlDefault(Generic[T_contra]):
    """What the server computes for a column. Contravariant: a random UUID is a default of every brand of UUID.

    >>> from datetime import datetime
    >>> class Visit(Table, name="visits"):
    ...     id: Col[int] = column(primary_key=True, default=identity())
    ...     at: Col[datetime] = column(default=fn.now())
    >>> new(Visit)()
    NewVisit(id=UNSET, at=UNSET)
    """

    __slots__ = ()


# What stands beside an operator: a value, or an expression of it; `Maybe` where it may be NULL, too.
Exact: TypeAlias = int | Decimal
Span: TypeAlias = dt.timedelta | Expr[dt.timedelta]
MaybeSpan: TypeAlias = dt.timedelta | Expr[dt.timedelta] | Expr[dt.timedelta | None]
Whole: TypeAlias = int | Expr[int]
MaybeWhole: TypeAlias = int | Expr[int] | Expr[int | None]
Exactly: TypeAlias = int | Decimal | Expr[Exact]
MaybeExactly: TypeAlias = int | Decimal | Expr[Exact] | Expr[Exact | None]
MaybeDecimal: TypeAlias = Decimal | Expr[Decimal] | Expr[Decimal | None]
Real: TypeAlias = float | Expr[float]
MaybeReal: TypeAlias = float | Expr[float] | Expr[float | None]


class Computed(Expr[T], SqlDefault[T | None]):
    """A call that needs no row, so that it can also be a column's default.

    >>> fn.gen_random_uuid().type
    <type uuid>
    >>> db.scalar(select(fn.clock_timestamp() >= fn.now()))
    <Success: True>
    """

    __slots__ = ()


class Assignment:
    """A column and the value that SET or a shape gives it.

    >>> User.nickname.to("Countess")
    <users.nickname = ...>
    >>> db.execute(update(User).set(User.nickname.to("Countess")).where(User.id == 1))
    <Success: 1>
    """

    __slots__ = ("column", "node", "value")
    column: Column[Any]
    node: Node
    value: Expr[Any] | None
    """The expression; None for a plain value."""

    def __init__(self, column: Column[Any], value: Node, expression: Expr[Any] | None = None) -> None:
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "value", expression)
        object.__setattr__(self, "node", value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an assignment is a frozen value")

    def __repr__(self) -> str:
        return f"<{self.column.label} = ...>"


class Column(Expr[T]):
    """A column of a table, an alias, a CTE, a subquery or a shape.

    >>> User.name, User.name.label, User.name.type
    (<column users.name>, 'users.name', <type varchar(80)>)
    """

    __slots__ = ("attribute", "stored")
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> ColumnNode:
            """Its syntax tree."""
            ...

    attribute: str
    """The name in Python; `node.name` is the one in SQL."""
    stored: SqlType[Any]
    """The type as values are written: of a Literal or an Enum, the members alone."""

    def __init__(self, node: ColumnNode, type: SqlType[Any], python: object, optional: bool, attribute: str) -> None:
        super().__init__(node, type, python, optional)
        object.__setattr__(self, "attribute", attribute)
        object.__setattr__(self, "stored", narrowed(type, python))

    @property
    def label(self) -> str:
        """`table.column`, as errors say it."""
        return ColumnLabel(label(self.node.relation), self.node.name)

    def __repr__(self) -> str:
        return f"<column {self.label}>"

    def to(self, value: T | Expr[T]) -> Assignment:
        """What the column becomes, in `set`, `on_conflict(update=...)` and `into`."""
        if is_expr(value) and not is_param(value):
            fitted = _labelled(value, self.type)
            return Assignment(self, fitted.node, fitted)
        return Assignment(self, written(value, self))


# ---------------------------------------------------------------- values to nodes


def lift(value: object, like: Expr[Any], *, none: bool = False, wide: bool = False, judged: bool = True) -> Node:
    """The node of a value that stands beside `like`: an expression's own, or a parameter of `like`'s type.

    `none` says whether None is a value here; where it is not, it is a bug that NULL's rules would hide. A value that is
    `judged` is of a class that the type takes, or it raises; rows are data, which their encoders judge.
    """
    label = like.label if isinstance(like, Column) else ""
    if is_expr(value):
        if (name := param_name(value)) is not None:
            type_ = _widened(like.type, value) if wide else like.type
            check_class(value.python, type_, label)
            return ParamNode(name, type_, label)
        value = _labelled(value, like.type)
        if wide:
            check_compared(like.type, value.type)
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
    type_ = _widened(like.type, value) if wide else like.type
    if judged and value is not None and not is_param(like):
        check_value(value, type_, label)
        if wide and not type_.wire.equality:
            check_compared(type_, type_)
    return Bind(value, type_, label)


def written(value: object, column: Column[Any], *, judged: bool = True) -> Node:
    """The node of what a column is to hold: as `lift`, but only the members of a Literal or an Enum are taken."""
    beside: Expr[Any] = Column(column.node, column.stored, object, column.optional, column.attribute)
    return lift(value, column if column.stored is column.type else beside, none=True, judged=judged)


def _labelled(value: Expr[Any], type: SqlType[Any]) -> Expr[Any]:
    # An expression of Python Enums, such as case(...), is text until it stands beside a column that says which enum.
    labels: object = value.type.labels if isinstance(value.type, LabelledText) else None
    if isinstance(type, PgEnum) and labels is type.python:
        return Expr(Cast(value.node, type), type, value.python, value.optional)
    return value


def lift_plain(value: object) -> Expr[Any]:
    """An expression from a Python value of an obvious type, or the expression that it is."""
    if is_expr(value):
        return value
    try:
        type_ = type_of_value(value)
    except TypeError as error:
        raise QueryError(str(error)) from None
    return Expr(Bind(value, type_), type_, type(value), False)


def is_expr(value: object) -> TypeIs[Expr[Any]]:
    """Whether a value is an expression."""
    return isinstance(value, Expr)


def param_name(value: Expr[Any]) -> str | None:
    """The name of the prepared query's parameter that an expression is; None where it is none."""
    node = value.node
    return node.name if isinstance(node, ParamNode) and node.column == "?" else None


def is_param(value: Expr[Any]) -> bool:
    """Whether an expression is a parameter of a prepared query, which takes its type from its neighbour."""
    return param_name(value) is not None


def nodes(items: object) -> tuple[Node, ...]:
    """The nodes of one expression or ordering, or of several."""
    if isinstance(items, Expr | Ordering):
        return (items.node,)
    found = tuple(cast("Iterable[Expr[Any]]", items))
    for item in found:
        if not isinstance(item, Expr | Ordering):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
            raise QueryError(f"a column or an expression is wanted here, not {type(item).__name__}")
    return tuple(item.node for item in found)


def ordered(items: object) -> tuple[Node, ...]:
    """The nodes of what ORDER BY takes; QueryError for what has no order."""
    given: tuple[object, ...] = (items,)
    if not isinstance(items, Expr | Ordering):
        given = tuple(cast("Iterable[object]", items))
    for item in given:
        check_order(*_types(item))
    return nodes(given)


def _types(value: object) -> tuple[SqlType[Any], ...]:
    return (value.type,) if is_expr(value) and not is_param(value) else ()


def condition(value: object) -> Node:
    """The node of a condition; a Python bool is a bug (it was computed before the query)."""
    if isinstance(value, Ordering):
        raise QueryError("asc() and desc() belong in order_by, not in a condition")
    if not is_expr(value):
        raise QueryError(
            f"a condition is an SQL expression such as User.id == x, not {type(value).__name__}: "
            "a Python comparison was evaluated before the query was built"
        )
    if (name := param_name(value)) is not None:
        return ParamNode(name, pg.boolean, "")
    return value.node


def all_of(conditions: Iterable[Node]) -> Node | None:
    """The conditions joined with AND; None when there are none."""
    joined: Node | None = None
    for each in conditions:
        joined = each if joined is None else Infix("AND", joined, each)
    return joined


def boolean(node: Node) -> Expr[bool]:
    """An expression that is true or false."""
    return Expr(node, pg.boolean, bool, False)


def python_of(type: SqlType[Any]) -> object:
    """What values of a type are read as where no annotation says more."""
    return getattr(type, "python", object)


def _compare(operator: str, left: Expr[Any], right: object) -> Expr[bool]:
    if is_param(left):
        left, right, operator = _turned(left, right, operator)
    if operator not in ("=", "<>"):
        check_order(*_types(left), *_types(right))
    return boolean(Infix(operator, left.node, lift(right, left, wide=True)))


_MIRROR = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _turned(left: Expr[Any], right: object, operator: str) -> tuple[Expr[Any], object, str]:
    if is_expr(right) and not is_param(right):
        return right, left, _MIRROR[operator]
    return left, right, operator


def _widened(type_: SqlType[Any], beside: object = 0) -> SqlType[Any]:
    """The type of a value that a column is compared with: where it has none of its own kind, a wider one.

    `beside` is the value, its class, or a parameter.
    """
    if not type_.wire.is_integer:
        return type_
    if isinstance(beside, Expr):
        wider = beside.type.wire
        if wider.is_numeric or wider is pg.double_precision.wire:
            return pg.numeric if wider.is_numeric else pg.double_precision
        return pg.bigint
    kind: type = beside if isinstance(beside, type) else type(beside)
    if issubclass(kind, Decimal):
        return pg.numeric
    if issubclass(kind, float):
        return pg.double_precision
    # 40,000 is no smallint, yet comparing a smallint with it makes sense: every integer index serves every integer.
    return pg.bigint


def _wider(one: SqlType[Any], other: SqlType[Any]) -> SqlType[Any]:
    exact = pg.bigint.wire.rank  # integers are alike here
    return max(one, other, key=lambda type_: max(type_.wire.rank, exact))


def _match(operator: str, left: Expr[Any], pattern: object) -> Expr[bool]:
    # A pattern is text, whatever the column is: as char(n) it would lose its spaces.
    check_text(operator, left.type)
    if is_expr(pattern):
        check_text(operator, pattern.type)
    labelled = isinstance(left.type, LabelledText)
    beside: Expr[Any] = Expr(left.node, pg.text, str, False) if labelled or left.type.wire.padded else left
    return boolean(Infix(operator, left.node, lift(pattern, beside)))


def _membership(operand: Expr[Any], values: object, *, negated: bool) -> Expr[bool]:
    if isinstance(values, Query):
        output: Any = getattr(getattr(cast("Any", values), "shape", None), "output", None)  # of a query for one column
        if output is not None:
            check_compared(operand.type, output.type)
        if negated:
            _refuse_null(operand, values.node, "not_in")
        return boolean(InQuery(operand.node, values.node, negated))
    said = "not_in" if negated else "in_"
    check_compared(operand.type, operand.type)
    element = _widened(operand.type)
    label = operand.label if isinstance(operand, Column) else ""
    expandable = isinstance(element, Array) or element.wire.is_document
    if is_expr(values):
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
            element = _widened(operand.type, of[0])
            check_class(of[0], element, label)
        return boolean(AnyOf(operand.node, ParamNode(name, Array(element, nulls=False), label), negated))
    if isinstance(values, str | bytes):
        raise QueryError(f"{said} takes a list of values: a string would be a list of its characters")
    items = list(cast("Iterable[object]", values))
    if any(item is None for item in items):
        instead = "& x.is_not_null()" if negated else "| x.is_null()"
        raise QueryError(f"None is in the values of {said} for {label or 'an expression'}: add {instead} instead")
    if expandable:
        return boolean(InList(operand.node, tuple(lift(item, operand, wide=True) for item in items), negated))
    if any(isinstance(item, Expr) for item in items):
        return boolean(InList(operand.node, tuple(lift(item, operand, wide=True) for item in items), negated))
    kinds = set(map(type, items))
    for kind in kinds:
        element = _wider(element, _widened(operand.type, kind))
    for kind in kinds:
        check_class(kind, element, label)
    return boolean(AnyOf(operand.node, Bind(items, Array(element), label), negated))


def _refuse_null(operand: Expr[Any] | None, query: Node, said: str) -> None:
    """QueryError where one NULL among a query's rows would leave no row that is not in them."""
    from qb.tree.nullability import may_give_null  # it reads statements

    if may_give_null(query):
        name = operand.label if isinstance(operand, Column) else "x"
        raise QueryError(
            f"{said}(query): the query may give NULL, and beside one NULL there is no row that is not in it: add "
            f".where(column.is_not_null()) to the query, or write ~exists(select(...).where(column == {name}))"
        )


def _refuse_null_within(node: Node, *, negated: bool) -> None:
    # ~x.in_(query) is NOT IN, however deep in AND and OR.
    match node:
        case InQuery(query=query, negated=inner) if negated != inner:
            _refuse_null(None, query, "~in_")
        case Prefix(operator="NOT", operand=operand):
            _refuse_null_within(operand, negated=not negated)
        case Infix(operator="AND" | "OR", left=left, right=right):
            _refuse_null_within(left, negated=negated)
            _refuse_null_within(right, negated=negated)
        case _:
            pass


_IN_ARRAY = ("{x} = ANY({a})", "{x} <> ALL({a})")


def _arithmetic(operator: str, left: object, right: object) -> Expr[Any]:
    from qb.query.arithmetic import arithmetic  # it builds expressions

    return arithmetic(operator, left, right)


def _negative(operand: Expr[Any]) -> Expr[Any]:
    from qb.query.arithmetic import negative  # it builds expressions

    return negative(operand)


def _nulls(nulls: str | None) -> bool | None:
    if nulls not in (None, "first", "last"):
        raise QueryError(f'nulls is "first" or "last", not {nulls!r}')
    return None if nulls is None else nulls == "first"
