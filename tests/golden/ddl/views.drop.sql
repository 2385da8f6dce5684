DROP VIEW "books"."va""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP VIEW "active accounts";
DROP MATERIALIZED VIEW "no accounts";
DROP VIEW "raw balances";

DROP MATERIALIZED VIEW "books"."ma""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TABLE "books"."entries";
DROP TABLE "accounts";

DO $qb$
BEGIN
  DROP SCHEMA "books";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
