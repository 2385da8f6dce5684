CREATE SCHEMA IF NOT EXISTS "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*";

CREATE SEQUENCE "invoice_numbers" START WITH 1000;

CREATE SEQUENCE "sa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*"."qa""b'c\d;e
f	g$$h$qb$i%j%%sé😀--/*" INCREMENT BY -5 START WITH -10 CYCLE;

CREATE TABLE "invoices" (
  "number" bigint DEFAULT (nextval('invoice_numbers')) NOT NULL,
  CONSTRAINT "invoices_pkey" PRIMARY KEY ("number")
);
