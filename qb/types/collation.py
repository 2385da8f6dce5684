"""Collations: how texts are compared and ordered, by the name of one.

https://www.postgresql.org/docs/current/collation.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from qb.types.identifier import identifier, quoted

if TYPE_CHECKING:

    class OwnCollation(Protocol):
        """A collation that is declared, as `collation(...)` gives one."""

        @property
        def is_collation(self) -> Literal[True]: ...
        @property
        def name(self) -> str: ...
        @property
        def schema(self) -> str | None: ...


class CollationName(str):
    """A collation as SQL writes it, and what declares it."""

    __slots__ = ("declared",)
    declared: object

    def __new__(cls, sql: str, declared: object) -> CollationName:
        """The name of one that is declared."""
        made = super().__new__(cls, sql)
        made.declared = declared
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return CollationName, (str(self), self.declared)


def collation_of(name: str | OwnCollation, schema: str | None, what: str) -> str:
    """A collation as SQL writes it. DefinitionError for a name that none can have.

    >>> collation_of("C", None, "a text"), collation_of("de-x-icu", "pg_catalog", "a text")
    ('"C"', '"pg_catalog"."de-x-icu"')
    """
    if getattr(name, "is_collation", False) is True and not isinstance(name, str):
        return CollationName(collation_of(name.name, name.schema, what), name)
    given: object = name
    named = quoted(identifier(given if isinstance(given, str) else str(given), f"the collation of {what}"))
    return named if schema is None else f"{quoted(identifier(schema, f'the schema of the collation {name!r}'))}.{named}"


def collation_object(name: str) -> object:
    """What declares a collation; None where nothing does."""
    return name.declared if isinstance(name, CollationName) else None
