"""What hangs on a table or a column and goes with it when it is dropped: it goes here, too, and the rows stay.

So the names are free again, nothing that the migration drops later is held by what is kept, and new rows are asked
nothing. https://www.postgresql.org/docs/current/ddl-depend.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.running.keeping.kept_book import KeptCounter
from qb.run.database.own_session import OwnSession

_STRIPPED: Final = """
WITH hit AS (
  SELECT d.classid, d.objid FROM pg_depend d
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int AND $2::int > 0
), line (place, name, text) AS (
  SELECT 1, tgname, format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass)
  FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal AND $2::int = 0
  UNION ALL
  SELECT 1, polname, format('DROP POLICY %I ON %s', polname, polrelid::regclass)
  FROM pg_policy WHERE polrelid = $1::oid AND $2::int = 0
  UNION ALL
  SELECT 1, rulename, format('DROP RULE %I ON %s', rulename, ev_class::regclass)
  FROM pg_rewrite WHERE ev_class = $1::oid AND rulename <> '_RETURN' AND $2::int = 0
  UNION ALL
  SELECT CASE contype WHEN 'f' THEN 2 ELSE 3 END, conname,
    format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
  FROM pg_constraint WHERE conrelid = $1::oid AND contype IN ('f', 'c', 'u', 'p', 'x')
    AND ($2::int = 0 OR $2::int = ANY (conkey) OR ('pg_constraint'::regclass, oid) IN (SELECT * FROM hit))
  UNION ALL
  SELECT 4, c.relname, format('DROP INDEX %s', i.indexrelid::regclass)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = $1::oid AND NOT EXISTS (
      SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND conrelid = $1::oid)
    AND ($2::int = 0 OR $2::int = ANY (i.indkey) OR ('pg_class'::regclass, i.indexrelid) IN (SELECT * FROM hit))
  UNION ALL
  SELECT 4, stxname, format('DROP STATISTICS %s.%I', stxnamespace::regnamespace::text, stxname)
  FROM pg_statistic_ext WHERE stxrelid = $1::oid
    AND ($2::int = 0 OR $2::int = ANY (stxkeys) OR ('pg_statistic_ext'::regclass, oid) IN (SELECT * FROM hit))
  UNION ALL
  SELECT 4, p.pubname, format('ALTER PUBLICATION %I DROP TABLE %s', p.pubname, r.prrelid::regclass)
  FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = $1::oid AND $2::int = 0
  UNION ALL
  SELECT 5, attname, format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', attrelid::regclass, attname)
  FROM pg_attribute WHERE attrelid = $1::oid AND attnum = $2::int AND attnotnull AND attidentity = ''
  UNION ALL
  SELECT 6, attname, format('ALTER TABLE %s ALTER COLUMN %I DROP IDENTITY', attrelid::regclass, attname)
  FROM pg_attribute WHERE attrelid = $1::oid AND attidentity <> '' AND NOT attisdropped AND $2::int IN (0, attnum)
  UNION ALL
  SELECT 7, attname, format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', attrelid::regclass, attname)
  FROM pg_attribute WHERE attrelid = $1::oid AND attnum = $2::int AND attnotnull AND attidentity <> ''
  UNION ALL
  SELECT 7, a.attname, format(CASE a.attgenerated WHEN '' THEN 'ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT'
      WHEN 's' THEN 'ALTER TABLE %s ALTER COLUMN %I DROP EXPRESSION' ELSE 'ALTER TABLE %s DROP COLUMN %I' END,
    a.attrelid::regclass, a.attname)
  FROM pg_attribute a JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  WHERE a.attrelid = $1::oid AND ($2::int = 0 OR ($2::int = a.attnum AND EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
      AND NOT (d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid))))
  UNION ALL
  SELECT 8, c.relname, format('DROP SEQUENCE %s', c.oid::regclass)
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid
    AND d.deptype = 'a' AND $2::int IN (0, d.refobjsubid)
  UNION ALL
  SELECT 9, '', format('ALTER TABLE %s %s', oid::regclass, each)
  FROM pg_class, unnest(ARRAY['DISABLE ROW LEVEL SECURITY', 'NO FORCE ROW LEVEL SECURITY']) each
  WHERE oid = $1::oid AND $2::int = 0 AND (relrowsecurity OR relforcerowsecurity)
  UNION ALL
  SELECT 9, '', format('ALTER TABLE %s NOT OF', oid::regclass)
  FROM pg_class WHERE oid = $1::oid AND $2::int = 0 AND reloftype <> 0
  UNION ALL
  SELECT 9, '', format('REVOKE ALL ON TABLE %s FROM %s', c.oid::regclass,
    CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END)
  FROM pg_class c, aclexplode(c.relacl) x
  WHERE c.oid = $1::oid AND $2::int = 0 AND x.grantee <> c.relowner
  UNION
  SELECT 9, a.attname, format('REVOKE ALL (%I) ON TABLE %s FROM %s', a.attname, a.attrelid::regclass,
    CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END)
  FROM pg_attribute a, aclexplode(a.attacl) x
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND $2::int IN (0, a.attnum)
  UNION ALL
  SELECT 10, a.attname, format('ALTER TABLE %s ALTER COLUMN %I TYPE %s', a.attrelid::regclass, a.attname, b.base)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd',
    LATERAL (WITH RECURSIVE under AS (
      SELECT t.typbasetype AS id, t.typtypmod AS modifier
      UNION ALL SELECT n.typbasetype, n.typtypmod FROM under u JOIN pg_type n ON n.oid = u.id AND n.typtype = 'd'
    ) SELECT format_type(u.id, u.modifier) AS base FROM under u JOIN pg_type n ON n.oid = u.id AND n.typtype <> 'd') b
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND $2::int IN (0, a.attnum)
)
SELECT text FROM line ORDER BY place, name, text
"""
_COUNTERS: Final = """
SELECT a.attname, s.oid::regclass::text FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid
  AND d.deptype IN ('a', 'i') AND $2::int IN (0, d.refobjsubid)
ORDER BY a.attnum
"""


def strip(session: OwnSession, table: str, column: int = 0) -> None:
    """Take away what hangs on a table, by its number, or on one column of it. `search_path` is `pg_catalog`."""
    for (line,) in session.rows(_STRIPPED, table, str(column)):
        session.run(line or "")


def counters(session: OwnSession, table: str, column: int = 0) -> tuple[KeptCounter, ...]:
    """How far the sequences have counted that go with them."""
    found = session.rows(_COUNTERS, table, str(column))
    return tuple(counter(session, sequence or "", of or "") for of, sequence in found)


def counter(session: OwnSession, sequence: str, column: str = "") -> KeptCounter:
    """How far a sequence has counted, by its name as SQL."""
    ((last, called),) = session.rows(f"SELECT last_value::text, is_called FROM {sequence}")
    return KeptCounter(column, last or "1", called == "t")
