"""From what the server answered to a `Catalog`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from qb.kit.catalog import Catalog
from qb.kit.facts.base import CATALOGS, Fact, Reading, number
from qb.kit.facts.collation import COLLATIONS
from qb.kit.facts.column import COLUMNS
from qb.kit.facts.constraint import CONSTRAINTS
from qb.kit.facts.extension import EXTENSIONS
from qb.kit.facts.function import AGGREGATES, FUNCTIONS
from qb.kit.facts.grant import DEFAULT_PRIVILEGES, GRANTS
from qb.kit.facts.index import INDEXES
from qb.kit.facts.other import LABELS, OTHER_KINDS
from qb.kit.facts.policy import POLICIES
from qb.kit.facts.publication import PUBLICATIONS, SUBSCRIPTIONS
from qb.kit.facts.role import MEMBERSHIPS, ROLES
from qb.kit.facts.rule import REWRITE_RULES
from qb.kit.facts.schema import DATABASE, NAMESPACES
from qb.kit.facts.sequence import SEQUENCES
from qb.kit.facts.statistics import STATISTICS
from qb.kit.facts.table import TABLES
from qb.kit.facts.trigger import EVENT_TRIGGERS, TRIGGERS
from qb.kit.facts.type import BASE_TYPES, COMPOSITES, DOMAINS, ENUMS, RANGES
from qb.kit.facts.view import VIEWS
from qb.model.object import Identity

READINGS: Final[tuple[Reading, ...]] = (
    DATABASE,
    ROLES,
    MEMBERSHIPS,
    NAMESPACES,
    EXTENSIONS,
    COLLATIONS,
    ENUMS,
    DOMAINS,
    COMPOSITES,
    RANGES,
    BASE_TYPES,
    SEQUENCES,
    TABLES,
    VIEWS,
    COLUMNS,
    CONSTRAINTS,
    INDEXES,
    STATISTICS,
    FUNCTIONS,
    AGGREGATES,
    TRIGGERS,
    EVENT_TRIGGERS,
    REWRITE_RULES,
    POLICIES,
    PUBLICATIONS,
    SUBSCRIPTIONS,
    OTHER_KINDS,
    LABELS,
    GRANTS,
    DEFAULT_PRIVILEGES,
)
"""All that is read. What lives in another object comes after it."""

_WHOLE: Final = ~0xFFF
"""The number of a table, made of the number of one of its columns."""
_EXTENSION: Final = CATALOGS["pg_extension"]


def assemble(
    version: int,
    found: Iterable[tuple[Reading, list[tuple[Any, ...]]]],
    dependencies: Sequence[tuple[int, int, str]],
    aliases: Iterable[tuple[int, int]],
    comments: Iterable[tuple[int, str]],
) -> Catalog:
    """The catalog that all of it says."""
    said = dict(comments)
    brought = {member: extension for member, extension, why in dependencies if why == "e"}
    named: dict[int, Identity] = {}
    facts: dict[Identity, Fact] = {}
    extensions: dict[int, str] = {}
    within: dict[tuple[str, str], str] = {}
    depends: dict[Identity, set[Identity]] = {}
    for reading, rows in found:
        fact, catalog, arrays, note = reading.fact, reading.catalog, reading.arrays, said.get
        for kind, schema, table, name, oid, part, *fields in rows:
            for place in arrays:
                fields[place] = tuple(fields[place])
            identity = Identity(kind, schema, table, name)
            while identity in facts:  # which no two objects should have; none is left out
                identity = Identity(kind, schema, table, f"{identity.name} (another)")
            itself = number(catalog, oid, part)
            extension = extensions.get(brought.get(itself & _WHOLE, 0)) if brought else None
            if within and extension is None:
                extension = within.get((schema, table))
            facts[identity] = fact(note(itself), extension, *fields)
            named[itself] = identity
            if catalog == _EXTENSION:
                extensions[itself] = name
            elif extension is not None and not table:
                within[schema, name] = extension
    named.update({part: named[whole] for part, whole in aliases if whole in named and part not in named})
    seen = named.get
    for one, other, _ in dependencies:
        needing, needed = seen(one), seen(other)
        if needing is not None and needed is not None and needing is not needed:
            if needing in depends:
                depends[needing].add(needed)
            else:
                depends[needing] = {needed}
    for identity, each in facts.items():
        if needs := {need for need in each.needs(identity) if need in facts}:
            depends.setdefault(identity, set()).update(needs)
    order = sorted(facts)
    return Catalog(
        {identity: facts[identity] for identity in order},
        {identity: frozenset(depends[identity]) for identity in order if identity in depends},
        version,
    )
