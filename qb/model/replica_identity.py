"""What logical replication tells a row by that was changed or deleted.

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
"""

from __future__ import annotations

from typing import ClassVar

from qb.model.object import Attached, Identity


class ReplicaIdentity(Attached, frozen=True):
    """ "full", "nothing", or "index"; without one it is "default", the primary key."""

    kind: ClassVar[str] = "replica identity"
    alters: ClassVar[frozenset[str]] = frozenset(("mode", "index"))
    mode: str = "default"
    index: str = ""
    """The name of the index, or of the constraint that has it."""

    @property
    def identity(self) -> Identity:
        """What tells it from all others: there is one to a table."""
        return Identity(self.kind, self.table.schema or "", "", self.table.name)
