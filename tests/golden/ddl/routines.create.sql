CREATE SCHEMA IF NOT EXISTS "kitchen";

CREATE FUNCTION "tell of pots"() RETURNS event_trigger LANGUAGE "plpgsql" VOLATILE
AS $qb$BEGIN END$qb$;

CREATE FUNCTION "tidy"("text" text, "mark" text DEFAULT E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text) RETURNS text LANGUAGE "sql" IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2.5
AS $qb2$SELECT replace(lower($1), $2, '$qb$ $qb1$'::text)$qb2$;

DO $qb2$
DECLARE
  checked text := current_setting('check_function_bodies');
BEGIN
  PERFORM set_config('check_function_bodies', 'off', true);
  CREATE FUNCTION "kitchen"."is_dear"("pot" bigint) RETURNS boolean LANGUAGE "sql" VOLATILE SECURITY DEFINER SET "search_path" TO E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'pg_temp'
AS $qb1$SELECT coalesce((SELECT price > 9 FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" WHERE id = ($1)), false)$qb1$;
  PERFORM set_config('check_function_bodies', checked, true);
END
$qb2$;

CREATE TABLE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" (
  "id" bigint NOT NULL,
  "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" text NOT NULL,
  "price" numeric(8, 2),
  "state" text DEFAULT 'new'::text NOT NULL,
  "seen" timestamptz,
  CONSTRAINT "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_a""b'c\d;e
_a0de5510_check" CHECK ("tidy"("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*") <> ''::text),
  CONSTRAINT "pots_dear_check" CHECK (NOT "kitchen"."is_dear"("id"))
);

CREATE FUNCTION "kitchen"."fa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"("least" numeric DEFAULT CAST(NULL AS numeric), VARIADIC "ids" bigint[] DEFAULT '{}'::bigint[]) RETURNS TABLE ("sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" text, "pots" bigint) LANGUAGE "sql" STABLE ROWS 5
AS $qb1$SELECT "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", count(*) FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" WHERE ("pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."price" IS DISTINCT FROM ($1)) OR ("pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" = E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text) GROUP BY "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"$qb1$;

CREATE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"() RETURNS trigger LANGUAGE "plpgsql" VOLATILE SECURITY DEFINER SET "search_path" TO ''
AS $qb$BEGIN RETURN NEW; END$qb$;

CREATE FUNCTION "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"() RETURNS trigger LANGUAGE "plpgsql" VOLATILE
AS $qb1$BEGIN
  IF NEW."state" IS NOT DISTINCT FROM OLD."state" THEN
    NEW."state" := E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text;
  END IF;
  IF NEW."seen" IS NOT DISTINCT FROM OLD."seen" THEN
    NEW."seen" := now();
  END IF;
  RETURN NEW;
END$qb1$;

CREATE FUNCTION "kitchen"."pots"() RETURNS SETOF "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" LANGUAGE "plpgsql" VOLATILE
AS $qb1$BEGIN RETURN QUERY SELECT * FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"; RAISE NOTICE '%', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text; END$qb1$;

DO $qb$
DECLARE
  found text;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END || ' ' || CASE WHEN r.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END || ' ' || CASE WHEN r.rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END || ' ' || CASE WHEN r.rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END || ' ' || CASE WHEN r.rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END || ' ' || CASE WHEN r.rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END || ' ' || CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END || ' CONNECTION LIMIT ' || r.rolconnlimit INTO found
    FROM pg_catalog.pg_roles r WHERE r.rolname = 'qb_cook';
    EXIT WHEN found IS NOT NULL;
    BEGIN
      CREATE ROLE "qb_cook" NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1;
      RETURN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
  IF found <> 'NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1' THEN
    RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'qb_cook', CONSTRAINT = 'role',
      DATATYPE = 'NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1', MESSAGE = found;
  END IF;
END
$qb$;

GRANT EXECUTE ON FUNCTION "kitchen"."fa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(numeric, bigint[]) TO "qb_cook";

GRANT EXECUTE ON FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"() TO PUBLIC;

CREATE PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"("pot" bigint, "why" text DEFAULT CAST(NULL AS text)) LANGUAGE "plpgsql" SET "qb"."own" TO '' SET "work_mem" TO '4MB'
AS $qb1$BEGIN UPDATE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET state = ($2) WHERE id = ($1); END$qb1$;

GRANT EXECUTE ON PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text) TO "qb_cook";

CREATE VIEW "dear pots" ("id", "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "price", "state", "seen") AS SELECT "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."id", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."price", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."state", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."seen" FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" WHERE "kitchen"."is_dear"("pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."id");

DO $qb1$
BEGIN
  CREATE TRIGGER "a b" BEFORE INSERT OR UPDATE OF "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "price" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH ROW EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', '7');
  ALTER TABLE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ENABLE ALWAYS TRIGGER "a b";
END
$qb1$;

CREATE TRIGGER "counted" AFTER DELETE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" REFERENCING OLD TABLE AS "oa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH STATEMENT EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();

CREATE TRIGGER "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger" BEFORE UPDATE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH ROW EXECUTE FUNCTION "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"();

CREATE CONSTRAINT TRIGGER "renamed" AFTER UPDATE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (("old"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> "new"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*") AND ("new"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text)) EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();

CREATE TRIGGER "dear pots_na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_trigger" INSTEAD OF INSERT OR UPDATE OR DELETE ON "dear pots" FOR EACH ROW EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();

DO $qb1$
BEGIN
  CREATE EVENT TRIGGER "ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION "tell of pots"();
  ALTER EVENT TRIGGER "ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ENABLE REPLICA;
END
$qb1$;
