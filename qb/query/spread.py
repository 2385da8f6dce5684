"""A row as the arguments of a function: several columns are several, a single one or an entity is one.

`map` takes a function of them. It has one signature for both kinds of rows, so the checkers give a lambda's parameters
their types, and say of a function that does not fit what it was to take.
"""

from __future__ import annotations

from typing import Protocol, TypeVarTuple

Ts = TypeVarTuple("Ts")


class Spread(Protocol[*Ts]):
    """What has rows, by the arguments that they are to a function. It exists for the checkers alone."""

    def _spread(self) -> tuple[*Ts]: ...
