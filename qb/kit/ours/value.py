"""What of a database is ours: what a schema declares, and what its filter and patterns cover. The rest is somebody
else's: told, and never called drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from qb.kit.facts.kinds import OF_TYPES
from qb.kit.history.migration import OursRecord
from qb.kit.qualified import parts
from qb.kit.sought import sought, without_arguments
from qb.model.extension import Extension
from qb.model.external_type import ExternalType
from qb.model.filter import Filter
from qb.model.grant import DefaultPrivileges, GrantDefinition
from qb.model.object import Attached, Identity, Object, Ownable
from qb.model.schema import Schema
from qb.types.identifier import PUBLIC

_NONE: frozenset[Identity] = frozenset()


class Ours(msgspec.Struct, frozen=True):
    """Which objects of a database are ours. `ours_of` makes one of a schema; without a word all is ours that is not
    an extension's or another migrator's, but for owners, roles and what the server has for all databases.

    >>> from qb.kit import ours_of
    >>> ours_of(schema(User, Task), within=matching(schemas=["app"])).covers("audit", "log")
    False
    """

    filters: tuple[Filter, ...] = ()
    """What all of them cover: that of the schema itself, and another one."""
    owners: bool = False
    """Whether it is looked at who owns what."""
    declares: bool = False
    """Whether there is a schema: then roles, grants and the like are ours where it declares them."""
    declared: frozenset[Identity] = _NONE
    """What is declared and ours, by itself or on somebody else's table; functions by their names alone."""
    external: frozenset[Identity] = _NONE
    """What is declared as somebody else's."""
    grantees: frozenset[str] = frozenset()
    """The roles whose grants are declared."""
    granted: frozenset[tuple[Identity, str]] = frozenset()
    """What is declared to be granted, and to whom."""
    coming: frozenset[tuple[str, str, str]] = frozenset()
    """The default privileges that are declared: the schema, on what, to whom."""
    makers: frozenset[str] = frozenset()
    """The roles that they are declared of, where it is said."""
    pinned: frozenset[tuple[str, str]] = frozenset()
    """Of an extension what is said of it: its schema, its version."""

    def __or__(self, other: Ours) -> Ours:
        """What either of two schemas declares, as far as both cover it."""
        return Ours(
            tuple(dict.fromkeys((*self.filters, *other.filters))),
            self.owners or other.owners,
            self.declares or other.declares,
            self.declared | other.declared,
            (self.external | other.external) - self.declared - other.declared,
            self.grantees | other.grantees,
            self.granted | other.granted,
            self.coming | other.coming,
            self.makers | other.makers,
            self.pinned | other.pinned,
        )

    @property
    def record(self) -> OursRecord:
        """What a migration keeps of it, beside its fingerprints."""
        return OursRecord(filters=self.filters, external=tuple(sorted(self.external)))

    def as_of(self, record: OursRecord | None) -> Ours:
        """What was ours when fingerprints were taken of it, whatever the config and `external` say today.

        >>> today = ours_of(schema(User, Task), within=matching(leave=["tasks"]))
        >>> then = today.as_of(ours_of(schema(User, Task)).record)
        >>> today.covers("public", "tasks"), then.covers("public", "tasks")
        (False, True)
        """
        if record is None:
            return self
        external = frozenset(record.external)
        return replace(self, filters=record.filters, external=external, declared=self.declared - external)

    def covers(self, schema: str, name: str) -> bool:
        """Whether what has this name in this schema is ours, if nobody says whose it is."""
        return all(each.covers(schema, name) for each in self.filters)

    def has(self, schema: str) -> bool:
        """Whether a PostgreSQL schema is."""
        return all(each.has(schema) for each in self.filters)


def ours_of(wanted: Schema | None = None, *, within: Filter = Filter(), owners: bool = False) -> Ours:
    """What of a database is ours where it is to be what a schema says; without one, where two databases are compared.

    What is declared is, but for what is `external` or not covered by the schema's own `ours=matching(...)`, or by
    `within`, which is another one. What nobody declares is ours, too, where both cover it, unless it belongs to an
    extension or to a migrator that is known by its tables. Roles, memberships, extensions, publications,
    event triggers and default privileges are ours where they are declared, grants where something is granted to that
    role, those to everybody where anything is granted at all. Owners are looked at with `owners` alone: for two
    servers, as a schema declares none.

    >>> mine = ours_of(schema(User, Task), within=matching(leave=["staging_*"]))
    >>> mine.covers("public", "users"), mine.covers("public", "staging_users")
    (True, False)
    """
    if wanted is None:
        return Ours((within,), owners=owners)
    declared, external = _whose(wanted, within)
    grants = [each for each in wanted.others if isinstance(each, GrantDefinition) and not each.external]
    coming = [each for each in wanted.others if isinstance(each, DefaultPrivileges) and not each.external]
    return Ours(
        (wanted.ours, within),
        owners=owners,
        declares=True,
        declared=frozenset(declared),
        external=frozenset(external),
        grantees=frozenset(role for each in grants for role in each.roles),
        granted=frozenset((_key(each.on), role) for each in grants for role in each.roles),
        coming=frozenset((each.schema or "", each.on, role) for each in coming for role in each.roles),
        makers=frozenset(each.owner for each in coming if each.owner is not None),
        pinned=frozenset(_pinned(wanted.installed)),
    )


def _whose(wanted: Schema, within: Filter) -> tuple[set[Identity], set[Identity]]:
    """What is declared and ours, and what is somebody else's."""
    declared: set[Identity] = set()
    external: set[Identity] = set()
    for root in wanted.roots:
        if isinstance(root, ExternalType):
            external.update(_types_called(root.sql))
            continue
        theirs = isinstance(root, Ownable) and root.external
        key = _key(root.identity)
        left = key.schema != "" and not key.table and not within.covers(key.schema, key.name)
        left = left or (key.kind == "schema" and not within.has(key.name))
        (external if theirs or left else declared).add(key)
        if theirs and not left:
            declared.update(_key(each.identity) for each in root.children if _stays_ours(each))
    return declared, external


def _types_called(written: str) -> Iterable[Identity]:
    """Whatever kind of type somebody else has made of a name; its stand-in on a shadow is a domain."""
    schema, name = parts(written)
    return (Identity(kind, schema or PUBLIC, "", name) for kind in OF_TYPES)


def _stays_ours(each: Object) -> bool:
    return isinstance(each, Attached) and each.on_external


def _key(identity: Identity) -> Identity:
    return without_arguments(sought(identity))


def _pinned(installed: Iterable[Extension]) -> Iterator[tuple[str, str]]:
    for each in installed:
        for field in ("schema", "version", "comment"):
            if getattr(each, field) is not None:
                yield each.name, field
