DO $qb1$
DECLARE
  differs record;
BEGIN
  WITH declared (place, namespace, relation, name, type, modifier, written, required, filled, computed) AS (VALUES
    (1, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ida"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'bigint', -1, 'bigint', true, false, false),
    (2, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, true, false),
    (3, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'tsa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text[]', -1, 'text[]', true, true, false),
    (4, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'document', 'jsonb', -1, 'jsonb', true, true, false),
    (5, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'label', E'"sa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"', -1, E'"sa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"', true, true, false),
    (6, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'parent', 'text', -1, 'text', false, false, false)
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

DO $qb2$
BEGIN
  BEGIN
  CREATE TYPE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" AS ENUM (E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', '$qb1$');
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype(E'"sa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TYPE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."qb compares" AS ENUM (E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', '$qb1$');
      declared := (SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype(E'"sa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"."qb compares"'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*.ea"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', CONSTRAINT = 'enum',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb2$;

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" (
  "ida""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" bigint NOT NULL,
  "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" text DEFAULT E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text NOT NULL,
  "tsa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" text[] DEFAULT E'{"a\\"b''c\\\\d;e
f	g$$h$qb$i%j%%sé😀--/*","{}",",","\\\\","\\""}'::text[] NOT NULL,
  "document" jsonb DEFAULT E'{"a\\"b''c\\\\d;e\\nf\\tg$$h$qb$i%j%%sé😀--/*":"a\\"b''c\\\\d;e\\nf\\tg$$h$qb$i%j%%sé😀--/*"}'::jsonb NOT NULL,
  "label" "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" DEFAULT E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::"sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" NOT NULL,
  "parent" text,
  CONSTRAINT "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_pkey" PRIMARY KEY ("ida""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"),
  CONSTRAINT "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_a""b'c\d;e
f	g_b4577c7f_key" UNIQUE ("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"),
  CONSTRAINT "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_a""b'c\d;e
f_f35bb73a_check" CHECK ("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> E'xa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text),
  CONSTRAINT "ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CHECK (("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" IN (E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text, E'\\'::text)) OR ("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" = E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text)),
  CONSTRAINT "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_parent_fkey" FOREIGN KEY ("parent") REFERENCES "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*")
);

CREATE INDEX IF NOT EXISTS "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_parent_idx" ON "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ("parent");

CREATE INDEX IF NOT EXISTS "ia""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ON "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ("a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" DESC) WHERE "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text;

COMMENT ON COLUMN "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" IS E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*';
