DROP VIEW IF EXISTS "books"."va""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP VIEW IF EXISTS "active accounts" CASCADE;
DROP MATERIALIZED VIEW IF EXISTS "no accounts" CASCADE;
DROP VIEW IF EXISTS "raw balances" CASCADE;

DROP MATERIALIZED VIEW IF EXISTS "books"."ma""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP TABLE IF EXISTS "books"."entries" CASCADE;
DROP TABLE IF EXISTS "accounts" CASCADE;

DO $qb$
BEGIN
  DROP SCHEMA IF EXISTS "books";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
