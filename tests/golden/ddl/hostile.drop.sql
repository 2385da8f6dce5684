DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TYPE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DO $qb1$
BEGIN
  DROP SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
