"""Renames, before anything else is done: what holds others first.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.planning.ddl.sequences import owner_column
from qb.kit.planning.ddl.sql_names import (
    CONSTRAINT_KINDS,
    ROUTINE_KINDS,
    dotted,
    name_of_table,
    object_words,
    sql_word,
)
from qb.kit.planning.sides import Sides, implied
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.types.identifier import quoted

_RANK: Final = {kind: place for place, kind in enumerate(("role", "schema", "table", "column"))}


def renames(sides: Sides) -> Iterator[tuple[Identity, tuple[str, ...]]]:
    """Whoever has another name, under the new one, and the statements."""
    pairs = sorted(sides.renamed.items(), key=lambda pair: _place(pair[0]))
    found = [(one, other) for one, other in pairs if not _by_itself(one, other, sides.before.catalog[one], sides)]
    names = {(one.kind, other.schema, other.table, one.name) for one, other in found}
    later: list[tuple[Identity, tuple[str, ...]]] = []
    for one, other in found:
        fact = sides.before.catalog[one]
        schema = sides.paired.renames.schemas.get(one.schema, one.schema)  # which has its new name already
        at = Identity(one.kind, other.schema if one.table else schema, other.table, one.name)
        if one.kind == "sequence" and _goes_along(one, sides):
            at = Identity(one.kind, other.schema, "", one.name)
        lines: list[str] = []
        if at.schema != other.schema and not one.table:
            lines.append(f"ALTER {object_words(at, fact)} SET SCHEMA {quoted(other.schema)}")
            at = Identity(at.kind, other.schema, "", at.name)
        if at.name != other.name:
            if (other.kind, other.schema, other.table, other.name) in names:  # which is to be free first
                between = Identity(at.kind, at.schema, at.table, f"qb_{hash_of(at):08x}")
                lines.append(_statement(at, between.name, fact))
                later.append((other, (_statement(between, other.name, fact),)))
            else:
                lines.append(_statement(at, other.name, fact))
        if lines:
            yield other, tuple(lines)
    yield from later


def _place(one: Identity) -> tuple[int, bool, Identity]:
    return _RANK.get(one.kind, len(_RANK)), bool(one.table), one


def _goes_along(one: Identity, sides: Sides) -> bool:
    """Whether a sequence has gone into another schema with its table."""
    fact = sides.before.get(one)
    whose = owner_column(fact) if isinstance(fact, SequenceFact) else None
    return whose is not None and sides.new_name(Identity("column", *whose)).schema != whose[0]


def _by_itself(one: Identity, other: Identity, fact: Fact, sides: Sides) -> bool:
    """Whether it has its new name because something else has."""
    if isinstance(fact, GrantFact | DefaultPrivilegesFact) or one.kind in ("not null", "membership"):
        return True
    if isinstance(fact, ColumnFact) and one.kind == "column" and fact.inherited:
        return True
    if one.kind in ROUTINE_KINDS and one.schema == other.schema and _plainly(one) == _plainly(other):
        return True
    if one.kind == "index" and getattr(fact, "constraint", None) is not None:
        return True
    if one.kind == "index" and getattr(fact, "parent", None) is not None:
        return one.name == other.name
    return one.name == other.name and bool(one.table or implied(one, fact, sides.before))


def _plainly(routine: Identity) -> str:
    return routine_parts(routine.name)[0]


def hash_of(identity: Identity) -> int:
    """A number that is the same on any day."""
    return zlib.crc32(str(identity).encode())


def _statement(at: Identity, name: str, fact: Fact) -> str:
    kind = at.kind
    new = quoted(routine_parts(name)[0]) if kind in ROUTINE_KINDS else quoted(name)
    if kind == "column":
        word = sql_word(getattr(fact, "of", "table"))
        return f"ALTER {word} {name_of_table(at)} RENAME COLUMN {quoted(at.name)} TO {new}"
    if kind == "attribute":
        return f"ALTER TYPE {name_of_table(at)} RENAME ATTRIBUTE {quoted(at.name)} TO {new} CASCADE"
    if kind in CONSTRAINT_KINDS:
        word = "DOMAIN" if isinstance(fact, ConstraintFact) and fact.of == "domain" else "TABLE"
        return f"ALTER {word} {name_of_table(at)} RENAME CONSTRAINT {quoted(at.name)} TO {new}"
    if kind in ("trigger", "policy", "rule"):
        return f"ALTER {kind.upper()} {quoted(at.name)} ON {name_of_table(at)} RENAME TO {new}"
    if kind == "index":
        return f"ALTER INDEX {dotted(at.schema, at.name)} RENAME TO {new}"
    named = object_words(at, fact) if kind in ROUTINE_KINDS else f"{sql_word(kind)} {dotted(at.schema, at.name)}"
    return f"ALTER {named} RENAME TO {new}"
