"""Sequences: numbers that are each given once.

https://www.postgresql.org/docs/current/sql-createsequence.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qb.errors import DefinitionError
from qb.model.object import Standalone
from qb.types.identifier import identifier

_BIGINT = 2**63 - 1


class Sequence(Standalone, frozen=True):
    """A sequence of bigint."""

    kind: ClassVar[str] = "sequence"
    loses: ClassVar[bool] = True  # how far it is
    names_relation: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(("start", "increment", "cycle"))
    privileges: ClassVar[Mapping[str, int]] = {"usage": 1, "select": 1, "update": 1}
    start: int = 1
    increment: int = 1
    cycle: bool = False

    def check_alter(self, after: Sequence) -> None:
        """It goes on from where it is, which is no number of the other direction."""
        if (self.increment > 0) != (after.increment > 0):
            raise DefinitionError(f"{self.identity} cannot turn round: drop it and create it anew")


def sequence(
    name: str, *, schema: str | None = None, start: int | None = None, increment: int = 1, cycle: bool = False
) -> Sequence:
    """A sequence of its own, not that of an `identity()` column: `numbers = sequence("invoice_numbers", start=1000)`.

    `schema(...)` finds it in a module as it finds tables, and creates it before them, so that a default may be its next
    number: `default=sql("nextval('invoice_numbers')").as_(int, not_null=True)`. A number that was taken is not given
    back by a rollback. A negative `increment` counts down from -1; with `cycle` it begins anew at its end.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/functions-sequence.html

    >>> numbers = sequence("invoice_numbers", start=1000)
    >>> print(create_all(schema(numbers)))
    CREATE SEQUENCE "invoice_numbers" START WITH 1000;
    """
    what = f"the sequence {identifier(name, 'a sequence')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    if not -_BIGINT <= increment <= _BIGINT or increment == 0:
        raise DefinitionError(f"{what} has an increment of {increment}: give one that is not 0 and within bigint")
    first, last = (1, _BIGINT) if increment > 0 else (-_BIGINT - 1, -1)
    if start is None:
        start = first if increment > 0 else last
    if not first <= start <= last:
        raise DefinitionError(f"{what} starts at {start}, and goes from {first} to {last}: start within")
    return Sequence(schema, name, start, increment, cycle)
