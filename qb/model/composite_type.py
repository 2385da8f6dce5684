"""Composite types as the database has them.

https://www.postgresql.org/docs/current/sql-createtype.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from qb.errors import DefinitionError
from qb.model.object import Identity, Standalone
from qb.model.type import NamedType, named_type
from qb.types import SqlType


class CompositeAttribute(msgspec.Struct, frozen=True):
    """A field of a composite type; PostgreSQL calls it an attribute."""

    name: str
    of: SqlType[Any]

    @property
    def type(self) -> NamedType:
        """Its type, by its name."""
        return named_type(self.of)


class CompositeType(Standalone, frozen=True):
    """CREATE TYPE ... AS (...)."""

    kind: ClassVar[str] = "composite type"
    names_relation: ClassVar[bool] = True  # it has an entry beside those of tables
    names_type: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(("attributes",))
    privileges: ClassVar[Mapping[str, int]] = {"usage": 1}
    attributes: tuple[CompositeAttribute, ...]

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types of its fields."""
        return tuple(each.of for each in self.attributes)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema, and the types of its fields."""
        types = (need for each in self.attributes for need in each.type.needs)
        return tuple(dict.fromkeys((*super().needs, *types)))

    @property
    def named(self) -> dict[str, NamedType]:
        """The types of its fields by their names."""
        return {each.name: each.type for each in self.attributes}

    def differing(self, other: CompositeType) -> tuple[str, ...]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """The fields in which another one is not the same: of types, their names count."""
        same = list(self.named.items()) == list(other.named.items())
        return tuple(each for each in super().differing(other) if each != "attributes" or not same)

    def check_alter(self, after: CompositeType) -> None:
        """Fields only come behind those that are there."""
        kept = [each for each in self.named if each in after.named]
        if list(after.named)[: len(kept)] != kept:
            raise DefinitionError(
                f"{self.identity} keeps its fields {', '.join(kept)} in this order, and new ones come behind them: "
                "drop it and create it anew"
            )

    def restores(self, after: CompositeType) -> bool:
        """What has come may go; what has gone, or has become another type, is lost."""
        return all(after.named.get(name) == type_ for name, type_ in self.named.items())
