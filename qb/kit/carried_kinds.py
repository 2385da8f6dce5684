"""Objects that no descriptor says: those whose SQL follows from the catalog, and those that are told alone.

`pull` and the coverage both ask here, so a kind is never written by one and unheard of by the other.
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact
from qb.kit.facts.other import OtherFact

CARRIED_KINDS: Final = frozenset(
    (
        *("aggregate", "rule", "range", "cast", "not null", "foreign table", "foreign-data wrapper", "server"),
        *("user mapping", "operator", "operator class", "operator family", "access method", "conversion", "language"),
        *("transform", "text search dictionary", "text search parser", "text search template"),
    )
)
"""They are carried as SQL, where all that makes them can be read."""
TOLD_KINDS: Final = frozenset(("subscription", "security label", "base type"))
"""They are told, and nothing is made of them: their addresses, their providers and their C are not in the catalog."""


def is_told(kind: str, fact: Fact) -> bool:
    """Whether nothing is made of an object: of its kind, or as its options may be a secret, which nobody reads."""
    return kind in TOLD_KINDS or (isinstance(fact, OtherFact) and not fact.statements)
