"""How many databases there may be open, how many links of them, and for how long."""

from __future__ import annotations

import msgspec

from qb.errors import DefinitionError


class DatabaseBounds(msgspec.Struct, frozen=True, kw_only=True):
    """What `connect_each` keeps to. DefinitionError for what nothing can be kept to.

    >>> DatabaseBounds(databases=100, links=200)
    DatabaseBounds(max_size=2, databases=100, links=200, ttl=300.0, idle=600.0)
    """

    max_size: int = 2
    """Connections to one database at most."""
    databases: int = 50
    """Databases that are open at once."""
    links: int = 50
    """Connections in all, idle ones included."""
    ttl: float = 300.0
    """Seconds after which an address is read again."""
    idle: float = 600.0
    """Seconds after which a database that nobody used is closed, when another one is used."""

    def __post_init__(self) -> None:
        for name in ("max_size", "databases", "links"):
            count: object = getattr(self, name)
            if type(count) is not int:
                raise DefinitionError(f"DatabaseBounds: {name} is {count!r}, and no whole number: give 1 or more")
            if count < 1:
                raise DefinitionError(f"DatabaseBounds: {name} is {count}: nothing could be opened; give 1 or more")
        for name in ("ttl", "idle"):
            seconds: object = getattr(self, name)
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise DefinitionError(
                    f"DatabaseBounds: {name} is {seconds!r}, and no number: it counts seconds, from 0"
                )
            if not seconds >= 0:
                raise DefinitionError(f"DatabaseBounds: {name} is {seconds:g}: it counts seconds, from 0")


class DatabasesReport(msgspec.Struct, frozen=True):
    """What `connect_each` has open at this moment: `organizations.report`."""

    databases: int
    """Databases that are open."""
    max_databases: int
    """How many there may be."""
    links: int
    """Connections that are open, or being opened, idle ones included."""
    max_links: int
    """How many there may be."""
