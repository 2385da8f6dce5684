"""What an area has that no descriptor says, as SQL."""

from typing import Final

_TEXT: Final = r"""
CREATE TYPE @area.span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = @area.spans);
CREATE TYPE @area.kind;
CREATE FUNCTION @area.kind_in(cstring) RETURNS @area.kind LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION @area.kind_out(@area.kind) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE @area.kind (INPUT = @area.kind_in, OUTPUT = @area.kind_out, LIKE = text, CATEGORY = 'S');
COMMENT ON COLUMN @area.address.city IS 'with its country';
CREATE FUNCTION @area.triple(n integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n * 3;
CREATE FUNCTION @area.doubled(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION @area.both(INOUT a integer, OUT b text) LANGUAGE plpgsql AS 'BEGIN b := a; END';
CREATE FUNCTION @area.first_of(anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1[1]';
CREATE FUNCTION @area.placed() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE PROCEDURE @area.add(INOUT n integer) LANGUAGE sql BEGIN ATOMIC SELECT n + 1; END;
CREATE AGGREGATE @area.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', PARALLEL = safe);
COMMENT ON AGGREGATE @area.total(integer) IS 'it''s all';
CREATE OPERATOR @area.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq, COMMUTATOR = OPERATOR(@area.===));
CREATE CAST (@area.kind AS text) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE OPERATOR FAMILY @area.family USING btree;
CREATE OPERATOR CLASS @area.class FOR TYPE integer USING btree FAMILY @area.family AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE CONVERSION @area.strange FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH TEMPLATE @area.template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY @area.simple (TEMPLATE = @area.template, accept = false);
CREATE TEXT SEARCH PARSER @area.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
  LEXTYPES = prsd_lextype);
CREATE ACCESS METHOD @area_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TRUSTED LANGUAGE @area_language HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler
  VALIDATOR plpgsql_validator;
CREATE TRANSFORM FOR @area.address LANGUAGE @area_language (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE TABLE @area.addresses OF @area.address (PRIMARY KEY (street), city DEFAULT 'Bern' NOT NULL);
CREATE TABLE @area.odd (
  id integer GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY, word text NOT NULL DEFAULT 'it''s', span @area.span,
  spans @area.spans, kind @area.kind, geo point, mask bit(3) DEFAULT B'101', raw xml, "a 'b" integer CHECK ("a 'b" > 0)
) USING @area_heap;
ALTER TABLE @area.odd ALTER word SET (n_distinct = 5), ALTER word SET STATISTICS 50;
CREATE INDEX odd_lower ON @area.odd (lower(word) text_pattern_ops DESC, (id + 1)) INCLUDE (geo) WHERE id > 5;
ALTER INDEX @area.odd_lower ALTER COLUMN 1 SET STATISTICS 400;
CREATE INDEX odd_class ON @area.odd (id @area.class);
CREATE INDEX odd_geo ON @area.odd USING gist (geo);
ALTER TABLE @area.odd CLUSTER ON odd_pkey;
COMMENT ON INDEX @area.odd_geo IS 'where';
CREATE VIEW @area.shown (one, other) AS SELECT id, count(*) OVER (PARTITION BY word) FROM @area.odd
  WHERE word IN ('a', 'b') AND EXISTS (SELECT FROM @area.addresses WHERE street = word);
COMMENT ON COLUMN @area.shown.one IS 'the first';
ALTER VIEW @area.shown ALTER one SET DEFAULT 7;
CREATE RULE never AS ON DELETE TO @area.odd DO INSTEAD NOTHING;
CREATE RULE written AS ON INSERT TO @area.shown DO INSTEAD INSERT INTO @area.odd (word) VALUES (new.one::text);
COMMENT ON RULE written ON @area.shown IS 'what''s written';
ALTER TABLE @area.odd DISABLE RULE never;
CREATE FOREIGN DATA WRAPPER @area_wrapper OPTIONS (debug 'true');
CREATE SERVER @area_server TYPE 'other' VERSION '1' FOREIGN DATA WRAPPER @area_wrapper OPTIONS (host 'away');
CREATE USER MAPPING FOR @area_clerk SERVER @area_server OPTIONS (password 'secret');
CREATE FOREIGN TABLE @area.away (id integer OPTIONS (key 'true') NOT NULL, name text COLLATE "C" DEFAULT 'x',
  CHECK (id > 0)) SERVER @area_server OPTIONS (file 'x');
ALTER ROLE @area_clerk VALID UNTIL '2030-01-01 00:00:00+00';
ALTER ROLE @area_clerk SET work_mem = '8MB';
GRANT USAGE ON TYPE @area.span TO @area_reader;
GRANT USAGE ON FOREIGN SERVER @area_server TO @area_writer WITH GRANT OPTION;
GRANT USAGE ON LANGUAGE @area_language TO @area_reader;
REVOKE EXECUTE ON FUNCTION @area.triple(integer) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE @area_writer REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE SUBSCRIPTION @area_taken CONNECTION 'dbname=nowhere' PUBLICATION news
  WITH (connect = false, enabled = false, slot_name = NONE);
"""

_LATER: Final = """
CREATE TABLE @area.strict (a integer CONSTRAINT strict_a NOT NULL NO INHERIT, b integer CHECK (b > 0) NOT ENFORCED);
ALTER TABLE @area.strict ADD CONSTRAINT strict_b NOT NULL b NOT VALID;
"""

_EARLIER: Final = "CREATE TABLE @area.strict (a integer NOT NULL, b integer CHECK (b > 0));\n"


def by_sql(area: str, major: int) -> str:
    """Three tables, and an object of each kind that is left: statements that follow what descriptors create."""
    return (_TEXT + (_LATER if major >= 18 else _EARLIER)).replace("@area", area)
