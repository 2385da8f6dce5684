"""A migration's text as segments, and what tells one segment from another."""

from __future__ import annotations

from qb.kit.errors import UnreadableSql
from qb.kit.history.checksum import checksum
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment
from qb.kit.history.statement_kinds import words_of
from qb.kit.running.blockers import plain_words
from qb.kit.sql_file import SqlFileError


def seal(segment: SqlSegment) -> str:
    """What tells the statements of a segment from others; comments count for nothing."""
    return checksum("\0".join(" ".join(words_of(each.text)) for each in segment.statements))


def cut_migration(migration: Migration, *, down: bool = False) -> tuple[SqlSegment, ...]:
    """The segments of a migration, cut once for all who ask. `UnreadableSql` where it is not run."""
    try:
        return migration.down_segments if down else migration.up_segments
    except SqlFileError as error:
        raise UnreadableSql(error.file, error.line, error.column, error.message) from None


def shown_segment(segment: SqlSegment) -> str:
    """What a segment is about, in a line."""
    first = plain_words(segment.statements[0].text)
    more = len(segment.statements) - 1
    return first if not more else f"{first} and {more} more"
