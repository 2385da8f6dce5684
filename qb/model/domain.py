"""Domains: types with conditions.

https://www.postgresql.org/docs/current/sql-createdomain.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from qb.model.constraint import objects_in
from qb.model.object import Identity, Standalone
from qb.model.type import NamedType, named_type
from qb.tree.expressions import Expression
from qb.types import SqlType


class DomainCheck(msgspec.Struct, frozen=True):
    """A condition of a domain under its name; its value is `VALUE` there."""

    name: str
    condition: Expression


class Domain(Standalone, frozen=True):
    """A type whose values are those of another one that meet its conditions."""

    kind: ClassVar[str] = "domain"
    names_type: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(("default", "not_null", "checks"))
    privileges: ClassVar[Mapping[str, int]] = {"usage": 1}
    of: SqlType[Any]
    default: Expression | None = None
    not_null: bool = False
    checks: tuple[DomainCheck, ...] = ()

    @property
    def type(self) -> NamedType:
        """The type below it, by its name."""
        return named_type(self.of)

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The type below it."""
        return (self.of,)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema, the type below it, and what its conditions and its default call."""
        called = objects_in(*(each.condition for each in self.checks), self.default)
        return tuple(dict.fromkeys((*super().needs, *self.type.needs, *called)))

    def differing(self, other: Domain) -> tuple[str, ...]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """The fields in which another one is not the same: of types, their names count."""
        found = super().differing(other)
        return tuple(each for each in found if each != "of" or self.type != other.type)


def domain_of(type_: SqlType[Any]) -> Domain | None:
    """The domain that a type is; None for all others."""
    return type_.declared if isinstance(type_.declared, Domain) else None
