CREATE SCHEMA IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

CREATE TYPE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."ea""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" AS ENUM (E'a"b''c\\d;e
f	g$$h$qb$i%j%%sé😀--/*', '$qb1$');

CREATE TABLE "sa""b'c\d;e
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

CREATE INDEX "a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*_parent_idx" ON "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."a""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" ("parent");

CREATE INDEX "ia""b'c\d;e
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
