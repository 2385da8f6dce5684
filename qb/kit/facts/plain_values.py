"""Which values are read and which are not: options of foreign servers, and settings, may hold a key or a password.

https://www.postgresql.org/docs/current/sql-createserver.html
https://www.postgresql.org/docs/current/runtime-config-custom.html
"""

from __future__ import annotations

from typing import Final, LiteralString

_OPTIONS: Final[LiteralString] = """
host|hostaddr|port|dbname|application_name|sslmode|target_session_attrs|extensions|updatable|
truncatable|use_remote_estimate|fetch_size|batch_size|fdw_startup_cost|fdw_tuple_cost|async_capable|keep_connections|
parallel_commit|parallel_abort|analyze_sampling|import_collate|import_generated|import_not_null|import_default|
schema_name|schema|table_name|table|column_name|object|rowid_column|format|header|delimiter|quote|escape|null|
encoding|force_null|force_not_null
""".replace("\n", "")

PLAIN_OPTION: Final[LiteralString] = (
    "CASE WHEN option ~ '^(" + _OPTIONS + ")=' THEN option ELSE split_part(option, '=', 1) END"
)
"""An option with its value where that is known to be no secret, else its name alone."""

PLAIN_COLUMN_OPTION: Final[LiteralString] = PLAIN_OPTION.replace("rowid_column", "rowid_column|key")
"""The same of a column, whose `key` says whether it is of the primary key; a server's is a secret."""

PLAIN_SETTING: Final[LiteralString] = """
CASE WHEN split_part(setting, '=', 1) !~ '[.]'
  OR setting ~ '^(auto_explain|hnsw|ivfflat|pg_stat_statements|pg_trgm|pgaudit|plpgsql)[.]'
  THEN setting ELSE split_part(setting, '=', 1) END
""".strip()
"""A setting with its value where PostgreSQL itself or a well-known extension reads it. One that is anybody's,
`app.jwt_secret`, is there with its name alone."""
