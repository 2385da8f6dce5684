"""`Expr`: a typed façade over a node. Its operators build SQL, so it has no truth value, no order and no length."""
# Overloads of the operators overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Never, NoReturn, TypeAlias, TypeVar, overload

from typing_extensions import TypeForm, TypeIs, deprecated

from qb.errors import QueryError
from qb.query.expr.cast import converted, renamed
from qb.query.expr.collate import collated
from qb.query.expr.comparison import between, compared, distinguished
from qb.query.expr.composite_path import walk_path
from qb.query.expr.containing import Containing
from qb.query.expr.filter import filtered
from qb.query.expr.like import matched
from qb.query.expr.logic import condition, negated, truth
from qb.query.expr.membership import is_member
from qb.query.expr.nothing_else import MYPY, NothingElse
from qb.query.expr.order_by import Nulls, Ordering, directed
from qb.query.expr.over import windowed
from qb.query.expr.pinned import BareInteger, Beside, Mismatch, Pinned, PinnedQuery, PlainNumber
from qb.query.expr.selectable import Selectable
from qb.query.expr.typed import Typed
from qb.tree.expressions import Expression, Infix, Postfix
from qb.types import SqlType, pg
from qb.types.text import Words
from qb.types.versions import Undecodable

if TYPE_CHECKING:  # aliases of expressions
    from typing import LiteralString

    from qb.query.expr.operands import MaybeBareExactly, MaybeBareWhole, MaybeDecimal
    from qb.types.collation import OwnCollation

R = TypeVar("R")
LabelT = TypeVar("LabelT", bound="LiteralString | None")
SureLabelT = TypeVar("SureLabelT", bound="LiteralString")
TextT = TypeVar("TextT", bound="str | None")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")

_NO_TRUTH = (
    "an SQL expression has no truth value in Python: write & for and, | for or, ~ for not, .in_(...) for in, "
    ".between(a, b) for a <= x <= b, and .when(flag, step) or an if over a Python value for a query that varies"
)


