DROP POLICY "messages_delete_policy" ON "messages";
DROP POLICY "messages_insert_policy" ON "messages";
DROP POLICY "messages_select_policy" ON "messages";
DROP TABLE "secrets";

REVOKE "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FROM "qb_ddl_writer";

REVOKE "pg_monitor" FROM "qb_ddl_writer";
REVOKE SELECT ON TABLE "recent messages" FROM PUBLIC;
DROP VIEW "recent messages";

REVOKE SELECT, DELETE ON TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" FROM "qb_ddl_writer";

DROP TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members";

REVOKE SELECT ON TABLE "messages" FROM "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "pg_monitor";

REVOKE INSERT ("room_id", "author"), UPDATE ("room_id", "author") ON TABLE "messages" FROM "qb_ddl_writer";
DROP TABLE "messages";

REVOKE USAGE ON SEQUENCE "numbers of access" FROM "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DROP SEQUENCE "numbers of access";

REVOKE USAGE ON SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FROM "qb_ddl_writer";

ALTER DEFAULT PRIVILEGES IN SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" REVOKE SELECT, INSERT ON TABLES FROM "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

ALTER DEFAULT PRIVILEGES REVOKE USAGE ON SCHEMAS FROM "qb_ddl_writer";

DO $qb1$
BEGIN
  DROP SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb1$;
