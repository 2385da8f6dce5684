DO $qb1$
DECLARE
  differs record;
BEGIN
  WITH declared (place, namespace, relation, name, type, modifier, written, required, filled, computed) AS (VALUES
    (1, 'kitchen', E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'id', 'bigint', -1, 'bigint', true, false, false),
    (2, 'kitchen', E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'text', -1, 'text', true, false, false),
    (3, 'kitchen', E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'price', 'numeric', 524294, 'numeric(8, 2)', false, false, false),
    (4, 'kitchen', E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'state', 'text', -1, 'text', true, true, false),
    (5, 'kitchen', E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'seen', 'timestamptz', -1, 'timestamptz', false, false, false)
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

CREATE SCHEMA IF NOT EXISTS "kitchen";

DO $qb1$
BEGIN
  BEGIN
  CREATE FUNCTION "tell of pots"() RETURNS event_trigger LANGUAGE "plpgsql" VOLATILE
AS $qb$BEGIN END$qb$;
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(pg_catalog.quote_ident(pg_catalog.current_schema()) || '.' || '"tell of pots"()'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "qb compares"() RETURNS event_trigger LANGUAGE "plpgsql" VOLATILE
AS $qb$BEGIN END$qb$;
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(pg_catalog.quote_ident(pg_catalog.current_schema()) || '.' || '"qb compares"()'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'tell of pots()', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

DO $qb3$
BEGIN
  BEGIN
  CREATE FUNCTION "tidy"("text" text, "mark" text DEFAULT E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text) RETURNS text LANGUAGE "sql" IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2.5
AS $qb2$SELECT replace(lower($1), $2, '$qb$ $qb1$'::text)$qb2$;
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(pg_catalog.quote_ident(pg_catalog.current_schema()) || '.' || '"tidy"(text, text)'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "qb compares"("text" text, "mark" text DEFAULT E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text) RETURNS text LANGUAGE "sql" IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2.5
AS $qb2$SELECT replace(lower($1), $2, '$qb$ $qb1$'::text)$qb2$;
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(pg_catalog.quote_ident(pg_catalog.current_schema()) || '.' || '"qb compares"(text, text)'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'tidy(text, text)', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb3$;

DO $qb2$
DECLARE
  checked text := current_setting('check_function_bodies');
BEGIN
  PERFORM set_config('check_function_bodies', 'off', true);
  BEGIN
  CREATE FUNCTION "kitchen"."is_dear"("pot" bigint) RETURNS boolean LANGUAGE "sql" VOLATILE SECURITY DEFINER SET "search_path" TO E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'pg_temp'
AS $qb1$SELECT coalesce((SELECT price > 9 FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" WHERE id = ($1)), false)$qb1$;
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."is_dear"(bigint)'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "kitchen"."qb compares"("pot" bigint) RETURNS boolean LANGUAGE "sql" VOLATILE SECURITY DEFINER SET "search_path" TO E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', 'pg_temp'
AS $qb1$SELECT coalesce((SELECT price > 9 FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" WHERE id = ($1)), false)$qb1$;
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."qb compares"(bigint)'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'kitchen.is_dear(bigint)', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
  PERFORM set_config('check_function_bodies', checked, true);
END
$qb2$;

CREATE TABLE IF NOT EXISTS "kitchen"."pa""b'c\d;e
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

DO $qb2$
BEGIN
  BEGIN
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
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(E'"kitchen"."fa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"(numeric, bigint[])'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "kitchen"."qb compares"("least" numeric DEFAULT CAST(NULL AS numeric), VARIADIC "ids" bigint[] DEFAULT '{}'::bigint[]) RETURNS TABLE ("sa""b'c\d;e
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
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."qb compares"(numeric, bigint[])'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.fa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*(numeric, bigint[])', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb2$;

DO $qb1$
BEGIN
  BEGIN
  CREATE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"() RETURNS trigger LANGUAGE "plpgsql" VOLATILE SECURITY DEFINER SET "search_path" TO ''
AS $qb$BEGIN RETURN NEW; END$qb$;
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(E'"kitchen"."na""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"()'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "kitchen"."qb compares"() RETURNS trigger LANGUAGE "plpgsql" VOLATILE SECURITY DEFINER SET "search_path" TO ''
AS $qb$BEGIN RETURN NEW; END$qb$;
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."qb compares"()'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.na"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*()', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

DO $qb2$
BEGIN
  BEGIN
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
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"()'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "kitchen"."qb compares"() RETURNS trigger LANGUAGE "plpgsql" VOLATILE
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
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."qb compares"()'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger()', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb2$;

DO $qb2$
BEGIN
  BEGIN
  CREATE FUNCTION "kitchen"."pots"() RETURNS SETOF "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" LANGUAGE "plpgsql" VOLATILE
AS $qb1$BEGIN RETURN QUERY SELECT * FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"; RAISE NOTICE '%', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text; END$qb1$;
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."pots"()'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE FUNCTION "kitchen"."qb compares"() RETURNS SETOF "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" LANGUAGE "plpgsql" VOLATILE
AS $qb1$BEGIN RETURN QUERY SELECT * FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"; RAISE NOTICE '%', E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text; END$qb1$;
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."qb compares"()'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'kitchen.pots()', CONSTRAINT = 'function',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb2$;

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

DO $qb2$
BEGIN
  BEGIN
  CREATE PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"("pot" bigint, "why" text DEFAULT CAST(NULL AS text)) LANGUAGE "plpgsql" SET "qb"."own" TO '' SET "work_mem" TO '4MB'
AS $qb1$BEGIN UPDATE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET state = ($2) WHERE id = ($1); END$qb1$;
  EXCEPTION WHEN duplicate_function THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure(E'"kitchen"."ca""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text)'));
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE PROCEDURE "kitchen"."qb compares"("pot" bigint, "why" text DEFAULT CAST(NULL AS text)) LANGUAGE "plpgsql" SET "qb"."own" TO '' SET "work_mem" TO '4MB'
AS $qb1$BEGIN UPDATE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" SET state = ($2) WHERE id = ($1); END$qb1$;
      declared := (SELECT pg_catalog.jsonb_build_object('arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid), 'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, 'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = pg_catalog.to_regprocedure('"kitchen"."qb compares"(bigint, text)'));
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.ca"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*(bigint, text)', CONSTRAINT = 'procedure',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb2$;

GRANT EXECUTE ON PROCEDURE "kitchen"."ca""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(bigint, text) TO "qb_cook";

DO $qb1$
BEGIN
  BEGIN
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
  EXCEPTION WHEN duplicate_table THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('query', pg_catalog.pg_get_viewdef(c.oid), 'options', ARRAY(SELECT unnest(c.reloptions) ORDER BY 1), 'columns', ARRAY(SELECT a.attname::text || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum)) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = pg_catalog.current_schema() AND c.relname = 'dear pots');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE VIEW "qb compares" ("id", "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "price", "state", "seen") AS SELECT "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."id", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."price", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."state", "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."seen" FROM "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" WHERE "kitchen"."is_dear"("pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."id");
      declared := (SELECT pg_catalog.jsonb_build_object('query', pg_catalog.pg_get_viewdef(c.oid), 'options', ARRAY(SELECT unnest(c.reloptions) ORDER BY 1), 'columns', ARRAY(SELECT a.attname::text || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum)) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = pg_catalog.current_schema() AND c.relname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = 'dear pots', CONSTRAINT = 'view',
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
  CREATE TRIGGER "a b" BEFORE INSERT OR UPDATE OF "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "price" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH ROW EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', '7');
  ALTER TABLE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ENABLE ALWAYS TRIGGER "a b";
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'a b');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TRIGGER "qb compares" BEFORE INSERT OR UPDATE OF "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*", "price" ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH ROW EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"(E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', '7');
  ALTER TABLE "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ENABLE ALWAYS TRIGGER "qb compares";
      declared := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*.a b', CONSTRAINT = 'trigger',
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
  CREATE TRIGGER "counted" AFTER DELETE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" REFERENCING OLD TABLE AS "oa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH STATEMENT EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'counted');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TRIGGER "qb compares" AFTER DELETE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" REFERENCING OLD TABLE AS "oa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH STATEMENT EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();
      declared := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*.counted', CONSTRAINT = 'trigger',
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
  CREATE TRIGGER "pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger" BEFORE UPDATE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH ROW EXECUTE FUNCTION "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"();
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = E'pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TRIGGER "qb compares" BEFORE UPDATE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" FOR EACH ROW EXECUTE FUNCTION "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger"();
      declared := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*_on_update_trigger', CONSTRAINT = 'trigger',
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
  CREATE CONSTRAINT TRIGGER "renamed" AFTER UPDATE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (("old"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> "new"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*") AND ("new"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text)) EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'renamed');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE CONSTRAINT TRIGGER "qb compares" AFTER UPDATE ON "kitchen"."pa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (("old"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> "new"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*") AND ("new"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" <> E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*'::text)) EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();
      declared := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = E'"kitchen"."pa""b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*"'::regclass AND t.tgname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'kitchen.pa"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*.renamed', CONSTRAINT = 'trigger',
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
  CREATE TRIGGER "dear pots_na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_trigger" INSTEAD OF INSERT OR UPDATE OR DELETE ON "dear pots" FOR EACH ROW EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();
  EXCEPTION WHEN duplicate_object THEN
  DECLARE
    standing jsonb := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = '"dear pots"'::regclass AND t.tgname = E'dear pots_na"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*_trigger');
    declared jsonb;
    differs record;
  BEGIN
    BEGIN
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      CREATE TRIGGER "qb compares" INSTEAD OF INSERT OR UPDATE OR DELETE ON "dear pots" FOR EACH ROW EXECUTE FUNCTION "kitchen"."na""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"();
      declared := (SELECT pg_catalog.jsonb_build_object('definition', substr(pg_catalog.pg_get_triggerdef(t.oid), strpos(pg_catalog.pg_get_triggerdef(t.oid), ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + length(' TRIGGER ' || pg_catalog.quote_ident(t.tgname)) + 1), 'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = '"dear pots"'::regclass AND t.tgname = 'qb compares');
      RAISE EXCEPTION USING ERRCODE = 'QBSEE';
    EXCEPTION WHEN SQLSTATE 'QBSEE' THEN
      NULL;
    END;
    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs
    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key
    ORDER BY each.key DESC LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'QBDDL', TABLE = E'dear pots.dear pots_na"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*_trigger', CONSTRAINT = 'trigger',
        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),
        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, 'none') END;
    END IF;
  END;
  END;
END
$qb1$;

DO $qb1$
BEGIN
  CREATE EVENT TRIGGER "ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION "tell of pots"();
  ALTER EVENT TRIGGER "ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ENABLE REPLICA;
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$qb1$;
