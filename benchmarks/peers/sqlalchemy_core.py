"""SQLAlchemy Core over psycopg, as its documentation shows: statements built once, the engine's pool, its result rows.

JSON columns become dicts and lists through `msgspec.json.decode`: faster than the standard library, but without types.
Reads run on an AUTOCOMMIT engine, so that they cost no BEGIN and ROLLBACK that the others do not have.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    create_engine,
    func,
    insert,
    literal_column,
    make_url,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from benchmarks.data.model import NewTicket, Plain
from benchmarks.peers.peer import Base, versions

CHUNK = 500

metadata = MetaData()
tickets = Table(
    "tickets",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("public_id", Uuid, nullable=False),
    Column("project_id", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("overview", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("assignee", Text),
    Column("tags", JSONB, nullable=False),
    Column("metadata", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
)
tasks = Table(
    "tasks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("ticket_id", BigInteger, ForeignKey("tickets.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

task_object = func.json_build_object(
    *("id", tasks.c.id, "content", tasks.c.content, "done", tasks.c.done, "position", tasks.c.position)
)
listed = (
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(task_object, tasks.c.position), type_=JSON),
            literal_column("'[]'::json"),
            type_=JSON,
        ).label("tasks"),
        func.count().label("task_count"),
        func.count().filter(tasks.c.done).label("done_count"),
    )
    .where(tasks.c.ticket_id == tickets.c.id)
    .lateral("listed")
)

SINGLE_FETCH = select(tickets).where(tickets.c.id == bindparam("ticket_id"), tickets.c.deleted_at.is_(None))
CONVERT = select(tickets).where(tickets.c.id <= bindparam("count")).order_by(tickets.c.id)
COMPLEX_JOIN = (
    select(tickets, listed.c.tasks, listed.c.task_count, listed.c.done_count)
    .join(listed, true())
    .where(tickets.c.project_id == bindparam("project_id"), tickets.c.deleted_at.is_(None))
    .order_by(tickets.c.id)
)
INSERT = insert(tickets)


def engine_of(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        json_serializer=lambda value: msgspec.json.encode(value).decode(),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        json_deserializer=msgspec.json.decode,
    )


class SqlalchemyCore(Base):
    engine: Engine
    reading: Engine

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("sqlalchemy", "psycopg")

    def setup(self, url: str) -> None:
        self.engine = engine_of(url)
        self.reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")  # the same pool

    def close(self) -> None:
        self.engine.dispose()

    def single_fetch(self, ticket_id: int) -> Row[Any]:
        with self.reading.connect() as connection:
            return connection.execute(SINGLE_FETCH, {"ticket_id": ticket_id}).one()

    def bulk_insert(self, rows: Sequence[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(INSERT, rows)

    def complex_join(self, project_id: int) -> Sequence[Row[Any]]:
        with self.reading.connect() as connection:
            return connection.execute(COMPLEX_JOIN, {"project_id": project_id}).all()

    def convert(self, count: int) -> Sequence[Row[Any]]:
        with self.reading.connect() as connection:
            return connection.execute(CONVERT, {"count": count}).all()

    def stream(self, count: int) -> Iterator[Row[Any]]:
        # A server-side cursor needs a transaction, so this is not on the AUTOCOMMIT engine.
        with self.engine.connect().execution_options(yield_per=CHUNK) as connection:
            yield from connection.execute(CONVERT, {"count": count})

    def own(self, rows: Sequence[NewTicket]) -> Sequence[dict[str, Any]]:
        return [msgspec.structs.asdict(row) for row in rows]

    def plain(self, row: object) -> Plain:
        if not isinstance(row, Row):
            raise TypeError(f"not a row of SQLAlchemy: {type(row).__name__}")
        plain: Plain = row._asdict()  # pyright: ignore[reportPrivateUsage]  # public: a named tuple's spelling
        return plain
