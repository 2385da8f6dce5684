"""Functions that make UUIDs.

https://www.postgresql.org/docs/current/functions-uuid.html
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from qb.query.expr.computed import Computed
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import pg

_GEN_RANDOM_UUID: Final = Function("gen_random_uuid", "never", since=13, volatility="volatile")
_UUIDV7: Final = Function("uuidv7", "never", since=18, volatility="volatile")


@remembering
class UuidFunctions:
    """UUIDs."""

    __slots__ = ()

    def gen_random_uuid(self) -> Computed[UUID]:
        """A random (version 4) UUID."""
        return Computed(Call(_GEN_RANDOM_UUID, ()), pg.uuid, UUID, False)

    def uuidv7(self) -> Computed[UUID]:
        """A UUID (version 7) that begins with the time, so that later ones are greater; PostgreSQL 18 has it."""
        return Computed(Call(_UUIDV7, ()), pg.uuid, UUID, False)
