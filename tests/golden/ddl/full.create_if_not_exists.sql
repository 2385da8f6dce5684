DO $qb$
DECLARE
  differs record;
BEGIN
  WITH declared (place, namespace, relation, name, type, modifier, written, required, filled, computed) AS (VALUES
    (1, 'org', 'owners', 'created_at', 'timestamptz', -1, 'timestamptz', true, true, false),
    (2, 'org', 'owners', 'tenant', 'bigint', -1, 'bigint', true, false, false),
    (3, 'org', 'owners', 'id', 'bigint', -1, 'bigint', true, true, false),
    (4, 'org', 'owners', 'email', 'varchar', 84, 'varchar(80)', true, false, false),
    (5, 'org', 'owners', 'code', 'char', 8, 'char(4)', true, false, false),
    (6, 'org', 'owners', 'boss_tenant', 'bigint', -1, 'bigint', false, false, false),
    (7, 'org', 'owners', 'boss_id', 'bigint', -1, 'bigint', false, false, false),
    (8, 'org', 'owners', 'token', 'uuid', -1, 'uuid', true, true, false),
    (9, NULL::text, 'items', 'created_at', 'timestamptz', -1, 'timestamptz', true, true, false),
    (10, NULL::text, 'items', 'id', 'bigint', -1, 'bigint', true, true, false),
    (11, NULL::text, 'items', 'owner_tenant', 'bigint', -1, 'bigint', true, false, false),
    (12, NULL::text, 'items', 'owner_id', 'bigint', -1, 'bigint', true, false, false),
    (13, NULL::text, 'items', 'email', 'varchar', 84, 'varchar(80)', false, false, false),
    (14, NULL::text, 'items', 'small', 'smallint', -1, 'smallint', true, true, false),
    (15, NULL::text, 'items', 'whole', 'integer', -1, 'integer', true, true, false),
    (16, NULL::text, 'items', 'big', 'bigint', -1, 'bigint', true, true, false),
    (17, NULL::text, 'items', 'price', 'numeric', 786438, 'numeric(12, 2)', true, true, false),
    (18, NULL::text, 'items', 'any_number', 'numeric', -1, 'numeric', false, true, false),
    (19, NULL::text, 'items', 'single', 'real', -1, 'real', true, true, false),
    (20, NULL::text, 'items', 'double', 'double precision', -1, 'double precision', true, true, false),
    (21, NULL::text, 'items', 'flag', 'boolean', -1, 'boolean', true, true, false),
    (22, NULL::text, 'items', 'note', 'text', -1, 'text', true, true, false),
    (23, NULL::text, 'items', 'data', 'bytea', -1, 'bytea', true, true, false),
    (24, NULL::text, 'items', 'uid', 'uuid', -1, 'uuid', true, true, false),
    (25, NULL::text, 'items', 'day', 'date', -1, 'date', true, true, false),
    (26, NULL::text, 'items', 'clock', 'time', -1, 'time', true, true, false),
    (27, NULL::text, 'items', 'local', 'timestamp', -1, 'timestamp', true, true, false),
    (28, NULL::text, 'items', 'moment', 'timestamptz', 3, 'timestamptz(3)', true, true, false),
    (29, NULL::text, 'items', 'span', 'interval', -1, 'interval', true, true, false),
    (30, NULL::text, 'items', 'raw', 'json', -1, 'json', true, true, false),
    (31, NULL::text, 'items', 'meta', 'jsonb', -1, 'jsonb', true, true, false),
    (32, NULL::text, 'items', 'tags', 'text[]', -1, 'text[]', true, true, false),
    (33, NULL::text, 'items', 'grid', 'integer[]', -1, 'integer[]', true, true, false),
    (34, NULL::text, 'items', 'status', '"status"', -1, '"status"', true, true, false),
    (35, NULL::text, 'items', 'history', '"status"[]', -1, '"status"[]', true, true, false),
    (36, NULL::text, 'items', 'kind', '"org"."kind"', -1, '"org"."kind"', true, true, false),
    (37, NULL::text, 'items', 'plain', 'text', -1, 'text', true, true, false),
    (38, NULL::text, 'items', 'doubled', 'integer', -1, 'integer', true, false, true),
    (39, NULL::text, 'items', 'shouted', 'text', -1, 'text', true, false, true),
    (40, NULL::text, 'items', 'class', 'text', -1, 'text', false, false, false)
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
    SELECT s.relation AS standing, s.place AS of_table, a.*, a.attgenerated <> '' AS computed,
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
$qb$;

CREATE SCHEMA IF NOT EXISTS "org";

DO $qb$
BEGIN
  BEGIN
  CREATE TYPE "status" AS ENUM ('open', 'done');
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype('"status"'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TYPE "qb compares" AS ENUM ('open', 'done');
      declared := (SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype('"qb compares"'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'status', CONSTRAINT = 'enum',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb$;

DO $qb$
BEGIN
  BEGIN
  CREATE TYPE "org"."kind" AS ENUM ('a', 'b');
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype('"org"."kind"'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TYPE "org"."qb compares" AS ENUM ('a', 'b');
      declared := (SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype('"org"."qb compares"'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'org.kind', CONSTRAINT = 'enum',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb$;

CREATE TABLE IF NOT EXISTS "org"."owners" (
  "created_at" timestamptz DEFAULT now() NOT NULL,
  "tenant" bigint NOT NULL,
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "email" varchar(80) NOT NULL,
  "code" char(4) NOT NULL,
  "boss_tenant" bigint,
  "boss_id" bigint,
  "token" uuid DEFAULT gen_random_uuid() NOT NULL,
  CONSTRAINT "owners_pkey" PRIMARY KEY ("tenant", "id"),
  CONSTRAINT "owners_email_key" UNIQUE ("email"),
  CONSTRAINT "owners_tenant_code_key" UNIQUE NULLS NOT DISTINCT ("tenant", "code"),
  CONSTRAINT "owners_email_check" CHECK ("email" LIKE '%@%'::varchar),
  CONSTRAINT "owners_boss_fkey" FOREIGN KEY ("boss_tenant", "boss_id") REFERENCES "org"."owners" ("tenant", "id") ON DELETE RESTRICT ON UPDATE NO ACTION
);

COMMENT ON COLUMN "org"."owners"."created_at" IS 'when it was written';

CREATE TABLE IF NOT EXISTS "items" (
  "created_at" timestamptz DEFAULT now() NOT NULL,
  "id" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  "owner_tenant" bigint NOT NULL,
  "owner_id" bigint NOT NULL,
  "email" varchar(80),
  "small" smallint DEFAULT -7 NOT NULL,
  "whole" integer DEFAULT 0 NOT NULL,
  "big" bigint DEFAULT '-9223372036854775808'::bigint NOT NULL,
  "price" numeric(12, 2) DEFAULT '-1.50'::numeric NOT NULL,
  "any_number" numeric DEFAULT 'NaN'::numeric,
  "single" real DEFAULT '1.5'::real NOT NULL,
  "double" double precision DEFAULT '-inf'::double precision NOT NULL,
  "flag" boolean DEFAULT false NOT NULL,
  "note" text DEFAULT ''::text NOT NULL,
  "data" bytea DEFAULT E'\\x005c27'::bytea NOT NULL,
  "uid" uuid DEFAULT '00000000-0000-0000-0000-000000000007'::uuid NOT NULL,
  "day" date DEFAULT '2024-02-29'::date NOT NULL,
  "clock" time DEFAULT '23:59:59.999999'::time NOT NULL,
  "local" timestamp DEFAULT '2024-02-29 01:02:03.000004'::timestamp NOT NULL,
  "moment" timestamptz(3) DEFAULT '2024-02-29 00:00:00+00:00'::timestamptz NOT NULL,
  "span" interval DEFAULT '-1 days 0 seconds 1 microseconds'::interval NOT NULL,
  "raw" json DEFAULT '{"a":1}'::json NOT NULL,
  "meta" jsonb DEFAULT E'{"source":"it''s","labels":["a\\\\b"]}'::jsonb NOT NULL,
  "tags" text[] DEFAULT E'{"a","b\\"c","d\\\\e","f''g","NULL",""}'::text[] NOT NULL,
  "grid" integer[] DEFAULT '{{"1","2"},{"3","4"}}'::integer[] NOT NULL,
  "status" "status" DEFAULT 'open'::"status" NOT NULL,
  "history" "status"[] DEFAULT '{"open","done"}'::"status"[] NOT NULL,
  "kind" "org"."kind" DEFAULT 'b'::"org"."kind" NOT NULL,
  "plain" text DEFAULT 'done'::text NOT NULL,
  "doubled" integer GENERATED ALWAYS AS ("whole" * '2'::bigint) STORED NOT NULL,
  "shouted" text GENERATED ALWAYS AS (upper("note")) VIRTUAL NOT NULL,
  "class" text,
  CONSTRAINT "items_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "items_price_check" CHECK (("price" > '-2'::numeric) AND (("small" < 100) OR "flag")),
  CONSTRAINT "items_raw_check" CHECK ("note" !~ E'^\\s'''::text),
  CONSTRAINT "items_email_fkey" FOREIGN KEY ("email") REFERENCES "org"."owners" ("email") ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "items_owner_tenant_owner_id_fkey" FOREIGN KEY ("owner_tenant", "owner_id") REFERENCES "org"."owners" ("tenant", "id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "items_plain_idx" ON "items" ("plain");
CREATE UNIQUE INDEX IF NOT EXISTS "items_class_idx" ON "items" ("class") NULLS NOT DISTINCT WITH ("fillfactor" = '70');
CREATE UNIQUE INDEX IF NOT EXISTS "items_lower_note_idx" ON "items" (lower("note"), ("whole" + "big"));
CREATE INDEX IF NOT EXISTS "items_meta_idx" ON "items" USING "gin" ("meta" "jsonb_path_ops") WITH ("fastupdate" = 'false');
CREATE INDEX IF NOT EXISTS "items_open_idx" ON "items" ("status") INCLUDE ("price", "day") WHERE ("status" = 'open'::"status") AND "flag";
CREATE INDEX IF NOT EXISTS "items_owner_idx" ON "items" ("owner_tenant", "created_at" DESC NULLS LAST, "id" NULLS FIRST);
CREATE INDEX IF NOT EXISTS "items_tags_idx" ON "items" USING "gin" ("tags");
COMMENT ON COLUMN "items"."created_at" IS 'when it was written';
