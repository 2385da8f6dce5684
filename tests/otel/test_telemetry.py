# Made by tools/sync.py from test_async_telemetry.py: change that one, then run `make generate`.
"""Spans and metrics of what runs, read back from OpenTelemetry's SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from qb import (
    Col,
    Database,
    Outcome,
    Script,
    Success,
    Table,
    Tx,
    column,
    connect,
    create_all,
    delete,
    drop_all,
    ignore,
    insert,
    new,
    prepare,
    schema,
    select,
    sql,
    update,
)
from qb.otel import Telemetry
from qb.query.select import Select
from tests.run.plain import failure


class Trip(Table, name="traced trips"):
    id: Col[int] = column(primary_key=True)
    town: Col[str] = column(unique=True)


class Stop(Table, name='of "traced".stops', schema="traced"):
    id: Col[int] = column(primary_key=True)
    at: Col[str] = column()


@prepare
def trip_to(town: str) -> Select[Trip]:
    return select(Trip).where(Trip.town == town)


class Recorded:
    """What was told to OpenTelemetry."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])
        self.telemetry = Telemetry(tracer_provider=self.tracers, meter_provider=self.meters)

    def spans(self) -> tuple[ReadableSpan, ...]:
        found = self.exporter.get_finished_spans()
        self.exporter.clear()
        return found

    def span(self) -> tuple[str, dict[str, Any]]:
        (found,) = self.spans()
        assert found.kind is SpanKind.CLIENT
        assert found.attributes is not None
        return found.name, dict(found.attributes)

    def metrics(self) -> dict[str, list[Any]]:
        data: Any = self.reader.get_metrics_data()
        resources: list[Any] = [] if data is None else data.resource_metrics
        scopes: list[Any] = [scope for resource in resources for scope in resource.scope_metrics]
        return {metric.name: list(metric.data.data_points) for scope in scopes for metric in scope.metrics}


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


@pytest.fixture
def db(qb_url: str, recorded: Recorded) -> Iterator[Database]:
    with connect(qb_url, telemetry=recorded.telemetry, max_size=2, timeout=0.2) as db:
        db.run(drop_all(schema(Trip), if_exists=True)).unwrap()
        db.run(create_all(schema(Trip))).unwrap()
        db.execute(insert(new(Trip)(id=1, town="Delft"), new(Trip)(id=2, town="Gouda"))).unwrap()
        recorded.spans()
        yield db
        db.run(drop_all(schema(Trip))).unwrap()


def test_a_statement_is_a_span(db: Database, recorded: Recorded) -> None:
    db.all(trip_to("Delft")).unwrap()
    name, found = recorded.span()
    assert name == "SELECT traced trips"
    assert found.pop("server.address").startswith("/")
    assert found.pop("server.port") == 5432
    assert found.pop("db.namespace").startswith("qb_")
    assert found == {
        "db.system.name": "postgresql",
        "db.operation.name": "SELECT",
        "db.collection.name": "traced trips",
        "db.query.summary": "SELECT traced trips",
        "db.query.text": 'SELECT "traced trips"."id", "traced trips"."town" FROM "traced trips" '
        'WHERE "traced trips"."town" = $1::text',
        "db.response.returned_rows": 1,
        "qb.query.name": "trip_to",
    }
    assert "Delft" not in repr(found)


def test_a_write_says_how_many_rows(db: Database, recorded: Recorded) -> None:
    db.execute(update(Trip).set(Trip.town.to(Trip.town + "!")).all_rows()).unwrap()
    name, found = recorded.span()
    assert (name, found["qb.rows"]) == ("UPDATE traced trips", 2)
    assert "qb.query.name" not in found


def test_a_failure_is_said_without_values(db: Database, recorded: Recorded) -> None:
    error = failure(db.execute(insert(new(Trip)(id=3, town="Gouda"))))
    (span,) = recorded.spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "UniqueViolation"
    assert span.attributes["db.response.status_code"] == "23505"
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == str(error)
    assert "Gouda" not in span.to_json()


def test_waiting_for_a_connection_is_part_of_it(db: Database, recorded: Recorded) -> None:
    with db.transaction() as one, db.apart.transaction() as two:
        one.ping().unwrap()
        two.ping().unwrap()
        ignore(db.apart.scalar(select(Trip.id).limit(1)))
    name, found = recorded.span()
    assert (name, found["error.type"]) == ("SELECT traced trips", "PoolExhausted")
    assert "server.address" not in found
    with connect("postgresql://127.0.0.1:1/x", telemetry=recorded.telemetry) as nowhere:
        ignore(nowhere.scalar(select(Trip.id)))
    assert recorded.span()[1]["error.type"] == "ConnectionRefused"


def test_streams_pipelines_scripts_and_bulk_writes(db: Database, recorded: Recorded) -> None:
    with db.stream(trip_to("Delft")) as rows:
        assert [row.id for row in rows] == [1]
    name, found = recorded.span()
    assert (name, found["qb.rows"], found["qb.query.name"]) == ("SELECT traced trips", 1, "trip_to")

    with db.pipeline() as p:
        p.all(trip_to("Delft"))
        p.execute(update(Trip).set(Trip.town.to("x")).where(Trip.id == 404))
        p.all(trip_to("Gouda"))
    name, found = recorded.span()
    assert (name, found["db.operation.batch.size"]) == ("BATCH SELECT traced trips", 3)
    assert found["db.query.text"].count("; ") == 1

    with db.pipeline() as p:
        wrong = p.one(trip_to("nowhere"))
    ignore(wrong.result())
    assert recorded.span()[1]["error.type"] == "NotFound"

    db.insert_many([new(Trip)(id=n, town=str(n)) for n in range(10, 15)]).unwrap()
    name, found = recorded.span()
    assert found["qb.rows"] == 5
    assert (name, found["db.query.text"]) == ("INSERT traced trips", 'INSERT INTO "traced trips"')

    db.run(Script("SELECT 'hunter2'")).unwrap()
    assert recorded.span()[1]["db.query.text"] == "SELECT ?"


