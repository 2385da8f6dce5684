"""Row-level security of a table. https://www.postgresql.org/docs/current/ddl-rowsecurity.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.errors import DefinitionError
from qb.model.policy import RowSecurity
from qb.model.target import Requirements
from qb.render.ddl.parts import table_name


def create(security: RowSecurity, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ENABLE ROW LEVEL SECURITY, which says again what is so already."""
    forced = ", FORCE ROW LEVEL SECURITY" if security.forced else ""
    return f"ALTER TABLE {table_name(security.table)} ENABLE ROW LEVEL SECURITY{forced}"


def alter(before: RowSecurity, after: RowSecurity, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE ... FORCE ROW LEVEL SECURITY, and NO FORCE."""
    yield f"ALTER TABLE {table_name(after.table)} {'' if after.forced else 'NO '}FORCE ROW LEVEL SECURITY"


def drop(security: RowSecurity, operation: Drop) -> str:
    """ALTER TABLE ... DISABLE ROW LEVEL SECURITY."""
    guard = "IF EXISTS " if operation.if_exists else ""
    return f"ALTER TABLE {guard}{table_name(security.table)} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"


def subject(security: RowSecurity) -> str:
    """Nothing: PostgreSQL keeps no comment on it."""
    raise DefinitionError(f"{security.identity}: PostgreSQL keeps no comment on row security: comment on the table")
