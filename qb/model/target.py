"""Which server SQL is written for: what an older one lacks is an error that names the feature, not one of syntax."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from qb.errors import DefinitionError, QueryError

NEWEST = 18
"""The newest major version that qb knows."""


class Feature(NamedTuple):
    """Something that PostgreSQL has since a major version."""

    name: str
    since: int

    def lacking(self, version: int) -> str:
        """What an error says of it."""
        return f"{self.name} came with PostgreSQL {self.since}, and this is for PostgreSQL {version}"


class Target(msgspec.Struct, frozen=True):
    """The server that SQL is written for, by its major version: the newest that qb knows, unless said otherwise.

    What runs through a database is checked against its server without being told.
    https://www.postgresql.org/docs/current/release.html

    >>> class Price(Table, name="prices"):
    ...     cents: Col[int] = column()
    ...     gross: Col[int] = column(generated=cents * 2, stored=False)
    >>> create_all(schema(Price), target=Target(17))
    Traceback (most recent call last):
    ...
    qb.errors.DefinitionError: prices.gross: a column that is computed when read (stored=False) came with...
    """

    version: int = NEWEST

    def __post_init__(self) -> None:
        if type(self.version) is not int or not 1 <= self.version < 100:
            raise QueryError(f"Target takes a major version such as 16, not {self.version!r}")


class Requirements:
    """What one text needs of its server, collected while it is written."""

    __slots__ = ("newest", "target")
    newest: Feature | None
    """What came last of all that it needs."""

    def __init__(self, target: Target) -> None:
        self.target: Target = target
        self.newest = None

    def add(self, feature: Feature, where: str | None = None) -> None:
        """DefinitionError where the target's server lacks what `where`, an object, uses; QueryError for a query."""
        if feature.since > self.target.version:
            said = feature.lacking(self.target.version)
            if where is None:
                raise QueryError(f"{said}: do without it, or write for a newer server")
            raise DefinitionError(f"{where}: {said}: do without it, or write for a newer server")
        if self.newest is None or feature.since > self.newest.since:
            self.newest = feature
