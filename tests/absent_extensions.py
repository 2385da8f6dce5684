"""Extensions that no server of the tests has: their functions with the types that their manuals say, doing nothing.

So the server parses each statement that is written for them and looks up each name, type and cast in it. What it says
of an option that the extension alone knows is its answer, too. What the extension would do is not asked: that needs it.
https://docs.tigerdata.com/api/latest/ https://age.apache.org/age-manual/master/intro/graphs.html
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, DbError, Failure, Plan, Script, sql, trusted, unwrap

TIMESCALE = """
CREATE TYPE {s}.dimension_info AS (column_name name, partition_interval text);
CREATE FUNCTION {s}.by_range(column_name name, partition_interval anyelement, partition_func regproc DEFAULT NULL)
  RETURNS {s}.dimension_info LANGUAGE sql AS 'SELECT $1, $2::text';
CREATE FUNCTION {s}.by_range(column_name name) RETURNS {s}.dimension_info LANGUAGE sql AS 'SELECT $1, NULL::text';
CREATE FUNCTION {s}.create_hypertable(relation regclass, dimension {s}.dimension_info,
  create_default_indexes bool DEFAULT true, if_not_exists bool DEFAULT false, migrate_data bool DEFAULT false)
  RETURNS TABLE (hypertable_id int, created bool) LANGUAGE sql AS 'SELECT 1, true';
CREATE FUNCTION {s}.add_compression_policy(hypertable regclass, compress_after interval,
  if_not_exists bool DEFAULT false) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION {s}.remove_compression_policy(hypertable regclass, if_exists bool DEFAULT false)
  RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION {s}.add_retention_policy(relation regclass, drop_after interval, if_not_exists bool DEFAULT false)
  RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION {s}.remove_retention_policy(relation regclass, if_exists bool DEFAULT false)
  RETURNS void LANGUAGE sql AS 'SELECT';
CREATE FUNCTION {s}.time_bucket(bucket_width interval, ts timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE
  AS $$SELECT date_bin($1, $2, 'epoch')$$;
CREATE FUNCTION {s}.time_bucket(bucket_width interval, ts timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE
  AS $$SELECT date_bin($1, $2, 'epoch')$$;
CREATE FUNCTION {s}.time_bucket(bucket_width int, ts int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $2 - $2 % $1';
CREATE SCHEMA timescaledb_information;
CREATE VIEW timescaledb_information.hypertables AS
  SELECT ''::name AS hypertable_schema, ''::name AS hypertable_name, 1::int2 AS num_dimensions, 1::int8 AS num_chunks,
    true AS compression_enabled WHERE false
"""
AGE = """
CREATE SCHEMA ag_catalog;
CREATE DOMAIN ag_catalog.agtype AS text;
CREATE TABLE ag_catalog.ag_graph (graphid oid, name name, namespace regnamespace);
CREATE TABLE ag_catalog.ag_label (name name, graph oid, id int, kind "char");
CREATE FUNCTION ag_catalog.create_graph(graph_name name) RETURNS void LANGUAGE sql
  AS 'INSERT INTO ag_catalog.ag_graph VALUES (1, $1)';
CREATE FUNCTION ag_catalog.drop_graph(graph_name name, cascade bool DEFAULT false) RETURNS void LANGUAGE sql
  AS 'DELETE FROM ag_catalog.ag_graph WHERE name = $1';
CREATE FUNCTION ag_catalog.cypher(graph_name name, query_string cstring, params ag_catalog.agtype DEFAULT NULL)
  RETURNS SETOF record LANGUAGE internal AS 'pg_stat_get_wal_senders'
"""
OPTIONS = ("timescaledb.compress", "timescaledb.continuous")
"""What only TimescaleDB knows of the options of a table and of a view."""


def asked_of(db: Database, plan: Plan, extension: str) -> Iterator[tuple[str, DbError | None]]:
    """Each statement of a plan, in its order, and what the server says of it: nothing where it has run it.

    CREATE EXTENSION is left out; what is said with an option of the extension's is run once more without, so that what
    comes after it finds it.
    """
    for statement in plan.statements:
        if f'EXTENSION IF NOT EXISTS "{extension}"' in statement:
            continue
        with db.transaction(rollback=True) as inner:
            outcome = inner.run(Script(trusted(statement)))
            error = outcome.failure() if isinstance(outcome, Failure) else None
        if error is None:
            unwrap(db.run(Script(trusted(statement))))
        elif "(timescaledb.continuous)" in statement:
            plain = statement.replace("WITH (timescaledb.continuous) ", "").replace("WITH NO DATA", "")
            unwrap(db.run(Script(trusted(plain))))
        yield statement, error


def needs_extension(db: Database, name: str) -> None:
    """Skip the test where the server has not got it."""
    found = sql("SELECT count(*) FROM pg_available_extensions WHERE name = {name}", name=name).rows(int)
    if not unwrap(db.scalar(found)):
        pytest.skip(f"the server has no extension {name}: what is written for it was parsed, and not run")
