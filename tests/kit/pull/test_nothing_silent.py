"""Whatever is changed in a database with objects of all kinds comes back, pulled and created again, or it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database
from qb.kit import introspect
from tests.kit.everything import EVERYTHING, make
from tests.kit.facts.test_properties import CHANGES
from tests.kit.pull.again import pulled_again, unlike, untold

MORE = (
    """
ALTER TABLE app.people ALTER name SET COMPRESSION pglz
ALTER TABLE app.people ALTER mood SET STORAGE PLAIN
ALTER TABLE app.people ALTER id SET STATISTICS 0
ALTER TABLE app.people ALTER id RESTART WITH 50
ALTER TABLE app.people ALTER id SET MAXVALUE 500 SET CYCLE SET CACHE 7
ALTER SEQUENCE app.people_id_seq RENAME TO odd_seq
ALTER SEQUENCE app.people_id_seq SET UNLOGGED
COMMENT ON SEQUENCE app.people_id_seq IS 'x'
COMMENT ON SEQUENCE app.pets_id_seq IS 'x'
ALTER SEQUENCE app.pets_id_seq INCREMENT 5 CACHE 9
ALTER SEQUENCE app.pets_id_seq OWNED BY NONE
ALTER SEQUENCE app.pets_id_seq RENAME TO odd_seq
ALTER SEQUENCE app.numbers SET UNLOGGED
ALTER SEQUENCE app.numbers OWNED BY app.pets.owner
COMMENT ON SEQUENCE app.numbers IS 'x'
ALTER TABLE app.people ALTER age SET NOT NULL
ALTER TABLE app.people ADD CONSTRAINT odd NOT NULL mood
ALTER TABLE app.people ADD CONSTRAINT odd NOT NULL mood NO INHERIT
ALTER TABLE app.people ADD CONSTRAINT odd NOT NULL mood NOT VALID
ALTER TABLE app.pets ADD CONSTRAINT unen CHECK (id > 5) NOT ENFORCED
ALTER TABLE app.pets ADD CONSTRAINT fkne FOREIGN KEY (owner) REFERENCES app.people NOT VALID
ALTER TABLE app.pets ADD CONSTRAINT fkun FOREIGN KEY (owner) REFERENCES app.people NOT ENFORCED
ALTER TABLE app.pets ALTER CONSTRAINT pets_owner_fkey DEFERRABLE INITIALLY IMMEDIATE
COMMENT ON CONSTRAINT pets_owner_fkey ON app.pets IS 'x'
COMMENT ON CONSTRAINT pets_name_key ON app.pets IS 'x'
COMMENT ON CONSTRAINT people_pkey ON app.people IS 'x'
COMMENT ON CONSTRAINT pets_during_excl ON app.pets IS 'x'
COMMENT ON CONSTRAINT people_name_not_null ON app.people IS 'x'
COMMENT ON INDEX app.pets_name_key IS 'x'
COMMENT ON INDEX app.pets_during_excl IS 'x'
COMMENT ON INDEX app.events_what IS 'x'
COMMENT ON INDEX app.events_2026_what_idx IS 'x'
COMMENT ON INDEX app.counted_n IS 'x'
ALTER INDEX app.events_2026_what_idx SET (fillfactor = 60)
ALTER INDEX app.people_pkey SET (fillfactor = 60)
ALTER INDEX app.pets_name_key SET (fillfactor = 60)
ALTER INDEX app.pets_during_excl SET (fillfactor = 60)
ALTER INDEX app.people_lower SET (fillfactor = 60)
ALTER TABLE app.pets ADD CONSTRAINT u2 UNIQUE (id, owner) INCLUDE (name) DEFERRABLE INITIALLY DEFERRED
ALTER TABLE app.pets ADD CONSTRAINT x2 EXCLUDE USING gist (during WITH &&) WHERE (id > 5) DEFERRABLE
CREATE INDEX o1 ON app.pets USING brin (id) WITH (pages_per_range = 5)
CREATE INDEX o2 ON app.pets (name COLLATE "C" text_pattern_ops DESC NULLS LAST, owner)
CREATE UNIQUE INDEX o3 ON app.pets (name) NULLS NOT DISTINCT
CREATE INDEX o4 ON ONLY app.events (at)
ALTER TABLE app.pets CLUSTER ON pets_pkey
ALTER TABLE app.pets CLUSTER ON pets_name_key
ALTER TABLE app.pets REPLICA IDENTITY NOTHING
ALTER TABLE app.events_2026 ALTER what SET DEFAULT 'q'
ALTER TABLE app.events_2026 ALTER what SET NOT NULL
ALTER TABLE app.events_2026 ADD CHECK (what <> '')
ALTER TABLE app.events_2026 ENABLE ROW LEVEL SECURITY
ALTER TABLE app.events_2026 SET (fillfactor = 60)
ALTER TABLE app.events_2026 ALTER what SET STORAGE PLAIN
ALTER TABLE app.events_2026 ALTER what SET STATISTICS 5
ALTER TABLE app.events_2026 ALTER what SET (n_distinct = 3)
ALTER TABLE app.events_2026 SET UNLOGGED
ALTER TABLE app.events_2026 REPLICA IDENTITY FULL
COMMENT ON TABLE app.events_2026 IS 'x'
COMMENT ON COLUMN app.events_2026.what IS 'x'
COMMENT ON TABLE app.events IS 'x'
CREATE INDEX onpart ON app.events_2026 (what, at)
CREATE POLICY pp ON app.events_2026 USING (what = 'x')
GRANT SELECT ON app.events_2026 TO kit_reader
GRANT SELECT (what) ON app.events_2026 TO kit_reader
ALTER TABLE app.events_2026 ADD PRIMARY KEY (at)
ALTER TABLE app.events_2026 ADD FOREIGN KEY (what) REFERENCES app.pets (name)
ALTER TABLE app.events ALTER what SET DEFAULT 'q'
ALTER TABLE app.events ADD PRIMARY KEY (at)
ALTER TABLE app.events ADD CONSTRAINT ck CHECK (what <> 'x')
ALTER TABLE app.special ALTER a SET DEFAULT 5
ALTER TABLE app.special ALTER a SET NOT NULL
ALTER TABLE app.special ADD CHECK (a > 5)
ALTER TABLE app.special ALTER a SET STATISTICS 5
ALTER TABLE app.special ADD PRIMARY KEY (extra)
COMMENT ON COLUMN app.special.a IS 'x'
ALTER TABLE app.fleeting ADD CONSTRAINT fch CHECK (a > 1)
ALTER TABLE app.fleeting ALTER a SET NOT NULL
ALTER TABLE app.fleeting ADD CONSTRAINT fnn NOT NULL b
CREATE TABLE app.two (z integer) INHERITS (app.fleeting, app.special)
ALTER TABLE app.special NO INHERIT app.fleeting
COMMENT ON VIEW app.adults IS 'x'
COMMENT ON COLUMN app.adults.name IS 'x'
ALTER VIEW app.adults ALTER name SET DEFAULT 'x'
ALTER VIEW app.adults SET (check_option = cascaded)
COMMENT ON MATERIALIZED VIEW app.counted IS 'x'
COMMENT ON COLUMN app.counted.n IS 'x'
ALTER MATERIALIZED VIEW app.counted ALTER n SET STATISTICS 5
ALTER MATERIALIZED VIEW app.counted ALTER n SET STORAGE PLAIN
ALTER MATERIALIZED VIEW app.counted CLUSTER ON counted_n
ALTER MATERIALIZED VIEW app.counted SET (fillfactor = 60)
COMMENT ON STATISTICS app.together IS 'x'
CREATE STATISTICS app.more ON (a + b), a FROM app.fleeting
COMMENT ON TYPE app.mood IS 'x'
COMMENT ON TYPE app.pair IS 'x'
COMMENT ON TYPE app.span IS 'x'
COMMENT ON DOMAIN app.positive IS 'x'
COMMENT ON COLLATION app.plain IS 'x'
ALTER DOMAIN app.positive ADD CHECK (VALUE < 100) NOT VALID
ALTER DOMAIN app.positive DROP DEFAULT
COMMENT ON FUNCTION app.double(integer) IS 'x'
COMMENT ON FUNCTION app.triple IS 'x'
COMMENT ON PROCEDURE app.nothing IS 'x'
COMMENT ON AGGREGATE app.total(integer) IS 'x'
COMMENT ON FUNCTION app.touched IS 'x'
ALTER FUNCTION app.touched() SECURITY DEFINER SET search_path = app, public, pg_temp
ALTER FUNCTION app.touched() SET search_path = app
ALTER FUNCTION app.touched() COST 5
ALTER FUNCTION app.touched() LEAKPROOF
ALTER FUNCTION app.noticed() SET work_mem = '2MB'
ALTER PROCEDURE app.nothing SET search_path = ''
ALTER FUNCTION app.double(integer) SUPPORT pg_catalog.generate_series_int4_support
COMMENT ON TRIGGER checked ON app.pets IS 'x'
COMMENT ON EVENT TRIGGER kit_notice IS 'x'
ALTER EVENT TRIGGER kit_notice ENABLE REPLICA
ALTER TABLE app.people ENABLE REPLICA TRIGGER touch
ALTER TABLE app.events_2026 DISABLE TRIGGER each_event
ALTER TABLE app.events DISABLE TRIGGER each_event
COMMENT ON TRIGGER each_event ON app.events IS 'x'
COMMENT ON TRIGGER each_event ON app.events_2026 IS 'x'
CREATE TRIGGER refd AFTER DELETE ON app.people REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION
  app.touched()
