"""The database of one key: apart from its transactions, where another server takes over, its sessions, who is told."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from qb import (
    AddressUnreadable,
    AsyncDatabase,
    AsyncTx,
    ConnectionRefused,
    DefinitionError,
    Outcome,
    OutsideTransaction,
    QueryError,
    ReadOnly,
    Success,
    connect_async,
    delete,
    ignore,
    insert,
    new,
    sql,
    unwrap,
)
from qb.databases import EncryptionKeys, PlainAddress, connect_each_async, health_async
from qb.otel import Telemetry
from qb.typing import AsyncPooledDb
from tests.run.databases.tenants import (
    BACKEND,
    COUNT,
    KEY,
    KEYS,
    PASSWORD,
    ROLE,
    SOCKETS,
    Item,
    Stored,
    Tenants,
    address,
    stored,
)
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:

HERE = "postgresql://ada:" + "hunter2@db.internal/shop"
READ_ONLY = sql("SET TRANSACTION READ ONLY").command()
SESSION = sql(
    "SELECT current_user, current_setting('search_path'), current_setting('work_mem'), current_setting('app.tenant')"
).rows(tuple[str, str, str, str])


@pytest.fixture
async def builder(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=2) as found:
        yield found


# ------------------------------------------------------------------------------------------------------------- apart


async def test_apart_is_another_connection(many: Tenants, builder: AsyncDatabase) -> None:
    key = many.add("one", many.url(0))
    async with connect_each_async(builder, stored, address=address) as each:
        db = each.of(key)
        async with db.transaction(rollback=True) as tx:
            pid = unwrap(await tx.scalar(BACKEND))
            unwrap(await tx.execute(insert(new(Item)(id=50, of="x"))))
            with warnings.catch_warnings():
                warnings.simplefilter("error", OutsideTransaction)
                assert await db.apart.scalar(BACKEND) != Success(pid)
                assert await each.of(key).apart.scalar(COUNT) == Success(1)
                assert (await health_async(db)).ok
                assert (await each.health([key]))[key].ok
            with pytest.warns(OutsideTransaction):
                await db.ping()
            assert await tx.scalar(COUNT) == Success(2)
            assert not hasattr(tx, "apart")


async def counted(db: AsyncPooledDb) -> Outcome[int]:
    return await db.apart.scalar(COUNT)


async def test_a_database_and_one_of_many_are_pooled(many: Tenants, builder: AsyncDatabase) -> None:
    key = many.add("one", many.url(2))
    async with connect_async(many.url(2)) as own, connect_each_async(builder, stored, address=address) as each:
        assert await counted(own) == await counted(each.of(key)) == Success(3)


# -------------------------------------------------------------------------------------------------- another server


@pytest.mark.parametrize("apart", [False, True])
async def test_a_server_that_writes_no_more_is_left(many: Tenants, builder: AsyncDatabase, apart: bool) -> None:
    key = many.add("one", many.url(0, target_session_attrs="read-write"))
    other = many.add("other", many.url(0))
    tries: list[int] = []

    async def write(tx: AsyncTx) -> Outcome[int]:
        tries.append(unwrap(await tx.scalar(BACKEND)))
        if len(tries) == 1:
            unwrap(await tx.execute(READ_ONLY))  # as such a server is
        unwrap(await tx.execute(insert(new(Item)(id=51, of="x"))))
        return await tx.execute(delete(Item).where(Item.id == 51))

    async with connect_each_async(builder, stored, address=address) as each:
        db = each.of(key).apart if apart else each.of(key)
        assert await db.transact(write) == Success(1)
        first, second = tries
        assert first != second
        tries.clear()
        refused = await db.transact(write, read_only=True)  # who asks for that means it
        assert isinstance(refused.failure(), ReadOnly)
        assert len(tries) == 1
        tries.clear()
        refused = await each.of(other).transact(write)  # whose address means that one server
        assert isinstance(refused.failure(), ReadOnly)
        assert len(tries) == 1


# ---------------------------------------------------------------------------------------------------------- sessions


async def test_every_session_begins_alike(many: Tenants, builder: AsyncDatabase) -> None:
    keys = [many.add(f"org {number}", many.url(number)) for number in range(2)]
    settings = {"work_mem": "3MB", "app.tenant": "acme"}
    wanted = Success((ROLE, "shop, public", "3MB", "acme"))
    async with connect_each_async(
        builder, stored, address=address, role=ROLE, search_path=["shop", "public"], settings=settings
    ) as each:
        for key in keys:
            assert await each.of(key).one(SESSION) == wanted
            ignore(await each.of(key).execute(sql("RESET work_mem").command()))
            assert await each.of(key).one(SESSION) == wanted
    with pytest.raises(DefinitionError, match="give the schemas one by one"):
        connect_each_async(builder, stored, address=address, search_path="shop, public")


async def test_what_a_session_cannot_have_is_said_without_a_name(many: Tenants, builder: AsyncDatabase) -> None:
    key = many.add("one", many.url(0))
    refused = "the role, the search path or a setting cannot be set there"
    for asked in ({"role": "postgres"}, {"role": "nobody of that name"}, {"settings": {"work_mem": "much"}}):
        options: dict[str, Any] = dict(asked)
        async with connect_each_async(builder, stored, address=address, **options) as each:
            error = (await each.of(key).ping()).failure()
            assert isinstance(error, ConnectionRefused)
            assert error.reason == refused


# ------------------------------------------------------------------------------------------------------ who is told


async def test_spans_say_what_runs_and_not_where(many: Tenants, builder: AsyncDatabase) -> None:
    exporter, reader, tracers = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry = Telemetry(tracer_provider=tracers, meter_provider=MeterProvider([reader]))
    key, dead = many.add("one", many.url(0)), many.add("dead", many.url(0).replace("_tenant_0", "_tenant_gone"))
    async with connect_each_async(builder, stored, address=address, telemetry=telemetry) as each:
        assert await each.of(key).scalar(COUNT) == Success(1)
        async with each.of(key).stream(COUNT) as rows:
            assert [row async for row in rows] == [1]
        async with each.of(key).pipeline() as p:
            p.scalar(COUNT)
        assert (
            str((await each.of(dead).scalar(COUNT)).failure()) == "could not connect: the server has no such database"
        )
        told = exporter.get_finished_spans()
        assert [span.name for span in told] == ["SELECT items"] * 4
        metrics = str(reader.get_metrics_data())
    for said in (*(span.to_json() for span in told), metrics):
        assert [
            part for part in (ROLE, PASSWORD, SOCKETS, "_tenant_", "server.address", "db.namespace") if part in said
        ] == []
    assert "db.client.operation.duration" in metrics


# ------------------------------------------------------------------------------------------------------ whose it is


async def test_a_secret_that_is_copied_opens_nothing(many: Tenants, builder: AsyncDatabase) -> None:
    secret = KEYS.encrypt(many.url(1), of="one")
    one, other = (many.add(name, secret, "encrypted") for name in ("one", "other"))
    free = many.add("free", KEYS.encrypt(many.url(2), of=None), "encrypted")
    async with connect_each_async(builder, stored, address=address, keys=KEYS) as each:
        assert await each.of(one).scalar(COUNT) == Success(2)
        assert str((await each.of(other).ping()).failure()).endswith("or it was changed, or is another one's")
        assert "it is bound to nothing" in str((await each.of(free).ping()).failure())
    both = EncryptionKeys(KEY, unbound=True)
    async with connect_each_async(builder, stored, address=address, keys=both) as each:
        assert await each.of(free).scalar(COUNT) == Success(3)
        assert isinstance((await each.of(other).ping()).failure(), AddressUnreadable)


async def test_what_is_no_address_is_not_shown(many: Tenants, builder: AsyncDatabase) -> None:
    key = many.add("one", HERE)

    def as_text(row: Stored) -> Any:
        return row.secret.decode()

    def null(_: Stored) -> PlainAddress:
        return PlainAddress(cast("Any", None))

    async with connect_each_async(builder, stored, address=as_text) as each:
        with pytest.raises(QueryError, match=r"makes a PlainAddress, .* and not str: ") as caught:
            await each.of(key).ping()
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert "hunter2" not in shown
    async with connect_each_async(builder, stored, address=null) as each:
        assert "it is NoneType, and no text" in str((await each.of(key).ping()).failure())
    with pytest.raises(DefinitionError, match="keys= of connect_each are EncryptionKeys"):
        connect_each_async(builder, stored, address=address, keys=cast("Any", "hunter2"))
