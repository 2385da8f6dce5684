"""The replica identity of a table. https://www.postgresql.org/docs/current/sql-altertable.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.errors import DefinitionError
from qb.model.replica_identity import ReplicaIdentity
from qb.model.target import Requirements
from qb.render.ddl.parts import table_name
from qb.types.identifier import quoted


def create(item: ReplicaIdentity, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... REPLICA IDENTITY, which says again what is so already."""
    mode = f"USING INDEX {quoted(item.index)}" if item.mode == "index" else item.mode.upper()
    return f"ALTER TABLE {table_name(item.table)} REPLICA IDENTITY {mode}"


def alter(before: ReplicaIdentity, after: ReplicaIdentity, needs: Requirements) -> Iterator[str]:
    """The same."""
    yield create(after, Create(after), needs)


def drop(item: ReplicaIdentity, operation: Drop) -> str:
    """The primary key again."""
    guard = "IF EXISTS " if operation.if_exists else ""
    return f"ALTER TABLE {guard}{table_name(item.table)} REPLICA IDENTITY DEFAULT"


def subject(item: ReplicaIdentity) -> str:
    """Nothing: PostgreSQL keeps no comment on it."""
    raise DefinitionError(f"{item.identity}: PostgreSQL keeps no comment on it: comment on the table")
