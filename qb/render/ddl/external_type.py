"""Stand-ins for types of somebody else's: their values are texts, as qb writes and reads them.

https://www.postgresql.org/docs/current/sql-createdomain.html
"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.external_type import ExternalType
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped, unless_there


def create(item: ExternalType, operation: Create, needs: Requirements) -> str:
    """CREATE DOMAIN."""
    return unless_there(f"CREATE DOMAIN {item.sql} AS text", operation.if_not_exists)


def drop(item: ExternalType, operation: Drop) -> str:
    """DROP DOMAIN."""
    return dropped(operation, "DOMAIN", item.sql)


def subject(item: ExternalType) -> str:
    """What COMMENT ON calls it."""
    return f"TYPE {item.sql}"
