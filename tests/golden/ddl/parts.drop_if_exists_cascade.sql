DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."other sales" CASCADE;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."olda""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."no region" CASCADE;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late" CASCADE;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late sales" CASCADE;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."new sales" CASCADE;

DROP TABLE IF EXISTS "visits" CASCADE;
DROP TABLE IF EXISTS "capitals" CASCADE;
DROP TABLE IF EXISTS "towns" CASCADE;

DROP PUBLICATION IF EXISTS "puba""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP TABLE IF EXISTS "leases" CASCADE;
DROP PUBLICATION IF EXISTS "of schemas" CASCADE;
DROP PUBLICATION IF EXISTS "of all" CASCADE;

DO $qb1$
BEGIN
  DROP SCHEMA IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
