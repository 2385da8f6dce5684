"""peewee over psycopg 3, as its documentation shows: model instances, its pool, rows written in blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.mapper import (
    BLOCK,
    CHUNK,
    CONNECTIONS,
    Parent,
    WithTasks,
    address,
    blocks,
    by_threads,
    new_values,
    numbered,
    plain_of,
    untyped,
)
from benchmarks.peers.peer import Base, Method, versions

peewee = untyped("peewee")
postgres = untyped("playhouse.postgres_ext")

# One connection is the peer's own; threads share the others.
database = postgres.PooledPsycopg3Database(None, max_connections=CONNECTIONS + 1, timeout=60)
Declared: Any = peewee.Model


class Model(Declared):
    class Meta:
        database = database


class Columns(Model):
    id = peewee.BigAutoField()
    public_id = peewee.UUIDField()
    project_id = peewee.BigIntegerField()
    title = peewee.TextField()
    overview = peewee.TextField()
    status = peewee.TextField()
    priority = peewee.TextField()
    position = peewee.IntegerField()
    archived = peewee.BooleanField()
    assignee = peewee.TextField(null=True)
    tags = postgres.BinaryJSONField()
    metadata = postgres.BinaryJSONField()
    created_at = postgres.DateTimeTZField()
    updated_at = postgres.DateTimeTZField()
    deleted_at = postgres.DateTimeTZField(null=True)


class Ticket(Columns):
    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table_name = "tickets"


class Intake(Columns):
    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table_name = "intake"


class Task(Model):
    id = peewee.BigAutoField()
    ticket = peewee.ForeignKeyField(Ticket, backref="tasks", column_name="ticket_id")
    content = peewee.TextField()
    done = peewee.BooleanField()
    position = peewee.IntegerField()

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table_name = "tasks"


def fetched(ticket_id: int) -> Any:
    return Ticket.select().where((Ticket.id == ticket_id) & Ticket.deleted_at.is_null()).get()


def built(ticket_id: int) -> Any:
    return (
        Ticket.select()
        .where((Ticket.id == ticket_id) & (Ticket.position >= 0) & (Ticket.title != "none"))
        .order_by(Ticket.id)
        .limit(1)
    )


def up_to(count: int) -> Any:
    return Ticket.select().where(Ticket.id <= count).order_by(Ticket.id)


def with_tasks(tickets: Any) -> Any:
    tasks = Task.select(Task.id, Task.ticket, Task.content, Task.done, Task.position).order_by(Task.position)
    return peewee.prefetch(tickets, tasks)


class Peewee(Base):
    absent: Mapping[Method, str] = {
        Method.PREPARED: "peewee builds a query's SQL anew for each of its values",
        Method.PIPELINE: "peewee has no pipeline mode",
        Method.TASKS: "its asyncio is the same code behind greenlets: see its threads",
    }

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("peewee", "psycopg")

    def setup(self, url: str) -> None:
        parts = address(url)
        database.init(parts.pop("dbname"), **parts)
        database.connect()

    def close(self) -> None:
        database.close_all()

    def single_fetch(self, ticket_id: int) -> Any:
        return fetched(ticket_id)

    def built(self, ticket_id: int) -> Any:
        return built(ticket_id).get()

    def look_up(self, ticket_id: int) -> str:
        return numbered(built(ticket_id).sql()[0])

    def compile(self, joins: int, number: int) -> str:
        query = Ticket.select(Ticket.title)
        for place in range(joins):
            task = Task.alias(f"t{number}_{place}")
            query = query.join_from(Ticket, task, on=(task.ticket == Ticket.id))
        conditions = (Ticket.project_id == number) & (Ticket.position >= 0)
        return numbered(query.where(conditions).order_by(Ticket.id).limit(10).offset(20).sql()[0])

    def convert(self, count: int) -> list[Any]:
        return list(up_to(count))

    def stream(self, count: int) -> Iterator[Any]:
        return self.stream_by(count, CHUNK)

    def stream_by(self, count: int, size: int) -> Iterator[Any]:
        with database.atomic():  # a cursor of the server's lives as long as its transaction
            yield from postgres.ServerSide(up_to(count), array_size=size)

    def complex_join(self, project_id: int) -> list[WithTasks]:
        tickets = (
            Ticket.select().where((Ticket.project_id == project_id) & Ticket.deleted_at.is_null()).order_by(Ticket.id)
        )
        return [WithTasks(ticket, ticket.tasks) for ticket in with_tasks(tickets)]

    def nested(self, first: int, count: int) -> list[Parent]:
        tickets = Ticket.select(Ticket.id, Ticket.title).where(Ticket.id >= first).order_by(Ticket.id).limit(count)
        return [Parent(ticket, ticket.tasks) for ticket in with_tasks(tickets)]

    def bulk_insert(self, rows: Sequence[dict[str, Any]]) -> None:
        insert(Ticket, rows)

    def insert(self, rows: Iterable[dict[str, Any]]) -> None:
        insert(Intake, rows)

    def insert_returning(self, rows: Sequence[dict[str, Any]]) -> list[int]:
        with database.atomic():
            return [key for block in blocks(rows) for (key,) in Intake.insert_many(block).execute()]

    def upsert(self, rows: Sequence[dict[str, Any]]) -> None:
        with database.atomic():
            for block in blocks(rows):
                Intake.insert_many(block).on_conflict(
                    conflict_target=[Intake.public_id], preserve=[Intake.title, Intake.position, Intake.updated_at]
                ).as_rowcount().execute()

    def own_changes(self, changes: Sequence[Change]) -> Sequence[Any]:
        return [Intake(**msgspec.structs.asdict(change)) for change in changes]

    def update(self, changes: Sequence[Any]) -> None:
        with database.atomic():
            Intake.bulk_update(changes, [Intake.title, Intake.position], batch_size=BLOCK)

    def delete(self, ids: Sequence[int]) -> None:
        Intake.delete().where(Intake.id.in_(ids)).execute()

    def transaction(self, ids: Sequence[int]) -> list[Any]:
        with database.atomic():
            return list(map(fetched, ids))

    def threads(self, count: int, ids: Sequence[int]) -> list[Any]:
        def fetch(ticket_id: int) -> Any:
            with database.connection_context():
                return fetched(ticket_id)

        return by_threads(fetch, count, ids)

    def own(self, rows: Sequence[NewTicket]) -> Sequence[dict[str, Any]]:
        return list(map(new_values, rows))

    def plain(self, row: object) -> Plain:
        return plain_of(row)


def insert(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    with database.atomic():
        for block in blocks(rows):
            model.insert_many(block).as_rowcount().execute()
