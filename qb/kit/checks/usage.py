"""What a database has counted: how often its indexes were used, how far its sequences are. No part of a catalog."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from qb.model.object import Identity
from qb.query.raw import RawRows, sql


class IndexUse(msgspec.Struct, frozen=True):
    """How often an index was used, how large it is, and how many rows its table has, about."""

    scans: int
    bytes: int
    rows: int


class SequencePlace(msgspec.Struct, frozen=True):
    """How far a sequence is."""

    last: int | None
    """The last number that it gave; None for none yet, or where that may not be read."""


class Usage(msgspec.Struct, frozen=True):
    """What a database counted since its statistics began, by index and by sequence."""

    since: dt.datetime | None
    indexes: dict[Identity, IndexUse]
    sequences: dict[Identity, SequencePlace]


BEGUN: Final[RawRows[dt.datetime | None]] = sql(
    "SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()"
).rows(dt.datetime | None)

INDEX_SCANS: Final[RawRows[tuple[str, str, str, int, int, int]]] = sql(
    """
SELECT n.nspname, c.relname, i.relname, coalesce(pg_stat_get_numscans(i.oid), 0), pg_relation_size(i.oid),
  greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::int8
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.oid >= 16384 AND i.relkind = 'i' AND c.relkind <> 't' AND c.relpersistence <> 't'
"""
).rows(tuple[str, str, str, int, int, int])

SEQUENCE_PLACES: Final[RawRows[tuple[str, str, int | None]]] = sql(
    """
SELECT n.nspname, c.relname,
  CASE WHEN has_sequence_privilege(c.oid, 'SELECT, USAGE') THEN pg_sequence_last_value(c.oid) END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.oid >= 16384 AND c.relpersistence <> 't'
"""
).rows(tuple[str, str, int | None])


def used(
    since: dt.datetime | None,
    indexes: list[tuple[str, str, str, int, int, int]],
    sequences: list[tuple[str, str, int | None]],
) -> Usage:
    """What the server answered, by objects."""
    return Usage(
        since,
        {
            Identity("index", schema, table, name): IndexUse(scans, size, rows)
            for schema, table, name, scans, size, rows in indexes
        },
        {Identity("sequence", schema, "", name): SequencePlace(last) for schema, name, last in sequences},
    )
