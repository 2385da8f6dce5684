"""Types of columns that hold less than one thinks. https://wiki.postgresql.org/wiki/Don't_Do_This"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from qb.kit.checks.hit import Hit
from qb.kit.checks.subject import Subject
from qb.kit.facts.column import ColumnFact
from qb.model.object import Identity

_NAMED: Final = ("table", "column", "view", "materialized view", "enum", "domain", "schema", "trigger", "policy")


def timestamp_without_zone(subject: Subject) -> Iterator[Hit]:
    """A time on some clock: no moment, and hours that come twice or never."""
    return _columns(
        subject,
        lambda column: column.base == "timestamp",
        "it is {type}, which is no moment: what it means depends on who reads it",
        "take timestamptz",
    )


def time_with_zone(subject: Subject) -> Iterator[Hit]:
    """A zone without a date, whose offset nobody knows."""
    return _columns(
        subject,
        lambda column: column.base == "timetz",
        "it is {type}, whose offset says nothing without a date",
        "take timestamptz, or time",
    )


def json_as_text(subject: Subject) -> Iterator[Hit]:
    """`json` keeps a text, and reads it anew each time; it has no equality and no index."""
    return _columns(
        subject,
        lambda column: column.base == "json",
        "it is {type}, a text that is read anew for each question, without equality",
        "take jsonb",
    )


def money(subject: Subject) -> Iterator[Hit]:
    """`money` has the currency of whoever reads it."""
    return _columns(
        subject,
        lambda column: column.base == "money",
        "it is {type}, whose currency is a setting of whoever reads it",
        "take numeric, and say the currency beside it",
    )


def padded_text(subject: Subject) -> Iterator[Hit]:
    """`char(n)` is filled with spaces, which then count or do not."""
    return _columns(
        subject,
        lambda column: column.base == "bpchar",
        "it is {type}, which is filled with spaces",
        "take text, with a check of its length",
    )


def limited_text(subject: Subject) -> Iterator[Hit]:
    """A `varchar(n)` takes a change of the table to become longer, and one that locks it to become shorter."""
    return _columns(
        subject,
        lambda column: column.base == "varchar" and "(" in column.type,
        "it is {type}, whose limit is part of the type",
        "take text, with a check of its length, which is changed without a lock",
    )


def cut_name(subject: Subject) -> Iterator[Hit]:
    """A name of 63 bytes is likely one that PostgreSQL has cut: what was written is found under it no more."""
    for identity in subject.catalog:
        if identity.kind in _NAMED:  # others are cut where the server itself makes a name of several
            if len(identity.name.encode()) == 63 and subject.is_ours(identity):
                if subject.catalog[identity].extension is None:
                    yield Hit(identity, "its name has 63 bytes, where PostgreSQL cuts", "give it a shorter one")


def _columns(subject: Subject, is_one: Callable[[ColumnFact], bool], text: str, fix: str) -> Iterator[Hit]:
    for table, _ in subject.whole:
        for name, column in subject.of_table(table).items():
            if is_one(replace(column, base=subject.base_of(column))) and (column.local or not column.inherited):
                on = Identity("column", table.schema, table.name, name)
                yield Hit(on, text.format(type=column.type), fix)
