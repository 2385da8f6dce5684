"""What is in the way to a database: nobody answers, somebody else does, or a server that is too old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError


@dataclass(repr=False, eq=False)
class UnreachableDatabase(KitError):
    """A database does not answer, or lets nobody in."""

    object: str
    """Which one, as `database production`."""
    address: str
    origin: str
    """Where its address is from."""
    error: str
    fix: str
    """What lets one in, or a command that looks further."""
    code: ClassVar[str] = "connection-refused"

    def __str__(self) -> str:
        origin = f", from {self.origin}" if self.origin else ""
        return f"{self.object} ({self.address}{origin}): {self.error}"


@dataclass(repr=False, eq=False)
class OtherDatabase(KitError):
    """Both addresses of a database lead somewhere, and not to the same place."""

    object: str
    address: str
    direct: str
    fix: str
    """The command that looks at both."""
    code: ClassVar[str] = "other-database"

    def __str__(self) -> str:
        return (
            f"{self.object}: url ({self.address}) and direct_url ({self.direct}) lead to different databases, or "
            "servers: correct one of them in the config"
        )


@dataclass(repr=False, eq=False)
class ServerTooOld(KitError):
    """A server's catalog is not that of a version which is read here."""

    object: str
    version: str
    oldest: int
    code: ClassVar[str] = "server-too-old"
    fix: ClassVar[str] = "pg_dump --schema-only > schema.sql && qb drift --sql schema.sql"

    def __str__(self) -> str:
        return (
            f"{self.object} is PostgreSQL {self.version}, and {self.oldest} is the oldest whose catalog is read: "
            "update the server, or look at what pg_dump writes of it"
        )
