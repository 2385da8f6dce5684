"""`Frozen`: the base of values that are never changed, made of what they were given."""

from __future__ import annotations

from typing import ClassVar, NoReturn

import msgspec


class Frozen(msgspec.Struct, frozen=True, eq=False):
    """A value that never changes: equal to itself alone, where its class says no more."""

    _said: ClassVar[str] = "it is a frozen value"
    """What is told to those who would change it."""

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(self._said)
