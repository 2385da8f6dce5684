"""SQLAlchemy Core over psycopg, as its documentation shows: statements built once, the engine's pool, its result rows.

JSON columns become dicts and lists through `msgspec.json.decode`: faster than the standard library, but without types.
Reads run on an AUTOCOMMIT engine, so that they cost no BEGIN and ROLLBACK that the others do not have.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
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
    Select,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    create_engine,
    delete,
    func,
    insert,
    literal_column,
    make_url,
    select,
    table,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, asyncpg
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from benchmarks.data import wide
from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.by_hand import CALLERS, CONNECTIONS, by_threads
from benchmarks.peers.peer import Base, Method, versions

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

intake = tickets.to_metadata(metadata, name="intake")
projects = Table("projects", metadata, Column("id", BigInteger, primary_key=True))

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
NESTED = (
    select(
        tickets.c.id,
        tickets.c.title,
        select(
            func.coalesce(
                func.json_agg(aggregate_order_by(task_object, tasks.c.position), type_=JSON),
                literal_column("'[]'::json"),
                type_=JSON,
            )
        )
        .where(tasks.c.ticket_id == tickets.c.id)
        .scalar_subquery()
        .label("tasks"),
    )
    .where(tickets.c.id >= bindparam("first"))
    .order_by(tickets.c.id)
    .limit(bindparam("count"))
)
PREPARED = (
    select(tickets)
    .where(
        tickets.c.id == bindparam("ticket_id"),
        tickets.c.position >= bindparam("least"),
        tickets.c.title != bindparam("other"),
    )
    .order_by(tickets.c.id)
    .limit(1)
)
INSERT = insert(tickets)
INSERT_INTAKE = insert(intake)
INSERT_RETURNING = insert(intake).returning(intake.c.id, sort_by_parameter_order=True)
ARRIVING = insert_or_update(intake)
UPSERT = ARRIVING.on_conflict_do_update(
    index_elements=[intake.c.public_id],
    set_={name: ARRIVING.excluded[name] for name in ("title", "position", "updated_at")},
)
UPDATE = (
    update(intake)
    .where(intake.c.id == bindparam("key"))
    .values(title=bindparam("new_title"), position=bindparam("new_position"))
)
DELETE = delete(intake).where(intake.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))


def built(ticket_id: int) -> Select[Any]:
    """As a program builds it at run time."""
    return (
        select(tickets)
        .where(tickets.c.id == ticket_id, tickets.c.position >= 0, tickets.c.title != "none")
        .order_by(tickets.c.id)
        .limit(1)
    )


@cache
def wide_query(columns: int) -> Any:
    names = [literal_column(name, BigInteger if number else Text) for name, number in wide.kinds(columns)]
    return select(*names).select_from(table("wide")).order_by(names[0])


def joined(joins: int, number: int) -> Select[Any]:
    """With names of their own for its aliases."""
    query = select(tickets.c.title)
    for place in range(joins):
        other = tasks.alias(f"t{number}_{place}")
        query = query.join(other, other.c.ticket_id == tickets.c.id)
    return query.where(tickets.c.position > 5, tickets.c.title != "none").order_by(tickets.c.title).limit(10).offset(5)


NUMBERED = asyncpg.dialect()  # type: ignore[no-untyped-call]  # the one that writes $1


def engine_of(url: str, size: int = CONNECTIONS) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=size,
        max_overflow=0,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        json_deserializer=msgspec.json.decode,
    )


class SqlalchemyCore(Base):
    absent: Mapping[Method, str] = {
        Method.PIPELINE: "SQLAlchemy has no pipeline mode",
        Method.TASKS: "its asyncio is the same engine behind greenlets, which are not installed: see its threads",
        Method.LOOK_UP: "it looks up where it executes: see `built`",
    }

    url: str
    engine: Engine
    reading: Engine

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("sqlalchemy", "psycopg")

    def setup(self, url: str) -> None:
        self.url = url
        self.engine = engine_of(url)
        self.reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")  # the same pool

    def close(self) -> None:
        if self.opened is not None:
            self.opened[1].dispose()
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

    def built(self, ticket_id: int) -> Row[Any]:
        with self.reading.connect() as connection:
            return connection.execute(built(ticket_id)).one()

    def prepared(self, ticket_id: int) -> Row[Any]:
        with self.reading.connect() as connection:
            return connection.execute(PREPARED, {"ticket_id": ticket_id, "least": 0, "other": "none"}).one()

    def nested(self, first: int, count: int) -> Sequence[Row[Any, Any, Any]]:
        with self.reading.connect() as connection:
            return connection.execute(NESTED, {"first": first, "count": count}).all()

    def wide(self, columns: int) -> Sequence[Row[Any]]:
        with self.reading.connect() as connection:
            return connection.execute(wide_query(columns)).all()

    def stream(self, count: int) -> Iterator[Row[Any]]:
        return self.stream_by(count, CHUNK)

    def stream_by(self, count: int, size: int) -> Iterator[Row[Any]]:
        # A server-side cursor needs a transaction, so this is not on the AUTOCOMMIT engine.
        with self.engine.connect().execution_options(yield_per=size) as connection:
            yield from connection.execute(CONVERT, {"count": count})

    def insert(self, rows: Iterable[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(INSERT_INTAKE, list(rows))

    def insert_returning(self, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
        with self.engine.begin() as connection:
            return connection.scalars(INSERT_RETURNING, rows).all()

    def upsert(self, rows: Sequence[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(UPSERT, rows)

    def own_changes(self, changes: Sequence[Change]) -> Sequence[dict[str, Any]]:
        return [{"key": each.id, "new_title": each.title, "new_position": each.position} for each in changes]

    def update(self, changes: Sequence[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(UPDATE, changes)

    def delete(self, ids: Sequence[int]) -> None:
        with self.engine.begin() as connection:
            connection.execute(DELETE, {"ids": ids})

    def transaction(self, ids: Sequence[int]) -> list[Row[Any]]:
        with self.engine.begin() as connection:
            return [connection.execute(SINGLE_FETCH, {"ticket_id": ticket_id}).one() for ticket_id in ids]

    def threads(self, count: int, ids: Sequence[int]) -> list[Row[Any]]:
        return by_threads(self.single_fetch, count, ids)

    opened: tuple[int, Engine] | None = None

    def pool(self, size: int, ids: Sequence[int]) -> list[Row[Any]]:
        if self.opened is None or self.opened[0] != size:
            if self.opened is not None:
                self.opened[1].dispose()
            self.opened = size, engine_of(self.url, size).execution_options(isolation_level="AUTOCOMMIT")
        engine = self.opened[1]

        def fetch(ticket_id: int) -> Row[Any]:
            with engine.connect() as connection:
                return connection.execute(SINGLE_FETCH, {"ticket_id": ticket_id}).one()

        return by_threads(fetch, CALLERS, ids)

    def compile(self, joins: int, number: int) -> str:
        return str(joined(joins, number).compile(dialect=NUMBERED))

    def own(self, rows: Sequence[NewTicket]) -> Sequence[dict[str, Any]]:
        return [msgspec.structs.asdict(row) for row in rows]

    def plain(self, row: object) -> Plain:
        if not isinstance(row, Row):
            raise TypeError(f"not a row of SQLAlchemy: {type(row).__name__}")
        plain: Plain = row._asdict()  # pyright: ignore[reportPrivateUsage]  # public: a named tuple's spelling
        return plain
