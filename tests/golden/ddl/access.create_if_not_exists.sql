DO $qb1$
DECLARE
  differs record;
BEGIN
  WITH declared (place, namespace, relation, name, type, modifier, written, required, filled, computed) AS (VALUES
    (1, NULL::text, 'messages', 'id', 'bigint', -1, 'bigint', true, true, false),
    (2, NULL::text, 'messages', 'room_id', 'bigint', -1, 'bigint', true, false, false),
    (3, NULL::text, 'messages', 'author', 'text', -1, 'text', true, false, false),
    (4, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'members', 'room_id', 'bigint', -1, 'bigint', true, false, false),
    (5, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'members', E'wa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (6, NULL::text, 'secrets', 'id', 'bigint', -1, 'bigint', true, false, false)
  ), standing AS (
    SELECT t.*, c.oid FROM (
      SELECT max(place) AS place, namespace, relation FROM declared GROUP BY namespace, relation
    ) t
    JOIN pg_catalog.pg_class c ON c.relname = t.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = coalesce(t.namespace, current_schema())
  ), expected AS (
    SELECT s.oid, s.relation AS standing, d.*, pg_catalog.to_regtype(d.type) AS type_id
    FROM declared d JOIN standing s ON s.relation = d.relation AND s.namespace IS NOT DISTINCT FROM d.namespace
  ), found AS (
    SELECT s.relation AS standing, s.place AS of_table, a.*, false AS computed,
      a.atthasdef OR a.attidentity <> '' OR y.typdefault IS NOT NULL AS filled,
      pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS shown
    FROM standing s JOIN pg_catalog.pg_attribute a ON a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
  )
  SELECT coalesce(e.standing, f.standing) AS relation, coalesce(e.name, f.attname) AS name,
    coalesce(coalesce(pg_catalog.format_type(e.type_id, e.modifier), e.written)
      || CASE WHEN e.required THEN ' NOT NULL' ELSE '' END
      || CASE WHEN e.computed AND NOT f.computed THEN ', generated'
        WHEN e.filled AND NOT f.filled THEN ' with a default' ELSE '' END, 'nothing') AS declared,
    coalesce(f.shown || CASE WHEN e.computed AND NOT f.computed THEN ', not generated'
      WHEN e.name IS NULL OR (e.filled AND NOT f.filled) THEN ' without a default' ELSE '' END,
      'no such column') AS found
  INTO differs
  FROM expected e FULL JOIN found f ON f.attrelid = e.oid AND f.attname = e.name
  WHERE CASE
    WHEN f.attname IS NULL THEN true
    WHEN e.name IS NULL THEN f.attnotnull AND NOT f.filled
    ELSE e.type_id IS DISTINCT FROM f.atttypid OR e.modifier <> f.atttypmod OR e.required <> f.attnotnull
      OR (e.filled AND NOT f.filled) OR (e.computed AND NOT f.computed)
  END
  ORDER BY coalesce(e.place, f.of_table), e.place NULLS LAST, f.attnum
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = differs.relation, COLUMN = differs.name,
      DATATYPE = differs.declared, MESSAGE = differs.found;
  END IF;
END
$qb1$;

CREATE SCHEMA IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

DO $qb$
DECLARE
  found text;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END || ' ' || CASE WHEN r.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END || ' ' || CASE WHEN r.rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END || ' ' || CASE WHEN r.rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END || ' ' || CASE WHEN r.rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END || ' ' || CASE WHEN r.rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END || ' ' || CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END || ' CONNECTION LIMIT ' || r.rolconnlimit INTO found
    FROM pg_catalog.pg_roles r WHERE r.rolname = 'qb_ddl_writer';
    EXIT WHEN found IS NOT NULL;
    BEGIN
      CREATE ROLE "qb_ddl_writer" LOGIN NOINHERIT NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 3;
      RETURN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
  IF found <> 'LOGIN NOINHERIT NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 3' THEN
    RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'qb_ddl_writer', CONSTRAINT = 'role',
      DATATYPE = 'LOGIN NOINHERIT NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 3', MESSAGE = found;
  END IF;
END
$qb$;

DO $qb1$
DECLARE
  found text;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END || ' ' || CASE WHEN r.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END || ' ' || CASE WHEN r.rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END || ' ' || CASE WHEN r.rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END || ' ' || CASE WHEN r.rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END || ' ' || CASE WHEN r.rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END || ' ' || CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END || ' CONNECTION LIMIT ' || r.rolconnlimit INTO found
    FROM pg_catalog.pg_roles r WHERE r.rolname = E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*';
    EXIT WHEN found IS NOT NULL;
    BEGIN
      CREATE ROLE "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1;
      RETURN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
  IF found <> 'NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1' THEN
    RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', CONSTRAINT = 'role',
      DATATYPE = 'NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1', MESSAGE = found;
  END IF;
END
$qb1$;

GRANT USAGE ON SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" TO "qb_ddl_writer";

CREATE SEQUENCE IF NOT EXISTS "numbers of access";

GRANT USAGE ON SEQUENCE "numbers of access" TO "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

CREATE TABLE IF NOT EXISTS "messages" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  "room_id" bigint NOT NULL,
  "author" text NOT NULL,
  CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

GRANT INSERT ("room_id", "author"), UPDATE ("room_id", "author") ON TABLE "messages" TO "qb_ddl_writer" WITH GRANT OPTION;

GRANT SELECT ON TABLE "messages" TO "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "pg_monitor";

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" (
  "room_id" bigint NOT NULL,
  "wa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" text NOT NULL,
  CONSTRAINT "members_pkey" PRIMARY KEY ("room_id", "wa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*")
);

