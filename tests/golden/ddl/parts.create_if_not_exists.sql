DO $qb1$
DECLARE
  differs record;
BEGIN
  WITH declared (place, namespace, relation, name, type, modifier, written, required, filled, computed) AS (VALUES
    (1, NULL::text, 'leases', 'rooms', 'int4range', -1, 'int4range', true, false, false),
    (2, NULL::text, 'leases', 'days', 'int4range', -1, 'int4range', true, false, false),
    (3, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ta"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'day', 'date', -1, 'date', true, false, false),
    (4, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ta"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'number', 'bigint', -1, 'bigint', true, true, false),
    (5, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ta"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (6, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ta"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'span', 'int4range', -1, 'int4range', true, false, false),
    (7, NULL::text, 'towns', 'id', 'bigint', -1, 'bigint', true, false, false),
    (8, NULL::text, 'towns', 'name', 'text', -1, 'text', false, false, false),
    (9, NULL::text, 'capitals', 'id', 'bigint', -1, 'bigint', true, false, false),
    (10, NULL::text, 'capitals', 'name', 'text', -1, 'text', false, false, false),
    (11, NULL::text, 'capitals', 'of', 'text', -1, 'text', true, false, false),
    (12, NULL::text, 'visits', 'rooms', 'int4range', -1, 'int4range', true, false, false),
    (13, NULL::text, 'visits', 'days', 'int4range', -1, 'int4range', true, false, false),
    (14, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'new sales', 'day', 'date', -1, 'date', true, false, false),
    (15, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'new sales', 'number', 'bigint', -1, 'bigint', true, false, false),
    (16, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'new sales', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (17, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'new sales', 'span', 'int4range', -1, 'int4range', true, false, false),
    (18, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late sales', 'day', 'date', -1, 'date', true, false, false),
    (19, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late sales', 'number', 'bigint', -1, 'bigint', true, false, false),
    (20, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late sales', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (21, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late sales', 'span', 'int4range', -1, 'int4range', true, false, false),
    (22, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late', 'day', 'date', -1, 'date', true, false, false),
    (23, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late', 'number', 'bigint', -1, 'bigint', true, false, false),
    (24, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (25, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'late', 'span', 'int4range', -1, 'int4range', true, false, false),
    (26, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'no region', 'day', 'date', -1, 'date', true, false, false),
    (27, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'no region', 'number', 'bigint', -1, 'bigint', true, false, false),
    (28, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'no region', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (29, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'no region', 'span', 'int4range', -1, 'int4range', true, false, false),
    (30, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'olda"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'day', 'date', -1, 'date', true, false, false),
    (31, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'olda"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'number', 'bigint', -1, 'bigint', true, false, false),
    (32, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'olda"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (33, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'olda"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'span', 'int4range', -1, 'int4range', true, false, false),
    (34, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'other sales', 'day', 'date', -1, 'date', true, false, false),
    (35, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'other sales', 'number', 'bigint', -1, 'bigint', true, false, false),
    (36, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'other sales', E'ra"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (37, E'sa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'other sales', 'span', 'int4range', -1, 'int4range', true, false, false)
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
BEGIN
  CREATE PUBLICATION "of all" FOR ALL TABLES WITH (publish_generated_columns = stored);
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$qb$;

DO $qb1$
BEGIN
  CREATE PUBLICATION "of schemas" FOR TABLES IN SCHEMA "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$qb1$;

CREATE TABLE IF NOT EXISTS "leases" (
  "rooms" int4range NOT NULL,
  "days" int4range NOT NULL,
  CONSTRAINT "leases_pkey" PRIMARY KEY ("rooms", "days" WITHOUT OVERLAPS)
);

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" (
  "day" date NOT NULL,
  "number" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" text NOT NULL,
  "span" int4range NOT NULL,
  CONSTRAINT "ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_pkey" PRIMARY KEY ("day", "number", "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*")
) PARTITION BY RANGE ("day");

CREATE INDEX IF NOT EXISTS "ia""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ON "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ("number" "int8_ops");

ALTER TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ALTER COLUMN "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET STORAGE EXTERNAL, ALTER COLUMN "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET COMPRESSION pglz, ALTER COLUMN "ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET STATISTICS 500;

DO $qb1$
BEGIN
  CREATE PUBLICATION "puba""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR TABLE "leases", TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ("day", "number") WHERE ("number" > 0) WITH (publish = 'delete', publish_via_partition_root = true);
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$qb1$;

CREATE UNLOGGED TABLE IF NOT EXISTS "towns" (
  "id" bigint NOT NULL,
  "name" text,
  CONSTRAINT "towns_pkey" PRIMARY KEY ("id")
) USING "heap" WITH ("fillfactor" = '70', "toast"."autovacuum_enabled" = 'false');

CREATE INDEX IF NOT EXISTS "towns_idx" ON "towns" ("name") INCLUDE ("id") TABLESPACE "pg_default";

CREATE TABLE IF NOT EXISTS "capitals" (
  "of" text NOT NULL,
  CONSTRAINT "capitals_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "capitals_of_key" UNIQUE ("of")
) INHERITS ("towns") TABLESPACE "pg_default";

CREATE TABLE IF NOT EXISTS "visits" (
  "rooms" int4range NOT NULL,
  "days" int4range NOT NULL,
  CONSTRAINT "visits_rooms_days_fkey" FOREIGN KEY ("rooms", PERIOD "days") REFERENCES "leases" ("rooms", PERIOD "days")
);

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."new sales" PARTITION OF "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST ("ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*");

CREATE INDEX IF NOT EXISTS "new_idx" ON "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."new sales" ("number");

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late sales" PARTITION OF "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."new sales" DEFAULT PARTITION BY HASH ("number", "day");

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late" PARTITION OF "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."late sales" FOR VALUES WITH (MODULUS 3, REMAINDER 2);

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."no region" PARTITION OF "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."new sales" FOR VALUES IN (E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*');

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."olda""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" PARTITION OF "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" (
  CONSTRAINT "ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" CHECK ("ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text)
) FOR VALUES FROM (MINVALUE) TO ('2024-01-01') WITH ("fillfactor" = '90');

CREATE TABLE IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."other sales" PARTITION OF "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" DEFAULT;

ALTER TABLE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" REPLICA IDENTITY FULL;

CREATE STATISTICS IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."sta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" (mcv) ON "day", (lower("ra""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*")) FROM "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

ALTER STATISTICS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."sta""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET STATISTICS 7;

CREATE STATISTICS IF NOT EXISTS "of towns" ON (lower("name")) FROM "towns";
ALTER TABLE "capitals" REPLICA IDENTITY USING INDEX "capitals_of_key";