CREATE TRIGGER trunc BEFORE TRUNCATE ON app.people EXECUTE FUNCTION app.touched()
CREATE TRIGGER ins INSTEAD OF INSERT ON app.adults FOR EACH ROW EXECUTE FUNCTION app.touched()
COMMENT ON RULE never ON app.pets IS 'x'
ALTER TABLE app.pets ENABLE ALWAYS RULE never
ALTER TABLE app.pets ENABLE REPLICA RULE never
CREATE RULE al AS ON INSERT TO app.pets WHERE new.id > 5 DO ALSO NOTHING
COMMENT ON SCHEMA public IS 'other'
COMMENT ON SCHEMA app IS NULL
COMMENT ON EXTENSION plpgsql IS 'x'
COMMENT ON PUBLICATION kit_news IS 'x'
ALTER PUBLICATION kit_news SET (publish_via_partition_root = true)
CREATE PUBLICATION ts FOR TABLES IN SCHEMA app
CREATE PUBLICATION pw FOR TABLE app.pets WHERE (id > 3)
CREATE PUBLICATION al FOR ALL TABLES
CREATE PUBLICATION pn WITH (publish_generated_columns = stored)
COMMENT ON OPERATOR app.===(integer,integer) IS 'x'
COMMENT ON CAST (app.pair AS text) IS 'x'
COMMENT ON TEXT SEARCH DICTIONARY app.simple IS 'x'
COMMENT ON TEXT SEARCH CONFIGURATION app.words IS 'x'
COMMENT ON CONVERSION app.strange IS 'x'
COMMENT ON OPERATOR FAMILY app.family USING btree IS 'x'
COMMENT ON FOREIGN DATA WRAPPER kit_wrapper IS 'x'
ALTER OPERATOR FAMILY app.family USING btree ADD OPERATOR 1 < (int4, int8)
ALTER ROLE kit_reader SUPERUSER CREATEDB BYPASSRLS
GRANT kit_reader TO kit_clerk WITH INHERIT FALSE, SET FALSE
REVOKE ADMIN OPTION FOR kit_reader FROM kit_clerk
GRANT USAGE ON TYPE app.mood TO kit_reader
REVOKE USAGE ON TYPE app.mood FROM PUBLIC
REVOKE USAGE ON TYPE app.positive FROM PUBLIC
GRANT USAGE ON SCHEMA app TO kit_reader WITH GRANT OPTION
REVOKE ALL ON SCHEMA public FROM PUBLIC
GRANT EXECUTE ON PROCEDURE app.nothing TO kit_reader
GRANT EXECUTE ON FUNCTION app.total(integer) TO kit_reader
REVOKE EXECUTE ON FUNCTION app.total(integer) FROM PUBLIC
GRANT USAGE ON SEQUENCE app.numbers TO kit_reader
GRANT USAGE ON SEQUENCE app.people_id_seq TO kit_reader
GRANT USAGE ON SEQUENCE app.pets_id_seq TO kit_reader
GRANT SELECT ON app.counted TO kit_reader WITH GRANT OPTION
GRANT SELECT ON app.adults TO kit_reader
GRANT UPDATE (name) ON app.adults TO kit_reader
REVOKE SELECT ON app.people FROM CURRENT_USER
REVOKE ALL ON app.pets FROM CURRENT_USER
GRANT USAGE ON LANGUAGE plpgsql TO kit_reader
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC
GRANT SELECT ON pg_catalog.pg_authid TO kit_reader
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO kit_reader
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC
ALTER DEFAULT PRIVILEGES FOR ROLE kit_clerk GRANT SELECT ON TABLES TO kit_reader WITH GRANT OPTION
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO PUBLIC
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO kit_reader
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM CURRENT_USER
GRANT CONNECT ON DATABASE postgres TO kit_reader
ALTER DATABASE postgres SET work_mem = '3MB'
CREATE POLICY all_of ON app.people
CREATE POLICY ins ON app.people FOR INSERT WITH CHECK (id > 5)
ALTER TABLE app.pets ENABLE ROW LEVEL SECURITY
ALTER TABLE app.pets FORCE ROW LEVEL SECURITY
CREATE POLICY sleeping ON app.pets USING (id > 5)
CREATE TABLE app.gen (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)
CREATE TABLE app.idd (a bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME app.odd_one MINVALUE 3 START 4
  INCREMENT 2 CACHE 3 CYCLE MAXVALUE 99))
