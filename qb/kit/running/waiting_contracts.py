"""Contracts that wait for a word: what takes away what old code uses is run by those alone who name it.

A database that has no migration yet is run by no old code, and gets all of them.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration
from qb.kit.running.standing import Standing


@dataclass(repr=False, eq=False)
class ContractFirst(KitError):
    """Something is to be run that follows a contract which nobody has named."""

    migration: str
    file: str
    behind: tuple[str, ...]
    until: str | None
    """The last one that can be run before it."""
    code: ClassVar[str] = "contract-first"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    @property
    def fix(self) -> str:
        """The option."""
        return f"--contract {self.migration}"

    def __str__(self) -> str:
        some = ", ".join(self.behind[:3]) + (", ..." if len(self.behind) > 3 else "")
        until = f"; what comes before is run by --to {self.until}" if self.until else ""
        return (
            f"{self.file}: {self.migration} takes away what old code uses, and {some} "
            f"{'follows' if len(self.behind) == 1 else 'follow'} it: when no old code runs, {self.fix} runs it{until}"
        )


class WaitingContracts(msgspec.Struct, frozen=True):
    """Contracts that nobody has named, of what is to be run, and what follows them."""

    contracts: tuple[Migration, ...] = ()
    idle: tuple[str, ...] = ()
    """What follows them and does nothing, as a merge: it waits, too."""
    behind: tuple[str, ...] = ()
    """What follows them, and is not to wait."""

    @property
    def ids(self) -> tuple[str, ...]:
        """What waits."""
        return (*(each.id for each in self.contracts), *self.idle)

    def refuse(self, chosen: Sequence[Migration]) -> None:
        """Raise `ContractFirst` where something is not to wait; `chosen` is what would be run."""
        if not self.behind:
            return
        first = self.contracts[0]
        before = [each.id for each in chosen if each.id in first.parents and each.id not in self.behind]
        raise ContractFirst(first.id, first.file or first.id, self.behind, before[0] if before else None)


def waiting_contracts(
    standing: Standing, wanted: Sequence[Migration], named: Container[str | None] = (), *, begun: bool
) -> WaitingContracts:
    """Which of the migrations that are wanted wait. `named` are those that somebody has named, `begun` says whether
    the database has any migration yet. A contract that was stopped in its midst goes on.

    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.running.standing import standing_of
    >>> from qb.kit.running.waiting_contracts import waiting_contracts
    >>> one, two = Migration(id="0001_a"), Migration(id="0002_b", parents=("0001_a",), contract=True)
    >>> here = standing_of(history_of([one, two]).unwrap(), ())
    >>> waiting_contracts(here, here.pending, begun=True).ids, waiting_contracts(here, here.pending, begun=False).ids
    (('0002_b',), ())
    """
    found = tuple(
        each for each in wanted if begun and each.contract and each.id not in named and standing.row(each.id) is None
    )
    if not found:
        return WaitingContracts()
    ids = {each.id for each in found}
    later = standing.history.descendants(*ids)
    following = [each for each in wanted if each.id in later and each.id not in ids]
    acting = {each.id for each in following if each.data_steps is not None or cut_migration(each)}
    return WaitingContracts(
        found,
        tuple(each.id for each in following if each.id not in acting),
        tuple(each.id for each in following if each.id in acting),
    )
