"""What descriptors hold of each kind of object: one table, and what is said of none is not held.

Whoever adds a kind of object, or a property of one, changes a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from qb.kit.coverage.expressions import expression_held
from qb.kit.coverage.held import AS_SQL, NOT_AT_ALL, WITH_TYPES, How, Judged, Property, always, by_text, has, when
from qb.kit.coverage.types import type_held

COMMENT: Final = has("a comment", "comment", NOT_AT_ALL)

RULES: Final[Mapping[str, tuple[Property, ...]]] = {
    "schema": (always("a schema", WITH_TYPES), COMMENT),
    "extension": (
        always("an extension", WITH_TYPES),
        when("a schema of its own", lambda extension: extension.schema not in ("public", "pg_catalog"), AS_SQL),
    ),
    "role": (
        always("a role", WITH_TYPES),
        has("an end", "valid_until", NOT_AT_ALL),
        has("settings", "settings", NOT_AT_ALL),
        COMMENT,
    ),
    "membership": (always("a membership", WITH_TYPES),),
    "table": (
        always("a table", WITH_TYPES),
        when("unlogged", lambda table: table.persistence == "unlogged", NOT_AT_ALL),
        has("storage parameters", "options", NOT_AT_ALL),
        has("row security", "row_security", WITH_TYPES),
        has("a tablespace", "tablespace", NOT_AT_ALL),
        has("an access method", "access_method", NOT_AT_ALL, other_than="heap"),
        has("a replica identity", "replica_identity", NOT_AT_ALL, other_than="default"),
        has("partitions", "partition_key", NOT_AT_ALL),
        has("a partition's bound", "bound", NOT_AT_ALL),
        when("inheritance", lambda table: bool(table.inherits) and table.bound is None, NOT_AT_ALL),
        has("a type that it is of", "type", NOT_AT_ALL),
        COMMENT,
    ),
    "column": (
        Property("a type", lambda place: type_held(place.fact, place.known)),
        has("a collation", "collation", WITH_TYPES),
        when("not null", lambda column: column.not_null, WITH_TYPES),
        Property("a default", lambda place: None if place.fact.generated else _text("default", place)),
        Property("a generated value", lambda place: _text("default", place) if place.fact.generated else None),
        has("an identity", "identity", WITH_TYPES),
        has("a storage", "storage", NOT_AT_ALL),
        has("a compression", "compression", NOT_AT_ALL),
        has("a statistics target", "statistics", NOT_AT_ALL),
        has("options", "options", NOT_AT_ALL),
        has("a comment", "comment", WITH_TYPES),
    ),
    "primary key": (always("a primary key", WITH_TYPES), COMMENT),
    "unique": (always("a unique constraint", WITH_TYPES), COMMENT),
    "check": (
        by_text("a check", "definition", lambda text, known: expression_held(_condition(text), known)),
        has("a comment", "comment", NOT_AT_ALL),
    ),
    "foreign key": (
        always("a foreign key", WITH_TYPES),
        when("switched off triggers", lambda key: key.triggers != "enabled", NOT_AT_ALL),
        COMMENT,
    ),
    "exclusion": (always("an exclusion constraint", WITH_TYPES), COMMENT),
    "index": (
        by_text("an index", "definition", lambda text, known: expression_held(_keys(text), known)),
        has("a tablespace", "tablespace", NOT_AT_ALL),
        has("clustering", "clustered", NOT_AT_ALL),
        has("being a replica identity", "replica_identity", NOT_AT_ALL),
        has("statistics targets", "statistics", NOT_AT_ALL),
        when("being half built", lambda index: not index.valid, NOT_AT_ALL),
        COMMENT,
    ),
    "sequence": (
        always("a sequence", WITH_TYPES),
        when("unlogged", lambda each: each.persistence == "unlogged", NOT_AT_ALL),
        COMMENT,
    ),
    "enum": (always("an enum", WITH_TYPES), COMMENT),
    "view": (by_text("a view", "definition", expression_held), has("options", "options", WITH_TYPES), COMMENT),
    "materialized view": (
        by_text("a materialized view", "definition", expression_held),
        has("storage parameters", "options", NOT_AT_ALL),
        has("a tablespace", "tablespace", NOT_AT_ALL),
        COMMENT,
    ),
    "policy": (
        always("a policy", WITH_TYPES),
        by_text("a condition for reading", "using", expression_held),
        by_text("a condition for writing", "with_check", expression_held),
        COMMENT,
    ),
    "grant": (
        when("privileges", lambda grant: bool(grant.privileges), WITH_TYPES),
        when("privileges that are taken away", lambda grant: not grant.privileges, NOT_AT_ALL),
    ),
    "default privileges": (
        when("default privileges", lambda grant: bool(grant.privileges), WITH_TYPES),
        when("default privileges that are taken away", lambda grant: not grant.privileges, NOT_AT_ALL),
    ),
}
"""The properties of each kind of object, itself the first."""


def _text(field: str, place: Judged) -> How | None:
    text = getattr(place.fact, field)
    return None if text is None else expression_held(text, place.known)


def _condition(definition: str) -> str:
    return definition.removeprefix("CHECK").partition(" NOT VALID")[0].partition(" NOT_AT_ALL INHERIT")[0]


def _keys(definition: str) -> str:
    """An index from its method on: what stands before names it alone, and a word before a bracket is that method."""
    _, _, rest = definition.partition(" USING ")
    return rest.partition(" ")[2]


COUNTED: Final[Mapping[str, Callable[[Any], bool]]] = {
    "database": lambda fact: False,
    "column": lambda column: column.of in ("table", "foreign table") and column.local,
    "attribute": lambda attribute: True,
    "index": lambda index: index.constraint is None and index.parent is None,
    "sequence": lambda sequence: sequence.column is None,
    "not null": lambda constraint: not constraint.valid,
    "check": lambda check: check.local,
    "trigger": lambda trigger: not trigger.inherited,
    "primary key": lambda key: not key.inherited,
    "unique": lambda key: not key.inherited,
    "foreign key": lambda key: not key.inherited,
}
"""What stands for itself: not what comes with another object, such as the index of a key or a partition's columns."""
