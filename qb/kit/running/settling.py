"""What became of a step that cannot be in a transaction, where its runner was killed: the catalog is looked at.

Such a step is in one of three states: nothing of it is there, it is done, or it is half done (an invalid index, a
partition whose detaching is pending). What is half done is brought to where the step can be run again.
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from qb.kit.history.statement_kinds import words_of
from qb.kit.history.without_secrets import without_secrets
from qb.kit.running.wanted_index import indexes_there, of_its_kind, wanted_index
from qb.run.database.own_session import OwnSession
from qb.tree.lexemes import lexemes
from qb.types.identifier import qualified, unquoted

StepOutcome: TypeAlias = Literal["done", "again", "unknown"]
"""Of a step that was begun: it is there, it is to be run (again), nobody can know."""

_INVALID: Final = """
SELECT i.indexrelid::text, n.nspname, c.relname, i.indrelid::text
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT (i.indisvalid AND i.indisready) ORDER BY i.indexrelid
"""
_REINDEXED: Final = """
WITH RECURSIVE said AS ({}), parts AS (
  SELECT id FROM said UNION SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN parts ON parts.id = h.inhparent)
SELECT id::text FROM parts UNION
SELECT c.reltoastrelid::text FROM pg_catalog.pg_class c JOIN parts ON parts.id = c.oid
"""
_TABLES: Final = {
    "TABLE": "SELECT pg_catalog.to_regclass($1)::oid AS id",
    "INDEX": "SELECT indrelid AS id FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1)",
    "SCHEMA": "SELECT oid AS id FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.to_regnamespace($1)",
}
_PARTS: Final = """
WITH RECURSIVE parts AS (SELECT pg_catalog.to_regclass($1)::oid AS id UNION
  SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN parts ON parts.id = h.inhparent)
SELECT i.indrelid::text, c.relname FROM parts JOIN pg_catalog.pg_class c ON c.oid = parts.id
  JOIN pg_catalog.pg_index i ON i.indexrelid = parts.id
"""
"""An index, and those of its table's partitions."""
_LEFT: Final = re.compile(r"_cc(new|old)[0-9]*\Z")
"""How names end of what REINDEX CONCURRENTLY makes meanwhile."""
_SHORTENED: Final = 60
"""From so many bytes on such a name may have left out the end of the other one: 63, less of a sign of 4."""
_BEING_BUILT: Final = """
SELECT FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND relation = $1::oid AND granted
  AND mode = 'ShareUpdateExclusiveLock' AND pid <> pg_catalog.pg_backend_pid()
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
"""
"""Who reindexes holds it on what is made, to the end."""
_DETACHING: Final = """
SELECT h.inhdetachpending FROM (SELECT pg_catalog.to_regclass($1), pg_catalog.to_regclass($2)) AS said (child, parent)
LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = said.child AND h.inhparent = said.parent
WHERE said.child IS NOT NULL AND said.parent IS NOT NULL
"""
_SHARED: Final = {
    "DATABASE": "SELECT oid::text FROM pg_catalog.pg_database WHERE datname = $1::name",
    "TABLESPACE": "SELECT oid::text FROM pg_catalog.pg_tablespace WHERE spcname = $1::name",
    "SUBSCRIPTION": "SELECT oid::text FROM pg_catalog.pg_subscription WHERE subname = $1::name AND subdbid = "
    "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
}


_COMMITTING: Final = (("CALL",), ("DO",))
"""What may have committed some of its work before it failed."""


class StepNote(msgspec.Struct, frozen=True):
    """What was there before a step was begun, so that what it has left is told from it."""

    indexes: tuple[int, ...] = ()
    """Those of the table that gets one."""
    invalid: tuple[int, ...] = ()
    """Those of the whole database that were of no use already."""
    named: int | None = None
    """What the statement names, where it drops or makes that: None where there was no such thing."""
    seal: str = ""
    """What tells the statement from another that its file has later; "" in notes of before."""
    sql: str = ""
    """The statement, without passwords and values."""
    path: str = ""
    """Where its names were looked for."""
    marked: bool = False
    """Whether a comment has it run outside of transactions."""

    def is_of(self, seal: str, *, marked: bool) -> bool:
        """Whether it is of this statement."""
        return not self.seal or (self.seal, self.marked) == (seal, marked)


def note_before(session: OwnSession, text: str, *, seal: str = "", marked: bool = False) -> StepNote:
    """What is there before a step."""
    wanted = wanted_index(text)
    here = () if wanted is None else indexes_there(session, wanted)
    ((path,),) = session.rows("SELECT pg_catalog.current_setting('search_path')")
    return StepNote(
        tuple(each.number for each in here),
        tuple(each.number for each in invalid_indexes(session)),
        _named(session, text),
        seal,
        text if wanted is not None else without_secrets(text),
        path or "",
        marked,
    )