CREATE TABLE app.sub (a int, k text) PARTITION BY HASH (a); CREATE TABLE app.sub0 PARTITION OF app.sub FOR
  VALUES WITH (MODULUS 2, REMAINDER 0) PARTITION BY LIST (k); CREATE TABLE app.sub01 PARTITION OF app.sub0 FOR
  VALUES IN ('x', NULL)
CREATE TABLE app.rng (a int, b text) PARTITION BY RANGE (a, b); CREATE TABLE app.rng1 PARTITION OF app.rng FOR
  VALUES FROM (MINVALUE, MINVALUE) TO (5, 'x'); CREATE TABLE app.rng2 (b text, a int); ALTER TABLE app.rng
  ATTACH PARTITION app.rng2 FOR VALUES FROM (5, 'x') TO (MAXVALUE, MAXVALUE)
CREATE TABLE app.expr (a text) PARTITION BY LIST (lower(a)); CREATE TABLE app.expr1 PARTITION OF app.expr FOR
  VALUES IN ('x')
CREATE TABLE app.typed OF app.pair
CREATE TABLE app.nocol ()
CREATE VIEW app.norow AS SELECT
CREATE TYPE app.noenum AS ENUM ()
CREATE TYPE app.noattr AS ()
CREATE TABLE app.tmp (a int) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = on, fillfactor = 55)
  TABLESPACE pg_default
