"""A database as it should be: all its objects."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qb.model.enum import EnumDefinition
from qb.model.extension import Extension
from qb.model.namespace import Namespace
from qb.model.object import Identity, Object, Standalone
from qb.model.table import TableDefinition


class Schema(msgspec.Struct, frozen=True):
    """A database as it should be: what `create_all` writes and drift is measured against. Equal by content.

    >>> shop = schema(Task, User)
    >>> shop
    <schema of users, tasks>
    >>> shop == schema(User, Task)
    True
    """

    tables: tuple[TableDefinition, ...]
    """In the order of their creation: what is referenced first."""
    enums: tuple[EnumDefinition, ...] = ()
    extensions: tuple[str, ...] = ()
    name: str | None = None
    others: tuple[Standalone, ...] = ()
    """What is declared by itself, in the order of creation."""
    order: tuple[Identity, ...] = ()
    """Tables and others in the order in which they can be created."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The PostgreSQL schemas that are named, in order."""
        named = [table.source.schema for table in self.tables] + [enum.schema for enum in self.enums]
        named += [other.schema for other in self.others]
        return tuple(dict.fromkeys(schema for schema in named if schema is not None))

    @property
    def roots(self) -> tuple[Object, ...]:
        """What is created by itself, what is needed first: extensions, schemas, enums, then tables and the others."""
        by_identity: dict[Identity, Object] = {each.identity: each for each in (*self.tables, *self.others)}
        return (
            *map(Extension, self.extensions),
            *map(Namespace, self.namespaces),
            *self.enums,
            *(by_identity[identity] for identity in self.order),
        )

    @property
    def objects(self) -> tuple[Object, ...]:
        """Every object, those of a table after it.

        >>> [str(each.identity) for each in schema(User).objects][:3]
        ['table users', 'column users.id', 'column users.name']
        """
        return tuple(_flat(self.roots))

    def __repr__(self) -> str:
        name = "" if self.name is None else f" {self.name}"
        titles = [table.title for table in self.tables] + [other.identity.title for other in self.others]
        return f"<schema{name} of {', '.join(titles) or 'nothing'}>"


def _flat(objects: tuple[Object, ...]) -> Iterator[Object]:
    for each in objects:
        yield each
        yield from _flat(each.children)
