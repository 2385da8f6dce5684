"""What is doubtful about keys, and about the sequences that number them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from qb.kit.checks.hit import Hit, columns_there, enumerated
from qb.kit.checks.subject import Subject
from qb.kit.facts.publication import PublicationFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.qualified import parts, whole_name
from qb.model.object import Identity
from qb.types.identifier import unquoted

_LARGEST: Final = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}
_SMALL: Final = {"int2": "smallint", "int4": "integer"}
NEARLY: Final = 0.8
"""The share of its numbers after which a sequence is told of."""


def without_key(subject: Subject) -> Iterator[Hit]:
    """No row can be told from another: not by a program, not by replication."""
    for identity, fact in subject.whole:
        if identity.kind == "table" and not subject.keys(identity, "primary key") and not fact.inherits:
            yield Hit(identity, "it has no primary key, so that nothing tells its rows from each other", "add one")


def of_32_bits(subject: Subject) -> Iterator[Hit]:
    """2,147,483,647 rows were inserted sooner than many a program was replaced; changing it then rewrites all."""
    for identity, _ in subject.whole:
        for key in subject.keys(identity, "primary key"):
            own = subject.of_table(identity)
            if len(key.fact.columns) != 1 or (column := own.get(key.fact.columns[0])) is None:
                continue
            base = subject.base_of(column)
            if base in _SMALL and not key.fact.inherited:
                text = f"{key.fact.columns[0]} is {column.type}, which ends at {_LARGEST[base]:,}"
                yield Hit(key.identity, text, "take bigint", columns_there(identity, key.fact.columns))


def serial_columns(subject: Subject) -> Iterator[Hit]:
    """A serial's sequence has rights and a default of its own, which an identity has not."""
    for identity, fact in _sequences(subject):
        if fact.column is not None and not fact.identity:
            schema, table, column = _column(fact.column)
            on = Identity("column", schema, table, column)
            yield Hit(on, "it is a serial", "an identity does the same by itself: identity()", (identity,))


def beyond_column(subject: Subject) -> Iterator[Hit]:
    """A sequence that gives numbers which its column cannot hold."""
    numbered = _numbered(subject)
    for identity, fact in _sequences(subject):
        if fact.increment < 0:
            continue
        filled = {} if fact.column is None else {_column(fact.column): None}
        for schema, table, name in filled | numbered.get((identity.schema, identity.name), {}):
            column = subject.columns.get((schema, table), {}).get(name)
            if column is not None and fact.max > _LARGEST.get(subject.base_of(column), fact.max):
                text = f"it goes on to {fact.max:,}, and {table}.{name} is {column.type}"
                on = Identity("column", schema, table, name)
                yield Hit(identity, text, "give the column its type, or the sequence that of the column", (on,))


_NEXT: Final = re.compile(r"nextval\('((?:[^']|'')+)'::regclass\)")


def _numbered(subject: Subject) -> dict[tuple[str, str], dict[tuple[str, str, str], None]]:
    """The columns whose default is the next number of a sequence, by the sequence: it need not be theirs."""
    found: dict[tuple[str, str], dict[tuple[str, str, str], None]] = {}
    for (schema, table), columns in subject.columns.items():
        for name, column in columns.items():
            if column.default is not None and (said := _NEXT.fullmatch(column.default)) is not None:
                found.setdefault(parts(said[1].replace("''", "'")), {})[schema, table, name] = None
    return found


def _sequences(subject: Subject) -> Iterator[tuple[Identity, SequenceFact]]:
    """Those that are ours, or a column's of ours."""
    for identity, fact in subject.catalog.of(SequenceFact).items():
        owner = None if fact.column is None else _column(fact.column)
        here = identity if owner is None else Identity("table", owner[0], "", owner[1])
        if fact.extension is None and subject.is_ours(here):
            yield identity, fact


def runs_out(subject: Subject) -> Iterator[Hit]:
    """A sequence that has given most of its numbers."""
    if subject.usage is None:
        return
    for identity, fact in _sequences(subject):
        place = subject.usage.sequences.get(identity)
        if place is None or place.last is None or fact.cycle or fact.increment < 0:
            continue
        on: tuple[Identity, ...] = ()
        limit = fact.max
        if fact.column is not None:
            schema, table, name = _column(fact.column)
            on = (Identity("column", schema, table, name),)
            column = subject.columns.get((schema, table), {}).get(name)
            limit = min(limit, limit if column is None else _LARGEST.get(column.base, limit))
        if place.last > limit * NEARLY:
            text = f"it has given {place.last / limit:.0%} of the numbers that there are"
            yield Hit(identity, text, "widen the column and the sequence to bigint", on)


def published_without_key(subject: Subject) -> Iterator[Hit]:
    """Once a table is published, its rows can be updated and deleted only where something identifies them."""
    for identity, fact in subject.catalog.of(PublicationFact).items():
        if {"update", "delete"}.isdisjoint(fact.operations):
            continue
        named = {parts(whole_name(each)) for each in fact.tables}
        schemas = {unquoted(each) for each in fact.schemas}
        for table, said in subject.tables.items():
            sent = fact.all_tables or (table.schema, table.name) in named or table.schema in schemas
            if sent and table.kind == "table" and not _is_told(subject, table, said):
                changes = enumerated([each for each in ("update", "delete") if each in fact.operations])
                text = f"the publication {identity.name} sends it, and nothing identifies its rows: {changes} fail"
                yield Hit(table, text, "add a primary key, or say replica_identity(...)", (identity,))


def _is_told(subject: Subject, table: Identity, fact: TableFact) -> bool:
    if fact.replica_identity == "default":
        return bool(subject.keys(table, "primary key"))
    return fact.replica_identity != "nothing"


def _column(said: str) -> tuple[str, str, str]:
    """`schema.table.column`, as the server writes it."""
    found, quoted = [""], False
    for sign in said:
        if sign == '"':
            quoted = not quoted
        if sign == "." and not quoted:
            found.append("")
        else:
            found[-1] += sign
    names = [parts(each)[1] for each in found]
    return ("", names[0], names[1]) if len(names) == 2 else (names[0], names[1], names[2])
