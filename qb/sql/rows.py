"""The two kinds of statement: one returns rows, the other a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from qb.sql.nodes import Node
from qb.sql.statements import RowShape, shape_of

R_co = TypeVar("R_co", covariant=True)


class Statement:
    """A frozen statement; `node` is its syntax tree."""

    if TYPE_CHECKING:  # read-only, so that a subclass may know more

        @property
        def node(self) -> Node:
            """Its syntax tree."""
            ...

    else:
        __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        object.__setattr__(self, "node", node)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a statement is a frozen value: its methods return new ones")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Statement) and type(self) is type(other) and self.node == other.node

    def __hash__(self) -> int:
        return hash(self.node)

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
