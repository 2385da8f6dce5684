"""What a select list takes, and what can stand inside an expression as a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from qb.query.expr.nothing_else import NothingElse
from qb.query.expr.pinned import PinnedQuery
from qb.tree.statements import StatementNode

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Selectable(Generic[T_co]):
    """Anything a select list takes that is not a table.

    >>> def names_and(item: Selectable[int]) -> Select[tuple[str, int]]:
    ...     return select(User.name, item).order_by(User.id)
    >>> db.all(names_and(User.id * 10))
    <Success: [('Ada', 10), ('Grace', 20)]>
    """

    __slots__ = ()


Item: TypeAlias = type[T] | Selectable[T] | NothingElse
"""What a select list takes: a table, an alias, a CTE; or an expression, `maybe(...)`, `many(...)`."""


class Query(PinnedQuery[T_co], Generic[T_co]):  # type: ignore[type-var]  # pyright: ignore[reportInvalidTypeArguments]
    """A statement that gives rows and can stand inside an expression; SELECT is one.

    >>> busy = select(Task.user_id).where(~Task.done)
    >>> db.all(select(User.name).where(User.id.in_(busy)).order_by(User.id))
    <Success: ['Ada', 'Grace']>
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only, so that a subclass may know more

        @property
        def node(self) -> StatementNode:
            """Its syntax tree."""
            ...
