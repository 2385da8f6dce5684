"""The type of a column as the database knows it: by its name, and nothing of Python's."""

from __future__ import annotations

from typing import Any

from qb.frozen import fix
from qb.model.object import Identity, Standalone
from qb.types import SqlType
from qb.types.array import Array
from qb.types.collation import collation_object
from qb.types.custom import Custom
from qb.types.enum import Enum
from qb.types.facts import Wire
from qb.types.text import collation_in


class NamedType(SqlType[Any]):
    """A type by its SQL. What it needs stands beside it: what makes it, the extension that brings it.

    >>> named_type(pg.array(pg.varchar(5))), named_type(pg.varchar(5)) == named_type(pg.varchar(5))
    (<type varchar(5)[]>, True)
    """

    __slots__ = ("collation", "extension", "made", "of")
    of: NamedType | None
    """The type of an array's elements."""
    made: Identity | None
    """The enum, the domain or the composite type that it is."""
    extension: str | None
    collation: str
    """What a column of it is compared by, as SQL writes it; "" for what the database has."""

    def __init__(
        self,
        name: str,
        base: str,
        wire: Wire,
        of: NamedType | None = None,
        made: Identity | None = None,
        extension: str | None = None,
        collation: str = "",
    ) -> None:
        super().__init__(name, base, wire)
        fix(self, "of", of)
        fix(self, "made", made)
        fix(self, "extension", extension)
        fix(self, "collation", collation)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.base, self.made, self.extension, self.collation)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The enum, the domain, the composite type or the extension that has to be there first."""
        made = () if self.made is None else (self.made,)
        found = made if self.extension is None else (*made, Identity("extension", "", "", self.extension))
        collation = collation_object(self.collation)
        return (*found, collation.identity) if isinstance(collation, Standalone) else found


def named_type(type_: SqlType[Any]) -> NamedType:
    """A type without what turns its values into Python's and back."""
    if isinstance(type_, NamedType):
        return type_
    of = made = extension = None
    collation = collation_in(type_)
    if isinstance(type_.declared, Standalone):
        made = type_.declared.identity
    elif isinstance(type_, Array):
        of = named_type(type_.of)
        made, extension, collation = of.made, of.extension, of.collation
    elif isinstance(type_, Enum):
        made = Identity("enum", type_.schema or "", "", type_.type_name)
    elif isinstance(type_, Custom):
        extension = type_.extension
    return NamedType(type_.name, type_.base, type_.wire, of, made, extension, collation)


def in_signature(type_: SqlType[Any]) -> str:
    """A type as a routine's arguments and results say it: without limits, and a domain by its own name.

    >>> in_signature(pg.varchar(80)), in_signature(pg.money), in_signature(pg.array(pg.money))
    ('varchar', 'money', 'money[]')
    """
    named = named_type(type_)
    if named.made is not None:
        return named.name
    return named.base if '"' in named.base else named.base.rpartition("::")[2]
