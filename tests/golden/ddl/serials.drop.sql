DROP TABLE "box office"."tickets a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DO $qb$
BEGIN
  DROP SCHEMA "box office";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
