"""Piccolo over asyncpg with what its extras name: its pool, uvloop and orjson. Rows are objects, documents loaded."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.mapper import (
    CHUNK,
    CONNECTIONS,
    Parent,
    WithTasks,
    blocks,
    by_tasks,
    new_values,
    plain_of,
    untyped,
)
from benchmarks.peers.peer import Base, Method, versions

column = untyped("piccolo.columns")
postgres = untyped("piccolo.engine.postgres")
Declared: Any = untyped("piccolo.table").Table
untyped("orjson")  # which it takes where it is there


class Ticket(Declared, tablename="tickets"):  # type: ignore[call-arg]  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    id = column.BigSerial(primary_key=True)
    public_id = column.UUID()
    project_id = column.BigInt()
    title = column.Text()
    overview = column.Text()
    status = column.Text()
    priority = column.Text()
    position = column.Integer()
    archived = column.Boolean()
    assignee = column.Text(null=True)
    tags = column.JSONB()
    metadata = column.JSONB()
    created_at = column.Timestamptz()
    updated_at = column.Timestamptz()
    deleted_at = column.Timestamptz(null=True, default=None)


class Intake(Ticket, tablename="intake"):  # type: ignore[call-arg]  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    """A subclass, so that its objects are inserted into both tables."""


class Task(Declared, tablename="tasks"):  # type: ignore[call-arg]  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    id = column.BigSerial(primary_key=True)
    ticket_id = column.BigInt()
    content = column.Text()
    done = column.Boolean()
    position = column.Integer()


def single(ticket_id: int) -> Any:
    return Ticket.objects().where(Ticket.id == ticket_id, Ticket.deleted_at.is_null()).output(load_json=True).first()


def three(ticket_id: int) -> Any:
    return (
        Ticket.objects()
        .where(Ticket.id == ticket_id, Ticket.position >= 0, Ticket.title != "none")
        .order_by(Ticket.id)
        .output(load_json=True)
    )


def up_to(count: int) -> Any:
    return Ticket.objects().where(Ticket.id <= count).order_by(Ticket.id).output(load_json=True)


async def tasks_of(found: Sequence[Any]) -> list[list[Any]]:
    """By a second query: it follows no relation back into a list of objects."""
    listed: dict[int, list[Any]] = {ticket.id: [] for ticket in found}
    if listed:
        for task in await Task.objects().where(Task.ticket_id.is_in(list(listed))).order_by(Task.position):
            listed[task.ticket_id].append(task)
    return list(listed.values())


class Piccolo(Base):
    loop = "uvloop"
    absent: Mapping[Method, str] = {
        Method.PREPARED: "a frozen query of Piccolo's has no parameters",
        Method.PIPELINE: "Piccolo has no pipeline mode",
        Method.THREADS: "it is asynchronous: see its tasks",
        Method.COMPILE: "its joins follow foreign keys, each once and under a name of Piccolo's own",
    }

    engine: Any

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("piccolo", "asyncpg", "orjson", "uvloop")

    async def setup(self, url: str) -> None:
        self.engine = postgres.PostgresEngine(config={"dsn": url})
        for table in (Ticket, Intake, Task):
            table._meta._db = self.engine
        await self.engine.start_connection_pool(min_size=CONNECTIONS, max_size=CONNECTIONS)

    async def close(self) -> None:
        await self.engine.close_connection_pool()

    async def single_fetch(self, ticket_id: int) -> Any:
        return await single(ticket_id)

    async def built(self, ticket_id: int) -> Any:
        return await three(ticket_id).first()

    async def look_up(self, ticket_id: int) -> str:
        sql: str = three(ticket_id).limit(1).querystrings[0].compile_string()[0]
        return sql

    async def convert(self, count: int) -> Sequence[Any]:
        found: Sequence[Any] = await up_to(count)
        return found

    async def stream(self, count: int) -> AsyncIterator[Any]:
        async for row in self.stream_by(count, CHUNK):
            yield row

    async def stream_by(self, count: int, size: int) -> AsyncIterator[Any]:
        async with await up_to(count).batch(batch_size=size) as batch:
            async for rows in batch:
                for row in rows:
                    yield row

    async def complex_join(self, project_id: int) -> list[WithTasks]:
        found = await (
            Ticket.objects()
            .where(Ticket.project_id == project_id, Ticket.deleted_at.is_null())
            .order_by(Ticket.id)
            .output(load_json=True)
        )
        return [WithTasks(*each) for each in zip(found, await tasks_of(found), strict=True)]

    async def nested(self, first: int, count: int) -> list[Parent]:
        found = await Ticket.objects().where(Ticket.id >= first).order_by(Ticket.id).limit(count)
        return [Parent(*each) for each in zip(found, await tasks_of(found), strict=True)]

    async def bulk_insert(self, rows: Sequence[Any]) -> None:
        async with self.engine.transaction():
            for block in blocks(rows):
                await Ticket.insert(*block)

    async def insert(self, rows: Iterable[Any]) -> None:
        async with self.engine.transaction():
            for block in blocks(rows):
                await Intake.insert(*block)

    async def insert_returning(self, rows: Sequence[Any]) -> list[int]:
        async with self.engine.transaction():
            return [row["id"] for block in blocks(rows) for row in await Intake.insert(*block).returning(Intake.id)]

    async def upsert(self, rows: Sequence[Any]) -> None:
        async with self.engine.transaction():
            for block in blocks(rows):
                await Intake.insert(*block).on_conflict(
                    target=Intake.public_id,
                    action="DO UPDATE",
                    values=[Intake.title, Intake.position, Intake.updated_at],
                )

    async def update(self, changes: Sequence[Change]) -> None:
        async with self.engine.transaction():
            for change in changes:
                values = {Intake.title: change.title, Intake.position: change.position}
                await Intake.update(values).where(Intake.id == change.id)

    async def delete(self, ids: Sequence[int]) -> None:
        await Intake.delete().where(Intake.id.is_in(ids))

    async def transaction(self, ids: Sequence[int]) -> list[Any]:
        async with self.engine.transaction():
            return [await single(ticket_id) for ticket_id in ids]

    async def tasks(self, count: int, ids: Sequence[int]) -> list[Any]:
        return await by_tasks(self.single_fetch, count, ids)

    def own(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        return [Intake(**new_values(row)) for row in rows]

    def plain(self, row: object) -> Plain:
        return plain_of(row)
