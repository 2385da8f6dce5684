"""Collations: how texts are compared and ordered, by the name of one.

https://www.postgresql.org/docs/current/collation.html
"""

from __future__ import annotations

from qb.types.identifier import identifier, quoted


def collation_of(name: str, schema: str | None, what: str) -> str:
    """A collation as SQL writes it. DefinitionError for a name that none can have.

    >>> collation_of("C", None, "a text"), collation_of("de-x-icu", "pg_catalog", "a text")
    ('"C"', '"pg_catalog"."de-x-icu"')
    """
    named = quoted(identifier(name, f"the collation of {what}"))
    return named if schema is None else f"{quoted(identifier(schema, f'the schema of the collation {name!r}'))}.{named}"
