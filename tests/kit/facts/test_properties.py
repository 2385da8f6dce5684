"""Each property of each kind of object is read as the server has it, and told by its name where it changes."""

from __future__ import annotations

import pytest

from qb import Database, Tx
from qb.kit import Catalog, Identity, introspect
from tests.kit.alone import differences
from tests.kit.everything import EVERYTHING, make


def of(kind: str, schema: str, table: str, name: str, /, **fields: object) -> tuple[Identity, dict[str, object]]:
    return Identity(kind, schema, table, name), fields


PROPERTIES = [
    of("schema", "", "", "app", owner="postgres", comment="what the program has"),
    of("enum", "app", "", "mood", labels=("sad", "it's ok", "glad")),
    of("domain", "app", "", "positive", base="integer", default="1", not_null=True, collation=None),
    of("check", "app", "positive", "above_zero", definition="CHECK ((VALUE > 0))", of="domain", columns=()),
    of("composite type", "app", "", "pair", owner="postgres"),
    of("attribute", "app", "pair", "other", type="text", collation='"C"', position=2, of="composite type"),
    of("range", "app", "", "span", subtype="double precision", difference="float8mi", multirange="app.span_multirange"),
    of("collation", "app", "", "plain", provider="libc", collate="C", deterministic=True),
    of(
        "sequence",
        "app",
        "",
        "numbers",
        type="integer",
        increment=5,
        min=10,
        max=1000,
        start=20,
        cache=3,
        cycle=True,
        column=None,
        identity=False,
        persistence="permanent",
    ),
    of("sequence", "app", "", "people_id_seq", start=5, column="app.people.id", identity=True),
    of("sequence", "app", "", "pets_id_seq", column="app.pets.id", identity=False),
    of(
        "function",
        "app",
        "",
        "double(integer)",
        arguments="integer",
        types=("int4", "int4"),
        unnamed=True,
        modes="",
        returns="integer",
        language="sql",
        body="SELECT $1 * 2",
        sql_body=None,
        volatility="immutable",
        strict=True,
        parallel="safe",
        settings=("work_mem=1MB",),
        security_definer=False,
        cost=100.0,
        rows=0.0,
        window=False,
    ),
    of("function", "app", "", "triple(integer)", arguments="n integer DEFAULT 1", sql_body="RETURN (n * 3)"),
    of("procedure", "app", "", "nothing(integer)", returns=None, security_definer=True, arguments="INOUT n integer"),
    of("aggregate", "app", "", "total(integer)", aggregate="normal", returns="integer"),
    of(
        "table",
        "app",
        "",
        "people",
        options=("fillfactor=70", "toast.autovacuum_enabled=false"),
        row_security=True,
        forced=True,
        persistence="permanent",
        access_method="heap",
        comment="who is there",
        replica_identity="default",
    ),
    of("table", "app", "", "fleeting", persistence="unlogged"),
    of("table", "app", "", "events", partition_key="RANGE (at)", bound=None, inherits=()),
    of(
        "table",
        "app",
        "",
        "events_2026",
        bound="FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        inherits=("app.events",),
        partition_key=None,
    ),
    of("table", "app", "", "events_other", bound="DEFAULT"),
    of("table", "app", "", "special", inherits=("app.fleeting",), bound=None),
    of("table", "app", "", "pets", replica_identity="full"),
    of("foreign table", "app", "", "away", server="kit_server", server_options=("table_name=x", "token")),
    of("column", "app", "away", "id", options=("key=true", "token"), not_null=True, of="foreign table"),
    of("column", "app", "people", "id", identity="always", not_null=True, type="integer", position=1),
    of(
        "column",
        "app",
        "people",
        "name",
        collation="app.plain",
        default="'nobody'::text",
        storage="external",
        statistics=50,
        options=("n_distinct=5",),
        comment="how they are called",
        generated="",
        identity="",
    ),
    of("column", "app", "people", "age", type="app.positive", not_null=False),
    of("column", "app", "people", "pair", type="app.pair[]"),
    of("column", "app", "people", "doubled", default="(id * 2)", generated="stored"),
    of("column", "app", "special", "a", inherited=True, local=False),
    of("column", "app", "special", "extra", inherited=False, local=True),
    of("column", "app", "adults", "name", of="view"),
    of("primary key", "app", "people", "people_pkey", columns=("id",), valid=True),
    of(
        "check", "app", "people", "named", definition="CHECK ((name <> ''::text)) NO INHERIT", comment="a name at least"
    ),
    of("check", "app", "pets", "later", valid=False),
    of("unique", "app", "pets", "pets_name_key", definition="UNIQUE NULLS NOT DISTINCT (name)"),
    of(
        "foreign key",
        "app",
        "pets",
        "pets_owner_fkey",
        columns=("owner",),
        target="app.people",
        target_columns=("id",),
        deferrable="deferred",
        triggers="enabled",
    ),
    of("exclusion", "app", "pets", "pets_during_excl", definition="EXCLUDE USING gist (during WITH &&)"),
    of(
        "exclusion",
        "app",
        "pets",
        "pets_abs_excl",
        definition="EXCLUDE USING btree (abs(owner) WITH =, id WITH =)",
        columns=("id",),
    ),
    of("index", "app", "people", "people_pkey", constraint="people_pkey", unique=True),
    of(
        "index",
        "app",
        "people",
        "people_lower",
        unique=False,
        valid=True,
        constraint=None,
        parent=None,
        definition="CREATE INDEX people_lower ON app.people USING btree (lower(name) DESC)"
        " INCLUDE (age) WHERE (id > 5)",
    ),
    of("index", "app", "events_2026", "events_2026_what_idx", parent="app.events_what"),
    of("index", "app", "counted", "counted_n", unique=True),
    of("view", "app", "", "adults", options=("check_option=local", "security_barrier=true")),
    of("materialized view", "app", "", "counted", populated=False),
    of("statistics", "app", "", "together", on="app.fleeting"),
    of("trigger", "app", "people", "touch", enabled="disabled", function="app.touched()", comment="at each change"),
    of("trigger", "app", "pets", "checked", enabled="origin", inherited=False),
    of("trigger", "app", "events_2026", "each_event", inherited=True),
    of("event trigger", "", "", "kit_notice", event="ddl_command_end", tags=("DROP TABLE",), enabled="disabled"),
    of("rule", "app", "pets", "never", enabled="origin"),
    of(
        "policy",
        "app",
        "people",
        "readers",
        command="select",
        permissive=False,
        roles=("kit_reader",),
        using="(id > 0)",
    ),
    of("role", "", "", "kit_clerk", login=True, connection_limit=3, superuser=False),
    of("membership", "", "kit_reader", "kit_clerk", role="kit_clerk", group="kit_reader", admin=True),
    of("grant", "app", "people", "to kit_reader", privileges=("insert", "select"), role="kit_reader", kind="table"),
    of("grant", "app", "people", "name to kit_reader", privileges=("update with grant option",), column="name"),
    of("grant", "", "", "schema app to public", privileges=("usage",), role="public"),
    of("grant", "app", "", "function double(integer) to public", privileges=()),
    of("default privileges", "app", "", "of postgres on tables to kit_reader", privileges=("select",), on="tables"),
    of(
        "publication",
        "",
        "",
        "kit_news",
        tables=("app.people (id, name) WHERE (id > 3)",),
        all_tables=False,
        operations=("insert", "update", "delete", "truncate"),
        via_root=False,
        schemas=(),
    ),
    of("server", "", "", "kit_server", definition="kit_wrapper {api_key,host=away,password}"),
    of("user mapping", "", "", "kit_clerk on server kit_server", definition="password"),
    of("text search dictionary", "app", "", "simple", definition="simple accept = 'false'"),
]


