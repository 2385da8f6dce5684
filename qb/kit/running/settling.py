"""What became of a step that cannot be in a transaction, where its runner was killed: the catalog is looked at.

Such a step is in one of three states: nothing of it is there, it is done, or it is half done (an invalid index, a
partition whose detaching is pending). What is half done is brought to where the step can be run again.
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from qb.kit.history.statement_kinds import words_of
from qb.run.database.own_session import OwnSession
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted, unquoted

StepOutcome: TypeAlias = Literal["done", "again", "unknown"]
"""Of a step that was begun: it is there, it is to be run (again), nobody can know."""

_INDEXES: Final = """
SELECT i.indexrelid::text, i.indisvalid AND i.indisready, n.nspname, c.relname, i.indrelid::text
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
"""
_OF_TABLE: Final = _INDEXES + "WHERE i.indrelid = pg_catalog.to_regclass($1) ORDER BY i.indexrelid"
_INVALID: Final = _INDEXES + "WHERE NOT (i.indisvalid AND i.indisready) ORDER BY i.indexrelid"
_DETACHING: Final = """
SELECT inhdetachpending FROM pg_catalog.pg_inherits
WHERE inhrelid = pg_catalog.to_regclass($1) AND inhparent = pg_catalog.to_regclass($2)
"""
_SHARED: Final = {
    "DATABASE": "SELECT FROM pg_catalog.pg_database WHERE datname = $1",
    "TABLESPACE": "SELECT FROM pg_catalog.pg_tablespace WHERE spcname = $1",
    "SUBSCRIPTION": "SELECT FROM pg_catalog.pg_subscription WHERE subname = $1 AND subdbid = "
    "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
}


class StepNote(msgspec.Struct, frozen=True):
    """What was there before a step was begun, so that what it has left is told from it."""

    indexes: tuple[int, ...] = ()
    """Those of the table that gets one."""
    invalid: tuple[int, ...] = ()
    """Those of the whole database that were of no use already."""


class _Index(msgspec.Struct, frozen=True):
    number: int
    valid: bool
    name: str
    """With its schema, as SQL."""
    table: int


def note_before(session: OwnSession, text: str) -> StepNote:
    """What is there before a step."""
    table = index_table(text)
    here = () if table is None else _indexes(session, _OF_TABLE, table)
    return StepNote(tuple(each.number for each in here), tuple(each.number for each in _indexes(session, _INVALID)))


def settle_step(session: OwnSession, text: str, note: StepNote, *, failed: bool, marked: bool) -> StepOutcome:
    """What became of a step that was begun with this note; what it has left half done is taken away, or ended.

    `failed`: whether the server itself said that it failed; then it is not done, whatever is there by its name.
    """
    if marked:
        return "unknown"
    words = words_of(text, 4)
    if (table := index_table(text)) is not None:
        new = [each for each in _indexes(session, _OF_TABLE, table) if each.number not in note.indexes]
        _drop(session, [each for each in new if not each.valid])
        return "done" if any(each.valid for each in new) and not failed else "again"
    if words[:1] == ("REINDEX",):
        left = [each for each in _indexes(session, _INVALID) if each.number not in note.invalid]
        _drop(session, [each for each in left if "_ccnew" in each.name or "_ccold" in each.name])
        return "again"
    if words[:3] == ("DROP", "INDEX", "CONCURRENTLY"):
        there = session.rows("SELECT pg_catalog.to_regclass($1)", _name(text, 3))
        return "again" if failed or there != [(None,)] else "done"
    if words[:2] == ("ALTER", "TABLE"):
        return _detached(session, text, failed=failed)
    if words[:1] in (("CREATE",), ("DROP",)) and not failed:
        exists = bool(session.rows(_SHARED[words[1]], unquoted(_name(text, 2))))
        return "done" if exists == (words[0] == "CREATE") else "again"
    return "again"


def index_table(text: str) -> str | None:
    """The table that a CREATE INDEX is for, as SQL; None of other statements.

    >>> from qb.kit.running.settling import index_table
    >>> index_table('CREATE UNIQUE INDEX CONCURRENTLY "on" ON ONLY app . "Users" (name)')
    'app."Users"'
    """
    words = words_of(text)
    if words[:1] != ("CREATE",) or "INDEX" not in words[1:3]:
        return None
    return _name(text, words.index("ON") + 1)


def _name(text: str, place: int) -> str:
    """The name that begins at a place among the lexemes, with its schema; words of the grammar before it left out."""
    said = [each.text for each in lexemes(text) if each.said][place:]
    while said and said[0].upper() in ("IF", "NOT", "EXISTS", "ONLY", "TABLE"):
        said = said[1:]
    parts = said[:1]
    for dot, part in zip(said[1::2], said[2::2], strict=False):
        if dot != ".":
            break
        parts.append(part)
    return ".".join(parts)


def _detached(session: OwnSession, text: str, *, failed: bool) -> StepOutcome:
    parent = _name(text, 2)
    words = words_of(text)
    child = _name(text, words.index("PARTITION") + 1)
    found = session.rows(_DETACHING, child, parent)
    if not found:
        return "again" if failed else "done"
    if found == [("t",)]:
        session.run(f"ALTER TABLE {parent} DETACH PARTITION {child} FINALIZE")
        return "done"
    return "again"


def _indexes(session: OwnSession, query: str, *values: str) -> list[_Index]:
    found: list[_Index] = []
    for number, valid, schema, name, table in session.rows(query, *values):
        whole = f"{quoted(schema or '')}.{quoted(name or '')}"
        found.append(_Index(int(number or 0), valid == "t", whole, int(table or 0)))
    return found


def _drop(session: OwnSession, indexes: Sequence[_Index]) -> None:
    for each in indexes:
        session.run(f"DROP INDEX CONCURRENTLY IF EXISTS {each.name}")
