"""A database with an object of every kind, written as SQL: names that need quotes, and one of each property."""

from __future__ import annotations

from typing import Final

from qb import Script, Tx, trusted

HOSTILE: Final = "a \"quoted\" $1 %s \\ {name}; 'x' Ä select"

EVERYTHING: Final = """
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'what the program has';
CREATE TYPE app.mood AS ENUM ('sad', 'it''s ok', 'glad');
CREATE DOMAIN app.positive AS integer DEFAULT 1 NOT NULL CONSTRAINT above_zero CHECK (VALUE > 0);
CREATE TYPE app.pair AS (one integer, other text COLLATE "C");
CREATE TYPE app.span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE COLLATION app.plain (provider = libc, locale = 'C');
CREATE SEQUENCE app.numbers AS integer INCREMENT 5 MINVALUE 10 MAXVALUE 1000 START 20 CACHE 3 CYCLE;
CREATE FUNCTION app.double(integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET work_mem = '1MB' AS 'SELECT $1 * 2';
CREATE FUNCTION app.triple(n integer DEFAULT 1) RETURNS integer LANGUAGE sql RETURN n * 3;
CREATE PROCEDURE app.nothing(INOUT n integer) LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN n := n; END';
CREATE AGGREGATE app.total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
CREATE TABLE app.people (
  id integer GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY,
  name text COLLATE app.plain NOT NULL DEFAULT 'nobody',
  mood app.mood,
  age app.positive,
  pair app.pair[],
  doubled integer GENERATED ALWAYS AS (id * 2) STORED,
  CONSTRAINT named CHECK (name <> '') NO INHERIT
) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
COMMENT ON TABLE app.people IS 'who is there';
COMMENT ON COLUMN app.people.name IS 'how they are called';
COMMENT ON CONSTRAINT named ON app.people IS 'a name at least';
ALTER TABLE app.people ALTER name SET STORAGE EXTERNAL, ALTER name SET STATISTICS 50, ALTER name SET (n_distinct = 5);
CREATE TABLE app.pets (
  id serial PRIMARY KEY,
  owner integer REFERENCES app.people ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  name varchar(20) UNIQUE NULLS NOT DISTINCT,
  during int4range,
  EXCLUDE USING gist (during WITH &&),
  CONSTRAINT pets_abs_excl EXCLUDE (abs(owner) WITH =, id WITH =)
);
ALTER TABLE app.pets ADD CONSTRAINT later CHECK (id > 0) NOT VALID;
CREATE UNLOGGED TABLE app.fleeting (a integer, b integer);
CREATE INDEX people_lower ON app.people (lower(name) DESC) INCLUDE (age) WHERE id > 5;
CREATE TABLE app.events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.events_other PARTITION OF app.events DEFAULT;
CREATE INDEX events_what ON app.events (what);
CREATE TABLE app.special (extra integer) INHERITS (app.fleeting);
CREATE VIEW app.adults WITH (security_barrier = true) AS SELECT id, name FROM app.people WHERE age > 17
  WITH LOCAL CHECK OPTION;
CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) AS n FROM app.people WITH NO DATA;
CREATE UNIQUE INDEX counted_n ON app.counted (n);
CREATE STATISTICS app.together (dependencies) ON a, b FROM app.fleeting;
CREATE FUNCTION app.touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF name ON app.people FOR EACH ROW WHEN (old.name <> new.name)
  EXECUTE FUNCTION app.touched('once');
COMMENT ON TRIGGER touch ON app.people IS 'at each change';
ALTER TABLE app.people DISABLE TRIGGER touch;
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON app.pets DEFERRABLE FOR EACH ROW EXECUTE FUNCTION app.touched();
CREATE TRIGGER each_event BEFORE INSERT ON app.events FOR EACH ROW EXECUTE FUNCTION app.touched();
CREATE FUNCTION app.noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER kit_notice ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION app.noticed();
ALTER EVENT TRIGGER kit_notice DISABLE;
CREATE RULE never AS ON DELETE TO app.pets DO INSTEAD NOTHING;
ALTER TABLE app.people ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE ROLE kit_reader;
CREATE ROLE kit_clerk LOGIN CONNECTION LIMIT 3;
GRANT kit_reader TO kit_clerk WITH ADMIN OPTION;
CREATE POLICY readers ON app.people AS RESTRICTIVE FOR SELECT TO kit_reader USING (id > 0);
GRANT SELECT, INSERT ON app.people TO kit_reader;
GRANT UPDATE (name) ON app.people TO kit_reader WITH GRANT OPTION;
GRANT USAGE ON SCHEMA app TO PUBLIC;
REVOKE EXECUTE ON FUNCTION app.double(integer) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO kit_reader;
CREATE PUBLICATION kit_news FOR TABLE app.people (id, name) WHERE (id > 3);
ALTER TABLE app.pets REPLICA IDENTITY FULL;
CREATE OPERATOR app.=== (leftarg = integer, rightarg = integer, function = int4eq, commutator = OPERATOR(app.===));
CREATE CAST (app.pair AS text) WITH INOUT AS ASSIGNMENT;
CREATE FOREIGN DATA WRAPPER kit_wrapper OPTIONS (api_key 'secret');
CREATE SERVER kit_server FOREIGN DATA WRAPPER kit_wrapper OPTIONS (host 'away', api_key 'secret', password 'secret');
CREATE USER MAPPING FOR kit_clerk SERVER kit_server OPTIONS (password 'secret');
CREATE FOREIGN TABLE app.away (id integer OPTIONS (key 'true', token 'secret') NOT NULL) SERVER kit_server
  OPTIONS (table_name 'x', token 'secret');
CREATE TEXT SEARCH DICTIONARY app.simple (TEMPLATE = pg_catalog.simple, accept = false);
CREATE TEXT SEARCH CONFIGURATION app.words (COPY = pg_catalog.simple);
CREATE OPERATOR FAMILY app.family USING btree;
CREATE CONVERSION app.strange FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
"""


def make(tx: Tx, statements: str) -> None:
    """Run statements that are separated by semicolons."""
    tx.run(Script(trusted(statements))).unwrap()
