DROP EVENT TRIGGER "ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER "a b" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER "counted" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER "renamed" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER "dear pots_na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_trigger" ON "dear pots";

DROP VIEW "dear pots";

REVOKE EXECUTE ON PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text) FROM "qb_cook";

DROP PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text);

REVOKE EXECUTE ON FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"() FROM PUBLIC;

REVOKE EXECUTE ON FUNCTION "kitchen"."fa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(numeric, bigint[]) FROM "qb_cook";

DROP FUNCTION "kitchen"."pots"();

DROP FUNCTION "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"();

DROP FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();

DROP FUNCTION "kitchen"."fa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(numeric, bigint[]);

DROP TABLE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP FUNCTION "kitchen"."is_dear"(bigint);
DROP FUNCTION "tidy"(text, text);
DROP FUNCTION "tell of pots"();

DO $qb$
BEGIN
  DROP SCHEMA "kitchen";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
