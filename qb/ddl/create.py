"""What comes and goes: CREATE and DROP. One class each for all kinds of objects.

What lives in a table, such as a foreign key that comes late, is created by altering its table.
https://www.postgresql.org/docs/current/ddl.html
"""

from __future__ import annotations

from qb.ddl.base import BaseOperation
from qb.model.constraint import Check, ForeignKeyDefinition
from qb.model.index import Index
from qb.model.object import Attached, Identity, Object, Standalone


class Create(BaseOperation, frozen=True):
    """CREATE, or ALTER TABLE ... ADD for what lives in a table.

    `concurrently` is for indexes: writes go on meanwhile, and no transaction may be around it.

    >>> made = Create(schema(User).tables[0])
    >>> made, made.inverse
    (<create table users>, <drop table users>)
    """

    object: Object
    if_not_exists: bool = False
    concurrently: bool = False
    unchecked: bool = False
    """Whether something that its body names comes later, so that nobody looks at the body yet."""

    @property
    def identity(self) -> Identity:
        """What it is about."""
        return self.object.identity

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What the object needs."""
        if self.unchecked and isinstance(self.object, Standalone):
            return tuple(each for each in self.object.needs if each not in self.object.loose)
        return self.object.needs

    @property
    def gives(self) -> tuple[Identity, ...]:
        """The object, and what is written within it."""
        return tuple(each.identity for each in (self.object, *self.object.shared, *written_within(self.object)))

    @property
    def inverse(self) -> Drop | None:
        """Its drop; None where it may have been there before."""
        return None if self.if_not_exists else Drop(self.object, concurrently=self.concurrently)

    @property
    def transactional(self) -> bool:
        """Whether it may run in a transaction."""
        return not self.concurrently


class Drop(BaseOperation, frozen=True):
    """DROP, or ALTER TABLE ... DROP for what lives in a table."""

    object: Object
    if_exists: bool = False
    cascade: bool = False
    concurrently: bool = False

    @property
    def identity(self) -> Identity:
        """What it is about."""
        return self.object.identity

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The object itself."""
        return () if self.if_exists else (self.object.identity,)

    @property
    def takes(self) -> tuple[Identity, ...]:
        """The object, and whatever lives in it."""
        return tuple(each.identity for each in (self.object, *self.object.shared, *self.object.children))

    @property
    def inverse(self) -> Create | None:
        """Its creation; None where it loses what no creation brings back: rows, or what else depended on it."""
        if self.if_exists or self.cascade or self.object.loses:
            return None
        return Create(self.object, concurrently=self.concurrently)

    @property
    def transactional(self) -> bool:
        """Whether it may run in a transaction."""
        return not self.concurrently


def written_within(item: Object) -> tuple[Object, ...]:
    """What CREATE writes within an object: all that lives in it but indexes, what is attached, and constraints that
    come late."""
    return tuple(
        each
        for each in item.children
        if not isinstance(each, Index | Attached) and not (isinstance(each, ForeignKeyDefinition | Check) and each.late)
    )