def test_bulk_writes_are_told_as_statements_are(db: Database, recorded: Recorded) -> None:
    """By the same table, its schema included, whichever way their rows travel."""
    ran(db, drop_all(schema(Stop), if_exists=True))
    ran(db, create_all(schema(Stop)))
    stops = [new(Stop)(id=n, at=str(n)) for n in range(10)]
    recorded.spans()
    found = insert(Stop).on_conflict(Stop.id, nothing=True)
    works: dict[str, Callable[[], Outcome[Any]]] = {
        "SELECT": lambda: db.all(select(Stop.id)),
        "INSERT": lambda: db.execute(insert(stops[0])),
        "INSERT by COPY": lambda: db.insert_many(stops[1:]),
        "INSERT again": lambda: db.insert_many(stops, found),
        "INSERT, rows back": lambda: db.insert_many(stops, found.returning(Stop.id)),
        "UPDATE": lambda: db.update_many([(1, "x")], update(Stop).by(Stop.id).each(Stop.at)),
        "DELETE": lambda: db.delete_many([1, 2], delete(Stop).by(Stop.id)),
        "DELETE by two": lambda: db.delete_many([(3, "3")], delete(Stop).by(Stop.id, Stop.at)),
        "DELETE in chunks": lambda: db.delete_many(iter(range(6000)), delete(Stop).by(Stop.id)),
    }
    for told, work in works.items():
        ignore(work())
        for span in recorded.spans():
            assert span.attributes is not None
            assert span.attributes["db.collection.name"] == 'traced.of "traced".stops', told
            assert span.name == f'{told.split()[0].strip(",")} traced.of "traced".stops', told
    ran(db, drop_all(schema(Stop)))


def ran(db: Database, script: Script) -> None:
    db.run(script).unwrap()


def test_a_stream_that_fails_is_a_span_that_failed(db: Database, recorded: Recorded) -> None:
    with pytest.raises(Exception, match="does not exist"), db.stream(sql("SELECT nothing FROM nowhere").rows(int)):
        pass
    assert recorded.span()[1]["error.type"] == "InvalidSql"
    with pytest.raises(ZeroDivisionError), db.stream(trip_to("Delft")):
        raise ZeroDivisionError("hunter2")
    (span,) = recorded.spans()
    assert "ZeroDivisionError" in span.to_json()
    assert "hunter2" not in span.to_json()


def test_what_happened_before_is_not_what_it_failed_of(db: Database, recorded: Recorded) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        db.scalar(select(Trip.id).limit(1)).unwrap()
    assert "error.type" not in recorded.span()[1]


def test_a_bug_in_what_makes_rows_is_one(db: Database, recorded: Recorded) -> None:
    with pytest.raises(ZeroDivisionError):
        db.all(select(Trip.id).map(lambda id: id // 0))
    assert recorded.span()[1]["error.type"] == "ZeroDivisionError"


def test_it_is_a_child_of_the_span_around_it(db: Database, recorded: Recorded) -> None:
    tracer = recorded.tracers.get_tracer("test")

    def in_one(tx: Tx) -> Outcome[Trip]:
        with tracer.start_as_current_span("inner"):
            return tx.one(trip_to("Delft"))

    with tracer.start_as_current_span("outer"):
        db.one(trip_to("Delft")).unwrap()
        db.transact(in_one).unwrap()
    first, second, inner, outer = recorded.spans()
    assert first.parent is not None
    assert outer.context is not None
    assert first.parent.span_id == outer.context.span_id
    assert second.parent is not None
    assert inner.context is not None
    assert second.parent.span_id == inner.context.span_id
    assert [each.name for each in (first, second)] == ["SELECT traced trips"] * 2


def test_metrics(db: Database, recorded: Recorded, qb_url: str) -> None:
    with db.transaction() as tx:
        tx.all(trip_to("Delft")).unwrap()
        found = recorded.metrics()
    states = {each.attributes["db.client.connection.state"]: each.value for each in found["db.client.connection.count"]}
    assert states == {"used": 1, "idle": 0}
    assert [each.value for each in found["db.client.connection.max"]] == [2]
    assert [each.value for each in found["db.client.connection.pending_requests"]] == [0]
    durations = found["db.client.operation.duration"]
    (selects,) = [each for each in durations if each.attributes.get("db.operation.name") == "SELECT"]
    assert selects.count == 1
    assert selects.attributes["db.collection.name"] == "traced trips"
    assert "db.query.text" not in selects.attributes
    with connect(qb_url, telemetry=recorded.telemetry, replicas=[qb_url]):
        (most,) = recorded.metrics()["db.client.connection.max"]  # of one address
        assert most.value == 2 + 10 + 10


def test_a_database_is_not_kept_for_its_numbers(recorded: Recorded) -> None:
    connect("postgresql://127.0.0.1:1/x", telemetry=recorded.telemetry)
    assert "db.client.connection.max" not in recorded.metrics()


def test_without_providers_it_does_nothing(qb_url: str) -> None:
    with connect(qb_url, telemetry=Telemetry()) as db:
        assert db.scalar(sql("SELECT 1").rows(int)) == Success(1)
