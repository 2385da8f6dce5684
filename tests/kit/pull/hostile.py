"""Databases that make it hard: names of Python, of qb, of other objects, and texts with all signs."""

from __future__ import annotations

from typing import Final

NAMES: Final = r"""
CREATE TABLE "table" (
  id int PRIMARY KEY, "column" text, pg text, fn text, sql text, "references" int, "int" int, str text,
  dt timestamptz, msgspec jsonb, identity int, serial int, "Col" text, "Table" int, "None" int, "class" text,
  "__init__" text, "_private" text, "a b" int, "a_b" int, "A B" int, "ä" int, "€" int, "1st" int, "select" text,
  self text, cls text, name text, schema text, metadata text, type text, "with" text, "{x}" text, "it's" text,
  "back\slash" text, "say ""hi"" now" text
);
CREATE TABLE tables (id int PRIMARY KEY REFERENCES "table");
CREATE TABLE "Tables" (id int PRIMARY KEY);
CREATE TABLE columns (id bigint PRIMARY KEY, check_ int CHECK (check_ > 0));
CREATE TABLE ids (id int PRIMARY KEY);
CREATE TABLE types (id int PRIMARY KEY, ids int REFERENCES ids);
CREATE TABLE "user" (id int PRIMARY KEY);
CREATE TABLE users (id int PRIMARY KEY, "user" int REFERENCES "user");
CREATE TABLE "it's \ a ""table"" {x} %s $1" (id int PRIMARY KEY, other int REFERENCES users);
CREATE TABLE "🎉" ("🎉" int PRIMARY KEY);
CREATE TYPE user_id AS ENUM ('a', 'b');
CREATE TYPE mood AS ENUM ('', 'it''s', 'say "x"', 'back\slash', 'class', '{x}', E'new\nline');
CREATE TABLE moods (mood mood DEFAULT 'it''s', other mood DEFAULT 'back\slash', "mood_type" mood, user_id user_id);
CREATE TABLE index (id int PRIMARY KEY, year int, month int, "time" time, zone text, CHECK (year > month));
CREATE SCHEMA ids;
CREATE TABLE ids.users (id int PRIMARY KEY REFERENCES public.users);
CREATE SCHEMA "class";
CREATE TABLE "class".users (id int PRIMARY KEY);
CREATE SCHEMA "a-b";
CREATE SCHEMA "a_b";
CREATE TABLE "a-b".t (id int PRIMARY KEY);
CREATE TABLE "a_b".t (id int PRIMARY KEY);
"""

FUNCTIONS: Final = r"""
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN code AS varchar(8);
CREATE TABLE things (id int PRIMARY KEY, name text);
CREATE FUNCTION plain(id int, "type" text DEFAULT 'it''s {x}', moods mood[] DEFAULT '{}') RETURNS int LANGUAGE plpgsql
  IMMUTABLE STRICT PARALLEL SAFE COST 7 AS 'BEGIN RETURN length(''{x} % $qb$''); END';
CREATE FUNCTION many(code, VARIADIC xs numeric[]) RETURNS mood LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION named(c code, VARIADIC xs numeric[]) RETURNS mood LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION nothing() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET work_mem = '1MB' AS E'\nBEGIN\n  -- "comment" \\ here\n  NULL;\nEND\n';
CREATE FUNCTION found(low int) RETURNS SETOF things LANGUAGE plpgsql STABLE
  AS 'BEGIN RETURN QUERY SELECT * FROM things WHERE id > low; END';
CREATE FUNCTION listed() RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT id, name FROM things';
CREATE FUNCTION any_of(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION "Odd name"("select" int, "a b" text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN ''a''; END';
CREATE FUNCTION short(n int) RETURNS int LANGUAGE sql RETURN n * 2;
CREATE FUNCTION row_of(t things) RETURNS text LANGUAGE sql AS 'SELECT t.name';
CREATE FUNCTION plain(id bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION given(OUT a int, INOUT b int) LANGUAGE plpgsql AS 'BEGIN a := 1; END';
CREATE PROCEDURE done(n int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE VIEW shown AS SELECT plain(id) AS n, total(id) AS t FROM things GROUP BY 1;
CREATE FUNCTION late() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM shown';
CREATE TABLE calls (id int PRIMARY KEY DEFAULT plain(1), n int GENERATED ALWAYS AS (plain(id)) STORED,
  CHECK (plain(id, 'x') > 0), EXCLUDE USING btree (plain(id) WITH =));
CREATE INDEX calls_plain ON calls (plain(id), short(id));
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER "touch it" BEFORE INSERT OR UPDATE OF id ON calls FOR EACH ROW
  WHEN (new.id > 1 AND plain(new.id) > 2) EXECUTE FUNCTION touched('a', 'it''s', '{x}');
CREATE TRIGGER all_of AFTER DELETE ON calls REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION touched();
CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON calls DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION touched();
CREATE TRIGGER instead INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION touched();
ALTER TABLE calls ENABLE ALWAYS TRIGGER later;
ALTER TABLE calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON calls USING (plain(id) > 0 AND EXISTS (SELECT FROM things WHERE things.id = calls.id));
REVOKE EXECUTE ON FUNCTION short(int) FROM PUBLIC;
COMMENT ON FUNCTION short(int) IS 'it''s {short}';
COMMENT ON FUNCTION plain(int, text, mood[]) IS 'plain';
COMMENT ON TRIGGER later ON calls IS 'late';
"""

