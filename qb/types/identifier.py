"""Names in SQL: always quoted, never longer than PostgreSQL keeps.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
"""

from __future__ import annotations

import re
from typing import Self

from qb.errors import DefinitionError

LIMIT = 63
"""Bytes of a name: PostgreSQL cuts longer ones silently (NAMEDATALEN - 1)."""


class ColumnLabel(str):
    """A column as texts name it, `users.id`, which keeps the two names apart: either may have a dot in it."""

    __slots__ = ("column", "table")
    table: str
    column: str

    def __new__(cls, table: str, column: str) -> Self:
        """The label of a table's column."""
        made = super().__new__(cls, f"{table}.{column}")
        made.table, made.column = table, column
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return ColumnLabel, (self.table, self.column)


def quoted(name: str) -> str:
    """The name as an SQL identifier.

    >>> quoted('we"ird')
    '"we""ird"'
    """
    return '"' + name.replace('"', '""') + '"'


def schema_of(schema: str | None, name: str) -> str | None:
    """The schema that a table's name is written with.

    PostgreSQL looks into `pg_catalog` before it looks into the search path: a name that could be found there is
    written with the schema `public`.

    >>> schema_of(None, "users"), schema_of(None, "pg_settings")
    (None, 'public')
    """
    return PUBLIC if schema is None and name.startswith("pg_") else schema


def qualified(schema: str | None, name: str) -> str:
    """The quoted name of a table with its schema, where it has one.

    >>> qualified(None, "users"), qualified(None, "pg_settings"), qualified("hall", "seats")
    ('"users"', '"public"."pg_settings"', '"hall"."seats"')
    """
    schema = schema_of(schema, name)
    return quoted(name) if schema is None else f"{quoted(schema)}.{quoted(name)}"


def qualified_type(schema: str | None, name: str) -> str:
    """The same for a type.

    >>> qualified_type(None, "status"), qualified_type(None, "interval")
    ('"status"', '"public"."interval"')
    """
    if schema is None and name.removeprefix("_") in BUILT_IN:
        schema = PUBLIC
    return qualified(schema, name)


PUBLIC = "public"
"""The schema of what names none, unless the session's search path says otherwise."""

BUILT_IN = frozenset(
    """
    aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bit bool box bpchar bytea char cid cidr
    circle cstring date datemultirange daterange event_trigger fdw_handler float4 float8 gtsvector index_am_handler
    inet int2 int2vector int4 int4multirange int4range int8 int8multirange int8range internal interval json jsonb
    jsonpath language_handler line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector
    path point polygon record refcursor regclass regcollation regconfig regdictionary regnamespace regoper
    regoperator regproc regprocedure regrole regtype table_am_handler text tid time timestamp timestamptz timetz
    trigger tsm_handler tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot unknown uuid
    varbit varchar void xid xid8 xml
    """.split()  # noqa: SIM905 - a hundred quotes would hide the names
)
"""The types of `pg_catalog` whose names do not begin with `pg_`; an array's begins with an underscore."""


def is_plain_name(name: object) -> bool:
    """Whether it is certainly one that `identifier` takes, as nearly all are."""
    return type(name) is str and 0 < len(name) <= LIMIT and name.isascii() and "\0" not in name


def identifier(name: str, what: str) -> str:
    """The name itself, once it is one that PostgreSQL keeps whole; DefinitionError otherwise."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise DefinitionError(f"{what} has a name that is no string: {name!r}")
    if not name:
        raise DefinitionError(f"{what} has an empty name: give it one")
    if "\0" in name:
        raise DefinitionError(f"{what} has a NUL character in its name {name!r}: PostgreSQL cannot hold it")
    if not writable(name):
        raise DefinitionError(
            f"{what} is called {name!r}, which holds half of a surrogate pair: no encoding can write it; correct it"
        )
    if (size := len(name.encode())) > LIMIT:
        raise DefinitionError(
            f"{what} is called {name!r}, which is {size} bytes long: PostgreSQL would cut it at {LIMIT}; shorten it"
        )
    return name


def name_before(name: str | None, what: str) -> str | None:
    """What an object was called before, None where nobody says; DefinitionError for what cannot be a name."""
    return None if name is None else identifier(name, f"what {what} is renamed from")


def comment_text(text: str | None, what: str) -> str | None:
    """What is said of an object, None for nothing; DefinitionError for what PostgreSQL cannot hold."""
    if text is not None and not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise DefinitionError(f"{what} has a comment that is no string: {text!r}")
    if "\0" in (text or ""):
        raise DefinitionError(f"{what}: PostgreSQL cannot hold the NUL character in its comment: take it out")
    if not writable(text or ""):
        raise DefinitionError(
            f"{what}: its comment holds half of a surrogate pair, which no encoding can write: correct it"
        )
    return text or None


def writable(text: str) -> bool:
    """Whether UTF-8 can hold a text: half of a surrogate pair it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def unquoted(sql: str) -> str:
    """The bare name in the SQL of a type: without its schema, its quotes and its modifiers.

    >>> unquoted('public."Zip code"'), unquoted("geometry(Point, 4326)"), unquoted("double precision")
    ('Zip code', 'geometry', 'double precision')
    """
    found = re.match(r'(?:(?:"(?:[^"]|"")*"|[^".(]+)\.)?("(?:[^"]|"")*"|[^"(]+)', sql.strip())
    name = found[1].strip() if found else sql
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
