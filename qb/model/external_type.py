"""A type of somebody else's, known by its name alone.

https://www.postgresql.org/docs/current/sql-createdomain.html
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

from qb.model.object import Identity, Ownable
from qb.types.identifier import PUBLIC, unquoted

_SCHEMA: Final = re.compile(r'((?:"(?:[^"]|"")+"|[^".]+))\.')


class ExternalType(Ownable, frozen=True):
    """A type of one's own whose owner is somebody else: `pg.custom("auth.code", ..., external=True)`."""

    kind: ClassVar[str] = "external type"
    sql: str
    """Its name as SQL writes it."""

    @property
    def schema(self) -> str | None:
        """The schema that its name says, where a server has not got it of itself."""
        found = _SCHEMA.match(self.sql)
        name = None if found is None else unquoted(found[1])
        return None if name is None or name in (PUBLIC, "information_schema") or name.startswith("pg_") else name

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", "", self.sql)
