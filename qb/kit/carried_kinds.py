"""Kinds of objects that no descriptor says: those whose SQL follows from the catalog, and those that are told alone.

`pull` and the coverage both ask here, so a kind is never written by one and unheard of by the other.
"""

from __future__ import annotations

from typing import Final

CARRIED_KINDS: Final = frozenset(("aggregate", "rule", "range", "cast", "text search dictionary", "not null"))
"""They are carried as SQL."""
TOLD_KINDS: Final = frozenset(
    (
        *("foreign table", "foreign-data wrapper", "server", "user mapping", "subscription", "security label"),
        *("operator", "operator class", "operator family", "access method", "base type", "conversion", "language"),
        *("transform", "text search parser", "text search template"),
    )
)
"""They are told, and nothing is made of them."""
