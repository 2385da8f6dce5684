"""Which objects of a catalog are pulled: ours, and of what ours refers to as much as has to be said, as theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.kinds import IN_NO_SCHEMA, OF_TYPES
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.ours.keepers import keeper_of, keeper_of_schema
from qb.kit.qualified import parts, pieces, routine_parts
from qb.model.filter import Filter
from qb.model.object import Identity
from qb.types.identifier import PUBLIC

_NOWHERE: Final = IN_NO_SCHEMA - {"schema"}
"""Kinds that live in no schema, and are none."""


class Taken(NamedTuple):
    """What is pulled, and those objects of it that are somebody else's."""

    catalog: Catalog
    theirs: frozenset[Identity]
    kept: Mapping[Identity, str] = MappingProxyType({})
    """What other programs keep there for themselves, and which: it is left out."""


def taken_of(catalog: Catalog, schemas: Collection[str], ours: Filter) -> Taken:
    """The objects that are ours, with what they refer to."""
    roles = frozenset(each.name for each in catalog if each.kind == "role")
    asked = catalog.where(lambda identity, fact: _is_ours(identity, fact, schemas, ours))
    kept = {each: keeper for each, fact in asked.items() if (keeper := _keeper(each, fact, schemas, roles))}
    mine = asked.where(lambda identity, fact: identity not in kept)
    if len(mine) == len(catalog):
        return Taken(catalog, frozenset())
    theirs: dict[Identity, Fact] = {}
    for identity, key in mine.of(ConstraintFact).items():
        if identity.kind == "foreign key" and key.target is not None:
            schema, name = parts(key.target)
            table = Identity("table", schema or PUBLIC, "", name)
            if table not in mine and isinstance(catalog.get(table), TableFact):
                theirs.update(_table(catalog, table, key.target_columns))
    wanted = [need for each in (*mine, *theirs) for need in catalog.needs(each)]
    while wanted:
        each = wanted.pop()
        if each.kind in OF_TYPES and each not in mine and each not in theirs and each in catalog:
            theirs[each] = catalog[each]
            wanted += catalog.needs(each)
            for part in _attributes(catalog, each):
                theirs[part] = catalog[part]
                wanted += catalog.needs(part)
    facts = {each: mine.get(each) or theirs[each] for each in sorted({*mine, *theirs})}
    depends = {each: catalog.needs(each) for each in facts if catalog.needs(each)}
    return Taken(Catalog(facts, depends, catalog.version), frozenset(theirs), MappingProxyType(kept))


def _keeper(identity: Identity, fact: Fact, schemas: Collection[str], roles: frozenset[str]) -> str | None:
    """The program that keeps something for itself; of a schema that is asked for by its name its tables alone are."""
    if fact.extension is not None or identity.kind in _NOWHERE:
        return None
    if identity.kind == "schema":
        return None if identity.name in schemas else keeper_of_schema(identity.name, roles)
    schema, name = identity.schema, identity.table or routine_parts(identity.name)[0]
    if isinstance(fact, GrantFact):
        schema, name = ("", "") if fact.kind == "schema" else (schema, fact.object)
        schema = fact.object if fact.kind == "schema" else schema
    if isinstance(fact, SequenceFact) and fact.column is not None:
        name = pieces(fact.column)[-2]
    return keeper_of("" if schema in schemas else schema, name, roles)


def _is_ours(identity: Identity, fact: Fact, schemas: Collection[str], ours: Filter) -> bool:
    if identity.kind in _NOWHERE or (identity.kind == "default privileges" and not identity.schema):
        return True
    if identity.kind == "schema":
        return ours.has(identity.name) and (not schemas or identity.name in schemas)
    schema, name = identity.schema, identity.table or routine_parts(identity.name)[0]
    if isinstance(fact, GrantFact):
        if fact.kind == "schema":
            return ours.has(fact.object) and (not schemas or fact.object in schemas)
        name = routine_parts(fact.object)[0]
        if fact.kind in _NOWHERE or not schema:
            return True
    return ours.covers(schema, name) and (not schemas or schema in schemas)


def _table(catalog: Catalog, table: Identity, columns: Iterable[str]) -> dict[Identity, Fact]:
    """A table of somebody else's: what is referred to, and its primary key."""
    fact = catalog[table]
    assert isinstance(fact, TableFact)
    plain = replace(fact, comment=None, persistence="permanent", options=(), access_method="heap", tablespace=None)
    whole = replace(plain, partition_key=None, bound=None, inherits=(), type=None, server=None, server_options=())
    bare = replace(whole, row_security=False, forced=False, replica_identity="default")
    found: dict[Identity, Fact] = {table: bare}
    keys: dict[str, None] = dict.fromkeys(columns)
    constraints = {
        each: key
        for each, key in catalog.of(ConstraintFact).items()
        if (each.schema, each.table) == (table.schema, table.name) and each.kind in ("primary key", "unique")
    }
    for each, key in constraints.items():
        if each.kind == "primary key":
            keys.update(dict.fromkeys(key.columns))
    found |= {each: replace(key, comment=None) for each, key in constraints.items() if {*key.columns} <= {*keys}}
    for name in keys:
        column = Identity("column", table.schema, table.name, name)
        there = catalog.get(column)
        if isinstance(there, ColumnFact):
            none = {"comment": None, "default": None, "identity": "", "generated": "", "storage": None}
            found[column] = replace(there, **none, compression=None, statistics=None, options=())
    return found


def _attributes(catalog: Catalog, whole: Identity) -> list[Identity]:
    if whole.kind == "domain":
        return [
            each
            for each, fact in catalog.of(ConstraintFact).items()
            if fact.of == "domain" and (each.schema, each.table) == (whole.schema, whole.name)
        ]
    if whole.kind != "composite type":
        return []
    place = whole.schema, whole.name
    return [each for each in catalog if each.kind == "attribute" and (each.schema, each.table) == place]