@pytest.fixture(scope="module")
def everything(qb_db: Database) -> Catalog:

    with qb_db.transaction(rollback=True) as tx:
        make(tx, EVERYTHING)
        return introspect(tx).unwrap()


@pytest.mark.parametrize(("identity", "fields"), PROPERTIES, ids=[str(identity) for identity, _ in PROPERTIES])
def test_a_property_is_as_the_server_has_it(everything: Catalog, identity: Identity, fields: dict[str, object]) -> None:
    fact = everything[identity]
    assert {name: getattr(fact, name) for name in fields} == fields


def test_the_tests_are_of_each_kind(everything: Catalog) -> None:
    tested = {identity.kind for identity, _ in PROPERTIES}
    rest = {identity.kind for identity in everything} - tested
    assert rest == {"database", "extension", "not null", "cast", "conversion", "operator", "operator family"} | {
        "foreign-data wrapper",
        "text search configuration",
    } - ({"not null"} if everything.version < 180000 else set())


CHANGES = [
    ("ALTER TABLE app.people SET (fillfactor = 80)", "table app.people", "options"),
    ("ALTER TABLE app.people NO FORCE ROW LEVEL SECURITY", "table app.people", "forced"),
    (
        "ALTER TABLE app.people REPLICA IDENTITY USING INDEX people_pkey",
        "index app.people.people_pkey",
        "replica_identity",
    ),
    ("ALTER TABLE app.people CLUSTER ON people_pkey", "index app.people.people_pkey", "clustered"),
    ("ALTER TABLE app.people ALTER name DROP DEFAULT", "column app.people.name", "default"),
    ("ALTER TABLE app.people ALTER id SET GENERATED BY DEFAULT", "column app.people.id", "identity"),
    ("ALTER TABLE app.people ALTER id SET INCREMENT 7", "sequence app.people_id_seq", "increment"),
    ("ALTER TABLE app.people ENABLE ALWAYS TRIGGER touch", "trigger app.people.touch", "enabled"),
    ("ALTER TABLE app.people OWNER TO kit_clerk", "table app.people", "owner"),
    ("ALTER TABLE app.pets VALIDATE CONSTRAINT later", "check app.pets.later", "valid"),
    ("ALTER TABLE app.pets DISABLE TRIGGER ALL", "foreign key app.pets.pets_owner_fkey", "triggers"),
    ("ALTER TABLE app.pets DISABLE RULE never", "rule app.pets.never", "enabled"),
    ("ALTER INDEX app.people_lower ALTER COLUMN 1 SET STATISTICS 9", "index app.people.people_lower", "statistics"),
    ("ALTER TYPE app.mood RENAME VALUE 'sad' TO 'blue'", "enum app.mood", "labels"),
    ("ALTER DOMAIN app.positive DROP NOT NULL", "domain app.positive", "not_null"),
    ("ALTER VIEW app.adults SET (security_invoker = true)", "view app.adults", "options"),
    ("REFRESH MATERIALIZED VIEW app.counted", "materialized view app.counted", "populated"),
    ("ALTER FUNCTION app.double(integer) COST 5", "function app.double(integer)", "cost"),
    ("ALTER PUBLICATION kit_news SET (publish = 'insert')", "publication kit_news", "operations"),
    ("ALTER ROLE kit_clerk SET work_mem = '2MB'", "role kit_clerk", "settings"),
    ("ALTER ROLE kit_clerk VALID UNTIL '2030-01-01 00:00Z'", "role kit_clerk", "valid_until"),
    ("GRANT DELETE ON app.people TO kit_reader", "grant app.people.to kit_reader", "privileges"),
    ("ALTER STATISTICS app.together SET STATISTICS 5", "statistics app.together", "target"),
    ("COMMENT ON INDEX app.people_lower IS 'x'", "index app.people.people_lower", "comment"),
    ("COMMENT ON POLICY readers ON app.people IS 'x'", "policy app.people.readers", "comment"),
    ("COMMENT ON ROLE kit_clerk IS 'x'", "role kit_clerk", "comment"),
    ("COMMENT ON COLUMN app.pair.one IS 'x'", "attribute app.pair.one", "comment"),
    ("COMMENT ON CONSTRAINT above_zero ON DOMAIN app.positive IS 'x'", "check app.positive.above_zero", "comment"),
]


@pytest.mark.parametrize(("change", "identity", "field"), CHANGES, ids=[each[0] for each in CHANGES])
def test_a_change_is_told_by_its_name(qb_tx: Tx, everything: Catalog, change: str, identity: str, field: str) -> None:
    make(qb_tx, EVERYTHING)
    make(qb_tx, change)
    told = {
        (str(each.identity), each.field) for each in differences(everything, introspect(qb_tx).unwrap(), ["kit_clerk"])
    }
    assert (identity, field) in told
    assert len(told) <= 4