GRANT SELECT, DELETE ON TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" TO "qb_ddl_writer";

DO $qb$
BEGIN
  BEGIN
  CREATE VIEW "recent messages" ("id", "room_id", "author") WITH (security_invoker=true) AS SELECT "messages"."id", "messages"."room_id", "messages"."author" FROM "messages";
  EXCEPTION WHEN duplicate_table THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('query', pg_catalog.pg_get_viewdef(c.oid), 'options', ARRAY(SELECT unnest(c.reloptions) ORDER BY 1), 'columns', ARRAY(SELECT a.attname::text || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum)) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = pg_catalog.current_schema() AND c.relname = 'recent messages');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE VIEW "qb compares" ("id", "room_id", "author") WITH (security_invoker=true) AS SELECT "messages"."id", "messages"."room_id", "messages"."author" FROM "messages";
      declared := (SELECT pg_catalog.jsonb_build_object('query', pg_catalog.pg_get_viewdef(c.oid), 'options', ARRAY(SELECT unnest(c.reloptions) ORDER BY 1), 'columns', ARRAY(SELECT a.attname::text || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum)) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = pg_catalog.current_schema() AND c.relname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'recent messages', CONSTRAINT = 'view',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb$;

GRANT SELECT ON TABLE "recent messages" TO PUBLIC;
GRANT "pg_monitor" TO "qb_ddl_writer";

GRANT "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" TO "qb_ddl_writer" WITH ADMIN OPTION;

CREATE TABLE IF NOT EXISTS "secrets" (
  "id" bigint NOT NULL,
  CONSTRAINT "secrets_pkey" PRIMARY KEY ("id")
);

DO $qb1$
BEGIN
  BEGIN
  CREATE POLICY "messages_delete_policy" ON "messages" FOR DELETE TO CURRENT_USER, "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" USING ("author" = (current_user));
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'messages_delete_policy');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE POLICY "qb compares" ON "messages" FOR DELETE TO CURRENT_USER, "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" USING ("author" = (current_user));
      declared := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'messages.messages_delete_policy', CONSTRAINT = 'policy',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

DO $qb$
BEGIN
  BEGIN
  CREATE POLICY "messages_insert_policy" ON "messages" FOR INSERT TO "qb_ddl_writer" WITH CHECK ("author" = (current_user));
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'messages_insert_policy');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE POLICY "qb compares" ON "messages" FOR INSERT TO "qb_ddl_writer" WITH CHECK ("author" = (current_user));
      declared := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'messages.messages_insert_policy', CONSTRAINT = 'policy',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb$;

DO $qb1$
BEGIN
  BEGIN
  CREATE POLICY "messages_select_policy" ON "messages" FOR SELECT TO "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "qb_ddl_writer" USING (EXISTS (SELECT "members"."room_id", "members"."wa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FROM "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" WHERE ("members"."room_id" = "messages"."room_id") AND ("members"."wa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" = (current_user))));
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'messages_select_policy');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE POLICY "qb compares" ON "messages" FOR SELECT TO "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "qb_ddl_writer" USING (EXISTS (SELECT "members"."room_id", "members"."wa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FROM "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."members" WHERE ("members"."room_id" = "messages"."room_id") AND ("members"."wa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" = (current_user))));
      declared := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'messages.messages_select_policy', CONSTRAINT = 'policy',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

DO $qb1$
BEGIN
  BEGIN
  CREATE POLICY "messages_update_policy" ON "messages" FOR UPDATE USING ("author" = (current_user)) WITH CHECK ("author" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text);
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'messages_update_policy');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE POLICY "qb compares" ON "messages" FOR UPDATE USING ("author" = (current_user)) WITH CHECK ("author" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text);
      declared := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'messages.messages_update_policy', CONSTRAINT = 'policy',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

DO $qb1$
BEGIN
  BEGIN
  CREATE POLICY "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ON "messages" AS RESTRICTIVE USING ("room_id" > '0'::bigint);
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE POLICY "qb compares" ON "messages" AS RESTRICTIVE USING ("room_id" > '0'::bigint);
      declared := (SELECT pg_catalog.jsonb_build_object('restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_catalog.pg_policy p WHERE p.polrelid = '"messages"'::regclass AND p.polname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'messages.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', CONSTRAINT = 'policy',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

ALTER TABLE "messages" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "secrets" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO "qb_ddl_writer" WITH GRANT OPTION;

ALTER DEFAULT PRIVILEGES IN SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" GRANT SELECT, INSERT ON TABLES TO "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
