"""What databases have that schemas mostly have not: it comes back, or it is told, and nothing stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database
from qb.kit import introspect
from qb.kit.pull import pull
from tests.kit.everything import make
from tests.kit.pull.again import pulled_again, unlike

CAME_BACK = {
    "ranges": """
        CREATE TYPE floats AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
        CREATE TYPE words AS RANGE (SUBTYPE = text, COLLATION = "C");
        CREATE TABLE u (id int PRIMARY KEY, r floats, t words[]);""",
    "rights that are taken away": """
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
        CREATE TABLE t (id int PRIMARY KEY);""",
    "a policy of a superuser": """
        CREATE TABLE t (id int);
        ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON t TO postgres USING (true);""",
    "the comment of a key's index": "CREATE TABLE t (id int PRIMARY KEY); COMMENT ON INDEX t_pkey IS 'it''s x'",
    "a type without attributes": "CREATE TYPE empty AS (); CREATE TABLE u (id int PRIMARY KEY, h empty)",
    "a constraint trigger from another table": """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TABLE a (id int); CREATE TABLE b (id int);
        CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a FROM b DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();""",
    "a serial that is inherited": """
        CREATE SCHEMA "it's ""x"".y";
        CREATE TABLE base (id serial PRIMARY KEY, x int DEFAULT 5, n bigserial);
        CREATE TABLE derived (y text) INHERITS (base);
        CREATE TABLE "it's ""x"".y"."Base %" (id serial PRIMARY KEY);
        CREATE TABLE "it's ""x"".y".derived (y text) INHERITS ("it's ""x"".y"."Base %");""",
    "an unlogged table with a serial": "CREATE UNLOGGED TABLE ul (id serial PRIMARY KEY)",
    "a function without a body": "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS ''",
    "a materialized view with storage parameters": """
        CREATE TABLE a (id bigint PRIMARY KEY);
        CREATE MATERIALIZED VIEW m WITH (autovacuum_enabled=off) AS SELECT * FROM a;""",
    "names of functions with brackets": """
        CREATE TABLE "(a)4" (id int PRIMARY KEY);
        CREATE FUNCTION "(a)8"(low bigint DEFAULT 0) RETURNS SETOF "(a)4" LANGUAGE plpgsql STABLE AS 'BEGIN END';
        CREATE FUNCTION "(b"(low bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';
        GRANT EXECUTE ON FUNCTION "(b"(bigint) TO CURRENT_USER;
        CREATE FUNCTION "%(a)s31"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TRIGGER x AFTER INSERT ON "(a)4" FOR EACH ROW EXECUTE FUNCTION "%(a)s31"('it''s ) x');""",
    "views over a domain that is never null": """
        CREATE DOMAIN d AS bigint NOT NULL; CREATE TABLE t (id int PRIMARY KEY, x d NOT NULL);
        CREATE VIEW v AS SELECT id, x FROM t; CREATE MATERIALIZED VIEW m AS SELECT id, x FROM t;""",
    "a domain whose check calls a function": """
        CREATE FUNCTION ok(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END';
        CREATE FUNCTION one() RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
        CREATE DOMAIN d AS text DEFAULT one() CHECK (ok(VALUE)); CREATE TABLE t (x d);""",
    "defaults of arguments that call functions": """
        CREATE FUNCTION zz(a text DEFAULT 'x') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a';
        CREATE FUNCTION ab(a text DEFAULT zz()) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a';
        CREATE TABLE t (x text DEFAULT ab());""",
    "partitions by expressions": """
        CREATE TABLE a (t text, n int) PARTITION BY LIST (lower(t));
        CREATE TABLE a1 PARTITION OF a FOR VALUES IN ('it''s %', NULL); CREATE TABLE a2 PARTITION OF a DEFAULT;
        CREATE TABLE b (at timestamp, "n %" int) PARTITION BY RANGE (EXTRACT(year FROM at), "n %", (("n %" + 1)));
        CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (2024, 1, MINVALUE) TO (2025.5, 1, MAXVALUE);
        CREATE TABLE c (at timestamp, ok boolean) PARTITION BY RANGE (date_trunc('month', at));
        CREATE TABLE c1 PARTITION OF c FOR VALUES FROM ('2024-01-01') TO ('2024-02-01') PARTITION BY LIST ((NOT ok));
        CREATE TABLE c11 PARTITION OF c1 FOR VALUES IN (true);
        CREATE TABLE d (t text, i int) PARTITION BY HASH (lower(t) COLLATE "C", i, t COLLATE "POSIX");
        CREATE TABLE d1 PARTITION OF d FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE e (t text COLLATE "C") PARTITION BY RANGE (t COLLATE "POSIX" text_pattern_ops);
        CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('a') TO ('b');
        CREATE TABLE f (i int) PARTITION BY RANGE ((i * 2)); CREATE TABLE f1 PARTITION OF f FOR VALUES FROM (-4) TO (4);
        CREATE FUNCTION half(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n / 2';
        CREATE TABLE g (i int) PARTITION BY LIST (half(i)); CREATE TABLE g1 PARTITION OF g FOR VALUES IN (3, -4);""",
    "SQL that calls functions": """
        CREATE FUNCTION ok(t anyelement) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
        CREATE TABLE t (x text CHECK (ok(x)), y boolean GENERATED ALWAYS AS (ok(x)) STORED);
        CREATE INDEX i ON t (ok(x)) WHERE ok(x) AND x ~ 'a'; CREATE STATISTICS s ON (ok(x)), x FROM t;
        CREATE VIEW v AS SELECT ok(x) AS o FROM t;
        CREATE FUNCTION n() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM v; END;
        CREATE TABLE u (c bigint DEFAULT n());""",
}
AS_SQL = {
    "foreign tables": """
        CREATE FOREIGN DATA WRAPPER "it's %" OPTIONS (host 'a''b');
        CREATE SERVER "f s" TYPE 'x''' VERSION '1' FOREIGN DATA WRAPPER "it's %" OPTIONS (port '12');
        CREATE USER MAPPING FOR PUBLIC SERVER "f s"; COMMENT ON SERVER "f s" IS 'far';
        CREATE DOMAIN dd AS text CHECK (VALUE <> 'x');
        CREATE FOREIGN TABLE ft (id int OPTIONS (column_name 'a''b%') NOT NULL, "o 2" text COLLATE "C" DEFAULT 'x',
          d dd, CONSTRAINT c CHECK (id > 0)) SERVER "f s" OPTIONS (table_name 'ti %{x}');
        COMMENT ON FOREIGN TABLE ft IS 'what'; COMMENT ON COLUMN ft.id IS 'whose';
        COMMENT ON CONSTRAINT c ON ft IS 'why';
        GRANT SELECT ON ft TO PUBLIC; GRANT INSERT (id, "o 2") ON ft TO PUBLIC;
        GRANT USAGE ON FOREIGN SERVER "f s" TO PUBLIC; GRANT USAGE ON FOREIGN DATA WRAPPER "it's %" TO PUBLIC;
        CREATE VIEW vf AS SELECT * FROM ft; CREATE VIEW vg AS SELECT * FROM vf;
        CREATE FUNCTION rows() RETURNS SETOF ft LANGUAGE sql AS 'SELECT * FROM ft';
        CREATE RULE kept AS ON DELETE TO vg DO INSTEAD NOTHING;""",
    "an operator of one's own": """
        CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
        CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
        CREATE TABLE t (x int CHECK (x === 1)); CREATE INDEX i ON t (x) WHERE x === 1;
        ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (x === 1);
        CREATE VIEW v AS SELECT x === 1 AS o FROM t;
        CREATE OPERATOR FAMILY fam USING btree;
        CREATE OPERATOR CLASS cls FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =,
          OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int), FUNCTION 2 btint4sortsupport(internal);
        CREATE INDEX j ON t (x cls);
        ALTER OPERATOR FAMILY fam USING btree ADD OPERATOR 1 < (int4, int8), OPERATOR 3 = (int4, int8),
          FUNCTION 1 (int4, int8) btint48cmp(int4, int8);
        CREATE OPERATOR FAMILY alone USING gist;
        ALTER OPERATOR FAMILY alone USING gist ADD OPERATOR 15 <-> (point, point) FOR ORDER BY pg_catalog.float_ops,
          FUNCTION 1 (point, point) gist_point_consistent(internal, point, smallint, oid, internal);""",
    "access methods": """
        CREATE ACCESS METHOD "a'm %" TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a int) USING "a'm %";""",
    "languages": """
        CREATE TRUSTED LANGUAGE lala HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler
          VALIDATOR plpgsql_validator;
        REVOKE USAGE ON LANGUAGE lala FROM PUBLIC;
        CREATE FUNCTION n() RETURNS int LANGUAGE lala AS 'BEGIN RETURN 1; END'; CREATE TABLE t (a int DEFAULT n());
        CREATE TYPE c AS (a int); CREATE TRANSFORM FOR c LANGUAGE lala (FROM SQL WITH FUNCTION prsd_lextype(internal));
        CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;""",
    "text search of one's own": """
        CREATE TEXT SEARCH PARSER pp (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
          LEXTYPES = prsd_lextype);
        CREATE TEXT SEARCH TEMPLATE tt (INIT = dsimple_init, LEXIZE = dsimple_lexize);
        CREATE TEXT SEARCH DICTIONARY di (TEMPLATE = tt);
        CREATE TEXT SEARCH CONFIGURATION co (PARSER = pp);
        ALTER TEXT SEARCH CONFIGURATION co ADD MAPPING FOR asciiword WITH di;
        COMMENT ON TEXT SEARCH CONFIGURATION co IS 'ours';
        CREATE TEXT SEARCH CONFIGURATION c2 (PARSER = "default");
        ALTER TEXT SEARCH CONFIGURATION c2 ADD MAPPING FOR asciiword WITH di, simple;
        CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (to_tsvector('co', a));""",
    "domains whose checks call functions over other domains": """
        CREATE DOMAIN d1 AS int CHECK (VALUE > 0);
        CREATE FUNCTION fd(a d1) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 1';
        CREATE DOMAIN d2 AS int CHECK (fd(VALUE::d1)); CREATE DOMAIN d3 AS d1 CHECK (fd(VALUE));
        CREATE FUNCTION fe(a d2) RETURNS d1 LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
        CREATE DOMAIN d4 AS d2 DEFAULT fe(5::d2) CHECK (fe(VALUE) > 0);
        CREATE TYPE c AS (a d4, b int);
        CREATE FUNCTION fc(a c) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
        CREATE DOMAIN d5 AS c CONSTRAINT "it's %{x}" CHECK (fc(VALUE));
        CREATE DOMAIN a1 AS int;
        CREATE FUNCTION fa(a a1) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
        ALTER DOMAIN a1 ADD CHECK (fa(VALUE));
        COMMENT ON CONSTRAINT "it's %{x}" ON DOMAIN d5 IS 'why';
        ALTER DOMAIN d1 ADD CONSTRAINT later CHECK (VALUE < 9) NOT VALID;
        CREATE TABLE t (a d2, b d3, c d4[], d d5, e a1);""",
    "a table of a type": """
        CREATE TYPE "a ""p" AS (one integer, other text COLLATE "C"); CREATE TABLE t OF "a ""p" (PRIMARY KEY (one));
        CREATE TABLE u OF "a ""p" (one WITH OPTIONS DEFAULT 5 NOT NULL);""",
    "a table without columns": """
        CREATE SCHEMA "it's"; CREATE UNLOGGED TABLE "it's"."no ""%" () WITH (fillfactor = 50);
        ALTER TABLE "it's"."no ""%" ENABLE ROW LEVEL SECURITY; COMMENT ON TABLE "it's"."no ""%" IS '{x} it''s';
        ALTER TABLE "it's"."no ""%" ADD CONSTRAINT never CHECK (current_date > '2024-01-01');
        GRANT SELECT ON "it's"."no ""%" TO PUBLIC; CREATE VIEW v AS SELECT 1 AS one FROM "it's"."no ""%";""",
    "settings of the database": """
        DO $$ BEGIN
          EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '3MB');
          EXECUTE format('ALTER DATABASE %I SET search_path = "it''s %%", public, "$user"', current_database());
          EXECUTE format('ALTER DATABASE %I SET "DateStyle" = %L', current_database(), 'SQL, DMY');
          EXECUTE format('ALTER DATABASE %I SET application_name = %L', current_database(), 'it''s %s'); END $$;
        CREATE TABLE t (id int);""",
    "names of the indexes of partitions": """
        CREATE TABLE p (id int, "a b" text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
        CREATE INDEX "whole ""%" ON p ("a b"); CREATE INDEX lowered ON p (lower("a b"));
        CREATE UNIQUE INDEX u ON p (id);
        CREATE TABLE "p 1" PARTITION OF p FOR VALUES FROM (0) TO (5) PARTITION BY RANGE (id);
        CREATE TABLE p11 PARTITION OF "p 1" FOR VALUES FROM (1) TO (3);
        ALTER INDEX "p 1_a b_idx" RENAME TO "it's ""%"; ALTER INDEX "p11_a b_idx" RENAME TO other;
        ALTER INDEX p11_lower_idx RENAME TO "LOW"; ALTER INDEX p11_pkey RENAME TO key_of_p11;
        ALTER TABLE p11 CLUSTER ON other; COMMENT ON INDEX other IS 'it''s';
        CREATE INDEX own ON p11 (id, "a b"); ALTER TABLE p11 REPLICA IDENTITY USING INDEX key_of_p11;""",
    "tables with brackets in their names": """
        CREATE TABLE "a(b)" (id int); GRANT SELECT ON "a(b)" TO PUBLIC; REVOKE ALL ON "a(b)" FROM CURRENT_USER;""",
}

ALL = CAME_BACK | AS_SQL

TOLD: dict[str, tuple[str, list[str]]] = {
    "a server with what may be a password": (
        """
        CREATE FOREIGN DATA WRAPPER w; CREATE SERVER fs FOREIGN DATA WRAPPER w OPTIONS (secret 'x');
        CREATE USER MAPPING FOR PUBLIC SERVER fs OPTIONS (password 'x');
        CREATE FOREIGN TABLE ft (id int) SERVER fs; GRANT SELECT ON ft TO PUBLIC;
        CREATE VIEW vf AS SELECT * FROM ft; CREATE VIEW vg AS SELECT * FROM vf;
        CREATE FUNCTION rows() RETURNS SETOF ft LANGUAGE sql AS 'SELECT * FROM ft';
        CREATE RULE kept AS ON DELETE TO vg DO INSTEAD NOTHING;""",
        [
            "foreign table public.ft: a foreign table",
            "foreign-data wrapper w: foreign-data wrapper (as SQL)",
            "function public.rows(): it needs the foreign table public.ft, which is not held",
            "grant public.ft.to public: privileges: it needs the foreign table public.ft, which is not held",
            "rule public.vg.kept: rule: it needs the view public.vg, which is not held",
            "server fs: a server",
            "user mapping public on server fs: a user mapping",
            "view public.vf: a view of the foreign table public.ft, which is not held",
            "view public.vg: a view of the view public.vf, which is not held",
        ],
    ),
    "a type in C": (
        """
        CREATE TYPE bt;
        CREATE FUNCTION btin(cstring) RETURNS bt LANGUAGE internal IMMUTABLE STRICT AS 'textin';
        CREATE FUNCTION btout(bt) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
        CREATE TYPE bt (INPUT = btin, OUTPUT = btout, LIKE = text);
        CREATE FUNCTION bf(a bt) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
        CREATE TABLE t (a int DEFAULT bf('x'), b int GENERATED ALWAYS AS (bf('y')) STORED, CHECK (bf('x') = 1), c int);
        CREATE VIEW v AS SELECT bf('x') AS o FROM t;""",
        [
            "base type public.bt: a base type",
            "check public.t.t_check: it needs the base type public.bt, which is not held",
            "column public.t.a: it needs the base type public.bt, which is not held",
            "column public.t.b: it needs the base type public.bt, which is not held",
            "function public.bf(public.bt): it needs the base type public.bt, which is not held",
            "function public.btin(cstring): it needs the base type public.bt, which is not held",
            "function public.btout(public.bt): it needs the base type public.bt, which is not held",
            "view public.v: a view of the base type public.bt, which is not held",
        ],
    ),
    "triggers of a key that are off": (
        "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE u (id int REFERENCES t); ALTER TABLE u DISABLE TRIGGER ALL",
        ["foreign key public.u.u_id_fkey: a foreign key whose triggers are switched off"],
    ),
    "a partition's trigger that is off": (
        """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
        CREATE TRIGGER pt AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
        ALTER TABLE p1 DISABLE TRIGGER pt;""",
        ["trigger public.p1.pt: a partition's trigger in a state of its own: disabled"],
    ),
    "another migrator's table": (
        "CREATE TABLE alembic_version (v text PRIMARY KEY); CREATE TABLE t (id int)",
        ["table public.alembic_version: Alembic keeps it for itself"],
    ),
    "settings that may be secret, and of a role": (
        """
        CREATE ROLE odd_one; DO $$ BEGIN
          EXECUTE format('ALTER DATABASE %I SET app.key = %L', current_database(), 'x');
          EXECUTE format('ALTER ROLE odd_one IN DATABASE %I SET work_mem = %L', current_database(), '1MB');
          EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '2MB'); END $$""",
        [
            "database : settings (as SQL)",
            "database : settings of the database for one role, or whose values may be secret",
        ],
    ),
    "what inherits a table without columns": (
        "CREATE TABLE t (); CREATE TABLE u (id int) INHERITS (t)",
        ["table public.t: table (as SQL)", "table public.u: what it inherits, public.t"],
    ),
    "options of a view": (
        """
        CREATE TABLE t (id int);
        CREATE VIEW v WITH (security_barrier = yes, security_invoker = 'T') AS SELECT * FROM t;""",
        [],
    ),
}


@pytest.mark.parametrize("what", ALL)
def test_it_comes_back(qb_db: Database, tmp_path: Path, what: str) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, ALL[what])
        before = introspect(tx).unwrap()
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    assert [str(each) for each in unlike(before, after)] == []
    assert [str(each) for each in found.unsaid if not each.carried] == []


@pytest.mark.parametrize("what", TOLD)
def test_it_is_told_and_the_rest_comes_back(qb_db: Database, tmp_path: Path, what: str) -> None:
    statements, told = TOLD[what]
    with qb_db.transaction(rollback=True) as tx:
        make(tx, statements)
        before = introspect(tx).unwrap()
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    assert sorted(str(each) for each in found.unsaid) == told
    places = {(each.identity.schema, each.identity.table or each.identity.name) for each in found.unsaid}
    for each in unlike(before, after):
        if each.field != "options":  # true is written in many ways
            assert (each.identity.schema, each.identity.table or each.identity.name) in places, str(each)


def test_true_in_all_its_ways(qb_db: Database) -> None:
    ways = ("true", "TRUE", "t", "yes", "Y", "on", "ON", "1")
    with qb_db.transaction(rollback=True) as tx:
        make(tx, "CREATE TABLE t (id int)")
        for number, way in enumerate((*ways, "off", "no", "0", "FALSE")):
            make(tx, f"CREATE VIEW v{number} WITH (security_barrier = '{way}') AS SELECT * FROM t")
        text = pull(introspect(tx).unwrap()).files["public.py"]
    assert text.count("security_barrier=True") == len(ways)


def test_what_refers_to_another_programs_table_has_it_as_external(qb_db: Database) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, "CREATE TABLE directus_users (id uuid PRIMARY KEY, email text)")
        make(tx, "CREATE TABLE notes (id int PRIMARY KEY, author uuid REFERENCES directus_users)")
        found = pull(introspect(tx).unwrap())
    assert 'class DirectusUser(Table, name="directus_users", external=True):' in found.files["public.py"]
    assert "email" not in found.files["public.py"]
    assert [str(each) for each in found.unsaid] == ["table public.directus_users: Directus keeps it for itself"]


def test_a_part_of_a_key_is_branded_where_it_is_one_elsewhere(qb_db: Database) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, "CREATE TABLE orders (id int PRIMARY KEY)")
        make(
            tx, "CREATE TABLE lines (order_id int REFERENCES orders, line_no smallint, PRIMARY KEY (order_id, line_no))"
        )
        make(
            tx,
            "CREATE TABLE parcels (order_id int, line_no smallint, FOREIGN KEY (order_id, line_no) REFERENCES lines)",
        )
        found = pull(introspect(tx).unwrap())
    assert found.files["ids.py"].count("NewType(") == 1
    text = found.files["public.py"].partition("class Parcel(")[2]
    assert text.startswith('Table, name="parcels"):\n    order_id: Col[OrderId | None]')
    assert "    line_no: Col[int | None]" in text
