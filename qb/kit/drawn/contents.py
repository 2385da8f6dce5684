"""A catalog by its tables: what a page of each says."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple, TypeAlias, TypeVar

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import HOLDING_PARTS, OF_TYPES, READ_AS_TABLES
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import TriggerFact
from qb.kit.qualified import parts
from qb.model.filter import Filter
from qb.model.object import Identity

_F = TypeVar("_F", bound=Fact)
Found: TypeAlias = tuple[Identity, _F]
"""An object, and what is known of it."""

_VIEWS: Final = ("view", "materialized view")
_ROUTINES: Final = ("function", "procedure")


class Contents(NamedTuple):
    """What a data dictionary has, in order."""

    catalog: Catalog
    schemas: dict[str, str | None]
    """Their names, and what is said of them."""
    tables: tuple[Identity, ...]
    views: tuple[Identity, ...]
    types: tuple[Identity, ...]
    functions: tuple[Identity, ...]
    columns: dict[Identity, list[Found[ColumnFact]]]
    """Of tables, views and composite types, in their order."""
    constraints: dict[Identity, list[Found[ConstraintFact]]]
    indexes: dict[Identity, list[Found[IndexFact]]]
    policies: dict[Identity, list[Found[PolicyFact]]]
    triggers: dict[Identity, list[Found[TriggerFact]]]
    grants: dict[Identity, list[Found[GrantFact]]]
    partitions: dict[Identity, list[Identity]]
    referring: dict[Identity, list[tuple[Identity, tuple[str, ...]]]]
    """Who refers to a table, and by which columns."""
    read_by: dict[Identity, list[Identity]]
    """The tables and views that a view reads."""


def contents(catalog: Catalog, of: Filter) -> Contents:
    """What is in a catalog, but for what extensions brought; partitions are told where they are parts of."""
    kept = {
        identity: fact
        for identity, fact in catalog.items()
        if not identity.table and fact.extension is None and of.covers(identity.schema or None, identity.name)
    }
    homes = {(each.schema, each.name): each for each in kept if each.kind in HOLDING_PARTS}
    partitions: dict[Identity, list[Identity]] = defaultdict(list)
    tables: list[Identity] = []
    for identity, fact in kept.items():
        if isinstance(fact, TableFact):
            parent = homes.get(parts(fact.inherits[0])) if fact.bound is not None and fact.inherits else None
            if parent is None:
                tables.append(identity)
            else:
                partitions[parent].append(identity)
    referring: dict[Identity, list[tuple[Identity, tuple[str, ...]]]] = defaultdict(list)
    shown = set(tables)
    for identity, fact in sorted(catalog.of(ConstraintFact).items()):
        home = homes.get((identity.schema, identity.table))
        target = None if fact.target is None else homes.get(parts(fact.target))
        if home is not None and home in shown and target is not None:
            referring[target].append((home, fact.columns))
    views = [each for each in kept if each.kind in _VIEWS]
    read_by: dict[Identity, list[Identity]] = {}
    for view in views:
        needs = {homes.get((need.schema, need.table or need.name)) for need in catalog.needs(view)}
        read_by[view] = sorted(each for each in needs if each is not None and each.kind in READ_AS_TABLES)
    columns = _by_home(catalog, ColumnFact, homes)
    for found in columns.values():
        found.sort(key=lambda item: item[1].position)
    types = [each for each in kept if each.kind in OF_TYPES]
    functions = [each for each in kept if each.kind in _ROUTINES]
    said = {each.name: fact.comment for each, fact in catalog.items() if each.kind == "schema"}
    names = sorted({each.schema for each in (*tables, *views, *types, *functions)})
    return Contents(
        catalog,
        {name: said.get(name) for name in names},
        tuple(sorted(tables, key=_title)),
        tuple(sorted(views, key=_title)),
        tuple(sorted(types, key=_title)),
        tuple(sorted(functions, key=_title)),
        columns,
        _by_home(catalog, ConstraintFact, homes),
        _by_home(catalog, IndexFact, homes),
        _by_home(catalog, PolicyFact, homes),
        _by_home(catalog, TriggerFact, homes),
        _grants(catalog, homes),
        partitions,
        referring,
        read_by,
    )


def _title(identity: Identity) -> tuple[str, str, str]:
    return identity.schema, identity.name, identity.kind


def _by_home(
    catalog: Catalog, fact: type[_F], homes: dict[tuple[str, str], Identity]
) -> dict[Identity, list[tuple[Identity, _F]]]:
    found: dict[Identity, list[tuple[Identity, _F]]] = defaultdict(list)
    for identity, each in sorted(catalog.of(fact).items()):
        home = homes.get((identity.schema, identity.table))
        if home is not None:
            found[home].append((identity, each))
    return found


def _grants(
    catalog: Catalog, homes: dict[tuple[str, str], Identity]
) -> dict[Identity, list[tuple[Identity, GrantFact]]]:
    found: dict[Identity, list[tuple[Identity, GrantFact]]] = defaultdict(list)
    for identity, fact in sorted(catalog.of(GrantFact).items()):
        home = homes.get((identity.schema, identity.table))
        if home is not None and fact.kind in (*READ_AS_TABLES, "column"):
            found[home].append((identity, fact))
    return found
