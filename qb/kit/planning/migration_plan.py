"""A plan as it comes out: statements in order, up and down."""

from __future__ import annotations

import msgspec

from qb.kit.planning.action import Verb
from qb.model.object import Identity


class PlanStep(msgspec.Struct, frozen=True):
    """One statement, with what is known of it before it runs."""

    identity: Identity
    """What it is about."""
    verb: Verb
    sql: str
    loses: tuple[str, ...] = ()
    """What is lost of the rows, by the names that --allow takes: `drop-column:quotes.total`."""
    commits: bool = False
    """Whether what was done before is committed first."""
    says: str = ""
    asks: str = ""
    """What somebody has to say of it where rows are: `fill:users.slug`, the value of a column that may not be NULL."""
    holds: bool = False
    """Whether it keeps others from a table for as long as that is large: no steps are known that do the same."""
    offends: str = ""
    """What counts the rows that it fails for, by the names before, where that is known."""
    marked: bool = False
    """Whether somebody says that it is run outside of a transaction, of which its text says nothing."""

    def __str__(self) -> str:
        return self.sql


class MigrationPlan(msgspec.Struct, frozen=True):
    """From one catalog to another, and back."""

    up: tuple[PlanStep, ...] = ()
    down: tuple[PlanStep, ...] = ()

    @property
    def loses(self) -> tuple[str, ...]:
        """What is lost of the rows on the way up."""
        return tuple(dict.fromkeys(name for each in self.up for name in each.loses))

    @property
    def asks(self) -> tuple[str, ...]:
        """What has to be said before the way up runs where rows are."""
        return tuple(dict.fromkeys(each.asks for each in self.up if each.asks))

    @property
    def empty(self) -> bool:
        """Whether nothing is to be done."""
        return not self.up
