"""Of each object of a catalog whether it is ours, and if not, whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.kinds import HOLDING_PARTS, OF_ALL_DATABASES
from qb.kit.facts.other import LabelFact
from qb.kit.facts.schema import SchemaFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.ours.keepers import (
    JOURNAL_COMMENT,
    JOURNAL_TABLES,
    KEEPERS,
    KEPT_COMMENT,
    KEPT_NAME,
    keeper_of,
    keeper_of_schema,
)
from qb.kit.ours.value import Ours
from qb.kit.qualified import parts
from qb.kit.sought import without_arguments
from qb.model.object import Identity
from qb.model.role import PUBLIC_ROLE
from qb.types.identifier import PUBLIC

_EXTERNAL: Final = "external"
_OURSELVES: Final = "qb"
_LEFT_OUT: Final = "left out"
NOT_DECLARED: Final = "not declared"
_PARTITION: Final = "a partition that nobody declares"
SERVERS: Final = "the server's"

_ONLY_DECLARED: Final = frozenset(("extension", "publication", "subscription", "event trigger"))
_NO_PART: Final = frozenset(("grant", "membership"))
"""Kinds with a table in their names that are judged by themselves."""


def theirs(catalog: Catalog, ours: Ours) -> Mapping[Identity, str]:
    """What of a catalog is not ours, and whose it is: "external", "left out", "not declared", the name of an extension
    or of another program.

    >>> from qb.kit import introspect, ours_of
    >>> mine = ours_of(schema(User), within=matching(leave=["task*"]))
    >>> theirs(introspect(db).unwrap(), mine)[Identity("column", "public", "tasks", "title")]
    'left out'
    """
    return catalog.once(_theirs, ours)


def _theirs(catalog: Catalog, ours: Ours) -> Mapping[Identity, str]:
    judge = catalog.once(_Judge, ours)
    return {identity: why for identity in catalog if (why := judge.why(identity)) is not None}


def is_left_alone(why: str | None) -> bool:
    """Whether what `theirs` says of an object is that another migrator keeps it, or that a filter leaves it out.

    >>> is_left_alone("Alembic"), is_left_alone("left out"), is_left_alone("the extension vector"), is_left_alone(None)
    (True, True, False, False)
    """
    return why == _LEFT_OUT or any(why == each.name for each in KEEPERS)


class Theirs(Mapping[Identity, str]):
    """What `theirs` says of two catalogs, of the second one first: each object is judged when it is asked for."""

    def __init__(self, before: Catalog, after: Catalog, ours: Ours) -> None:
        self._sides: Final = tuple((each, each.once(_Judge, ours)) for each in (after, before))

    def __getitem__(self, identity: Identity) -> str:
        for catalog, judge in self._sides:
            if identity in catalog and (why := judge.why(identity)) is not None:
                return why
        raise KeyError(identity)

    def __contains__(self, identity: object) -> bool:
        if not isinstance(identity, Identity):
            return False
        return any(identity in catalog and judge.why(identity) is not None for catalog, judge in self._sides)

    def __iter__(self) -> Iterator[Identity]:
        known = dict.fromkeys(identity for catalog, _ in self._sides for identity in catalog)
        return (identity for identity in known if identity in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Judge:
    """One look at a catalog."""

    def __init__(self, catalog: Catalog, ours: Ours) -> None:
        self.catalog, self.ours = catalog, ours
        self.known: dict[Identity, str | None] = {}
        self.wholes: dict[tuple[str, str], Identity] = {
            (each.schema, each.name): each for each in catalog if each.kind in HOLDING_PARTS and not each.table
        }
        self.roles = frozenset(each.name for each in catalog if each.kind == "role")
        self.journals = frozenset(
            each.schema
            for each, fact in catalog.of(TableFact).items()
            if each.name == "migration" and fact.comment == JOURNAL_COMMENT
        )
        self.keeping = frozenset(
            each.name for each, fact in catalog.of(SchemaFact).items() if fact.comment == KEPT_COMMENT
        )

    def why(self, identity: Identity) -> str | None:
        """None where it is ours."""
        if identity not in self.known:
            self.known[identity] = _LEFT_OUT  # of what is a part of itself, which nothing should be
            self.known[identity] = self.judged(identity, self.catalog.get(identity))
        return self.known[identity]

    def judged(self, identity: Identity, fact: Fact | None) -> str | None:
        if fact is not None and fact.extension is not None:
            return f"the extension {fact.extension}"
        key = without_arguments(identity)
        if key in self.ours.declared:
            return None
        if key in self.ours.external:
            return _EXTERNAL
        if isinstance(fact, GrantFact):
            return self.of_grant(identity, fact)
        if isinstance(fact, LabelFact) and fact.on in OF_ALL_DATABASES:
            return SERVERS if fact.role is None else self.why(Identity("role", "", "", fact.role))
        if isinstance(fact, DefaultPrivilegesFact):
            return self.of_default_privileges(identity, fact)
        if identity.kind == "column" and identity.name.startswith(KEPT_NAME):
            return _OURSELVES
        if identity.table and identity.kind not in _NO_PART:
            return self.of_whole(identity.schema, identity.table)
        if identity.kind == "schema":
            return self.of_schema(identity.name)
        if identity.kind in OF_ALL_DATABASES:
            return SERVERS
        if identity.kind in _ONLY_DECLARED and (self.ours.declares or identity.kind == "subscription"):
            return NOT_DECLARED
        if isinstance(fact, SequenceFact) and fact.column is not None:
            return self.of_whole(*parts(fact.column))
        if isinstance(fact, StatisticsFact):
            return self.of_whole(*parts(fact.on))
        if isinstance(fact, TableFact) and fact.bound is not None and (found := self.of_partition(fact)) is not None:
            return found
        return self.of_name(identity.schema, key.name) if identity.schema else None

    def of_whole(self, schema: str, name: str) -> str | None:
        """Of what lives in a table, or in a type."""
        whole = self.wholes.get((schema, name))
        return self.of_name(schema, name) if whole is None else self.why(whole)

    def of_partition(self, fact: TableFact) -> str | None:
        """Partitions come as time goes by: one that nobody declares is no drift where the table that it is of is
        declared."""
        for each in fact.inherits:
            schema, name = parts(each)
            parent = Identity("table", schema, "", name)
            found = self.why(parent)
            if found is not None:
                return found
            if parent in self.ours.declared:
                return _PARTITION
        return None

    def of_schema(self, name: str) -> str | None:
        if (keeper := keeper_of_schema(name, self.roles)) is not None:
            return keeper
        if name in self.keeping:
            return _OURSELVES
        if name in self.journals and all(table in JOURNAL_TABLES for schema, table in self.wholes if schema == name):
            return _OURSELVES
        if name == PUBLIC and self.ours.declares:
            return SERVERS  # every database has it
        return None if self.ours.has(name) else _LEFT_OUT

    def of_name(self, schema: str, name: str) -> str | None:
        """Of what nobody declares, by its name."""
        if schema in ("pg_catalog", "information_schema"):
            return SERVERS
        if schema in self.keeping or (schema in self.journals and name in JOURNAL_TABLES):
            return _OURSELVES
        whole = Identity("schema", "", "", schema)
        if whole in self.ours.external:
            return _EXTERNAL
        fact = self.catalog.get(whole)
        if fact is not None and fact.extension is not None:
            return f"the extension {fact.extension}"
        keeper = keeper_of(schema if whole not in self.ours.declared else "", name, self.roles)
        if keeper is not None:
            return keeper
        return None if self.ours.covers(schema, name) else _LEFT_OUT

    def of_grant(self, identity: Identity, fact: GrantFact) -> str | None:
        schema = "" if fact.kind in ("schema", "database", "language", "parameter") else identity.schema
        kind = fact.kind
        if kind == "column":
            whole = self.wholes.get((schema, fact.object))
            kind = "table" if whole is None else whole.kind
        on = Identity(kind, schema, "", fact.object)
        if (without_arguments(on), fact.role) in self.ours.granted:
            return None
        if kind in ("database", "parameter", "language") and self.ours.declares:
            return SERVERS
        if (found := self.why(on)) is not None:
            return found
        grantees = self.ours.grantees  # whoever says what some may do says what everybody may
        named = fact.role in grantees or (fact.role == PUBLIC_ROLE and bool(grantees))
        return None if named or not self.ours.declares else NOT_DECLARED

    def of_default_privileges(self, identity: Identity, fact: DefaultPrivilegesFact) -> str | None:
        if not self.ours.declares:
            return None if not identity.schema or self.ours.has(identity.schema) else _LEFT_OUT
        return None if (identity.schema, fact.on, fact.role) in self.ours.coming else NOT_DECLARED
