"""What a lint finds, before it has the lint's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from qb.model.object import Identity


class Hit(NamedTuple):
    """An object, what is to be said of it, and what to do."""

    on: Identity
    text: str
    fix: str
    about: tuple[Identity, ...] = ()


def columns_there(table: Identity, names: Iterable[str]) -> tuple[Identity, ...]:
    """Columns of a table; or of the table that an object stands in."""
    return tuple(Identity("column", table.schema, table.table or table.name, each) for each in names)


def enumerated(words: Iterable[str]) -> str:
    """In a sentence.

    >>> enumerated(["a", "b", "c"])
    'a, b and c'
    """
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
