"""A catalog that is read from a server holds all that is there, as the server says it, and changes nothing."""

from __future__ import annotations

import pytest

from qb import Database, Script, Tx, connect, sql, trusted
from qb.errors import ConnectionRefused, DbError
from qb.kit import Catalog, Identity, introspect
from qb.kit.facts.base import CATALOGS
from qb.kit.facts.role import RoleFact
from qb.kit.facts.schema import DatabaseFact
from qb.types.identifier import quoted
from tests.kit.alone import differences
from tests.kit.everything import EVERYTHING, HOSTILE, make

KINDS = {
    "aggregate",
    "attribute",
    "cast",
    "check",
    "collation",
    "column",
    "composite type",
    "conversion",
    "default privileges",
    "domain",
    "enum",
    "event trigger",
    "exclusion",
    "extension",
    "foreign key",
    "foreign table",
    "foreign-data wrapper",
    "function",
    "grant",
    "index",
    "materialized view",
    "membership",
    "operator",
    "operator family",
    "policy",
    "primary key",
    "procedure",
    "publication",
    "range",
    "role",
    "rule",
    "schema",
    "sequence",
    "server",
    "statistics",
    "table",
    "text search configuration",
    "text search dictionary",
    "trigger",
    "unique",
    "user mapping",
    "view",
}


def test_every_kind_is_there(qb_tx: Tx) -> None:
    before = introspect(qb_tx).unwrap()
    make(qb_tx, EVERYTHING)
    after = introspect(qb_tx).unwrap()
    made = {identity.kind for identity in after.keys() - before.keys()}
    assert made - {"not null"} == KINDS - {"extension"}
    assert ("not null" in made) == (after.version >= 180000)


UNNAMED = """
SELECT DISTINCT i.type, i.identity
FROM (
  SELECT classid, objid, objsubid FROM pg_depend WHERE deptype <> 'i'
  UNION SELECT refclassid, refobjid, refobjsubid FROM pg_depend
  UNION SELECT classoid, objoid, objsubid FROM pg_description
  UNION SELECT 'pg_class'::regclass, oid, 0 FROM pg_class
  UNION SELECT 'pg_proc'::regclass, oid, 0 FROM pg_proc
  UNION SELECT 'pg_constraint'::regclass, oid, 0 FROM pg_constraint
  UNION SELECT 'pg_type'::regclass, oid, 0 FROM pg_type
) o (catalog, oid, part), pg_identify_object(o.catalog, o.oid, o.part) i
WHERE o.oid >= 16384 AND part >= 0 AND i.identity !~ '^pg_toast'
"""


def test_nothing_that_the_server_knows_of_is_left_out(qb_tx: Tx) -> None:
    """Each object of the server's is of a kind of the catalog's, or a part of such: an array's type, a default."""
    make(qb_tx, EVERYTHING)
    catalog = introspect(qb_tx).unwrap()
    make(qb_tx, "SET LOCAL search_path = ''")
    known = {identity.kind for identity in catalog}
    rest = [
        (kind, identity)
        for kind, identity in qb_tx.all(sql(UNNAMED).rows(tuple[str, str])).unwrap()
        if SERVERS.get(kind, kind) not in known
    ]
    assert rest == []


SERVERS = {
    "table column": "column",
    "view column": "column",
    "materialized view column": "column",
    "foreign table column": "column",
    "composite type column": "attribute",
    "composite type": "composite type",
    "table constraint": "check",
    "domain constraint": "check",
    "statistics object": "statistics",
    "type": "enum",
    "toast table": "table",
    "default value": "column",
    "default acl": "default privileges",
    "publication relation": "publication",
    "rule": "rule",
    "function of access method": "operator family",
}
"""What the server calls kinds, and what they are called here."""


COUNTS = [
    ("pg_class WHERE relkind IN ('r', 'p')", {"table"}),
    ("pg_class WHERE relkind IN ('i', 'I') AND relnamespace <> 'pg_toast'::regnamespace", {"index"}),
    ("pg_class WHERE relkind = 'S'", {"sequence"}),
    ("pg_proc", {"function", "procedure", "aggregate"}),
    (
        "pg_constraint WHERE contype <> 't'",
        {"primary key", "unique", "foreign key", "check", "exclusion", "not null"},
    ),
    ("pg_trigger WHERE NOT tgisinternal", {"trigger"}),
    ("pg_operator", {"operator"}),
    ("pg_cast", {"cast"}),
    ("pg_opclass", {"operator class"}),
    ("pg_opfamily", {"operator family"}),
    ("pg_type WHERE typtype = 'b' AND typelem = 0", {"base type"}),
    ("pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'", {"schema"}),
]


