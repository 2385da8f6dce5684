"""Settings of roles and of the database: one that is anybody's may hold a key or a password.

https://www.postgresql.org/docs/current/runtime-config-custom.html
"""

from __future__ import annotations

from typing import Final, LiteralString

PLAIN_SETTING: Final[LiteralString] = """
CASE WHEN split_part(setting, '=', 1) !~ '[.]'
  OR setting ~ '^(auto_explain|hnsw|ivfflat|pg_stat_statements|pg_trgm|pgaudit|plpgsql)[.]'
  THEN setting ELSE split_part(setting, '=', 1) END
""".strip()
"""A setting with its value where PostgreSQL itself or a well-known extension reads it. One that is anybody's,
`app.jwt_secret`, is there with its name alone."""