EXPRESSIONS: Final = r"""
CREATE SCHEMA other;
CREATE TYPE other.state AS ENUM ('new', 'old');
CREATE DOMAIN other.code AS varchar(8) CHECK (VALUE IN ('a', 'b') AND VALUE <> '{}');
CREATE TABLE things (
  id int PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'it''s {x} %s', "Name 2" text COLLATE "C" DEFAULT E'a\\b\nc',
  year int, state other.state NOT NULL DEFAULT 'new', code other.code, at timestamp NOT NULL DEFAULT now(),
  day date DEFAULT CURRENT_DATE, span interval DEFAULT '1 day 02:00:00', small smallint DEFAULT -3,
  big bigint DEFAULT 9999999999, price numeric(8,2) DEFAULT 1.50, ratio real DEFAULT 'NaN', flags bit(3) DEFAULT B'101',
  bits varbit(5), one "char" DEFAULT 'x', names text[] NOT NULL DEFAULT '{}', matrix int[][] DEFAULT ARRAY[[1,2],[3,4]],
  doc jsonb NOT NULL DEFAULT '{"a": [1, "b''c"]}', raw json, address inet DEFAULT '10.0.0.1', during tstzrange,
  many int4multirange, search tsvector
    GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, coalesce(name, '') || ' ' || coalesce("Name 2", ''))) STORED,
  doubled int GENERATED ALWAYS AS (year * 2) STORED, label varchar(20) GENERATED ALWAYS AS (name || '!') STORED,
  mac macaddr, t3 time(3), tz timetz, m money DEFAULT 3, x xml, p point DEFAULT '(1,2)', o oid,
  span2 interval year to month,
  CONSTRAINT things_kind CHECK (name IN ('a', 'b') OR name NOT IN ('it''s', 'd') OR name::text ~ '^[a-z]{2,}\d$'),
  CONSTRAINT year CHECK (year > 0 AND extract(year FROM at) > 2000 AND at::date > '2000-01-01' AND state <> 'old'),
  CONSTRAINT "say ""x"" {y}" CHECK ("Name 2" > 'a' AND NOT ("Name 2" LIKE '%\_%') AND (doc ->> 'name') IS NULL),
  CONSTRAINT always CHECK (true)
);
CREATE INDEX "things {x}" ON things (lower(name) text_pattern_ops, (year + 1) DESC NULLS LAST, "Name 2" COLLATE "C")
  INCLUDE (id) WITH (fillfactor=70) WHERE (name IN ('a', 'b') AND year IS NOT NULL);
CREATE INDEX things_gin ON things USING gin (doc jsonb_path_ops);
CREATE UNIQUE INDEX things_unique ON things ((doc ->> 'name'), (coalesce(year, 0))) NULLS NOT DISTINCT;
CREATE INDEX things_odd ON things ((year), (CASE WHEN name = 'x, (y' THEN 1 ELSE 2 END));
CREATE VIEW shown AS SELECT t.id, t.name AS "the name", 'public.things' AS said, count(*) OVER () AS n FROM things t
  WHERE t.name IN ('a', 'b{c}') AND EXISTS (SELECT FROM public.things x WHERE x.id = t.year);
CREATE VIEW other.shown AS SELECT id, "the name" FROM public.shown;
CREATE TABLE other.links (
  a int REFERENCES things ON DELETE SET NULL, b int, c int, PRIMARY KEY (c, b),
  UNIQUE (b) INCLUDE (a) DEFERRABLE INITIALLY DEFERRED, EXCLUDE USING btree (b WITH =) WHERE (b > 0)
);
CREATE TABLE other.more (c int, b int, d int, UNIQUE NULLS NOT DISTINCT (d, b));
ALTER TABLE other.more ADD FOREIGN KEY (c, b) REFERENCES other.links (c, b) MATCH FULL
  ON UPDATE CASCADE ON DELETE SET NULL (b) DEFERRABLE NOT VALID;
ALTER TABLE things ADD link_c int, ADD link_b int,
  ADD CONSTRAINT back FOREIGN KEY (link_c, link_b) REFERENCES other.links;
CREATE SEQUENCE loose START 7 INCREMENT -2 MAXVALUE 100 MINVALUE -100 CACHE 5;
CREATE TABLE counted (
  a serial, b bigserial PRIMARY KEY, c smallserial, d int, e text DEFAULT ('X' || nextval('loose')),
  f int GENERATED BY DEFAULT AS IDENTITY (START 5 INCREMENT 2 CYCLE), g int DEFAULT nextval('loose')
);
CREATE SEQUENCE mine OWNED BY counted.d;
ALTER TABLE counted ALTER d SET DEFAULT nextval('mine');
COMMENT ON COLUMN things.name IS E'a "comment"\n with \\ and {x} and '' too';
COMMENT ON INDEX things_gin IS '%s';
COMMENT ON SCHEMA other IS 'it''s other';
"""
