"""Sequences, those of identity columns included. https://www.postgresql.org/docs/current/sql-createsequence.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.sequence import SequenceFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.qualified import pieces
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_HIGHEST: Final = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
COUNTS: Final = frozenset(_HIGHEST)
"""The types of columns that it counts for."""


def how_it_counts(fact: SequenceFact) -> list[str]:
    """How it counts, where that is not how one counts that nothing is said of."""
    highest = _HIGHEST[fact.type]
    up = fact.increment > 0
    lowest = 1 if up else -highest - 1
    top = highest if up else -1
    said: list[str] = []
    if fact.increment != 1:
        said.append(f"INCREMENT BY {fact.increment}")
    if fact.min != lowest:
        said.append(f"MINVALUE {fact.min}")
    if fact.max != top:
        said.append(f"MAXVALUE {fact.max}")
    if fact.start != (fact.min if up else fact.max):
        said.append(f"START WITH {fact.start}")
    if fact.cache != 1:
        said.append(f"CACHE {fact.cache}")
    if fact.cycle:
        said.append("CYCLE")
    return said


def owner_column(fact: SequenceFact) -> tuple[str, str, str] | None:
    """Schema, table and name of the column that owns it."""
    if fact.column is None:
        return None
    schema, table, column = pieces(fact.column)
    return schema, table, column


def _create_sequence(identity: Identity, fact: SequenceFact, parts: CatalogParts) -> Lines:
    unlogged = "UNLOGGED " if fact.persistence == "unlogged" else ""
    as_type = f" AS {fact.type}" if fact.type != "bigint" else ""
    said = "".join(f" {each}" for each in how_it_counts(fact))
    return [f"CREATE {unlogged}SEQUENCE {dotted(identity.schema, identity.name)}{as_type}{said}"]


def owned_by(identity: Identity, fact: SequenceFact) -> str:
    """ALTER SEQUENCE OWNED BY."""
    whose = owner_column(fact)
    said = "NONE" if whose is None else f"{dotted(whose[0], whose[1])}.{quoted(whose[2])}"
    return f"ALTER SEQUENCE {dotted(identity.schema, identity.name)} OWNED BY {said}"


def _alter_sequence(change: Altered[SequenceFact]) -> Lines | None:
    if "identity" in change.fields:
        return []  # which its column says
    one, other, name = change.one, change.other, dotted(change.identity.schema, change.identity.name)
    lines: Lines = []
    if "persistence" in change.fields and not other.identity:
        lines.append(f"ALTER SEQUENCE {name} SET {'UNLOGGED' if other.persistence == 'unlogged' else 'LOGGED'}")
    if said := counts_otherwise(one, other):
        lines.append(f"ALTER SEQUENCE {name} {' '.join(said)}")
    return lines


def counts_otherwise(one: SequenceFact, other: SequenceFact) -> list[str]:
    """What ALTER SEQUENCE says of how it counts."""
    said: list[str] = []
    if one.type != other.type:
        said.append(f"AS {other.type}")
    for field, word in (
        ("increment", "INCREMENT BY"),
        ("min", "MINVALUE"),
        ("max", "MAXVALUE"),
        ("start", "START WITH"),
    ):
        if getattr(one, field) != getattr(other, field) or (said and field in ("min", "max")):
            said.append(f"{word} {getattr(other, field)}")
    if counts_anew(one, other):
        said.append("RESTART")
    if one.cache != other.cache:
        said.append(f"CACHE {other.cache}")
    if one.cycle != other.cycle:
        said.append("CYCLE" if other.cycle else "NO CYCLE")
    return said


def counts_anew(one: SequenceFact, other: SequenceFact) -> bool:
    """Whether no number that it has given is one that it may give."""
    return one.min > other.max or one.max < other.min


def behind_rows(identity: Identity, fact: SequenceFact, column: Identity) -> str:
    """That a sequence goes on behind what rows hold in a column, where they hold what it would give."""
    last = f"pg_catalog.{'max' if fact.increment > 0 else 'min'}({quoted(column.name)})"
    lowest, highest = (fact.start, fact.max) if fact.increment > 0 else (fact.min, fact.start)
    name = string_literal(dotted(identity.schema, identity.name))
    return (
        f"SELECT pg_catalog.setval({name}, {last}) FROM {dotted(column.schema, column.table)}"
        f" HAVING {last} BETWEEN {lowest} AND {highest}"
    )


SEQUENCE_RULE: Final = DdlRule(_create_sequence, _alter_sequence, drop_plainly)
