"""Renames, before anything else is done: what holds others first.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.planning.ddl.sql_names import (
    CONSTRAINT_KINDS,
    ROUTINE_KINDS,
    dotted,
    name_of_table,
    object_words,
    routine_parts,
    sql_word,
)
from qb.kit.planning.sides import Sides, implied
from qb.model.object import Identity
from qb.types.identifier import quoted

_RANK: Final = {kind: place for place, kind in enumerate(("role", "schema", "table", "column"))}


def renames(sides: Sides) -> Iterator[tuple[Identity, tuple[str, ...]]]:
    """Whoever has another name, under the new one, and the statements."""
    found = sorted(sides.renamed.items(), key=lambda pair: (_RANK.get(pair[0].kind, len(_RANK)), pair[0]))
    taken = {one for one, _ in found}
    for one, other in found:
        fact = sides.before.catalog[one]
        if _by_itself(one, other, fact, sides):
            continue
        within = sides.paired.renames.of(one)
        at = Identity(one.kind, other.schema if one.table else one.schema, other.table, one.name)
        if not one.table and one.schema != within.schema and one not in sides.paired.renames.known:
            at = Identity(one.kind, within.schema, "", one.name)
        lines: list[str] = []
        if at.schema != other.schema and not one.table:
            lines.append(f"ALTER {object_words(at, fact)} SET SCHEMA {quoted(other.schema)}")
            at = Identity(at.kind, other.schema, "", at.name)
        if at.name != other.name:
            lines += _renamed(at, other, fact, swapped=other in taken)
        if lines:
            yield other, tuple(lines)


def _by_itself(one: Identity, other: Identity, fact: Fact, sides: Sides) -> bool:
    """Whether it has its new name because something else has."""
    if isinstance(fact, GrantFact | DefaultPrivilegesFact) or one.kind in ("not null", "membership"):
        return True
    if one.kind == "index" and getattr(fact, "constraint", None) is not None:
        return True
    if one.kind == "index" and getattr(fact, "parent", None) is not None:
        return one.name == other.name
    return one.name == other.name and implied(one, fact, sides.before)


def _renamed(at: Identity, other: Identity, fact: Fact, *, swapped: bool) -> list[str]:
    if swapped:
        between = Identity(at.kind, at.schema, at.table, f"qb_{hash_of(at):08x}")
        return [_statement(at, between.name, fact), _statement(between, other.name, fact)]
    return [_statement(at, other.name, fact)]


def hash_of(identity: Identity) -> int:
    """A number that is the same on any day."""
    return zlib.crc32(str(identity).encode())


def _statement(at: Identity, name: str, fact: Fact) -> str:
    kind = at.kind
    new = quoted(routine_parts(name)[0]) if kind in ROUTINE_KINDS else quoted(name)
    if kind == "column":
        return f"ALTER TABLE {name_of_table(at)} RENAME COLUMN {quoted(at.name)} TO {new}"
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
