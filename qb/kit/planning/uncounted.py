"""How far sequences have counted, where a change forgets it."""

from __future__ import annotations

from collections.abc import Iterator

from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.planning.ddl.sequences import counts_anew
from qb.kit.planning.sides import loss_name
from qb.model.object import Identity


def uncounted(now: Identity, one: Fact, other: Fact) -> Iterator[str]:
    """The sequences of which it is lost how far they have counted."""
    if isinstance(one, ColumnFact) and isinstance(other, ColumnFact) and one.identity and not other.identity:
        yield loss_name("drop-identity", now)
    if isinstance(one, SequenceFact) and isinstance(other, SequenceFact) and counts_anew(one, other):
        yield loss_name("restart-sequence", now)
