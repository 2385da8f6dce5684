"""What the server's statistics say of queries, by the names of prepared ones.

https://www.postgresql.org/docs/current/pgstatstatements.html
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from qb.errors import ExtensionMissing, QueryError
from qb.query.raw import sql
from qb.query.statement import Rows
from qb.tree.unvalued import without_literals
from qb.types.identifier import quoted
from qb.types.trusted import trusted

SlowOrder: TypeAlias = Literal["total", "mean", "calls", "rows"]
"""By what queries are the slowest."""

_NAME: Final = "pg_stat_statements"
_REMEDY: Final = (
    "write shared_preload_libraries = 'pg_stat_statements' into postgresql.conf, restart the server, and run "
    "CREATE EXTENSION pg_stat_statements in this database"
)
SCHEMA_OF_STATISTICS: Final = sql(
    "SELECT n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace "
    "WHERE e.extname = {name}",
    name=_NAME,
).rows(str)
_ORDERS: Final = {"total": "total", "mean": "total / nullif(calls, 0)", "calls": "calls", "rows": "rows"}
_SLOW: Final = r"""
SELECT name, calls::int8 AS calls, (total / 1000)::float8 AS total, (total / 1000 / nullif(calls, 0))::float8 AS mean,
  rows::int8 AS rows, (hit / nullif(hit + read, 0))::float8 AS hit_ratio, statements::int8 AS statements, sql
FROM (
  SELECT name, sum(calls) AS calls, sum(total_exec_time) AS total, sum(rows) AS rows, sum(shared_blks_hit) AS hit,
    sum(shared_blks_read) AS read, count(*) AS statements, (array_agg(query ORDER BY total_exec_time DESC))[1] AS sql
  FROM (
    SELECT *, substring(query FROM '/\* qb: ([A-Za-z0-9_.<>]+) \*/\s*$') AS name FROM SCHEMA.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  ) AS each
  GROUP BY name, CASE WHEN name IS NULL THEN query END
) AS found
ORDER BY ORDER_OF DESC NULLS LAST, name, sql LIMIT {limit}"""


class SlowQuery(msgspec.Struct, frozen=True):
    """What the server has counted of a query since its statistics were reset: of a prepared query all of its variants.

    >>> visits = SlowQuery("visits", 4, 0.5, 0.125, 8, 0.99, 1, "SELECT ...")
    >>> f"{visits.name} took {visits.mean * 1000:.0f} ms"
    'visits took 125 ms'
    """

    name: str | None
    """The prepared query's, as `connect` has told the server; None of any other SQL."""
    calls: int
    """How often it was run."""
    total: float
    """The seconds that all of these took together."""
    mean: float | None
    """The seconds that one took."""
    rows: int
    """How many rows it gave or touched, in all."""
    hit_ratio: float | None
    """Which share of the blocks that it read was found in the server's memory; None where it read none."""
    statements: int
    """How many statements these are: the variants of a prepared query, with a LIMIT where only one row was wanted."""
    sql: str
    """The slowest of them, without values: `$n` for each constant of a query, and a question mark for what the server
    keeps as it was written, such as a role's password."""


def check_slow(limit: int, by: SlowOrder) -> None:
    """QueryError for an order that is none, or no number of queries."""
    if by not in _ORDERS:
        raise QueryError(f"slow: by is {', '.join(map(repr, _ORDERS))}, not {by!r}")
    if isinstance(limit, bool) or limit < 1:
        raise QueryError(f"slow: limit counts queries, from 1, and is {limit!r}")


def slowest(schema: str, limit: int, by: SlowOrder) -> Rows[SlowQuery]:
    """The query for them; the schema is that of the extension."""
    where = quoted(schema).replace("{", "{{").replace("}", "}}")
    text = _SLOW.replace("SCHEMA", where).replace("ORDER_OF", _ORDERS[by])
    return sql(trusted(text), limit=limit).rows(SlowQuery)


def unvalued(found: list[SlowQuery]) -> list[SlowQuery]:
    """The same, with nothing in their SQL that the server has left there of a statement that is no query."""
    return [replace(each, sql=_shown(each)) for each in found]


def _shown(slow: SlowQuery) -> str:
    text = without_literals(slow.sql).strip()
    return text if slow.name is None else f"{text} /* qb: {slow.name} */"


def not_counted(sqlstate: str | None = None) -> ExtensionMissing:
    """What is told where the server does not count."""
    return ExtensionMissing(_NAME, _REMEDY, sqlstate=sqlstate)