CREATE VIEW app.rec AS WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n
  FROM t
CREATE MATERIALIZED VIEW app.mvam USING heap AS SELECT 1 AS a
ALTER TABLE app.pets ALTER name SET DATA TYPE varchar(30) COLLATE "C"
ALTER TABLE app.pets DROP COLUMN owner CASCADE
ALTER TABLE app.pets ADD COLUMN pid int4range, ADD COLUMN per daterange, ADD CONSTRAINT wo UNIQUE (pid, per
  WITHOUT OVERLAPS)
CREATE COLLATION app.lc (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX')
CREATE SCHEMA "empty %"
CREATE AGGREGATE app.hs(float8 ORDER BY anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc
  = percentile_disc_final, finalfunc_extra)
CREATE AGGREGATE app.srt(int) (sfunc = int4larger, stype = int, sortop = >)
CREATE AGGREGATE app.par(int) (sfunc = int4pl, stype = int, combinefunc = int4pl, parallel = safe,
  finalfunc_modify = read_write, sspace = 5)
CREATE AGGREGATE app.mov(int) (sfunc = int4pl, stype = int, msfunc = int4pl, minvfunc = int4mi, mstype = int,
  minitcond = '0', mfinalfunc_modify = read_write)
CREATE FUNCTION app.outs(OUT a int, OUT b text) LANGUAGE sql AS 'SELECT 1, ''x'''
CREATE FUNCTION app.tab(a int) RETURNS TABLE (x int, y text) LANGUAGE sql ROWS 5 AS 'SELECT 1, ''x'''
CREATE FUNCTION app.vari(VARIADIC a int[]) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'
CREATE FUNCTION app.recs() RETURNS SETOF record LANGUAGE sql AS 'SELECT 1'
CREATE FUNCTION app.rowt(p app.people) RETURNS app.people LANGUAGE sql AS 'SELECT p'
""".strip()
    .replace("\n  ", " ")
    .splitlines()
)
"""A change a line."""
OWNERS = "ALTER TABLE app.people OWNER TO kit_clerk"
"""Owners are not said: who creates something owns it."""


@pytest.mark.slow
@pytest.mark.parametrize("change", [*(each[0] for each in CHANGES if each[0] != OWNERS), *MORE])
def test_nothing_is_lost_in_silence(qb_db: Database, tmp_path: Path, change: str) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, EVERYTHING)
        make(tx, change)
        before = introspect(tx).unwrap()
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    gone = "app.people.people_age_not_null"  # a domain that is never NULL says it
    rest = [each for each in untold(found, unlike(before, after)) if each.identity.title != gone]
    assert [str(each) for each in rest] == []
