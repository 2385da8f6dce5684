"""The two kinds of statement: one returns rows, the other a count."""
# A row of several columns is a row, too: the first overload that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, TypeVarTuple, overload

from qb.frozen import Frozen, fix
from qb.tree.shapes import RowShape
from qb.tree.statements import StatementNode, shape_of
from qb.tree.walk import shape_key, walk

R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")
Ts = TypeVarTuple("Ts")


class Statement(Frozen):
    """A frozen statement; `node` is its syntax tree."""

    _said: ClassVar[str] = "a statement is a frozen value: its methods return new ones"
    if TYPE_CHECKING:  # read-only, so that a subclass may know more

        @property
        def node(self) -> StatementNode:
            """Its syntax tree."""
            ...

    else:
        __slots__ = ("node",)

    def __init__(self, node: StatementNode) -> None:
        fix(self, "node", node)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Statement) or type(self) is not type(other):
            return False
        if self.node is other.node:
            return True
        (key, values), (other_key, other_values) = walk(self.node), walk(other.node)
        return key == other_key and all(map(is_, values, other_values))

    def __hash__(self) -> int:
        return hash(shape_key(self.node))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: qb.compile(...) shows its SQL>"


class Rows(Statement, Generic[R_co]):
    """A statement that returns rows of R: what `all`, `one`, `first`, `scalar` and `stream` take.

    >>> def first_of(query: Rows[str]) -> str:
    ...     return db.first(query).value_or(None) or "nothing"
    >>> first_of(select(User.name).where(User.id == 2))
    'Grace'
    """

    __slots__ = ()
    if TYPE_CHECKING:

        @overload
        def _spread(self: Rows[tuple[*Ts]]) -> tuple[*Ts]: ...
        @overload
        def _spread(self: Rows[S]) -> tuple[S]: ...
        def _spread(self) -> Any: ...

    @property
    def shape(self) -> RowShape:
        """What a row becomes in Python."""
        shape = shape_of(self.node)
        assert shape is not None  # a Rows is only made from a node that has one
        return shape


class Command(Statement):
    """A statement that returns a count of rows: what `execute` takes.

    >>> def touched(command: Command) -> int:
    ...     return db.execute(command).value_or(0)
    >>> touched(delete(Task).where(Task.user_id == 1))
    2
    """

    __slots__ = ()
