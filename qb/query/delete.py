"""DELETE. Without `where` it needs `all_rows()`.

https://www.postgresql.org/docs/current/sql-delete.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar, cast

from qb.query.entity import Entity, NamedRow, TableRow, entity_of
from qb.query.from_clause import relation_of, written_to
from qb.query.some_rows import SomeRows
from qb.tree.delete import DeleteNode

T = TypeVar("T", bound=TableRow)
T_co = TypeVar("T_co", covariant=True)


class Delete(SomeRows[T_co]):
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

    def using(self, *tables: type[NamedRow]) -> Self:
        """Other relations that the conditions read from."""
        return self._with(using=self.node.using + tuple(relation_of(table, "using") for table in tables))


def delete(table: type[T]) -> Delete[T]:
    """Delete rows of a table, to be run with `execute`; with `returning` it gives them. Without `where` or `all_rows()`
    it raises QueryError. https://www.postgresql.org/docs/current/sql-delete.html

    >>> db.all(delete(Task).where(Task.done).returning(Task.title))
    <Success: ['write']>
    """
    return Delete(DeleteNode(written_to(table, "delete")), cast("Entity", entity_of(table)))
