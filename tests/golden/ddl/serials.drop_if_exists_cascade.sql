DROP TABLE IF EXISTS "box office"."tickets a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DO $qb$
BEGIN
  DROP SCHEMA IF EXISTS "box office";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
