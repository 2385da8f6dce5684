"""What UPDATE and DELETE share: they say which rows they change, or that all of them are meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec.structs import replace

from qb.query.expr.expr import Condition
from qb.query.expr.logic import condition
from qb.query.returning import Writes
from qb.query.where import check_flag
from qb.tree.delete import DeleteNode
from qb.tree.update import UpdateNode

T_co = TypeVar("T_co", covariant=True)


class SomeRows(Writes[T_co]):
    """A statement that needs `where`, or `all_rows()`: forgetting is easier than restoring."""

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> UpdateNode | DeleteNode:
            """Its syntax tree."""
            ...

    def where(self, *conditions: Condition) -> Self:
        """Only the rows that meet every condition, those of an earlier `where` included."""
        return self._with(where=self.node.where + tuple(condition(each) for each in conditions))

    def all_rows(self) -> Self:
        """Every row of the table, said on purpose."""
        return self._with(every_row=True)

    def when(self, flag: object, step: Callable[[Self], Self]) -> Self:
        """The statement after `step` where `flag`, a Python value, is true; as it is where not."""
        check_flag(flag)
        return step(self) if flag else self

    def _with(self, **clauses: Any) -> Self:
        return type(self)(replace(self.node, **clauses), self.entity)
