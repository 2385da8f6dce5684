"""Which server SQL is written for: what an older one lacks is an error that names the feature, not one of syntax."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from qb.errors import DefinitionError


class Feature(NamedTuple):
    """Something that PostgreSQL has since a major version."""

    name: str
    since: int


NEWEST = 18
"""The newest major version that qb knows."""


class Target(msgspec.Struct, frozen=True):
    """The server that SQL is written for, by its major version: the newest that qb knows, unless said otherwise.

    >>> Target(16).has(Feature("nulls_not_distinct", 15))
    True
    """

    version: int = NEWEST

    def has(self, feature: Feature) -> bool:
        """Whether the server has a feature."""
        return self.version >= feature.since

    def require(self, feature: Feature, where: str) -> None:
        """DefinitionError where the server lacks what `where` uses."""
        if not self.has(feature):
            raise DefinitionError(
                f"{where}: {feature.name} came with PostgreSQL {feature.since}, and this is for PostgreSQL "
                f"{self.version}: do without it, or write for a newer server"
            )
