"""What the server knows of all objects alike: what needs what, which extension brought it, what is said of it.

https://www.postgresql.org/docs/current/catalog-pg-depend.html
"""

from __future__ import annotations

from typing import Final

from qb.query.raw import RawRows, lasting, sql

DEPENDENCIES: Final[RawRows[tuple[int, int, str]]] = lasting(
    sql("""
SELECT (classid::int8 << 44) | (objid::int8 << 12) | objsubid,
  (refclassid::int8 << 44) | (refobjid::int8 << 12) | greatest(refobjsubid, 0), deptype
FROM pg_depend
WHERE objid >= 16384 AND objsubid >= 0
  AND NOT (deptype = 'i' AND classid IN ('pg_type'::regclass, 'pg_trigger'::regclass))
UNION ALL
SELECT (classid::int8 << 44) | (objid::int8 << 12) | objsubid, (refclassid::int8 << 44) | (refobjid::int8 << 12), 'n'
FROM pg_shdepend
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND deptype IN ('o', 'r')
""").rows(tuple[int, int, str])
)
"""Who needs, what is needed (see `number`), and why; owners and the roles of policies included."""

ALIASES: Final[RawRows[tuple[int, int]]] = lasting(
    sql("""
WITH alias (catalog, oid, of_catalog, of_oid, of_part) AS (
  SELECT 'pg_attrdef'::regclass, oid, 'pg_class'::regclass, adrelid, adnum FROM pg_attrdef
  UNION ALL
  SELECT 'pg_rewrite'::regclass, oid, 'pg_class'::regclass, ev_class, 0 FROM pg_rewrite WHERE rulename = '_RETURN'
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 'pg_class'::regclass, t.typrelid, 0
  FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c'
  UNION ALL
  SELECT 'pg_class'::regclass, t.typrelid, 'pg_type'::regclass, t.oid, 0
  FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind = 'c'
  UNION ALL
  SELECT 'pg_type'::regclass, t.typarray,
    CASE WHEN c.relkind <> 'c' THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
    CASE WHEN c.relkind <> 'c' THEN c.oid ELSE t.oid END, 0
  FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typarray <> 0
  UNION ALL
  SELECT 'pg_type'::regclass, rngmultitypid, 'pg_type'::regclass, rngtypid, 0 FROM pg_range
  UNION ALL
  SELECT 'pg_publication_rel'::regclass, oid, 'pg_publication'::regclass, prpubid, 0 FROM pg_publication_rel
  UNION ALL
  SELECT 'pg_publication_namespace'::regclass, oid, 'pg_publication'::regclass, pnpubid, 0 FROM pg_publication_namespace
  UNION ALL
  SELECT 'pg_amop'::regclass, oid, 'pg_opfamily'::regclass, amopfamily, 0 FROM pg_amop
  UNION ALL
  SELECT 'pg_amproc'::regclass, oid, 'pg_opfamily'::regclass, amprocfamily, 0 FROM pg_amproc
  UNION ALL
  SELECT 'pg_constraint'::regclass, k.oid, 'pg_trigger'::regclass, t.oid, 0
  FROM pg_constraint k JOIN pg_trigger t ON t.tgconstraint = k.oid WHERE k.contype = 't'
)
SELECT (catalog::oid::int8 << 44) | (oid::int8 << 12), (of_catalog::oid::int8 << 44) | (of_oid::int8 << 12) | of_part
FROM alias
WHERE oid >= 16384
""").rows(tuple[int, int])
)
"""What is part of an object, such as a column's default, and the object; what it needs, its object needs."""

COMMENTS: Final[RawRows[tuple[int, str]]] = lasting(
    sql("""
SELECT (classoid::int8 << 44) | (objoid::int8 << 12) | objsubid, description
FROM pg_description
WHERE objoid >= 16384 OR classoid = 'pg_extension'::regclass
  OR (classoid = 'pg_namespace'::regclass AND objoid = to_regnamespace('public')
    AND description <> 'standard public schema')
UNION ALL
SELECT (classoid::int8 << 44) | (objoid::int8 << 12), description
FROM pg_shdescription
""").rows(tuple[int, str])
)
"""Who it is about, and the comment; but for the one that a new server's `public` has, and one made anew has not."""

SERVER: Final = sql(
    """
SELECT current_setting('server_version_num')::int, set_config('search_path', '', true),
  set_config('quote_all_identifiers', 'off', true), set_config('DateStyle', 'ISO, YMD', true),
  set_config('IntervalStyle', 'postgres', true), set_config('TimeZone', 'UTC', true),
  set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
  set_config('jit', 'off', true)
"""
).rows(tuple[int, str, str, str, str, str, str, str, str])
"""The server's version; and what decides how it writes expressions, until the transaction ends."""
