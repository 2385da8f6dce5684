CREATE SCHEMA IF NOT EXISTS "iot";
CREATE SCHEMA IF NOT EXISTS "ts";
CREATE EXTENSION IF NOT EXISTS "timescaledb" WITH SCHEMA "ts" CASCADE;

CREATE TABLE "iot"."readings" (
  "at" timestamptz NOT NULL,
  "device" bigint NOT NULL,
  "celsius" double precision NOT NULL,
  CONSTRAINT "readings_pkey" PRIMARY KEY ("at", "device")
);

SELECT ts.create_hypertable('iot.readings'::text::regclass, ts.by_range('at'::text, '1 day'::text::interval));
ALTER TABLE "iot"."readings" SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
SELECT ts.add_compression_policy('iot.readings'::text::regclass, '7 days'::text::interval);
CREATE MATERIALIZED VIEW "iot"."daily" (day, device, mean) WITH (timescaledb.continuous) AS (SELECT ts.time_bucket('1 day', "readings"."at"), "readings"."device", avg("readings"."celsius") FROM "iot"."readings" GROUP BY 1,"readings"."device") WITH NO DATA;
SELECT ts.add_retention_policy('iot.readings'::text::regclass, '1 year'::text::interval);

SELECT pg_catalog.to_jsonb(found)::text FROM ((SELECT num_dimensions, compression_enabled FROM timescaledb_information.hypertables WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = 'iot.readings'::text::regclass)) found ORDER BY 1

SELECT "daily"."mean"
FROM "iot"."daily"
WHERE "daily"."device" = $1::bigint

SELECT ts.remove_retention_policy('iot.readings'::text::regclass);
DROP MATERIALIZED VIEW "iot"."daily";
SELECT ts.remove_compression_policy('iot.readings'::text::regclass);
DROP TABLE "iot"."readings";

DO $qb$
BEGIN
  DROP SCHEMA "ts";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;

DO $qb$
BEGIN
  DROP SCHEMA "iot";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
