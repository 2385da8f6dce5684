DROP POLICY IF EXISTS "messages_delete_policy" ON "messages";
DROP POLICY IF EXISTS "messages_insert_policy" ON "messages";
DROP POLICY IF EXISTS "messages_select_policy" ON "messages";
DROP TABLE IF EXISTS "secrets" CASCADE;

DO $qb1$
BEGIN
  REVOKE "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FROM "qb_ddl_writer";
EXCEPTION WHEN undefined_object THEN
  NULL;
END
$qb1$;

DO $qb$
BEGIN
  REVOKE "pg_monitor" FROM "qb_ddl_writer";
EXCEPTION WHEN undefined_object THEN
  NULL;
END
$qb$;

DO $qb$
BEGIN
  REVOKE SELECT ON TABLE "recent messages" FROM PUBLIC CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb$;

DROP VIEW IF EXISTS "recent messages" CASCADE;

DO $qb1$
BEGIN
  REVOKE SELECT, DELETE ON TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" FROM "qb_ddl_writer" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DROP TABLE IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" CASCADE;

DO $qb1$
BEGIN
  REVOKE SELECT ON TABLE "messages" FROM "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "pg_monitor" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DO $qb$
BEGIN
  REVOKE INSERT ("room_id", "author"), UPDATE ("room_id", "author") ON TABLE "messages" FROM "qb_ddl_writer" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb$;

DROP TABLE IF EXISTS "messages" CASCADE;

DO $qb1$
BEGIN
  REVOKE USAGE ON SEQUENCE "numbers of access" FROM "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DROP SEQUENCE IF EXISTS "numbers of access" CASCADE;

DO $qb1$
BEGIN
  REVOKE USAGE ON SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FROM "qb_ddl_writer" CASCADE;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DO $qb1$
BEGIN
  ALTER DEFAULT PRIVILEGES IN SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" REVOKE SELECT, INSERT ON TABLES FROM "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb1$;

DO $qb$
BEGIN
  ALTER DEFAULT PRIVILEGES REVOKE USAGE ON SCHEMAS FROM "qb_ddl_writer";
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name THEN
  NULL;
END
$qb$;

DO $qb1$
BEGIN
  DROP SCHEMA IF EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
