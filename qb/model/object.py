"""What every object of a database has: a kind, an identity, and the identities that it needs.

An object is frozen data, equal to every other one that says the same. No name in it is left out, nothing in it calls
anything: values stand as PostgreSQL's text, types by their names, references as names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from qb.tree.relations import TableSource
from qb.types import SqlType


class Identity(msgspec.Struct, frozen=True, order=True, cache_hash=True, gc=False):
    """What tells one object from all others of a database. Ordered, so that lists of objects have an order.

    `schema` is empty where the session's search path decides, or where the kind lives in no schema; `table` is that
    of what lives in one.

    >>> print(Identity("column", "hall", "seats", "row"))
    column hall.seats.row
    """

    kind: str
    schema: str
    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"

    @property
    def title(self) -> str:
        """`schema.table.name`, as errors say it."""
        return ".".join(part for part in (self.schema, self.table, self.name) if part)


class Object(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a database has."""

    comment: str | None = None
    """What is said of it: COMMENT ON, which is no part of creating or altering it."""

    renamed_from: str | None = None
    """What it was called before: for who writes migrations, and no part of what the database has."""

    kind: ClassVar[str]
    """PostgreSQL's word for it, and the module of `qb.render.ddl` that writes it."""
    loses: ClassVar[bool] = False
    """Whether dropping it loses what creating it again does not bring back."""
    alters: ClassVar[frozenset[str]] = frozenset()
    """Its fields that ALTER can change."""
    holds: ClassVar[frozenset[str]] = frozenset()
    """Those of them that hold the objects which live in it."""
    unwritten: ClassVar[frozenset[str]] = frozenset()
    """Its fields that say how it is created, and are no part of what the database has."""
    privileges: ClassVar[Mapping[str, int]] = {}
    """What may be granted on it, and since which version."""

    if TYPE_CHECKING:

        @property
        def identity(self) -> Identity:
            """What tells it from all others."""
            ...

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first."""
        return ()

    @property
    def children(self) -> tuple[Object, ...]:
        """The objects that live in it, as columns do in a table."""
        return ()

    def differing(self, other: Object) -> tuple[str, ...]:
        """The fields in which another object of this kind is not the same; what is said of it is none of them."""
        said = ("comment", "renamed_from")
        mine = (each for each in self.__struct_fields__ if each not in said and each not in self.unwritten)
        return tuple(each for each in mine if getattr(self, each) != getattr(other, each))

    @property
    def shared(self) -> tuple[Object, ...]:
        """What lives in it because it lives in another one, where it is changed: the columns of a partition."""
        return ()

    @property
    def as_created(self) -> Object:
        """The same as CREATE makes it; what more there is to it is altered afterwards."""
        return self

    def lasting(self, other: Any) -> tuple[tuple[Object, ...], tuple[Object, ...]]:
        """What lives in it, and in what ALTER is to make of it, that is compared with each other."""
        return self.children, other.children

    def check_alter(self, after: Any) -> None:
        """DefinitionError, which says what to do, where a field can be altered and not to what it is in `after`."""

    def restores(self, after: Any) -> bool:
        """Whether altering `after` back to this brings back all that was there."""
        return True

    def __lt__(self, other: Object) -> bool:
        return self.identity < other.identity

    def __repr__(self) -> str:
        return f"<{self.identity}>"


class Ownable(Object, frozen=True, kw_only=True):
    """What somebody else may own."""

    external: bool = False
    """Whether it is named and used alone: never created, changed, dropped or compared, but as a stand-in."""


class Standalone(Ownable, frozen=True):
    """An object that is declared by itself, under a name in a module: `schema` finds it there."""

    schema: str | None
    """The PostgreSQL schema it lives in; None where the search path decides."""
    name: str
    names_relation: ClassVar[bool] = False
    """Whether it shares the names of tables, indexes and views."""
    names_type: ClassVar[bool] = False
    """Whether it shares those of types, which a table is as well."""
    lives_in_schema: ClassVar[bool] = True
    """Whether its kind lives in PostgreSQL schemas, as roles and what they may do does not."""

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, self.schema or "", "", self.name)

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types that it is made with, which a schema then has, too."""
        return ()

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first: its schema."""
        return in_schema(self.schema)

    @property
    def loose(self) -> tuple[Identity, ...]:
        """Those of its needs that may also come later, where they need it themselves."""
        return ()


class InTable(Object, frozen=True):
    """An object that lives in a table."""

    table: TableSource
    name: str

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return within_table(self.kind, self.table, self.name)


class Attached(InTable, frozen=True):
    """An object of a table that is declared next to it, under a name in a module: `schema` finds it there, and it is
    created once its table is."""

    on_external: ClassVar[bool] = False
    """Whether ours may be on a table of somebody else's, as triggers and policies are."""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first: its table."""
        return (of_table(self.table),)


def in_schema(schema: str | None) -> tuple[Identity, ...]:
    """The need for a PostgreSQL schema, where one is named."""
    return () if schema is None else (Identity("schema", "", "", schema),)


def of_table(table: TableSource) -> Identity:
    """The identity of a table, or of a view, that an object names."""
    return Identity(table.kind, table.schema or "", "", table.name)


def within_table(kind: str, table: TableSource, name: str) -> Identity:
    """The identity of what lives in a table."""
    return Identity(kind, table.schema or "", table.name, name)
