"""Names in SQL: always quoted, never longer than PostgreSQL keeps.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
"""

from __future__ import annotations

from qb.errors import DefinitionError

LIMIT = 63
"""Bytes of a name: PostgreSQL cuts longer ones silently (NAMEDATALEN - 1)."""


def quoted(name: str) -> str:
    """The name as an SQL identifier.

    >>> quoted('we"ird')
    '"we""ird"'
    """
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str | None, name: str) -> str:
    """The quoted name with its schema, where it has one."""
    return quoted(name) if schema is None else f"{quoted(schema)}.{quoted(name)}"


def identifier(name: str, what: str) -> str:
    """The name itself, once it is one that PostgreSQL keeps whole; DefinitionError otherwise."""
    if not name:
        raise DefinitionError(f"{what} has an empty name: give it one")
    if "\0" in name:
        raise DefinitionError(f"{what} has a NUL character in its name {name!r}: PostgreSQL cannot hold it")
    if (size := len(name.encode())) > LIMIT:
        raise DefinitionError(
            f"{what} is called {name!r}, which is {size} bytes long: PostgreSQL would cut it at {LIMIT}; shorten it"
        )
    return name
