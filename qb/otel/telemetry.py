"""`Telemetry`: a span for each statement, and what the pool does, by the conventions for clients of databases.

https://opentelemetry.io/docs/specs/semconv/database/
"""

from __future__ import annotations

from collections.abc import Iterable, Sized
from time import perf_counter
from typing import Final
from weakref import WeakSet

from opentelemetry.metrics import CallbackOptions, Meter, MeterProvider, Observation, get_meter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider, get_tracer
from opentelemetry.util.types import AttributeValue

from qb.errors import DbError
from qb.otel.summary import Summary, summary
from qb.run.session.link import Link
from qb.run.session.observer import ObservedPool

_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
"""Borders of the durations' histogram, as the conventions have them."""
_POSTGRESQL: Final = "postgresql"


class Telemetry:
    """Spans and metrics by OpenTelemetry, of the databases that are given it: `connect(telemetry=Telemetry())`.

    A statement, a stream, a pipeline and each message of a bulk write is a span of kind CLIENT, a child of whatever
    span is current where it is run: its SQL without values, the prepared query that it is a call of (`qb.query.name`),
    rows, SQLSTATE, the class of the error. Waiting for a connection is part of it. Durations are a histogram
    (`db.client.operation.duration`); the pool is asked when metrics are read (`db.client.connection.count`, `.max`,
    `.pending_requests`), and not kept alive for that.

    Without providers it is OpenTelemetry's own, which do nothing where the program has set none.
    Errors: ImportError without the extra `otel`. https://opentelemetry-python.readthedocs.io/

    >>> from qb.otel import Telemetry
    >>> with connect(telemetry=Telemetry()) as traced:
    ...     traced.scalar(select(fn.count(User.id)))
    <Success: 2>
    """

    def __init__(
        self, *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        self._tracer: Tracer = get_tracer("qb", tracer_provider=tracer_provider)
        meter: Meter = get_meter("qb", meter_provider=meter_provider)
        self._pools: WeakSet[ObservedPool] = WeakSet()
        self._durations = meter.create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        meter.create_observable_up_down_counter(
            "db.client.connection.count",
            [self._count],
            unit="{connection}",
            description="The number of connections that are currently in state described by the state attribute.",
        )
        meter.create_observable_up_down_counter(
            "db.client.connection.max",
            [self._most],
            unit="{connection}",
            description="The maximum number of open connections allowed.",
        )
        meter.create_observable_up_down_counter(
            "db.client.connection.pending_requests",
            [self._waiting],
            unit="{request}",
            description="The number of current pending requests for an open connection.",
        )

    def begun(self, sql: str, name: str | None, batch: int) -> StatementSpan:
        """A statement begins: see `qb.typing.Observer`."""
        said = summary(sql)
        operation = f"BATCH {said.operation}" if batch > 1 else said.operation
        attributes: dict[str, AttributeValue] = {"db.system.name": _POSTGRESQL, "db.operation.name": operation}
        if said.target:
            attributes["db.collection.name"] = said.target
        called = f"{operation} {said.target}" if said.target else operation
        span = self._tracer.start_span(called, kind=SpanKind.CLIENT, attributes=attributes)
        if span.is_recording():
            span.set_attributes(_more(said, called, name, batch))
        return StatementSpan(self, span, attributes)

    def watch(self, pool: ObservedPool) -> None:
        """A database was made: see `qb.typing.Observer`."""
        self._pools.add(pool)

    def lasted(self, seconds: float, attributes: dict[str, AttributeValue]) -> None:
        """Note how long a statement took."""
        self._durations.record(seconds, attributes)

    def _count(self, _: CallbackOptions) -> Iterable[Observation]:
        for pool in list(self._pools):
            report, named = pool.report(), {"db.client.connection.pool.name": pool.address}
            yield Observation(report.in_use, named | {"db.client.connection.state": "used"})
            yield Observation(report.idle, named | {"db.client.connection.state": "idle"})

    def _most(self, _: CallbackOptions) -> Iterable[Observation]:
        for pool in list(self._pools):
            yield Observation(pool.report().size, {"db.client.connection.pool.name": pool.address})

    def _waiting(self, _: CallbackOptions) -> Iterable[Observation]:
        for pool in list(self._pools):
            yield Observation(pool.report().waiting, {"db.client.connection.pool.name": pool.address})


class StatementSpan:
    """The span of one statement: begun before it waits for a connection, and ended once."""

    __slots__ = ("_attributes", "_span", "_start", "_telemetry")

    def __init__(self, telemetry: Telemetry, span: Span, attributes: dict[str, AttributeValue]) -> None:
        self._telemetry = telemetry
        self._span = span
        self._attributes = attributes
        self._start = perf_counter()

    def on(self, link: Link) -> None:
        """Where it runs."""
        pgconn = link.pgconn
        server: dict[str, AttributeValue] = {"server.address": pgconn.host.decode(errors="replace")}
        server["db.namespace"] = pgconn.db.decode(errors="replace")
        if (port := pgconn.port.decode(errors="replace")).isdecimal():
            server["server.port"] = int(port)
        self._attributes.update(server)
        self._span.set_attributes(server)

    def found(self, found: object) -> None:
        """How many rows came back, or were written."""
        if isinstance(found, int):
            self._span.set_attribute("qb.rows", found)
        elif isinstance(found, Sized):
            self._span.set_attribute("db.response.returned_rows", len(found))

    def failed(self, error: BaseException) -> None:
        """What it failed of. What a DbError says of itself holds no value; what others say is not known."""
        kind = "interrupted" if isinstance(error, GeneratorExit) else type(error).__name__
        self._attributes["error.type"] = kind
        self._span.set_attribute("error.type", kind)
        if isinstance(error, DbError):
            if error.sqlstate is not None:
                self._attributes["db.response.status_code"] = error.sqlstate
                self._span.set_attribute("db.response.status_code", error.sqlstate)
            self._span.set_status(Status(StatusCode.ERROR, str(error)))
        else:
            self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """It is over."""
        self._telemetry.lasted(perf_counter() - self._start, self._attributes)
        self._span.end()


def _more(said: Summary, called: str, name: str | None, batch: int) -> dict[str, AttributeValue]:
    more: dict[str, AttributeValue] = {"db.query.text": said.text, "db.query.summary": called}
    if name is not None:
        more["qb.query.name"] = name
    if batch > 1:
        more["db.operation.batch.size"] = batch
    return more