@pytest.mark.parametrize(("counted", "kinds"), COUNTS, ids=[each[0] for each in COUNTS])
def test_there_are_as_many_as_the_server_has(qb_tx: Tx, counted: str, kinds: set[str]) -> None:
    make(qb_tx, EVERYTHING + "CREATE EXTENSION vector")
    catalog = introspect(qb_tx).unwrap()
    from_where = counted if "WHERE" in counted else f"{counted} WHERE true"
    text = trusted(f"SELECT count(*) FROM {from_where} AND oid >= 16384")
    found = sum(each.kind in kinds and each.name != "public" for each in catalog)
    assert found == qb_tx.scalar(sql(text).rows(int)).unwrap() > 0


def test_the_numbers_of_catalogs_are_the_servers(qb_tx: Tx) -> None:
    found = qb_tx.all(
        sql("SELECT relname, oid::int8 FROM pg_class WHERE relname = ANY ({names})", names=[*CATALOGS]).rows(
            tuple[str, int]
        )
    ).unwrap()
    assert dict(found) == CATALOGS


def test_a_catalog_is_read_in_one_moment_and_changes_nothing(qb_tx: Tx) -> None:
    make(qb_tx, "SET LOCAL search_path = 'pg_temp'; SET LOCAL quote_all_identifiers = on")
    introspect(qb_tx).unwrap()
    assert qb_tx.scalar(sql("SHOW search_path").rows(str)).unwrap() == "pg_temp"
    assert qb_tx.scalar(sql("SHOW quote_all_identifiers").rows(str)).unwrap() == "on"


