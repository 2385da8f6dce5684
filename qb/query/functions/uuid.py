"""Functions that make UUIDs.

https://www.postgresql.org/docs/current/functions-uuid.html
"""

from __future__ import annotations

from uuid import UUID

from qb.query.expr.computed import Computed
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.types import pg


@remembering
class UuidFunctions:
    """UUIDs."""

    __slots__ = ()

    def gen_random_uuid(self) -> Computed[UUID]:
        """A random (version 4) UUID."""
        return Computed(Call("gen_random_uuid", (), "never"), pg.uuid, UUID, False)

    def uuidv7(self) -> Computed[UUID]:
        """A UUID (version 7) that begins with the time, so that later ones are greater; PostgreSQL 18 has it."""
        return Computed(Call("uuidv7", (), "never"), pg.uuid, UUID, False)
