DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP TYPE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DO $qb1$
BEGIN
  DROP SCHEMA IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
