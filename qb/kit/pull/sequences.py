"""Sequences: those of columns, and those that stand by themselves."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.pull.book import Book, named_schema
from qb.kit.pull.carried import carry
from qb.kit.pull.source import Code, attribute_of, call, code_of, text, using
from qb.kit.pull.types import PythonType
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.model.sequence import serial_of
from qb.tree.relations import TableSource
from qb.types import pg
from qb.types.identifier import qualified

_DRAWN: Final = re.compile(r"nextval\('((?:[^']|'')*)'::regclass\)")
_INTEGERS: Final = {"int2": "smallint", "int4": "integer", "int8": "bigint"}
_BITS: Final = {"smallint": 15, "integer": 31, "bigint": 63}


def drawn_by(book: Book, fact: ColumnFact) -> Identity | None:
    """The sequence whose next number a column's default is."""
    found = None if fact.default is None or fact.generated else _DRAWN.fullmatch(fact.default)
    if found is None:
        return None
    schema, name = parts(found[1].replace("''", "'"))
    identity = Identity("sequence", schema or "public", "", name)
    return identity if identity in book.counters else None


def is_serial(book: Book, column: Identity, fact: ColumnFact, sequence: Identity) -> bool:
    """Whether a column is the owner of what it is drawn from, so that serial() says both."""
    owner = book.owners.get(sequence)
    return owner == (column.schema, column.table, column.name) and fact.not_null and fact.base in _INTEGERS


def is_usual(book: Book, column: Identity, fact: ColumnFact, sequence: Identity) -> bool:
    """Whether that is what smallserial, serial and bigserial make."""
    counter = book.counters[sequence]
    usual = serial_of(TableSource(column.schema, column.table), column.name, pg.bigint)
    plain = all(each is None for each in counting_options(counter, counter.type).values())
    named = (usual.schema, usual.name) == (sequence.schema, sequence.name)
    same = counter.type == _INTEGERS.get(fact.base)
    return named and same and plain and counter.comment is None and counter.persistence == "permanent"


def write_sequences(book: Book) -> None:
    """Those that a module has to name: before the tables, and those owned by what is not drawn from them behind."""
    serials = set[Identity]()
    usual = set[Identity]()
    homes: dict[Identity, str] = {}
    for columns in book.columns.values():
        for column, fact in columns:
            sequence = drawn_by(book, fact)
            if sequence is not None:
                homes.setdefault(sequence, book.home_of(column.schema, column.table))
            if sequence is not None and is_serial(book, column, fact, sequence):
                serials.add(sequence)
                if is_usual(book, column, fact, sequence):
                    usual.add(sequence)
    for identity, counter in book.counters.items():
        book.said.add(identity)
        if counter.persistence != "permanent":
            _unlogged(book, identity)
        if identity in usual:
            continue
        owner = None if identity in serials else book.owners.get(identity)
        name = book.value_called(identity.name, ending="sequence")
        book.values[identity] = name
        within = named_schema(identity.schema)
        owned: Code | None = None
        if owner is not None and owner[:2] in book.tables:
            names = book.tables[owner[:2]]
            owned = attribute_of(names.name, names.attributes[owner[2]])
        made = call(
            "sequence",
            text(identity.name),
            schema=None if within is None else text(within),
            type=None if counter.type == "bigint" else Code(f"pg.{counter.type}", frozenset(), frozenset(("qb:pg",))),
            **counting_options(counter, counter.type),
            owned_by=owned,
            comment=None if counter.comment is None else text(counter.comment),
        )
        home = homes.get(identity) or book.home(identity.schema)
        book.write(name, home, code_of((f"{name} = ", made), ""), 5 if owned is None else 15)


def _unlogged(book: Book, identity: Identity) -> None:
    """A sequence that is not logged, as that of an unlogged table is not."""
    owner = book.owners.get(identity)
    needs = [] if owner is None else [Identity("table", owner[0], "", owner[1])]
    statement = f"ALTER SEQUENCE {qualified(identity.schema, identity.name)} SET UNLOGGED"
    carry(book, "persistence", identity, [statement], needs)


def default_drawn(book: Book, column: Identity, fact: ColumnFact, of: PythonType) -> Code | None:
    """serial(), or the next number of a sequence that stands by itself; None where the default is something else."""
    sequence = drawn_by(book, fact)
    if sequence is None:
        return None
    if is_serial(book, column, fact, sequence):
        if is_usual(book, column, fact, sequence):
            return call("serial")
        return call("serial", using(book.values[sequence]))
    if book.owners.get(sequence) is None and of.known in _INTEGERS:
        return code_of((using(book.values[sequence]), ".next()"), "")
    return None


def counting_options(fact: SequenceFact, type_: str) -> dict[str, Code | str | None]:
    """How a sequence counts, as far as it is not as usual."""
    bits = _BITS.get(type_, 63)
    low, high = (-(2**bits), -1) if fact.increment < 0 else (1, 2**bits - 1)
    first = fact.max if fact.increment < 0 else fact.min
    return {
        "start": str(fact.start) if fact.start != first else None,
        "increment": str(fact.increment) if fact.increment != 1 else None,
        "min": str(fact.min) if fact.min != low else None,
        "max": str(fact.max) if fact.max != high else None,
        "cache": str(fact.cache) if fact.cache != 1 else None,
        "cycle": "True" if fact.cycle else None,
    }
