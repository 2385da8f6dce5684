"""Tables that nobody has declared: found in the catalog, queried with its types, whatever they are called."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from ipaddress import IPv4Interface
from typing import Any
from uuid import UUID

import pytest

import qb
from qb import Db, Failure, InvalidSql, QueryError, Range, Success, fn, select, sql, trusted
from qb.kit import DiscoveredRow, DiscoveredTable, discover, introspect, tables_of
from qb.types import pg

HOSTILE = [
    'a "b"',
    "it's",
    "100%s",
    "$1",
    "back\\slash",
    "semi;colon -- ",
    "/*",
    "select",
    "ÜBER ☃",
    "{braces}",
    "a.b",
    "self",
    "__class__",
    "x" * 63,
    " ",
]


def run(db: Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).command()).unwrap()


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def found(db: Db, name: str, schema: str = "public") -> DiscoveredTable:
    return discover(db, schema).unwrap()[name]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(qb_tx: qb.Tx, name: str) -> None:
    own = f"{name[:20]} schema"
    columns = ", ".join(f"{quoted(each)} text" for each in HOSTILE)
    full = f"{quoted(own)}.{quoted(name)}"
    run(qb_tx, f"CREATE SCHEMA {quoted(own)}", f"CREATE TABLE {full} ({columns}, PRIMARY KEY ({quoted(name)}))")
    values = ", ".join("'" + each.replace("'", "''") + "'" for each in HOSTILE)
    run(qb_tx, f"INSERT INTO {full} VALUES ({values})")
    table = found(qb_tx, name, own)
    assert tuple(table.columns) == tuple(HOSTILE)
    assert table.key == (name,)
    whole = {each: each for each in HOSTILE}
    assert qb_tx.all(table.select()) == Success([whole])
    one = table.select(name).where(table.column(name, str) == name, table.column(name, str) != HOSTILE[0] + "!")
    assert qb_tx.all(one.order_by(table[name]).limit(3)) == Success([{name: name}])
    assert qb_tx.all(select(table[name], table["select"]).group_by(table[name], table["select"])) == Success(
        [(name, "select")]
    )
    assert qb_tx.scalar(
        sql("SELECT count(*) FROM {t} WHERE {c} = {v}", t=table, c=table[name], v=name).rows(int)
    ) == Success(1)


VALUES: dict[str, tuple[str, object]] = {
    "smallint": ("-1", -1),
    "bigint": ("9223372036854775807", 2**63 - 1),
    "numeric(12,2)": ("1.50", Decimal("1.50")),
    "real": ("0.5", 0.5),
    "double precision": ("1e300", 1e300),
    "boolean": ("true", True),
    "text": ("'x'", "x"),
    "character varying(5)": ("'x'", "x"),
    "character(3)": ("'x'", "x  "),
    "bytea": ("'\\x00ff'", b"\x00\xff"),
    "uuid": ("'00000000-0000-0000-0000-000000000001'", UUID(int=1)),
    "date": ("'2024-02-29'", dt.date(2024, 2, 29)),
    "timestamp with time zone": ("'2024-01-01 00:00Z'", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    "timestamp(3) without time zone": ("'2024-01-01'", dt.datetime(2024, 1, 1)),  # noqa: DTZ001
    "time without time zone": ("'12:30'", dt.time(12, 30)),
    "interval": ("'1 day'", dt.timedelta(days=1)),
    "jsonb": ("'{\"a\": [1, null]}'", {"a": [1, None]}),
    "json": ("'[1.5]'", [1.5]),
    "inet": ("'10.0.0.1/8'", IPv4Interface("10.0.0.1/8")),
    "int4range": ("'[1,5)'", Range(1, 5)),
    "bit(3)": ("'101'", "101"),
    "bit varying(5)": ("'10'", "10"),
    "vector(2)": ("'[1,2]'", [1.0, 2.0]),
    "text[]": ("'{a,NULL,\"b,c\"}'", ["a", None, "b,c"]),
    "numeric(4,1)[]": ("'{1.5}'", [Decimal("1.5")]),
    "integer[]": ("'{{1,2},{3,4}}'", [[1, 2], [3, 4]]),
    "timestamp with time zone[]": ("'{2024-01-01 00:00Z}'", [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]),
    '"we ird"."mo.od"': ("'fi\"ne'", 'fi"ne'),
    '"we ird"."mo.od"[]': ("'{odd}'", ["odd"]),
    '"we ird".money': ("1.5", Decimal("1.5")),
    '"we ird".code': ("'ABC'", "ABC"),
    '"we ird".codes': ("'{ABC}'", ["ABC"]),
    '"we ird".pair': ("ROW(1, 'x y')", '(1,"x y")'),
    '"we ird".spans': ("'[1.5,2.5)'", "[1.5,2.5)"),
    "pg_lsn": ("'16/B374D848'", "16/B374D848"),
    "name": ("'x'", "x"),
    '"char"': ("'x'", "x"),
    "xid": ("'7'", "7"),
    "regclass": ("'pg_class'", "pg_class"),
    "money": ("'1.50'", Decimal("1.50")),
    "macaddr": ("'08:00:2b:01:02:03'", "08:00:2b:01:02:03"),
    "tsvector": ("'a b'", "'a' 'b'"),
}

TYPES = (
    'CREATE SCHEMA "we ird"',
    'CREATE TYPE "we ird"."mo.od" AS ENUM (\'fi"ne\', \'odd\')',
    'CREATE DOMAIN "we ird".money AS numeric(6,2) CHECK (VALUE > 0)',
    'CREATE DOMAIN "we ird".code AS character varying(3)',
    'CREATE DOMAIN "we ird".codes AS "we ird".code[]',
    'CREATE TYPE "we ird".pair AS (n int, "t t" text)',
    'CREATE TYPE "we ird".spans AS RANGE (subtype = numeric)',
    "CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public",
)


@pytest.mark.parametrize(("written", "value"), VALUES.items(), ids=VALUES)
def test_each_cell_is_decoded_by_its_type_in_the_catalog(qb_tx: qb.Tx, written: str, value: tuple[str, object]) -> None:
    text, python = value
    name = f"of {written}"
    run(qb_tx, *TYPES, f"CREATE TABLE {quoted(name)} (id int NOT NULL, it {written})")
    run(qb_tx, f"INSERT INTO {quoted(name)} VALUES (1, {text}), (2, NULL)")
    table = found(qb_tx, name)
    assert table.columns["it"].written.replace("public.", "") == written
    rows = qb_tx.all(table.select().order_by(table["id"]))
    assert rows == Success([{"id": 1, "it": python}, {"id": 2, "it": None}])
    anything: Any = table["it"]
    if written not in ("json", '"we ird".codes'):  # which have no =
        assert qb_tx.all(table.select("id").where(anything == python)) == Success([{"id": 1}])


def test_only_ours_are_there_views_and_parts_too(qb_tx: qb.Tx) -> None:
    run(
        qb_tx,
        "CREATE SCHEMA found",
        "CREATE TABLE found.a (id int PRIMARY KEY, note text)",
        "CREATE VIEW found.b AS SELECT id, note FROM found.a",
        "CREATE MATERIALIZED VIEW found.c AS SELECT 1 AS one",
        "CREATE TABLE found.d (id int, at date NOT NULL) PARTITION BY LIST (id)",
        "CREATE TABLE found.e PARTITION OF found.d FOR VALUES IN (1)",
        "CREATE TABLE found.f ()",
        "COMMENT ON COLUMN found.a.note IS 'what is said'",
    )
    tables = discover(qb_tx, "found").unwrap()
    assert [(name, table.kind) for name, table in tables.items()] == [
        ("a", "table"),
        ("b", "view"),
        ("c", "materialized view"),
        ("d", "table"),
        ("e", "table"),
        ("f", "table"),
    ]
    assert repr(tables["a"]) == "<table found.a: id, note>"
    assert repr(tables["a"].columns["id"]) == "<column id: integer NOT NULL>"
    assert tables["a"].columns["note"].comment == "what is said"
    assert tables["b"].columns["id"].optional  # of a view nobody knows
    assert qb_tx.all(tables["c"].select()) == Success([{"one": 1}])
    assert len(discover(qb_tx, "nothing").unwrap()) == 0
    assert list(tables_of(introspect(qb_tx).unwrap(), "found")) == list(tables)


def test_queries_are_queries(qb_tx: qb.Tx) -> None:
    run(
        qb_tx,
        "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, boss int)",
        "CREATE TABLE orders (id int PRIMARY KEY, person int NOT NULL, total numeric(9,2))",
        "INSERT INTO people VALUES (1, 'Ada', NULL), (2, 'Grace', 1)",
        "INSERT INTO orders VALUES (1, 1, 9.5), (2, 1, 1), (3, 2, NULL)",
    )
    tables = discover(qb_tx).unwrap()
    people, orders = tables["people"], tables["orders"]
    person, total = orders.column("person", int), orders.column("total", Decimal | None)
    joined = (
        select(people["name"], fn.sum(total))
        .from_(people.relation)
        .join(orders.relation, people.column("id", int) == person)
        .group_by(people["name"])
        .order_by(people["name"])
    )
    assert qb_tx.all(joined) == Success([("Ada", Decimal("10.50")), ("Grace", None)])
    both = select(people.relation, orders.relation).join(orders.relation, people.column("id", int) == person)
    first: list[Any] = [*qb_tx.all(both.where(total > 5)).unwrap()]
    assert first == [({"id": 1, "name": "Ada", "boss": None}, {"id": 1, "person": 1, "total": Decimal("9.50")})]
    names = select(people.column("name", str)).where(people.column("boss", int | None).is_null())
    assert qb_tx.scalar(names) == Success("Ada")
    page = people.select("name", "id").order_by(people["id"].desc()).limit(1)
    assert [list(row) for row in qb_tx.all(page).unwrap()] == [["name", "id"]]
    assert qb_tx.scalar(select(fn.count()).from_(people.relation)) == Success(2)
    with qb_tx.stream(people.select("id").order_by(people["id"])) as rows:
        assert [row["id"] for row in rows] == [1, 2]


def test_what_is_not_there_or_another_type_is_said(qb_tx: qb.Tx) -> None:
    run(
        qb_tx, "CREATE TYPE hue AS ENUM ('red')", "CREATE TABLE said (id int NOT NULL, note text, hue hue, tags text[])"
    )
    said = found(qb_tx, "said")
    for wrong in (lambda: said["nothing"], lambda: said.select("id", "nothing"), lambda: said.column("nothing", int)):
        with pytest.raises(QueryError, match=r"public\.said has no column 'nothing': it has id, note, hue, tags"):
            wrong()
    with pytest.raises(QueryError, match=r"public\.said\.id: integer holds int, the annotation says str"):
        said.column("id", str)
    with pytest.raises(QueryError, match=r"public\.said\.note may be NULL: say str \| None"):
        said.column("note", str)
    assert qb_tx.all(said.select().where(said.column("hue", str | None) == "red")) == Success([])
    assert isinstance(said.column("tags", list[str] | None), qb.Expr)
    run(qb_tx, "ALTER TABLE said DROP note")
    with qb_tx.transaction(rollback=True) as inner:
        assert isinstance(inner.all(said.select()).failure(), InvalidSql)
    assert qb_tx.all(found(qb_tx, "said").select()) == Success([])


def test_values_are_frozen_and_compared_by_content(qb_tx: qb.Tx) -> None:
    run(qb_tx, "CREATE TABLE one (id int NOT NULL)", "INSERT INTO one VALUES (1)")
    one = found(qb_tx, "one")
    row = qb_tx.one(one.select()).unwrap()
    assert row == {"id": 1} == dict(row)
    assert row == DiscoveredRow(("id",), 1)
    assert row != DiscoveredRow(("id",), 2)
    assert (len(row), hash(row)) == (1, hash(DiscoveredRow(("id",), 1)))
    assert repr(row) == "DiscoveredRow({'id': 1})"
    for frozen in (row, one, one.columns["id"]):
        anything: Any = frozen
        with pytest.raises(AttributeError):
            anything.name = "x"
    assert one.columns["id"].type == pg.integer
    with qb.connect("postgresql://127.0.0.1:1/nowhere") as nowhere:
        assert isinstance(discover(nowhere), Failure)
        qb.ignore(discover(nowhere))


def test_a_table_that_is_another_one_by_now(qb_db: qb.Database) -> None:
    """As are those of one name in two databases: what was compiled for the one is not taken for the other."""
    of_int: tuple[str, str, object] = ("int", "1", 1)
    for written, literal, value in (of_int, ("text", "'x'", "x"), ("jsonb", "'{\"a\": 1}'", {"a": 1}), of_int):
        run(qb_db, "DROP TABLE IF EXISTS changing", f"CREATE TABLE changing (it {written})")
        changing = found(qb_db, "changing")
        anything: Any = changing["it"]
        run(qb_db, f"INSERT INTO changing VALUES ({literal})")
        assert qb_db.all(changing.select()) == Success([{"it": value}])
        assert qb_db.all(select(changing["it"])) == Success([value])
        assert qb_db.all(changing.select().where(anything == value)) == Success([{"it": value}])
    run(qb_db, "DROP TABLE changing")


def test_one_query_is_compiled_once(qb_tx: qb.Tx) -> None:
    run(qb_tx, "CREATE TABLE compiled_once (id int)")
    statements = qb_tx._statements  # pyright: ignore[reportPrivateUsage]
    assert qb_tx.all(found(qb_tx, "compiled_once").select("id")) == Success([])
    size = len(statements)
    assert qb_tx.all(found(qb_tx, "compiled_once").select("id")) == Success([])
    assert len(statements) == size
