"""DELETE. Without `where` it needs `all_rows()`.

https://www.postgresql.org/docs/current/sql-delete.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.entity import Entity, entity_of
from qb.query.expr.expr import Expr
from qb.query.expr.logic import condition
from qb.query.from_clause import relation_of
from qb.query.returning import Writes
from qb.tree.delete import DeleteNode

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Delete(Writes[T_co]):
    """DELETE FROM.

    >>> print(compile(delete(Task).using(User).where(Task.user_id == User.id, User.name == "Ada")))
    DELETE FROM "tasks"
    USING "users"
    WHERE ("tasks"."user_id" = "users"."id") AND ("users"."name" = $1::varchar)
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> DeleteNode:
            """Its syntax tree."""
            ...

    def using(self, *tables: type[Any]) -> Self:
        """Other relations that the conditions read from."""
        return self._with(using=self.node.using + tuple(relation_of(table, "using") for table in tables))

    def where(self, *conditions: Expr[bool] | Expr[bool | None]) -> Self:
        """Only the rows that meet every condition, those of an earlier `where` included."""
        return self._with(where=self.node.where + tuple(condition(each) for each in conditions))

    def all_rows(self) -> Self:
        """Every row of the table, said on purpose."""
        return self._with(every_row=True)

    def when(self, flag: object, step: Callable[[Self], Self]) -> Self:
        """The statement after `step` where `flag`, a Python value, is true; as it is where not."""
        if isinstance(flag, Expr):
            raise QueryError("when takes a Python value; an SQL condition belongs in where")
        return step(self) if flag else self

    def _with(self, **clauses: Any) -> Self:
        return cast("Self", Delete(replace(self.node, **clauses), self.entity))


def delete(table: type[T]) -> Delete[T]:
    """Delete rows of a table, to be run with `execute`; with `returning` it gives them. Without `where` or `all_rows()`
    it raises QueryError. https://www.postgresql.org/docs/current/sql-delete.html

    >>> db.all(delete(Task).where(Task.done).returning(Task.title))
    <Success: ['write']>
    """
    return Delete(DeleteNode(relation_of(table, "delete")), cast("Entity", entity_of(table)))
