"""Whether rows are what the schema says behind a run of migrations: asked before and behind it, and kept in mind by
the journal until they are.

What is said of rows in Python alone (codecs, the guards of documents, checks and keys that the database does not hold
them to) no server refuses, so a migration or a data step may break it in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.running.journal import Journal
from qb.kit.validating.report import RowProblem
from qb.run.database.db import Db

if TYPE_CHECKING:  # who has nothing to do loads no schema
    from qb.model.schema import Schema

OPEN: Final = "guards"
HELD: Final = "guards held"
"""The events of the journal: rows are to be asked; they are what they should be."""
TablePlace: TypeAlias = tuple[str, str]
"""A table: its schema and its name."""


class RowGuards(msgspec.Struct, frozen=True, kw_only=True):
    """What rows have to be behind a run of migrations.

    >>> from qb.kit import RowGuards
    >>> RowGuards(schema=schema(User, Task)).every
    False
    """

    schema: Schema | Callable[[], Schema]
    """What they are to be; or what gives it, where nothing is loaded before something is to be run."""
    every: bool = False
    """Whether all tables are asked, and not those alone whose rows the migrations write."""
    show_keys: bool = False
    """Whether the primary keys of the first rows that fail are told."""


class KnownProblem(msgspec.Struct, frozen=True):
    """What failed before."""

    problem: RowProblem
    type: str | None
    """What the column was of: what is of another type by now was never asked before."""


class OpenGuards(msgspec.Struct, frozen=True):
    """What is to be asked once all is applied, as the journal has it."""

    tables: tuple[TablePlace, ...] = ()
    known: tuple[KnownProblem, ...] = ()


def open_guards(db: Db, book: Journal) -> OpenGuards | None:
    """What is still to be asked of rows, as the journal says; None where nothing is."""
    kind, detail = unwrap(book.last_event(db, (OPEN, HELD))) or (HELD, None)
    return msgspec.json.decode(detail or "{}", type=OpenGuards) if kind == OPEN else None
