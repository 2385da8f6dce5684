"""`create_all` and `drop_all` on the server: what its catalog says is what was described."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import (
    CheckViolation,
    Col,
    Database,
    Db,
    Expr,
    Failure,
    InvalidSql,
    Script,
    Shape,
    Success,
    Table,
    Timeout,
    Tx,
    column,
    connect,
    create_all,
    drop_all,
    fn,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
    trusted,
)
from qb.declare.table import describe
from qb.model.exclusion import Exclusion
from qb.model.table import ColumnDefinition
from qb.render.literals import value_literal
from qb.tree.expressions import Bind
from qb.typing import Schema, SqlType
from tests.render import ddl_schemas
from tests.render.ddl_schemas import HOSTILE, Document, Hostile, Item, Member, Owner, Team
from tests.samples import samples

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
GOLDEN = Path(__file__).parents[2] / "golden" / "ddl"


@pytest.fixture(scope="module")
def address(qb_db: Database, qb_url: str) -> Iterator[str]:
    """A database in which there is nothing else: the catalog is looked at as a whole."""
    name = "ddl_" + qb_url.partition("?")[0].rpartition("/")[2]
    assert qb_db.execute(sql(trusted(f'CREATE DATABASE "{name}"')).command()) == Success(0)
    yield qb_url.replace(f"/{name.removeprefix('ddl_')}?", f"/{name}?", 1)
    assert qb_db.execute(sql(trusted(f'DROP DATABASE "{name}" WITH (FORCE)')).command()) == Success(0)


@pytest.fixture(scope="module")
def db(address: str) -> Iterator[Database]:
    with connect(address) as found:
        yield found


@pytest.fixture
def tx(db: Database) -> Iterator[Tx]:
    with db.transaction(rollback=True) as found:
        yield found


COLUMNS = """
SELECT c.oid::regclass::text, a.attname::text,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        CASE a.attidentity WHEN 'a' THEN 'ALWAYS AS IDENTITY' WHEN 'd' THEN 'BY DEFAULT AS IDENTITY' END,
        CASE WHEN a.attgenerated = 's' THEN 'STORED' WHEN a.attgenerated = 'v' THEN 'VIRTUAL'
            WHEN d.adbin IS NOT NULL THEN 'DEFAULT' END,
        pg_get_expr(d.adbin, d.adrelid),
        '-- ' || col_description(c.oid, a.attnum))
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.oid > 16383 AND a.attnum > 0
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE oid > 16383 AND contype NOT IN ('n', 't')
"""
INDEXES = """
SELECT tablename::text, indexname::text, indexdef FROM pg_indexes
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
TYPES = """
SELECT t.typnamespace::regnamespace::text, t.typname::text, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1, 2
"""
VIEWS = """
SELECT c.oid::regclass::text, concat_ws(' ', c.relkind::text, c.relispopulated, c.reloptions::text),
    pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.oid > 16383
"""
POLICIES = """
SELECT c.oid::regclass::text, coalesce(p.policyname::text, ''), concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity,
    p.permissive, p.roles::text, p.cmd, p.qual, p.with_check)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_policies p ON p.schemaname = n.nspname AND p.tablename = c.relname WHERE c.relrowsecurity OR p IS NOT NULL
"""
GRANTS = """
WITH acl (item, name, owner, list) AS (
    SELECT oid::regclass::text, '', relowner, relacl FROM pg_class WHERE oid > 16383
    UNION ALL SELECT attrelid::regclass::text, a.attname::text, relowner, attacl
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE attrelid > 16383
    UNION ALL SELECT oid::regnamespace::text, '', nspowner, nspacl FROM pg_namespace WHERE oid > 16383
    UNION ALL SELECT 'default ' || defaclnamespace::regnamespace, defaclobjtype::text, defaclrole, defaclacl
        FROM pg_default_acl
)
SELECT item, concat_ws(' ', name, 'for', CASE WHEN grantee = 0 THEN 'public' ELSE grantee::regrole::text END),
    string_agg(privilege_type || CASE WHEN is_grantable THEN ' grantable' ELSE '' END, ' ' ORDER BY privilege_type)
FROM acl, aclexplode(list) WHERE grantee <> owner GROUP BY item, name, grantee
"""
ROUTINES = """
SELECT p.oid::regprocedure::text, concat_ws(' ', prokind, provolatile, proisstrict, proparallel, prosecdef,
    proleakproof, procost, prorows, proconfig), pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.oid > 16383 AND prokind <> 'a'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
TRIGGERS = """
SELECT t.tgrelid::regclass::text, concat_ws(' ', tgenabled, encode(tgargs, 'escape')), pg_get_triggerdef(t.oid)
FROM pg_trigger t WHERE NOT tgisinternal
UNION ALL SELECT evtname::text, concat_ws(' ', evtevent, evtenabled), concat_ws(' ', evtfoid::regproc, evttags)
FROM pg_event_trigger
"""
EVERYTHING = (COLUMNS, CONSTRAINTS, INDEXES, TYPES)
SOMETIMES = (VIEWS, POLICIES, GRANTS, ROUTINES, TRIGGERS)
"""What most schemas have none of."""


def lines(db: Db, query: str) -> list[str]:
    found = db.all(sql(trusted(query.replace("{", "{{").replace("}", "}}"))).rows(tuple[str, str, str])).unwrap()
    return sorted(f"{relation} {name}: {definition}" for relation, name, definition in found)


def created(db: Db, of: Schema) -> None:
    script = create_all(of)
    assert db.run(script) == Success(len(script.statements))


# ---------------------------------------------------------------- the catalog


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
def test_the_catalog_says_what_was_described(tx: Tx, name: str) -> None:
    created(tx, ddl_schemas.ALL[name])
    sections = ["\n".join(lines(tx, query)) for query in EVERYTHING]
    sections += [section for query in SOMETIMES if (section := "\n".join(lines(tx, query)))]
    found = "\n\n".join(sections) + "\n"
    file = GOLDEN / f"{name}.catalog.txt"
    if os.environ.get("QB_REFRESH"):
        file.write_text(found, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == found, "run `make golden`, and read the difference"


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
def test_columns_are_those_of_the_description(tx: Tx, name: str) -> None:
    created(tx, ddl_schemas.ALL[name])
    for table in ddl_schemas.ALL[name].tables:
        found = tx.all(sql(ATTRIBUTES, schema=table.source.schema or "public", name=table.source.name).rows(Attribute))
        assert [attribute(each) for each in table.info.columns] == found.unwrap()


class Attribute(Shape):
    name: Col[str]
    null: Col[bool]
    identity: Col[str]
    generated: Col[str]
    has_default: Col[bool]
    comment: Col[str | None]


ATTRIBUTES = """
SELECT a.attname::text AS name, NOT a.attnotnull AS null, a.attidentity::text AS identity,
    a.attgenerated::text AS generated, a.atthasdef AS has_default, col_description(c.oid, a.attnum) AS comment
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relname = {name} AND a.attnum > 0 ORDER BY a.attnum
"""


def attribute(info: ColumnDefinition) -> Attribute:
    return Attribute(
        info.name,
        info.optional,
        {"always": "a", "by default": "d", "": ""}[info.as_identity],
        "" if info.generated is None else "s" if info.stored else "v",
        info.default is not None or info.generated is not None,
        info.comment,
    )


# ---------------------------------------------------------------- what the defaults are


def test_defaults_come_back_as_they_were_written(tx: Tx) -> None:
    created(tx, ddl_schemas.full)
    owner = tx.one(insert(new(Owner)(tenant=1, email="a@b", code="1")).returning(Owner)).unwrap()
    assert owner.code == "1   "
    item = tx.one(insert(new(Item)(owner_tenant=1, owner_id=owner.id)).returning(Item)).unwrap()
    for info in describe(Item).columns:
        if isinstance(info.default, Bind) and info.name not in ("any_number", "moment"):
            assert getattr(item, info.attribute) == info.default.value, info.name
    assert item.any_number is not None
    assert item.any_number.is_nan()
    assert item.moment == dt.datetime(2024, 2, 29, tzinfo=dt.UTC)
    assert item.price.as_tuple() == Decimal("-1.50").as_tuple()
    assert (item.doubled, item.shouted) == (0, "")


def test_hostile_names_and_values(tx: Tx) -> None:
    created(tx, ddl_schemas.hostile)
    assert tx.execute(insert(new(Hostile)(id=1))) == Success(1)
    (found,) = tx.all(select(Hostile)).unwrap()
    assert found.text == found.label == HOSTILE
    assert found.texts == [HOSTILE, "{}", ",", "\\", '"']
    assert found.document == {HOSTILE: HOSTILE}
    match tx.execute(insert(new(Hostile)(id=2, text="other"))):
        case Failure(CheckViolation(constraint)):
            assert constraint == f"c{HOSTILE}"
        case other:
            pytest.fail(repr(other))


LITERALS: dict[str, tuple[SqlType[Any], st.SearchStrategy[Any]]] = {
    "text": (pg.text, TEXT),
    "text[]": (pg.array(pg.text), st.lists(st.none() | TEXT, max_size=3)),
    "jsonb": (pg.jsonb, st.dictionaries(TEXT, TEXT | st.integers(-(2**53), 2**53) | st.none(), max_size=3)),
    "bytea": (pg.bytea, st.binary(max_size=20)),
    "bigint": (pg.bigint, st.integers(-(2**63), 2**63 - 1)),
    "numeric": (pg.numeric, st.decimals(allow_nan=False, allow_infinity=False)),
    "double": (pg.double_precision, st.floats(allow_nan=False)),
    "timestamptz": (pg.timestamptz, st.datetimes(timezones=st.just(dt.UTC))),
    "interval": (pg.interval, st.timedeltas(dt.timedelta(-10_000), dt.timedelta(10_000))),
}


@pytest.mark.sampled
@pytest.mark.parametrize("name", list(LITERALS))
def test_a_literal_is_what_a_parameter_would_be(db: Database, name: str) -> None:
    type_, strategy = LITERALS[name]

    @samples(60)
    @given(strategy)
    def equal(value: object) -> None:
        given_as_literal = value_literal(Bind(value, type_)).replace("{", "{{").replace("}", "}}")
        parameter = Expr[object](Bind(value, type_), type_, object, False)
        statement = sql(trusted(f"SELECT ({given_as_literal}) IS NOT DISTINCT FROM {{parameter}}"), parameter=parameter)
        assert db.scalar(statement.rows(bool)) == Success(True)

    equal()


def test_escaping_does_not_depend_on_a_setting(tx: Tx) -> None:
    assert tx.execute(sql("SET LOCAL standard_conforming_strings = off").command()) == Success(0)
    created(tx, ddl_schemas.hostile)
    assert tx.execute(insert(new(Hostile)(id=1))) == Success(1)
    assert tx.one(select(Hostile)).unwrap().text == HOSTILE


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
def test_generated_names_are_the_servers(tx: Tx, name: str) -> None:
    created(tx, ddl_schemas.ALL[name])
    for table in ddl_schemas.ALL[name].tables:
        where = sql(RELATION, schema=table.source.schema or "public", name=table.source.name)
        found = tx.all(
            sql(
                "SELECT conname::text FROM pg_constraint "
                "WHERE contype NOT IN ('n', 't') AND conparentid = 0 AND conrelid = {it}",
                it=where,
            ).rows(str)
        )
        named = {unique.name or "" for unique in table.uniques} | {check.name for check in table.checks}
        named |= {each.name for each in table.foreign_keys}
        named |= {each.name for each in table.attached if isinstance(each, Exclusion)}
        named |= {table.primary_key.name} if table.primary_key else set()
        assert set(found.unwrap()) == named


RELATION = """
(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relname = {name})
"""


def test_vectors(tx: Tx) -> None:
    created(tx, ddl_schemas.vectors)
    assert tx.one(insert(new(Document)(id=1)).returning(Document)).unwrap().embedding == [1.0, 2.5, -3.0]
    near = tx.all(select(Document.id).where(Document.embedding == [1.0, 2.5, -3.0]))
    assert near == Success([1])


def test_a_deferrable_circle_can_be_filled(tx: Tx) -> None:
    created(tx, ddl_schemas.circle)
    assert tx.execute(insert(new(Team)(id=1, lead_id=2))) == Success(1)
    assert tx.execute(insert(new(Member)(id=2, team_id=1, mentor_id=2))) == Success(1)
    assert tx.execute(sql("SET CONSTRAINTS ALL IMMEDIATE").command()) == Success(0)


# ---------------------------------------------------------------- twice, and away again


def nothing(db: Db) -> bool:
    return not any(lines(db, query) for query in (*EVERYTHING, *SOMETIMES))


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
def test_drop_all_leaves_nothing(tx: Tx, name: str) -> None:
    of = ddl_schemas.ALL[name]
    created(tx, of)
    script = drop_all(of)
    assert tx.run(script) == Success(len(script.statements))
    assert nothing(tx)
    for namespace in of.namespaces:
        assert tx.scalar(select(fn.count()).from_(Namespace).where(Namespace.nspname == namespace)) == Success(0)
    created(tx, of)


class Namespace(Table, name="pg_namespace", schema="pg_catalog"):
    nspname: Col[str] = column()


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
def test_if_not_exists_twice(tx: Tx, name: str) -> None:
    of = ddl_schemas.ALL[name]
    script = create_all(of, if_not_exists=True)
    assert tx.run(script) == Success(len(script.statements))
    before = [lines(tx, query) for query in (*EVERYTHING, *SOMETIMES)]
    assert tx.run(script) == Success(len(script.statements))
    assert [lines(tx, query) for query in (*EVERYTHING, *SOMETIMES)] == before


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
def test_if_exists(tx: Tx, name: str) -> None:
    of = ddl_schemas.ALL[name]
    script = drop_all(of, if_exists=True, cascade=True)
    created(tx, of)
    assert tx.run(script) == Success(len(script.statements))
    assert nothing(tx)
    # The PostgreSQL schema is gone, too, and IF EXISTS does not mind.
    assert tx.run(script) == Success(len(script.statements))


def test_a_postgresql_schema_with_something_else_in_it_stays(tx: Tx) -> None:
    created(tx, ddl_schemas.full)
    assert tx.execute(sql("CREATE TABLE org.others (id integer)").command()) == Success(0)
    assert isinstance(tx.run(drop_all(ddl_schemas.full, cascade=True)), Success)
    assert [line.partition(":")[0] for line in lines(tx, COLUMNS)] == ["org.others id"]


def test_what_is_there_is_an_error_and_nothing_happens(db: Database) -> None:
    class First(Table, name="aa_first"):
        id: Col[int] = column(primary_key=True)

    class Second(Table, name="aa_second"):
        id: Col[int] = column(primary_key=True)

    assert db.run(create_all(schema(Second))) == Success(1)
    try:
        match db.run(create_all(schema(First, Second))):
            case Failure(InvalidSql() as error):
                assert error.sqlstate == "42P07"
            case other:
                pytest.fail(repr(other))
        assert [line.partition(" ")[0] for line in lines(db, COLUMNS)] == ["aa_second"]
    finally:
        assert db.run(drop_all(schema(Second))) == Success(1)
    assert nothing(db)


def test_an_empty_script(tx: Tx) -> None:
    assert tx.run(create_all(schema())) == Success(0)


def test_a_script_has_the_limits_of_its_database(db: Database) -> None:
    script = Script("SELECT pg_sleep(5)")
    match db.options(statement_timeout=0.05).run(script):
        case Failure(Timeout()):
            pass
        case other:
            pytest.fail(repr(other))
