"""What descriptors hold of each kind of object: one table. A kind that it does not name is one of `carried_kinds`.

Whoever adds a kind of object, or a property of one, changes a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from qb.kit.coverage.expressions import expression_held
from qb.kit.coverage.held import AS_SQL, NOT_AT_ALL, WITH_TYPES, How, Judged, Property, always, by_text, has, when
from qb.kit.coverage.types import base_held, type_held
from qb.kit.facts.constraint import CHECK_DEFINITION
from qb.kit.facts.function import FunctionFact

COMMENT: Final = has("a comment", "comment", WITH_TYPES)


def _text(field: str, place: Judged) -> How | None:
    text = getattr(place.fact, field)
    return None if text is None else expression_held(text, place.known)


def _condition(definition: str) -> str:
    found = CHECK_DEFINITION.fullmatch(definition)
    return definition if found is None else found["condition"]


def _keys(definition: str) -> str:
    """An index from its method on: what stands before names it alone, and a word before a bracket is that method."""
    _, _, rest = definition.partition(" USING ")
    return rest.partition(" ")[2]


def _counted(place: Judged) -> How:
    held: list[How] = [expression_held(each, place.known) for each in place.fact.expressions]
    others: list[How] = [each for each in held if each != WITH_TYPES]
    return others[0] if others else WITH_TYPES


def _gives_back(function: FunctionFact) -> bool:
    return bool({"o", "b"} & set(function.modes))


def _back_held(place: Judged) -> How | None:
    """Arguments that are given back: those that are not taken stand behind those that are."""
    if not _gives_back(place.fact):
        return None
    return WITH_TYPES if "o" not in str(place.fact.modes).rstrip("o") else AS_SQL


def _types(place: Judged) -> How | None:
    """The types that a function takes and gives, where they are not all held with types."""
    held = {base_held(each, place.known) for each in place.fact.types if not _rows(each, place)}
    return AS_SQL if AS_SQL in held else None


def _rows(base: str, place: Judged) -> bool:
    """Whether a type is a table's rows, which a function may return."""
    schema, _, name = base.replace('"', "").rpartition(".")
    return str(place.fact.returns).startswith("SETOF ") and place.known.has("table", schema, name)


def _rows_of_values(place: Judged) -> How | None:
    """SETOF a type that is no table's rows: values of it, but for rows of a type that is no table."""
    returns = str(place.fact.returns)
    if not returns.startswith("SETOF "):
        return None
    if _gives_back(place.fact):
        return WITH_TYPES
    of = returns.removeprefix("SETOF ").replace('"', "")
    schema, _, name = of.rpartition(".")
    rows = any(place.known.has(kind, schema or "public", name) for kind in _ROWS)
    return AS_SQL if rows or returns == "SETOF record" else WITH_TYPES


_ROWS: Final = ("composite type", "view", "materialized view", "foreign table")


def _published(place: Judged) -> How | None:
    """The conditions of its tables."""
    conditions = [text for _, _, text in (each.partition(" WHERE ") for each in place.fact.tables) if text]
    held = {expression_held(each, place.known) for each in conditions}
    return None if not held else AS_SQL if AS_SQL in held else WITH_TYPES