def test_two_readings_are_equal(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    one, other = introspect(qb_tx).unwrap(), introspect(qb_tx).unwrap()
    assert one == other
    assert hash(one) == hash(other)
    assert differences(one, other) == ()
    assert [*one] == sorted(one)


def test_what_the_session_says_changes_no_text(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    plain = introspect(qb_tx).unwrap()
    make(
        qb_tx,
        "SET LOCAL search_path = app; SET LOCAL DateStyle = 'German'; SET LOCAL TimeZone = 'Asia/Tokyo';"
        "SET LOCAL quote_all_identifiers = on; SET LOCAL extra_float_digits = -3; SET LOCAL bytea_output = 'escape'",
    )
    assert differences(plain, introspect(qb_tx).unwrap()) == ()


def test_names_are_as_they_are(qb_tx: Tx) -> None:
    name = quoted(HOSTILE)
    make(
        qb_tx,
        f"CREATE SCHEMA {name}; CREATE TYPE {name}.{name} AS ENUM ('a'); CREATE ROLE {name};"
        f"CREATE TABLE {name}.t ({name} {name}.{name} DEFAULT 'a' CONSTRAINT {name} CHECK ({name} = 'a'));"
        f"COMMENT ON COLUMN {name}.t.{name} IS {literal(HOSTILE)}; GRANT SELECT ({name}) ON {name}.t TO {name}",
    )
    catalog = introspect(qb_tx).unwrap()
    column = Identity("column", HOSTILE, "t", HOSTILE)
    assert catalog[column].comment == HOSTILE
    assert {each.kind for each in catalog.needs(column)} == {"table", "enum"}
    assert Identity("check", HOSTILE, "t", HOSTILE) in catalog
    assert Identity("grant", HOSTILE, "t", f"{name} to {name}") in catalog


def literal(text: str) -> str:
    quotes = text.replace("'", "''").replace("\\", "\\\\")
    return f"E'{quotes}'"


def needs(catalog: Catalog, kind: str, schema: str, table: str, name: str) -> set[str]:
    return set(map(str, catalog.needs(Identity(kind, schema, table, name))))


def test_what_needs_what(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    catalog = introspect(qb_tx).unwrap()
    assert needs(catalog, "column", "app", "people", "mood") == {"table app.people", "enum app.mood"}
    assert needs(catalog, "column", "app", "people", "pair") == {"table app.people", "composite type app.pair"}
    assert needs(catalog, "column", "app", "people", "doubled") == {"table app.people", "column app.people.id"}
    assert needs(catalog, "column", "app", "pets", "id") == {"table app.pets", "sequence app.pets_id_seq"}
    assert {"schema app"} <= needs(catalog, "table", "app", "", "people")
    assert {"column app.people.age", "column app.people.name"} <= needs(catalog, "view", "app", "", "adults")
    assert {"table app.people", "role kit_reader"} <= needs(catalog, "policy", "app", "people", "readers")
    assert needs(catalog, "grant", "app", "people", "name to kit_reader") == {
        "column app.people.name",
        "role kit_reader",
    }
    assert "function app.touched()" in needs(catalog, "trigger", "app", "pets", "checked")
    assert {"table app.events"} <= needs(catalog, "table", "app", "", "events_2026")
    assert needs(catalog, "membership", "", "kit_reader", "kit_clerk") == {"role kit_reader", "role kit_clerk"}
    assert {"column app.people.id"} <= needs(catalog, "publication", "", "", "kit_news")


SETTINGS = """
ALTER ROLE kit_clerk SET app.jwt = 'secret';
ALTER ROLE kit_clerk SET pgrst.odd_name = 'a.b=secret';
ALTER ROLE kit_clerk SET work_mem = '5MB';
DO $$ BEGIN
  EXECUTE format($s$ALTER ROLE kit_clerk IN DATABASE %I SET app.jwt = 'secret'$s$, current_database());
  EXECUTE format($s$ALTER DATABASE %I SET pgrst.jwt = 'secret'$s$, current_database());
  EXECUTE format($s$ALTER DATABASE %I SET plpgsql.variable_conflict = 'error'$s$, current_database());
END $$;
ALTER SERVER kit_server OPTIONS (key 'secret');
"""


def test_a_secret_is_not_read(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    make(qb_tx, SETTINGS)
    found = introspect(qb_tx).unwrap()
    assert not [each for each in found.values() if "secret" in repr(each)]
    clerk, database = found[Identity("role", "", "", "kit_clerk")], found[Identity("database", "", "", "")]
    assert isinstance(clerk, RoleFact)
    assert clerk.settings == ("app.jwt", "pgrst.odd_name", "work_mem=5MB")
    assert isinstance(database, DatabaseFact)
    assert set(database.settings) >= {"kit_clerk: app.jwt", "pgrst.jwt", "plpgsql.variable_conflict=error"}


def test_what_an_extension_brought_says_so(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE SCHEMA ext; CREATE EXTENSION vector SCHEMA ext; CREATE TABLE mine (v ext.vector(3))")
    catalog = introspect(qb_tx).unwrap()
    brought = {identity.kind for identity, fact in catalog.items() if fact.extension == "vector"}
    assert {"base type", "function", "aggregate", "operator", "operator class", "cast", "access method"} <= brought
    assert catalog[Identity("table", "public", "", "mine")].extension is None
    assert catalog[Identity("extension", "", "", "vector")].extension is None
    assert needs(catalog, "column", "public", "mine", "v") == {"table public.mine", "base type ext.vector"}


def test_a_schema_that_an_extension_made_is_its_own(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE SCHEMA brought; CREATE SCHEMA own; CREATE EXTENSION vector SCHEMA own")
    make(qb_tx, "ALTER EXTENSION vector ADD SCHEMA brought; CREATE TABLE brought.jobs (id int)")
    catalog = introspect(qb_tx).unwrap()
    assert catalog[Identity("schema", "", "", "brought")].extension == "vector"
    assert catalog[Identity("schema", "", "", "own")].extension is None


def test_a_role_that_may_only_connect_reads_all(qb_db: Database, qb_url: str) -> None:
    qb_db.run(
        Script("CREATE ROLE kit_stranger LOGIN", "CREATE SCHEMA closed", "CREATE TABLE closed.t (id int)")
    ).unwrap()
    try:
        with connect(qb_url.replace("postgres@", "kit_stranger@")) as stranger:
            assert stranger.scalar(sql("SELECT current_user").rows(str)).unwrap() == "kit_stranger"
            assert differences(introspect(qb_db).unwrap(), introspect(stranger).unwrap()) == ()
    finally:
        qb_db.run(Script("DROP SCHEMA closed CASCADE", "DROP ROLE kit_stranger")).unwrap()


def test_temporary_objects_are_the_sessions(qb_tx: Tx) -> None:
    before = introspect(qb_tx).unwrap()
    make(
        qb_tx,
        "CREATE TEMP TABLE t (id serial PRIMARY KEY, n int CHECK (n > 0), d text);"
        "CREATE TEMP VIEW v AS SELECT * FROM t; CREATE TYPE pg_temp.e AS ENUM ('a');"
        "CREATE STATISTICS pg_temp.s ON n, d FROM t;"
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();"
        "GRANT SELECT ON t TO PUBLIC; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t",
    )
    assert differences(before, introspect(qb_tx).unwrap()) == ()


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with connect("postgresql://nobody@127.0.0.1:1/nowhere", timeout=0.2) as db:
        error = introspect(db).failure()
    assert isinstance(error, ConnectionRefused)


def test_a_statement_that_takes_too_long_is_a_failure(qb_db: Database) -> None:
    qb_db.ping().unwrap()
    error: DbError = introspect(qb_db.options(statement_timeout=0.001)).failure()
    assert "statement_timeout" in str(error)


def test_a_view_of_a_transaction_sees_what_that_sees(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE TABLE t ()")
    assert Identity("table", "public", "", "t") in introspect(qb_tx.options(statement_timeout=60)).unwrap()
