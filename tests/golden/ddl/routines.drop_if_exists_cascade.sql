DROP EVENT TRIGGER IF EXISTS "ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP TRIGGER IF EXISTS "a b" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER IF EXISTS "counted" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER IF EXISTS "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER IF EXISTS "renamed" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP TRIGGER IF EXISTS "dear pots_na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_trigger" ON "dear pots";

DROP VIEW IF EXISTS "dear pots" CASCADE;

DO $qb1$
BEGIN
  REVOKE EXECUTE ON PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text) FROM "qb_cook" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DROP PROCEDURE IF EXISTS "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text) CASCADE;

DO $qb1$
BEGIN
  REVOKE EXECUTE ON FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"() FROM PUBLIC CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DO $qb1$
BEGIN
  REVOKE EXECUTE ON FUNCTION "kitchen"."fa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(numeric, bigint[]) FROM "qb_cook" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DROP FUNCTION IF EXISTS "kitchen"."pots"() CASCADE;

DROP FUNCTION IF EXISTS "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"() CASCADE;

DROP FUNCTION IF EXISTS "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"() CASCADE;

DROP FUNCTION IF EXISTS "kitchen"."fa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(numeric, bigint[]) CASCADE;

DROP TABLE IF EXISTS "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;

DROP FUNCTION IF EXISTS "kitchen"."is_dear"(bigint) CASCADE;
DROP FUNCTION IF EXISTS "tidy"(text, text) CASCADE;
DROP FUNCTION IF EXISTS "tell of pots"() CASCADE;

DO $qb$
BEGIN
  DROP SCHEMA IF EXISTS "kitchen";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
