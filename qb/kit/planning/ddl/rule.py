"""What is known of a kind of object: how it is created, taken away and changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from qb.frozen import FrozenStruct
from qb.kit.facts.base import Fact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import object_words
from qb.model.object import Identity

F = TypeVar("F", bound=Fact)
Lines = list[str]


class Altered(FrozenStruct, Generic[F]):
    """One object as it is and as it is to be, under the name that it is to have."""

    identity: Identity
    one: F
    other: F
    fields: frozenset[str]
    """In which of its fields it differs."""
    before: CatalogParts
    after: CatalogParts

    def only(self, *fields: str) -> bool:
        """Whether it differs in none but these."""
        return self.fields <= frozenset(fields)


class DdlRule(FrozenStruct):
    """How a kind is written. Each gives statements without semicolons."""

    create: Callable[[Identity, Any, CatalogParts], Lines]
    alter: Callable[[Altered[Any]], Lines | None]
    """None where no ALTER makes the one of the other: then it is taken away and created."""
    drop: Callable[[Identity, Any, CatalogParts], Lines]


def drop_plainly(identity: Identity, fact: Fact, parts: CatalogParts) -> Lines:
    """DROP and what it is called."""
    return [f"DROP {object_words(identity, fact)}"]


def never_altered(change: Altered[Any]) -> Lines | None:
    """It is created anew."""
    return None
