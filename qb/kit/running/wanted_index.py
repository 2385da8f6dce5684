"""The index that a statement makes, told from others of its table: by its name, and by what it is.

What it is says the server: the same statement makes one on an empty table like it, in a transaction that is undone.
https://www.postgresql.org/docs/current/sql-createindex.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from qb.errors import ConnectionLost, DbError, Timeout
from qb.run.database.own_session import OwnSession
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted, unquoted

_BEGIN: Final = """
pg_catalog.concat('CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ', pg_catalog.quote_ident(c.relname),
  ' ON ', CASE WHEN n.oid = pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE pg_catalog.quote_ident(n.nspname) END,
  '.', pg_catalog.quote_ident(t.relname))
"""
"""How the server begins to say an index, up to what it is."""
_FOUND: Final = f"""
SELECT i.indexrelid::text, i.indisvalid AND i.indisready, n.nspname, c.relname, c.relname = $2::pg_catalog.name,
  pg_catalog.concat(i.indisunique, substr(pg_catalog.pg_get_indexdef(i.indexrelid), pg_catalog.length({_BEGIN}) + 1))
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE i.indrelid = pg_catalog.to_regclass($1) ORDER BY i.indexrelid
"""


class WantedIndex(msgspec.Struct, frozen=True):
    """What a CREATE INDEX says of the index."""

    name: str | None
    """As SQL; None where the server is to choose one."""
    table: str
    """As SQL, with its schema if it has one."""
    probe_table: str
    """A temporary table of the same name, so that expressions that name it find it."""
    probe: str
    """The same statement, for that one."""


class FoundIndex(msgspec.Struct, frozen=True):
    """An index of a table."""

    number: int
    valid: bool
    sql: str
    """Its name, with its schema."""
    named: bool
    """Whether it is called as the wanted one."""
    definition: str
    """All but its name and its table."""


def wanted_index(text: str) -> WantedIndex | None:
    """What a CREATE INDEX makes; None of other statements.

    >>> from qb.kit.running.wanted_index import wanted_index
    >>> found = wanted_index('CREATE UNIQUE INDEX CONCURRENTLY "on" ON ONLY app . "Users" (name)')
    >>> found.name, found.table, found.probe
    ('"on"', 'app."Users"', 'CREATE UNIQUE INDEX  "on" ON ONLY pg_temp."Users" (name)')
    """
    parts = list(lexemes(text))
    said = [place for place, each in enumerate(parts) if each.said]
    words = [parts[place].text.upper() if parts[place].kind == "word" else parts[place].text for place in said]
    if words[:1] != ["CREATE"] or "INDEX" not in words[1:3]:
        return None
    begin, on = words.index("INDEX") + 1, words.index("ON")
    probe = [each.text for each in parts]
    if words[begin] == "CONCURRENTLY":
        probe[said[begin]] = ""
        begin += 1
    if words[begin : begin + 3] == ["IF", "NOT", "EXISTS"]:
        begin += 3
    name = parts[said[begin]].text if begin < on else None
    first = on + 2 if words[on + 1] == "ONLY" else on + 1
    last = first
    while words[last + 1 : last + 2] == ["."]:
        last += 2
    table = "".join(parts[place].text for place in said[first : last + 1])
    for place in range(said[first], said[last] + 1):
        probe[place] = ""
    probe[said[first]] = here = f"pg_temp.{parts[said[last]].text}"
    return WantedIndex(name, table, here, "".join(probe))


def indexes_there(session: OwnSession, wanted: WantedIndex) -> tuple[FoundIndex, ...]:
    """The indexes of its table, the oldest first."""
    return tuple(_found(session, wanted.table, wanted.name))


def of_its_kind(session: OwnSession, wanted: WantedIndex, there: Sequence[FoundIndex]) -> Sequence[FoundIndex] | None:
    """Which of these are the wanted one, as far as that can be told. None where it cannot: it has no name, and nobody
    knows what it is."""
    named = [each for each in there if each.named or wanted.name is None]
    if not named:
        return ()
    definition = _definition(session, wanted)
    if definition is None:
        return None if wanted.name is None else named
    return [each for each in named if each.definition == definition]


def _definition(session: OwnSession, wanted: WantedIndex) -> str | None:
    """What the server says of such an index."""
    here = wanted.probe_table
    session.run("BEGIN")
    try:
        session.run(f"CREATE TABLE {here} (LIKE {wanted.table})")
        session.run(wanted.probe)
        (made,) = _found(session, here, wanted.name)
    except (ConnectionLost, Timeout):
        raise
    except DbError:  # no right to make it, or an expression that names the table with its schema
        return None
    finally:
        if session.open:
            session.run("ROLLBACK")
    return made.definition


def _found(session: OwnSession, table: str, name: str | None) -> list[FoundIndex]:
    rows = session.rows(_FOUND, table, None if name is None else unquoted(name))
    return [
        FoundIndex(
            int(number or 0),
            valid == "t",
            f"{quoted(schema or '')}.{quoted(called or '')}",
            named == "t",
            definition or "",
        )
        for number, valid, schema, called, named, definition in rows
    ]
