"""From what the server answered to a `Catalog`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from qb.kit.catalog import Catalog
from qb.kit.facts.base import CATALOGS, Fact, Reading, number
from qb.kit.facts.collation import COLLATIONS
from qb.kit.facts.column import COLUMN_FACTS
from qb.kit.facts.constraint import CONSTRAINTS
from qb.kit.facts.extension import EXTENSIONS
from qb.kit.facts.function import AGGREGATES, FUNCTIONS
from qb.kit.facts.grant import DEFAULT_PRIVILEGES, GRANTS
from qb.kit.facts.index import INDEXES
from qb.kit.facts.other import LABELS, OTHER_KINDS
from qb.kit.facts.policy import POLICIES
from qb.kit.facts.publication import PUBLICATION_FACTS, SUBSCRIPTIONS
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
    COLUMN_FACTS,
    CONSTRAINTS,
    INDEXES,
    STATISTICS,
    FUNCTIONS,
    AGGREGATES,
    TRIGGERS,
    EVENT_TRIGGERS,
    REWRITE_RULES,
    POLICIES,
    PUBLICATION_FACTS,
    SUBSCRIPTIONS,
    OTHER_KINDS,
    LABELS,
    GRANTS,
    DEFAULT_PRIVILEGES,
)
"""All that is read. What lives in another object comes after it."""

_WHOLE: Final = ~0xFFF
"""The number of a table, made of the number of one of its columns."""
_RELATION: Final = CATALOGS["pg_class"]


def assemble(
    version: int,
    found: Iterable[tuple[Reading, list[tuple[Any, ...]]]],
    dependencies: Sequence[tuple[int, int, str]],
    aliases: Iterable[tuple[int, int]],
    comments: Iterable[tuple[int, str]],
) -> Catalog:
    """The catalog that all of it says."""
    said = dict(comments).get
    brought = {member: extension for member, extension, why in dependencies if why == "e"}
    named: dict[int, Identity] = {}
    facts: dict[Identity, Fact] = {}
    said_of = tuple(found)
    extensions = {  # before all that they brought, schemas among it
        number(reading.catalog, row[4]): row[3] for reading, rows in said_of if reading is EXTENSIONS for row in rows
    }
    within: dict[tuple[str, str], str] = {}
    for reading, rows in said_of:
        fact, arrays, columns = reading.fact, reading.arrays, reading.columns
        whose = number(reading.catalog, 0)
        end = -len(columns) or None
        for kind, schema, table, name, oid, part, *fields in rows:
            identity = Identity(kind, schema, table, name)
            while identity in facts:  # which no two objects should have; none is left out
                identity = Identity(kind, schema, table, f"{identity.name} (another)")
            itself = whose | oid << 12 | part
            named[itself] = identity
            extension = None
            if brought:
                extension = extensions.get(brought.get(itself & _WHOLE, 0)) or within.get((schema, table))
                if extension is not None and schema and not table:
                    within[schema, name] = extension
            for place in arrays:
                fields[place] = tuple(fields[place])
            if end is not None:  # the tables whose columns they are stand at the end
                for place, relation in zip(columns, fields[end:], strict=True):
                    fields[place] = _names(fields[place], relation, named)
                del fields[end:]
            facts[identity] = fact(said(itself), extension, *fields)
    named.update({part: named[whole] for part, whole in aliases if whole in named and part not in named})
    seen = named.get
    depends: dict[Identity, list[Identity]] = defaultdict(list)
    for one, other, _ in dependencies:
        needing, needed = seen(one), seen(other)
        if needing is not None and needed is not None and needing is not needed:
            depends[needing].append(needed)
    for identity, each in facts.items():
        for need in each.needs(identity):
            if need in facts:
                depends[identity].append(need)
    for identity in [each for each in depends if each.kind.startswith("operator family")]:
        # What a class adds to its family goes with the class, which needs the family.
        depends[identity] = [each for each in depends[identity] if not each.kind.startswith("operator class")]
    order = sorted(facts)
    return Catalog(
        {identity: facts[identity] for identity in order},
        {identity: frozenset(depends[identity]) for identity in order if depends.get(identity)},
        version,
    )


def _names(keys: str | None, relation: int, named: Mapping[int, Identity]) -> tuple[str, ...]:
    """The names of a table's columns, of an array of their numbers as the server writes it; an expression has none, and
    the number 0."""
    if keys is None:
        return ()
    table = number(_RELATION, relation)
    numbers = [table | int(each) for each in keys[1:-1].split(",") if each != "0"]
    return tuple([named[each].name for each in numbers if each in named])
