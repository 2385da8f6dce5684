"""qb as its documentation shows: a database with its pool, prepared queries, rows of `tables/promptliano`."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

import msgspec
from msgspec import to_builtins

import qb
from benchmarks.data.model import TICKET_COLUMNS, NewTicket, Plain
from benchmarks.peers.peer import Base, versions
from promptliano.ids import ProjectId, TaskId, TicketId
from qb import AsyncDatabase, Database, New, Select, fn, many, prepare, select
from tables.promptliano import tickets
from tables.promptliano.queries.tickets import by_id
from tables.promptliano.tickets import Task, Ticket


class TaskItem(msgspec.Struct, frozen=True):
    id: TaskId
    content: str
    done: bool
    position: int


class TicketWithTasks(msgspec.Struct, frozen=True):
    ticket: Ticket
    tasks: list[TaskItem]
    task_count: int
    done_count: int


@prepare
def up_to(count: TicketId) -> Select[Ticket]:
    return select(Ticket).where(Ticket.id <= count).order_by(Ticket.id)


@prepare
def of_project(project: ProjectId) -> Select[TicketWithTasks]:
    items = (
        select(Task.id, Task.content, Task.done, Task.position)
        .where(Task.ticket_id == Ticket.id)
        .order_by(Task.position)
        .map(TaskItem)
    )
    return (
        select(Ticket, many(items), fn.count(Task.id), fn.count(Task.id).filter(Task.done))
        .left_join(Task, on=Task.ticket_id == Ticket.id)
        .where(Ticket.project_id == project, Ticket.deleted_at.is_null())
        .group_by(Ticket.id)
        .order_by(Ticket.id)
        .map(TicketWithTasks)
    )


class Shared(Base):
    @property
    def versions(self) -> Mapping[str, str]:
        return versions("qb", "psycopg", "msgspec")

    def own(self, rows: Sequence[NewTicket]) -> Sequence[New[Ticket]]:
        return [tickets.NewTicket(**msgspec.structs.asdict(row)) for row in rows]

    def plain(self, row: object) -> Plain:
        match row:
            case Ticket():
                return {name: getattr(row, name) for name in TICKET_COLUMNS} | {"metadata": to_builtins(row.metadata)}
            case TicketWithTasks(ticket, tasks, task_count, done_count):
                return {
                    **self.plain(ticket),
                    "tasks": [msgspec.structs.asdict(task) for task in tasks],
                    "task_count": task_count,
                    "done_count": done_count,
                }
            case _:
                raise TypeError(f"not a row of the benchmarks: {type(row).__name__}")


class Qb(Shared):
    db: Database

    def setup(self, url: str) -> None:
        self.db = qb.connect(url)

    def close(self) -> None:
        self.db.close()

    def single_fetch(self, ticket_id: int) -> Ticket:
        return self.db.one(by_id(TicketId(ticket_id))).unwrap()

    def bulk_insert(self, rows: Sequence[New[Ticket]]) -> None:
        self.db.insert_many(rows).unwrap()

    def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        return self.db.all(of_project(ProjectId(project_id))).unwrap()

    def convert(self, count: int) -> list[Ticket]:
        return self.db.all(up_to(TicketId(count))).unwrap()

    def stream(self, count: int) -> Iterator[Ticket]:
        with self.db.stream(up_to(TicketId(count))) as rows:
            yield from rows


class QbAsync(Shared):
    """On asyncio's own event loop, like asyncpg."""

    db: AsyncDatabase

    async def setup(self, url: str) -> None:
        self.db = qb.connect_async(url)

    async def close(self) -> None:
        await self.db.close()

    async def single_fetch(self, ticket_id: int) -> Ticket:
        return (await self.db.one(by_id(TicketId(ticket_id)))).unwrap()

    async def bulk_insert(self, rows: Sequence[New[Ticket]]) -> None:
        (await self.db.insert_many(rows)).unwrap()

    async def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        return (await self.db.all(of_project(ProjectId(project_id)))).unwrap()

    async def convert(self, count: int) -> list[Ticket]:
        return (await self.db.all(up_to(TicketId(count)))).unwrap()

    async def stream(self, count: int) -> AsyncIterator[Ticket]:
        async with self.db.stream(up_to(TicketId(count))) as rows:
            async for row in rows:
                yield row
