DROP TABLE "invoices";

DROP SEQUENCE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."qa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP SEQUENCE "invoice_numbers";

DO $qb1$
BEGIN
  DROP SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