def settle_step(session: OwnSession, text: str, note: StepNote, *, failed: bool, marked: bool) -> StepOutcome:
    """What became of a step that was begun with this note; what it has left half done is taken away, or ended. What
    others make meanwhile is left alone.

    `failed`: whether the server itself said that it failed; then it is not done, whatever is there by its name.
    """
    words = words_of(text, 4)
    if marked:  # one that the server has refused has left nothing, unless it commits by itself
        return "again" if failed and words[:1] not in _COMMITTING else "unknown"
    if (wanted := wanted_index(text)) is not None:
        new = [each for each in indexes_there(session, wanted) if each.number not in note.indexes]
        if (made := of_its_kind(session, wanted, new)) is None:
            return "unknown"
        for each in made:
            if not each.valid:
                session.run(f"DROP INDEX CONCURRENTLY IF EXISTS {each.sql}")
        return "done" if any(each.valid for each in made) and not failed else "again"
    if words[:1] == ("REINDEX",):
        _sweep(session, text, note)
        return "again"
    if words[:3] == ("DROP", "INDEX", "CONCURRENTLY"):
        there = session.rows("SELECT FROM pg_catalog.pg_class WHERE oid = $1::oid", str(note.named or 0))
        return "again" if failed or there or note.named is None else "done"
    if words[:2] == ("ALTER", "TABLE"):
        return _detached(session, text, failed=failed)
    if words[:1] in (("CREATE",), ("DROP",)) and not failed:
        was, exists = note.named is not None, _named(session, text) is not None
        return "done" if was != exists and exists == (words[0] == "CREATE") else "again"
    return "again"


def concurrent(text: str) -> bool:
    """Whether a statement waits for old transactions and keeps nobody waiting meanwhile: of an index, CONCURRENTLY.

    >>> from qb.kit.running.settling import concurrent
    >>> [concurrent(each) for each in ("REINDEX (CONCURRENTLY) TABLE t", "REINDEX TABLE t", "VACUUM FULL t")]
    [True, False, False]
    """
    words = words_of(text)
    if words[:1] == ("REINDEX",):
        options = words[: words.index(")")] if words[1:2] == ("(",) else ()
        behind = words[len(options) + 2 :] if options else words[2:]
        said = next((options[place + 1 :] for place, each in enumerate(options) if each == "CONCURRENTLY"), None)
        return behind[:1] == ("CONCURRENTLY",) or (said is not None and said[:1] not in (("FALSE",), ("OFF",), ("0",)))
    begin = 2 if words[1:2] == ("UNIQUE",) else 1
    return words[:1] in (("CREATE",), ("DROP",)) and words[begin : begin + 2] == ("INDEX", "CONCURRENTLY")


def _named(session: OwnSession, text: str) -> int | None:
    """What a DROP INDEX names, or a CREATE or DROP of what all databases share."""
    words = words_of(text, 4)
    if words[:3] == ("DROP", "INDEX", "CONCURRENTLY"):
        found = session.rows("SELECT pg_catalog.to_regclass($1)::oid::text", _name(text, 3))
    elif words[:1] in (("CREATE",), ("DROP",)) and words[1] in _SHARED:
        found = session.rows(_SHARED[words[1]], unquoted(_name(text, 2)))
    else:
        return None
    return next((int(number) for (number,) in found if number is not None), None)


def _name(text: str, place: int) -> str:
    """The name that begins at a place among the lexemes, with its schema; words of the grammar before it left out."""
    said = [each.text for each in lexemes(text) if each.said][place:]
    for begin in (["IF", "EXISTS"], ["IF", "NOT", "EXISTS"], ["ONLY"]):
        if [each.upper() for each in said[: len(begin)]] == begin:
            said = said[len(begin) :]
    parts = said[:1]
    for dot, part in zip(said[1::2], said[2::2], strict=False):
        if dot != ".":
            break
        parts.append(part)
    return ".".join(parts)


def _detached(session: OwnSession, text: str, *, failed: bool) -> StepOutcome:
    parent = _name(text, 2)
    words = words_of(text)
    place = next(place for place, pair in enumerate(pairwise(words)) if pair == ("DETACH", "PARTITION"))
    child = _name(text, place + 2)
    found = session.rows(_DETACHING, child, parent)
    if found == [("t",)]:
        session.run(f"ALTER TABLE {parent} DETACH PARTITION {child} FINALIZE")
        return "done"
    return "done" if found == [(None,)] and not failed else "again"


def _sweep(session: OwnSession, text: str, note: StepNote) -> None:
    """Drop what a REINDEX CONCURRENTLY has left on the tables that it is for."""
    said = [each.text for each in lexemes(text) if each.said][1:]
    if said[:1] == ["("]:
        said = said[said.index(")") + 1 :]
    kind, name = said[0].upper(), said[2 if said[1:2] and said[1].upper() == "CONCURRENTLY" else 1 :]
    tables: set[str | None] | None = None
    if kind in _TABLES:
        tables = {table for (table,) in session.rows(_REINDEXED.format(_TABLES[kind]), "".join(name))}
    indexes = session.rows(_PARTS, "".join(name)) if kind == "INDEX" else None
    for each in invalid_indexes(session):
        if each.number in note.invalid or (tables is not None and each.table not in tables):
            continue
        mine = indexes is None or any(table == each.table and each.is_left_of(name or "") for table, name in indexes)
        if mine and _LEFT.search(each.name) and not session.rows(_BEING_BUILT, str(each.number)):
            session.run(f"DROP INDEX CONCURRENTLY IF EXISTS {each.sql}")


class InvalidIndex(NamedTuple):
    """An index of no use."""

    number: int
    schema: str
    name: str
    table: str
    """Its number."""

    @property
    def sql(self) -> str:
        """Its name with its schema."""
        return qualified(self.schema, self.name)

    def is_left_of(self, index: str) -> bool:
        """Whether it has the name of what REINDEX CONCURRENTLY makes of an index of its table."""
        begins = _LEFT.sub("", self.name)
        return begins == index or (len(self.name.encode()) >= _SHORTENED and index.startswith(begins))


def invalid_indexes(session: OwnSession) -> list[InvalidIndex]:
    """The indexes of no use."""
    return [
        InvalidIndex(int(number or 0), schema or "", name or "", table or "")
        for number, schema, name, table in session.rows(_INVALID)
    ]