class Expr(Containing[T_co], Selectable[T_co]):
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

    _said: ClassVar[str] = "an expression is a frozen value"
    if TYPE_CHECKING:

        def _kind(self: Typed[U | None]) -> Pinned[U]: ...

        if not MYPY:

            def _labels(self: Typed[SureLabelT | None]) -> Pinned[SureLabelT]: ...

    def _expr(self, made: Typed[Any]) -> Any:
        return as_expr(made)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__.lower()} {self.node}>"

    def __bool__(self) -> NoReturn:
        raise QueryError(_NO_TRUTH)

    def __hash__(self) -> int:
        return hash(self.node)

    # ------------------------------------------------------------ comparison

    @overload  # type: ignore[override]
    @deprecated("nothing equals NULL: write is_null()")
    def __eq__(self, other: None) -> Mismatch[T_co, None]: ...
    @overload
    @deprecated("a bool is no number")
    def __eq__(self: PlainNumber, other: bool) -> Mismatch[float, bool]: ...
    @overload
    def __eq__(self: Pinned[U], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __eq__(self: Pinned[U | None], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __eq__(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def __eq__(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    @deprecated("the two sides have different types")
    def __eq__(self, other: Expr[U]) -> Mismatch[T_co, U]: ...
    @overload
    @deprecated("the two sides have different types")
    def __eq__(self, other: U) -> Mismatch[T_co, U]: ...
    def __eq__(self, other: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return boolean(compared("=", self, other))

    @overload  # type: ignore[override]
    @deprecated("nothing differs from NULL: write is_not_null()")
    def __ne__(self, other: None) -> Mismatch[T_co, None]: ...
    @overload
    @deprecated("a bool is no number")
    def __ne__(self: PlainNumber, other: bool) -> Mismatch[float, bool]: ...
    @overload
    def __ne__(self: Pinned[U], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __ne__(self: Pinned[U | None], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __ne__(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def __ne__(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    @deprecated("the two sides have different types")
    def __ne__(self, other: Expr[U]) -> Mismatch[T_co, U]: ...
    @overload
    @deprecated("the two sides have different types")
    def __ne__(self, other: U) -> Mismatch[T_co, U]: ...
    def __ne__(self, other: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return boolean(compared("<>", self, other))

    @overload
    def __gt__(self: Pinned[U], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __gt__(self: Pinned[U | None], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __gt__(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def __gt__(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    def __gt__(self, other: Any) -> Expr[bool]:
        return boolean(compared(">", self, other))

    @overload
    def __ge__(self: Pinned[U], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __ge__(self: Pinned[U | None], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __ge__(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def __ge__(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    def __ge__(self, other: Any) -> Expr[bool]:
        return boolean(compared(">=", self, other))

    @overload
    def __lt__(self: Pinned[U], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __lt__(self: Pinned[U | None], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __lt__(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def __lt__(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    def __lt__(self, other: Any) -> Expr[bool]:
        return boolean(compared("<", self, other))

    @overload
    def __le__(self: Pinned[U], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __le__(self: Pinned[U | None], other: Beside[U] | U) -> Expr[bool]: ...
    @overload
    def __le__(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def __le__(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    def __le__(self, other: Any) -> Expr[bool]:
        return boolean(compared("<=", self, other))

    def is_null(self) -> Expr[bool]:
        """IS NULL. https://www.postgresql.org/docs/current/functions-comparison.html"""
        return boolean(Postfix(self.node, "IS NULL"))

    def is_not_null(self) -> Expr[bool]:
        """IS NOT NULL."""
        return boolean(Postfix(self.node, "IS NOT NULL"))

    @overload
    @deprecated("a bool is no number")
    def is_distinct_from(self: PlainNumber, other: bool) -> Mismatch[float, bool]: ...
    @overload
    def is_distinct_from(self: Pinned[U], other: Beside[U] | U | NothingElse | None) -> Expr[bool]: ...
    @overload
    def is_distinct_from(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def is_distinct_from(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def is_distinct_from(self: Pinned[U | None], other: Beside[U] | U | None) -> Expr[bool]: ...
    @overload  # once more, for pyright shows the last one
    def is_distinct_from(self: Pinned[U], other: Beside[U] | U | None) -> Expr[bool]: ...
    def is_distinct_from(self, other: Any) -> Any:
        """IS DISTINCT FROM: `<>` for which NULL is a value like any other, so None may be given."""
        return boolean(distinguished("IS DISTINCT FROM", self, other))

    @overload
    @deprecated("a bool is no number")
    def is_not_distinct_from(self: PlainNumber, other: bool) -> Mismatch[float, bool]: ...
    @overload
    def is_not_distinct_from(self: Pinned[U], other: Beside[U] | U | NothingElse | None) -> Expr[bool]: ...
    @overload
    def is_not_distinct_from(self: Expr[Decimal | None], other: MaybeBareWhole) -> Expr[bool]: ...
    @overload
    def is_not_distinct_from(self: BareInteger, other: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def is_not_distinct_from(self: Pinned[U | None], other: Beside[U] | U | None) -> Expr[bool]: ...
    @overload  # once more, for pyright shows the last one
    def is_not_distinct_from(self: Pinned[U], other: Beside[U] | U | None) -> Expr[bool]: ...
    def is_not_distinct_from(self, other: Any) -> Any:
        """IS NOT DISTINCT FROM: `=` for which NULL equals NULL."""
        return boolean(distinguished("IS NOT DISTINCT FROM", self, other))

    @overload
    def between(self: Pinned[U], low: Beside[U] | U | NothingElse, high: Beside[U] | U | NothingElse) -> Expr[bool]: ...
    @overload
    def between(self: Expr[Decimal | None], low: MaybeBareExactly, high: MaybeBareExactly) -> Expr[bool]: ...
    @overload
    def between(self: BareInteger, low: MaybeDecimal, high: MaybeDecimal) -> Expr[bool]: ...
    @overload
    def between(self: Pinned[U | None], low: Beside[U] | U, high: Beside[U] | U) -> Expr[bool]: ...
    @overload  # once more, for pyright shows the last one
    def between(self: Pinned[U], low: Beside[U] | U, high: Beside[U] | U) -> Expr[bool]: ...
    def between(self, low: Any, high: Any) -> Expr[bool]:
        """BETWEEN: low <= self and self <= high."""
        return boolean(between(self, low, high))

    @overload
    @deprecated("a text is a sequence of its characters: give a list")
    def in_(self: Expr[str | None], values: str) -> Mismatch[str, str]: ...
    @overload
    def in_(self: Pinned[U], values: PinnedQuery[U] | PinnedQuery[U | None] | PinnedQuery[Never]) -> Expr[bool]: ...
    @overload
    def in_(
        self: Pinned[U | None], values: PinnedQuery[U] | PinnedQuery[U | None] | PinnedQuery[Never]
    ) -> Expr[bool]: ...
    @overload
    def in_(self: Pinned[U], values: Iterable[U] | NothingElse) -> Expr[bool]: ...
    @overload
    def in_(self: Pinned[U | None], values: Iterable[U]) -> Expr[bool]: ...
    def in_(self, values: Any) -> Any:
        """Whether the value is one of `values`: `= ANY($1)`, one parameter for any number of them, none included.

        A query gives `IN (SELECT ...)`. https://www.postgresql.org/docs/current/functions-comparisons.html
        """
        return boolean(is_member(self, values, negated=False))

    @overload
    @deprecated("a text is a sequence of its characters: give a list")
    def not_in(self: Expr[str | None], values: str) -> Mismatch[str, str]: ...
    @overload
    def not_in(self: Pinned[U], values: PinnedQuery[U] | PinnedQuery[Never]) -> Expr[bool]: ...
    @overload
    def not_in(self: Pinned[U | None], values: PinnedQuery[U] | PinnedQuery[Never]) -> Expr[bool]: ...
    @overload
    def not_in(self: Pinned[U], values: Iterable[U] | NothingElse) -> Expr[bool]: ...
    @overload
    def not_in(self: Pinned[U | None], values: Iterable[U]) -> Expr[bool]: ...
    def not_in(self, values: Any) -> Any:
        """Whether the value is none of `values`. A query must not hold NULL, or no row would ever match."""
        return boolean(is_member(self, values, negated=True))

    # ------------------------------------------------------------ text

    def like(self: Expr[str | None], pattern: Expr[str | None] | str) -> Expr[bool]:
        """LIKE: `%` stands for any text, `_` for one character.

        https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE
        """
        return boolean(matched("LIKE", self, pattern))

    def not_like(self: Expr[str | None], pattern: Expr[str | None] | str) -> Expr[bool]:
        """NOT LIKE."""
        return boolean(matched("NOT LIKE", self, pattern))

    def ilike(self: Expr[str | None], pattern: Expr[str | None] | str) -> Expr[bool]:
        """LIKE whatever the case."""
        return boolean(matched("ILIKE", self, pattern))

    def not_ilike(self: Expr[str | None], pattern: Expr[str | None] | str) -> Expr[bool]:
        """NOT LIKE whatever the case."""
        return boolean(matched("NOT ILIKE", self, pattern))

    def collate(self: Expr[TextT], name: str | OwnCollation, /, *, schema: str | None = None) -> Expr[TextT]:
        """COLLATE: compared and ordered by another collation, such as "C"; also as a key of an index.

        https://www.postgresql.org/docs/current/collation.html
        """
        return as_expr(collated(self, name, schema))

    # ------------------------------------------------------------ logic

    def __and__(self: Expr[bool | None], other: Expr[bool | None]) -> Expr[bool]:
        return boolean(Infix("AND", truth(self), condition(other)))

    def __or__(self: Expr[bool | None], other: Expr[bool | None]) -> Expr[bool]:
        return boolean(Infix("OR", truth(self), condition(other)))

    def __invert__(self: Expr[bool | None]) -> Expr[bool]:
        return boolean(negated(truth(self)))

    # ------------------------------------------------------------ the rest

    @overload
    def cast(self, type: Words, /) -> Expr[str | None]: ...
    @overload
    def cast(self, type: SqlType[U], /) -> Expr[U]: ...
    def cast(self, type: SqlType[Any], /) -> Expr[Any]:
        """CAST. Its type admits None, as the value may be NULL; `fn.coalesce` takes that away.

        https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS
        """
        return as_expr(converted(self, type))

    @overload
    def as_(self: Pinned[U | None], python: TypeForm[R], /) -> Expr[R | None]: ...
    @overload
    def as_(self, python: TypeForm[R], /) -> Expr[R]: ...
    def as_(self, python: TypeForm[Any], /) -> Expr[Any]:
        """The same values as a brand, which a NewType is, or as what it is made of: `(Account.paid + 5).as_(Cents)`."""
        return as_expr(renamed(self, python))

    def asc(self, *, nulls: Nulls | None = None) -> Ordering[T_co]:
        """Ascending; `nulls` is "first" or "last" (PostgreSQL's default: last)."""
        return directed(self, nulls, descending=False)

    def desc(self, *, nulls: Nulls | None = None) -> Ordering[T_co]:
        """Descending; `nulls` is "first" or "last" (PostgreSQL's default: first)."""
        return directed(self, nulls, descending=True)

    def over(
        self,
        *,
        partition_by: Expr[object] | Sequence[Expr[object]] = (),
        order_by: Expr[object] | Ordering[object] | Sequence[Expr[object] | Ordering[object]] = (),
    ) -> Expr[T_co]:
        """A window function, or an aggregate as one.

        https://www.postgresql.org/docs/current/tutorial-window.html
        """
        window = windowed(self.node, partition_by, order_by)
        return Expr(window, self.type, self.python, self.optional)

    def filter(self, *conditions: Expr[bool | None]) -> Expr[T_co]:
        """An aggregate over the rows that meet the conditions: FILTER (WHERE ...).

        https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES
        """
        call = filtered(self.node, conditions)
        return Expr(call, self.type, self.python, self.optional)

    if MYPY:  # which knows the labels of a Literal by itself, and reads the lambda of an overload without its types

        def path(self: Expr[U | Undecodable | None], step: Callable[[U], R]) -> Expr[R | None]: ...  # pyright: ignore[reportRedeclaration]

    else:

        @overload
        def path(self: Expr[U | Undecodable | None], step: Callable[[U], LabelT]) -> Expr[LabelT | None]: ...
        @overload
        def path(self: Expr[U | Undecodable | None], step: Callable[[U], R]) -> Expr[R | None]: ...
        def path(self: Expr[Any], step: Callable[[Any], Any]) -> Expr[Any]:
            return as_expr(walk_path(self, step))


Condition: TypeAlias = Expr[bool | None]
"""What WHERE, HAVING, ON and WHEN take."""


def as_expr(made: Typed[Any]) -> Expr[Any]:
    """The expression of what a rule made."""
    return Expr(made.node, made.type, made.python, made.optional)


def is_expr(value: object) -> TypeIs[Expr[Any]]:
    """Whether a value is an expression."""
    return isinstance(value, Expr)


def boolean(node: Expression) -> Expr[bool]:
    """An expression that is true or false."""
    return Expr(node, pg.boolean, bool, False)
