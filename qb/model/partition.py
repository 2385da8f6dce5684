"""How the rows of a table are divided among tables, and which of them each takes.

https://www.postgresql.org/docs/current/ddl-partitioning.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from qb.model.constraint import objects_in
from qb.model.index import OperatorClass
from qb.model.object import Identity
from qb.tree.expressions import Collate, ColumnNode, Expression
from qb.tree.relations import TableSource


class Partitioning(msgspec.Struct, frozen=True):
    """PARTITION BY: "range", "list" or "hash" of some keys."""

    table: TableSource
    strategy: str
    on: tuple[Expression, ...]
    operator_classes: tuple[OperatorClass | None, ...] = ()

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Its columns; None where an expression is among its keys."""
        bare = [each.operand if isinstance(each, Collate) else each for each in self.on]
        names = [each.name for each in bare if isinstance(each, ColumnNode)]
        return tuple(names) if len(names) == len(bare) else None

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The functions that its keys call."""
        return objects_in(*self.on)


class BoundValue(msgspec.Struct, frozen=True):
    """A value that a partition begins at, ends at or takes."""

    text: str | None
    """As PostgreSQL reads it; None is NULL."""
    place: int | Decimal | None = None
    """Where it stands among the values of its type; None where the server alone knows."""
    side: int = 0
    """-1 is MINVALUE, which is before all values, 1 is MAXVALUE."""

    def __str__(self) -> str:
        return ("MINVALUE", "NULL" if self.text is None else self.text, "MAXVALUE")[self.side + 1]


class PartitionBounds(msgspec.Struct, frozen=True):
    """The rows that a partition takes: from the lower bound to before the upper one, some values, those whose hash
    leaves a remainder, or what no other one takes ("default")."""

    strategy: str
    lower: tuple[BoundValue, ...] = ()
    upper: tuple[BoundValue, ...] = ()
    values: tuple[BoundValue, ...] = ()
    modulus: int = 0
    remainder: int = 0

    def __str__(self) -> str:
        match self.strategy:
            case "range":
                return f"from {_listed(self.lower)} to {_listed(self.upper)}"
            case "list":
                return f"in {_listed(self.values)}"
            case "hash":
                return f"with modulus {self.modulus} and remainder {self.remainder}"
            case _:
                return "by default"


class PartitionOf(msgspec.Struct, frozen=True):
    """What a partition is a part of, and which one."""

    parent: TableSource
    bounds: PartitionBounds


def order(one: Sequence[BoundValue], other: Sequence[BoundValue]) -> int | None:
    """Below 0 where one bound is before the other, above 0 where it is behind; None where the server alone knows."""
    for mine, theirs in zip(one, other, strict=False):
        if mine.side or theirs.side:
            if mine.side != theirs.side:
                return mine.side - theirs.side
        elif mine.text != theirs.text:
            if mine.place is None or theirs.place is None:
                return None
            if mine.place != theirs.place:
                return -1 if mine.place < theirs.place else 1
    return 0


def overlap(one: PartitionBounds, other: PartitionBounds) -> bool:
    """Whether there are rows that both would take, as far as that is known."""
    if one.strategy != other.strategy:
        return False
    match one.strategy:
        case "range":
            begins, ends = order(one.lower, other.upper), order(other.lower, one.upper)
            if begins is not None and ends is not None:
                return begins < 0 and ends < 0
            return order(one.lower, other.lower) == 0 or order(one.upper, other.upper) == 0
        case "list":
            return any(alike(each, value) for each in one.values for value in other.values)
        case "hash":
            smaller = min(one.modulus, other.modulus)
            return one.remainder % smaller == other.remainder % smaller
        case _:
            return True


def alike(one: BoundValue, other: BoundValue) -> bool:
    """Whether two values are the same."""
    return one.text == other.text or (one.place is not None and one.place == other.place)


def not_within(inner: PartitionBounds, outer: PartitionBounds) -> bool:
    """Whether some of its rows never come, as what is around it does not take them; as far as that is known."""
    match inner.strategy, outer.strategy:
        case "range", "range":
            before, behind = order(inner.lower, outer.lower), order(outer.upper, inner.upper)
            return (before is not None and before < 0) or (behind is not None and behind < 0)
        case "list", "list":
            return any(not any(alike(each, value) for value in outer.values) for each in inner.values)
        case "list", "range":
            for each in inner.values:
                before, behind = order((each,), outer.lower), order(outer.upper, (each,))
                if each.text is None or (before is not None and before < 0) or (behind is not None and behind <= 0):
                    return True
            return False
        case _:
            return False


def _listed(values: Iterable[BoundValue]) -> str:
    return f"({', '.join(map(str, values))})"
