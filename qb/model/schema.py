"""A database as it should be: all its objects."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qb.model.enum import EnumDefinition
from qb.model.extension import Extension
from qb.model.external_type import ExternalType
from qb.model.filter import Filter
from qb.model.gathered import Gathered
from qb.model.namespace import Namespace
from qb.model.object import Identity, Object, Standalone
from qb.model.silence import Silence
from qb.model.table import TableDefinition


class Schema(msgspec.Struct, frozen=True, weakref=True):
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
    declared: tuple[Namespace, ...] = ()
    """The PostgreSQL schemas that are declared by themselves."""
    types: tuple[ExternalType, ...] = ()
    """The types of somebody else's that are known by their names."""
    ours: Filter = Filter()
    """Which objects of the database are ours, those that nobody declares included."""
    installed: tuple[Extension, ...] = ()
    """The extensions that are declared by themselves; the names of all are in `extensions`."""
    silences: tuple[Silence, ...] = ()
    """What `qb check` is told to leave; no part of the database."""
    gathered: Gathered = Gathered()
    """What it was made of, so that another schema can be made of it and more; no part of it."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The PostgreSQL schemas that are ours, in order."""
        return tuple(each.name for each in self._namespaces if not each.external)

    @property
    def _namespaces(self) -> tuple[Namespace, ...]:
        """All that are named. One that nothing of ours is in is somebody else's."""
        named = [(table.source.schema, table.external) for table in self.tables]
        named += [(each.schema, each.external) for each in self.enums]
        named += [(each.schema, each.external) for each in self.others]
        named += [(each.schema, each.external) for each in self.installed]
        named += [(each.schema, True) for each in self.types]
        said = {each.name: each.external for each in self.declared}
        comments = {each.name: each.comment for each in self.declared}
        before = {each.name: each.renamed_from for each in self.declared}
        found: dict[str, bool] = {}
        for name, external in named:
            if name is not None:
                found[name] = said.get(name, found.get(name, True) and external)
        return tuple(
            Namespace(name, external=external, comment=comments.get(name), renamed_from=before.get(name))
            for name, external in {**found, **said}.items()
        )

    @property
    def roots(self) -> tuple[Object, ...]:
        """What stands by itself, what is needed first: extensions, schemas, types, then tables and the others."""
        by_identity: dict[Identity, Object] = {each.identity: each for each in (*self.tables, *self.others)}
        said = {each.name: each for each in self.installed}
        extensions = [said.get(name) or Extension(name) for name in self.extensions]
        return (
            *(each for each in extensions if each.schema is None),
            *self._namespaces,
            *(each for each in extensions if each.schema is not None),
            *self.types,
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
        titles = [table.title for table in self.tables] + [
            other.identity.title for other in self.others if getattr(other, "owner", None) is None
        ]
        return f"<schema{name} of {', '.join(titles) or 'nothing'}>"


def _flat(objects: tuple[Object, ...]) -> Iterator[Object]:
    for each in objects:
        yield each
        yield from each.shared
        yield from _flat(each.children)
