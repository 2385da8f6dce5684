DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."other sales";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."olda""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."no region";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late sales";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."new sales";

DROP TABLE "visits";
DROP TABLE "capitals";
DROP TABLE "towns";

DROP PUBLICATION "puba""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TABLE "leases";
DROP PUBLICATION "of schemas";
DROP PUBLICATION "of all";

DO $qb1$
BEGIN
  DROP SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