COVERED: Final[Mapping[str, tuple[Property, ...]]] = {
    "schema": (always("a schema", WITH_TYPES), COMMENT),
    "extension": (
        always("an extension", WITH_TYPES),
        when("a schema of its own", lambda extension: extension.schema not in ("public", "pg_catalog"), WITH_TYPES),
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
        when("unlogged", lambda table: table.persistence == "unlogged", WITH_TYPES),
        has("storage parameters", "options", WITH_TYPES),
        has("row security", "row_security", WITH_TYPES),
        has("a tablespace", "tablespace", WITH_TYPES),
        has("an access method", "access_method", WITH_TYPES, other_than="heap"),
        has("a replica identity", "replica_identity", WITH_TYPES, other_than="default"),
        by_text("partitions", "partition_key", expression_held),
        has("a partition's bound", "bound", WITH_TYPES),
        when("inheritance", lambda table: bool(table.inherits) and table.bound is None, WITH_TYPES),
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
        has("a storage", "storage", WITH_TYPES),
        has("a compression", "compression", WITH_TYPES),
        has("a statistics target", "statistics", WITH_TYPES),
        has("options", "options", AS_SQL),
        has("a comment", "comment", WITH_TYPES),
    ),
    "composite type": (always("a composite type", WITH_TYPES), COMMENT),
    "attribute": (
        Property("a type", lambda place: type_held(place.fact, place.known)),
        has("a collation", "collation", WITH_TYPES),
        has("a comment", "comment", AS_SQL),
    ),
    "domain": (
        always("a domain", WITH_TYPES),
        has("a collation", "collation", WITH_TYPES),
        has("not null", "not_null", WITH_TYPES),
        by_text("a default", "default", expression_held),
        COMMENT,
    ),
    "function": (
        always("a function", WITH_TYPES),
        when("a body that is parsed when it is created", lambda each: each.sql_body is not None, AS_SQL),
        when("a body in a library", lambda each: each.library is not None or each.language == "internal", AS_SQL),
        Property("arguments that are given back", _back_held),
        has("arguments without names", "unnamed", AS_SQL),
        Property("its types", _types),
        Property("rows of one value", _rows_of_values),
        has("being a window function", "window", AS_SQL),
        has("a support function", "support", AS_SQL),
        has("transforms", "transforms", AS_SQL),
        has("settings", "settings", WITH_TYPES),
        COMMENT,
    ),
    "procedure": (
        always("a procedure", WITH_TYPES),
        when("a body that is parsed when it is created", lambda each: each.sql_body is not None, AS_SQL),
        Property("arguments that are given back", _back_held),
        has("arguments without names", "unnamed", AS_SQL),
        Property("its types", _types),
        has("settings", "settings", WITH_TYPES),
        COMMENT,
    ),
    "collation": (always("a collation", WITH_TYPES), COMMENT),
    "text search configuration": (always("a text search configuration", WITH_TYPES), COMMENT),
    "trigger": (
        always("a trigger", WITH_TYPES),
        has("a state", "enabled", WITH_TYPES, other_than="origin"),
        COMMENT,
    ),
    "event trigger": (
        always("an event trigger", WITH_TYPES),
        has("a state", "enabled", WITH_TYPES, other_than="origin"),
        COMMENT,
    ),
    "statistics": (
        Property("statistics", _counted),
        when("a statistics target", lambda each: each.target is not None, WITH_TYPES),
        COMMENT,
    ),
    "publication": (
        always("a publication", WITH_TYPES),
        Property("conditions", _published),
        COMMENT,
    ),
    "primary key": (always("a primary key", WITH_TYPES), COMMENT),
    "unique": (always("a unique constraint", WITH_TYPES), COMMENT),
    "check": (
        by_text("a check", "definition", lambda text, known: expression_held(_condition(text), known)),
        COMMENT,
    ),
    "foreign key": (
        always("a foreign key", WITH_TYPES),
        when("switched off triggers", lambda key: key.triggers != "enabled", NOT_AT_ALL),
        COMMENT,
    ),
    "exclusion": (always("an exclusion constraint", WITH_TYPES), COMMENT),
    "index": (
        by_text("an index", "definition", lambda text, known: expression_held(_keys(text), known)),
        has("a tablespace", "tablespace", WITH_TYPES),
        has("clustering", "clustered", AS_SQL),
        has("being a replica identity", "replica_identity", WITH_TYPES),
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
        has("storage parameters", "options", AS_SQL),
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
        when("privileges that are taken away", lambda grant: not grant.privileges, AS_SQL),
    ),
    "default privileges": (
        when("default privileges", lambda grant: bool(grant.privileges), WITH_TYPES),
        when("default privileges that are taken away", lambda grant: not grant.privileges, AS_SQL),
    ),
}
"""The properties of each kind of object, itself the first."""


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
