"""Which objects of a database are ours, by their schemas and names."""

from __future__ import annotations

from fnmatch import fnmatchcase

import msgspec

from qb.types.identifier import PUBLIC


class Filter(msgspec.Struct, frozen=True):
    """Patterns, as a shell has them. Without some of a kind all are ours.

    >>> app = matching(schemas=["app_*"], leave=["*_backup"])
    >>> app.covers("app_shop", "orders"), app.covers("app_shop", "orders_backup"), app.covers(None, "orders")
    (True, False, False)
    """

    schemas: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()

    def covers(self, schema: str | None, name: str) -> bool:
        """Whether what has this name in this schema is ours; without one it is in "public"."""
        return self.has(schema or PUBLIC) and _matches(name, self.names or ("*",)) and not _matches(name, self.leave)

    def has(self, schema: str) -> bool:
        """Whether a schema is ours."""
        return _matches(schema, self.schemas or ("*",))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, each) for each in patterns)
