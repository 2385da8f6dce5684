DROP TABLE IF EXISTS "invoices" CASCADE;

DROP SEQUENCE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."qa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP SEQUENCE IF EXISTS "invoice_numbers" CASCADE;

DO $qb1$
BEGIN
  DROP SCHEMA IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
