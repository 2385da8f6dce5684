"""Options of foreign-data wrappers, their servers, tables and columns: any of them may hold a key or a password.

https://www.postgresql.org/docs/current/sql-createserver.html
"""

from __future__ import annotations

from typing import Final, LiteralString

PLAIN_OPTION: Final[LiteralString] = """
CASE WHEN option ~ '^(host|hostaddr|port|dbname|application_name|sslmode|target_session_attrs|extensions|updatable|
truncatable|use_remote_estimate|fetch_size|batch_size|fdw_startup_cost|fdw_tuple_cost|async_capable|keep_connections|
parallel_commit|parallel_abort|analyze_sampling|import_collate|import_generated|import_not_null|import_default|
schema_name|schema|table_name|table|column_name|object|key|rowid_column|format|header|delimiter|quote|escape|null|
encoding|force_null|force_not_null)=' THEN option ELSE split_part(option, '=', 1) END
""".replace("|\n", "|").strip()
"""An option with its value where that is known to be no secret, else its name alone."""
