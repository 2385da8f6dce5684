"""Objects that are known by their SQL: in the graph of all others, made, read back and dropped; as text where no
server here has their extension."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any, LiteralString

import pytest

from qb import (
    Col,
    DefinitionError,
    Shape,
    Success,
    Table,
    Tx,
    column,
    compile,
    create_all,
    custom_object,
    drop_all,
    extension,
    fn,
    index,
    namespace,
    pg,
    schema,
    select,
    sql,
    subquery,
    undone,
    view,
)
from qb.ddl.operation import Comment, Drop
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.typing import CustomObject, Extension, Sql
from tests.render.ddl_schemas import HOSTILE

GOLDEN = Path(__file__).parents[1] / "golden"


class Number(Table, name=f"n{HOSTILE}"):
    id: Col[int] = column(primary_key=True)


product = custom_object(
    "aggregate",
    "product",
    schema="mine",
    create=sql("CREATE AGGREGATE mine.product(bigint) (SFUNC = int8mul, STYPE = bigint, INITCOND = '1')"),
    drop=sql("DROP AGGREGATE mine.product(bigint)"),
    read=sql("SELECT aggtransfn, agginitval FROM pg_aggregate WHERE aggfnoid = {f}::regproc", f="mine.product"),
)
rule = custom_object(
    "statistics setting",
    HOSTILE,
    create=(sql("ALTER TABLE {t} ALTER id SET STATISTICS 7", t=Number), sql("COMMENT ON TABLE {t} IS 'x'", t=Number)),
    drop=sql("ALTER TABLE {t} ALTER id SET STATISTICS -1", t=Number),
    read=sql("SELECT attstattarget AS target FROM pg_attribute WHERE attrelid = {n}::regclass AND attname = 'id'", n=1),
    needs=[product],
)


def test_an_aggregate_and_a_setting(qb_tx: Tx) -> None:
    described = schema(rule, product, Number)
    assert described == schema(Number, product, rule)
    made = create_all(described)
    assert [str(each.identity) for each in made.operations] == [
        "schema mine",
        "custom object mine.aggregate product",
        f"table n{HOSTILE}",
        f"custom object statistics setting {HOSTILE}",
    ]
    qb_tx.run(made).unwrap()
    assert qb_tx.all(product.read) == Success(['{"agginitval": "1", "aggtransfn": "int8mul"}'])
    qb_tx.run(create_all(described, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(described, if_exists=True, cascade=True)).unwrap()
    qb_tx.run(drop_all(schema(product), if_exists=True)).unwrap()
    qb_tx.run(made).unwrap()
    qb_tx.run(drop_all(described)).unwrap()


class Embedding(Table, name="embeddings of objects"):
    id: Col[int] = column(primary_key=True)
    at: Col[list[float]] = column(pg.vector(3))


def hnsw_setting(table: type[Table], vectors: Extension) -> CustomObject:
    """What only pgvector knows, made for one table: how much a search looks at."""
    return custom_object(
        "search function",
        "nearest",
        create=sql(
            "CREATE FUNCTION nearest(vector, int) RETURNS SETOF bigint LANGUAGE sql SET hnsw.ef_search = 200 "
            'AS $q$ SELECT id FROM "embeddings of objects" ORDER BY at <-> $1 LIMIT $2 $q$'
        ),
        drop=sql("DROP FUNCTION nearest(vector, int)"),
        read=sql("SELECT proconfig FROM pg_proc WHERE proname = 'nearest'"),
        needs=[table, vectors],
    )


def test_what_an_extension_brings(qb_tx: Tx) -> None:
    vectors = extension("vector", comment="nearest neighbours")
    nearest = hnsw_setting(Embedding, vectors)
    by_place = index("embeddings_idx", Embedding.at, method="hnsw", operator_class="vector_l2_ops")
    described = schema(nearest, vectors, Embedding, by_place)
    qb_tx.run(create_all(described)).unwrap()
    qb_tx.run(planned([Comment(vectors, "again"), Comment(vectors, None)], Target())).unwrap()
    assert qb_tx.all(nearest.read) == Success(['{"proconfig": ["hnsw.ef_search=200"]}'])
    qb_tx.run(drop_all(described)).unwrap()
    with pytest.raises(DefinitionError, match="search function nearest needs the extension vector, which is not"):
        schema(hnsw_setting(Number, vectors), Number)


# ---------------------------------------------------------------- TimescaleDB and Apache AGE, which no server here has


class Reading(Table, name="readings", schema="iot"):
    at: Col[dt.datetime] = column(primary_key=True)
    device: Col[int] = column(primary_key=True)
    celsius: Col[float] = column()


class Daily(Table, name="daily", schema="iot", external=True):
    """The rows of the continuous aggregate, which TimescaleDB makes a relation of."""

    day: Col[dt.datetime] = column()
    device: Col[int] = column()
    mean: Col[float] = column()


timescale = extension("timescaledb", schema="ts", cascade=True)


def hypertable(table: type[Table], name: str, by: str, *, interval: str) -> CustomObject:
    """A table in pieces of time. It goes away with the table."""
    return custom_object(
        "hypertable",
        name,
        create=sql(
            "SELECT ts.create_hypertable({name}::regclass, ts.by_range({by}, {interval}::interval))",
            name=name,
            by=by,
            interval=interval,
        ),
        read=sql(
            "SELECT num_dimensions, compression_enabled FROM timescaledb_information.hypertables "
            "WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = {name}::regclass",
            name=name,
        ),
        needs=[table, timescale],
    )


readings = hypertable(Reading, "iot.readings", "at", interval="1 day")
compression = custom_object(
    "compression policy",
    "iot.readings",
    create=[
        sql("ALTER TABLE {t} SET (timescaledb.compress, timescaledb.compress_segmentby = 'device')", t=Reading),
        sql("SELECT ts.add_compression_policy({t}::regclass, {after}::interval)", t="iot.readings", after="7 days"),
    ],
    drop=sql("SELECT ts.remove_compression_policy({t}::regclass)", t="iot.readings"),
    needs=[readings],
)
retention = custom_object(
    "retention policy",
    "iot.readings",
    create=sql("SELECT ts.add_retention_policy({t}::regclass, {after}::interval)", t="iot.readings", after="1 year"),
    drop=sql("SELECT ts.remove_retention_policy({t}::regclass)", t="iot.readings"),
    needs=[readings],
)
daily = custom_object(
    "continuous aggregate",
    "iot.daily",
    create=sql(
        "CREATE MATERIALIZED VIEW {daily} (day, device, mean) WITH (timescaledb.continuous) AS {query} WITH NO DATA",
        daily=Daily,
        query=select(
            sql("ts.time_bucket('1 day', {at})", at=Reading.at).as_(dt.datetime, not_null=True),
            Reading.device,
            fn.avg_float(Reading.celsius),
        ).group_by(sql("1").as_(int), Reading.device),
    ),
    drop=sql("DROP MATERIALIZED VIEW {daily}", daily=Daily),
    needs=[readings],
)

age = extension("age")


class Friend(Shape):
    name: Col[str]
    friends: Col[int]


graph = custom_object(
    "graph",
    "people",
    create=sql("SELECT ag_catalog.create_graph({name})", name="people"),
    drop=sql("SELECT ag_catalog.drop_graph({name}, true)", name="people"),
    read=sql(
        "SELECT name, kind FROM ag_catalog.ag_label WHERE graph = (SELECT graphid FROM ag_catalog.ag_graph "
        "WHERE name = {name})",
        name="people",
    ),
    needs=[age],
)


def cypher(query: LiteralString) -> Sql:
    """Rows of a graph as rows of two columns."""
    return sql(
        "SELECT n::text AS name, f::text::bigint AS friends FROM ag_catalog.cypher('people', $q$ "
        + query
        + " $q$) AS (n ag_catalog.agtype, f ag_catalog.agtype)"
    )


friends = cypher("MATCH (p:Person)-[:KNOWS]->(f) RETURN p.name, count(f)").rows(Friend)
loners = view("loners", friends)


@pytest.mark.parametrize("name", ["timescaledb", "age"])
def test_what_the_server_lacks_as_text(name: str) -> None:
    if name == "age":
        described = schema(graph, age, loners)
        found = subquery(friends)
        more = [str(compile(select(found.name).where(found.friends > 3)))]
    else:
        described = schema(daily, retention, compression, readings, Reading, Daily, timescale)
        assert described == schema(timescale, Daily, Reading, readings, compression, retention, daily)
        more = [str(compile(readings.read)), str(compile(select(Daily.mean).where(Daily.device == 1)))]
    written = "\n\n".join((str(create_all(described)), *more, str(drop_all(described)))) + "\n"
    file = GOLDEN / f"{name}.sql"
    if os.environ.get("QB_REFRESH"):
        file.write_text(written, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == written, "run `make golden`, and read the difference"


MISTAKES: list[tuple[Any, str]] = [
    (lambda: custom_object("", "x", create=sql("x")), "the kind of a custom object has an empty name"),
    (lambda: custom_object("job", "", create=sql("x")), "the job has an empty name"),
    (lambda: custom_object("job", "x", create=()), "the job 'x' has no SQL that creates it: give it create=sql"),
    (lambda: custom_object("job", "x", create="x"), "the job 'x': create takes sql"),  # type: ignore[arg-type]
    (lambda: custom_object("job", "x", create=sql("x"), read="x"), "the job 'x': read takes sql"),  # type: ignore[arg-type]
    (
        lambda: custom_object("job", "x", create=sql("x"), needs=["vector"]),
        "the job 'x': needs takes tables, views, types, functions, extensions and other objects, not 'vector'",
    ),
    (lambda: custom_object("job", "x", create=sql("x")).read, "custom object job x has no SQL that reads it back"),
    (
        lambda: schema(custom_object("job", "x", create=sql("x"), needs=[product])),
        "the custom object job x needs the custom object mine.aggregate product, which is not in the schema: add the",
    ),
    (
        lambda: schema(custom_object("job", "x", create=sql("SELECT f({t})", t=Number))),
        "the custom object job x needs the table n",
    ),
    (
        lambda: planned([Comment(product, "x")], Target()),
        "custom object mine.aggregate product is known by its SQL alone",
    ),
]


@pytest.mark.parametrize(("define", "text"), MISTAKES, ids=[text[:40] for _, text in MISTAKES])
def test_mistakes(define: Any, text: str) -> None:
    with pytest.raises(DefinitionError, match=text):
        define()


def test_what_is_in_it_is_lost() -> None:
    assert undone([Drop(product)]) is None
    made = create_all(schema(product, namespace("mine", external=True)))
    assert undone(made.operations) == (Drop(product),)
