"""`maybe`: the side of an outer join that may be absent, as a type that says so."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from qb.errors import QueryError
from qb.frozen import FrozenStruct
from qb.query.entity import Entity, NamedRow, entity_of
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.selectable import Selectable
from qb.tree.expressions import Present
from qb.tree.shapes import EntityShape

A = TypeVar("A")
Named = TypeVar("Named", bound=NamedRow)
T_co = TypeVar("T_co", covariant=True)


class Maybe(FrozenStruct, Selectable[T_co], Generic[T_co]):
    """An entity that is None exactly when the joined row is absent, whatever its columns hold."""

    entity: Entity

    @property
    def shape(self) -> EntityShape:
        """Its row, with the flag that tells absence from a row of NULLs."""
        whole = self.entity.shape
        if whole.relation is None:
            raise QueryError("maybe takes a table, an alias, a CTE or a subquery that an outer join may leave empty")
        return EntityShape(whole.target, whole.fields, whole.outputs, whole.relation, Present(whole.relation))


@overload
def maybe(item: type[Named]) -> Selectable[Named | None]: ...
@overload
def maybe(item: Expr[A]) -> Expr[A | None]: ...
def maybe(item: Any) -> Any:
    """An entity or an expression that may be absent: after an outer join, or wherever NULL can come from.

    An entity is None exactly when the joined row is absent. https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN

    >>> todo = select(User.name, maybe(Task.title)).left_join(Task, on=(Task.user_id == User.id) & (Task.hours > 4))
    >>> db.all(todo.order_by(User.id))
    <Success: [('Ada', 'write'), ('Grace', None)]>
    """
    if is_expr(item):
        return Expr[Any](item.node, item.type, item.python, True)
    if (entity := entity_of(item)) is None:
        raise QueryError(f"maybe takes a table, an alias, a CTE, a subquery or an expression, not {item!r}")
    return Maybe[Any](entity)
