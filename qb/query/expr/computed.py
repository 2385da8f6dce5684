"""What the server computes: defaults of columns, and calls that need no row."""

from __future__ import annotations

from typing import Generic, TypeVar

from qb.query.expr.expr import Expr

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


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


class Computed(Expr[T], SqlDefault[T | None]):
    """A call that needs no row, so that it can also be a column's default.

    >>> fn.gen_random_uuid().type
    <type uuid>
    >>> db.scalar(select(fn.clock_timestamp() >= fn.now()))
    <Success: True>
    """


class Called(Expr[T], SqlDefault[T]):
    """A call of a function of the database, which a brand of what it gives may have as its default, too.

    >>> from uuid import UUID
    >>> new_id = function("uuid_generate_v4", returns=UUID)
    >>> class Page(Table, name="pages"):
    ...     id: Col[NewType("PageId", UUID)] = column(primary_key=True, default=new_id())
    """
