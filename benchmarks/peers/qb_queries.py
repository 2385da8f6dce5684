"""The tables and queries of the peers that are qb: `tables/promptliano`, and the table that rows are written to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from types import new_class
from uuid import UUID

import msgspec
from msgspec import to_builtins

from benchmarks.data import wide
from benchmarks.data.model import TICKET_COLUMNS, Change, NewTicket, Plain, TaskItem, TicketTasks
from benchmarks.peers.peer import Base, versions
from promptliano.documents import TicketMetadata
from promptliano.ids import ProjectId, TicketId
from qb import (
    Col,
    New,
    Select,
    Table,
    alias,
    column,
    delete,
    excluded,
    fn,
    identity,
    insert,
    many,
    new,
    pg,
    prepare,
    select,
    update,
)
from qb.run.session.executable import Executables
from tables.promptliano import tickets
from tables.promptliano.tickets import Task, Ticket


class Intake(Table, name="intake"):
    """What rows are written to."""

    id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
    public_id: Col[UUID] = column(pg.uuid, unique=True)
    project_id: Col[int] = column(pg.bigint)
    title: Col[str] = column(pg.text)
    overview: Col[str] = column(pg.text)
    status: Col[str] = column(pg.text)
    priority: Col[str] = column(pg.text)
    position: Col[int] = column(pg.integer)
    archived: Col[bool] = column(pg.boolean)
    assignee: Col[str | None] = column(pg.text, default=None)
    tags: Col[list[str]] = column(pg.jsonb)
    metadata: Col[TicketMetadata] = column(pg.jsonb)
    created_at: Col[dt.datetime] = column(pg.timestamptz)
    updated_at: Col[dt.datetime] = column(pg.timestamptz)
    deleted_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewIntake = new(Intake)

INSERT_RETURNING = insert(Intake).returning(Intake.id)
UPSERT = insert(Intake).on_conflict(
    Intake.public_id,
    update=[
        Intake.title.to(excluded(Intake.title)),
        Intake.position.to(excluded(Intake.position)),
        Intake.updated_at.to(excluded(Intake.updated_at)),
    ],
)
CHANGED = update(Intake).by(Intake.id).each(Intake.title, Intake.position)
BY_ID = delete(Intake).by(Intake.id)


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


@prepare
def with_children(first: TicketId, count: int) -> Select[TicketTasks]:
    items = (
        select(Task.id, Task.content, Task.done, Task.position)
        .where(Task.ticket_id == Ticket.id)
        .order_by(Task.position)
        .map(TaskItem)
    )
    return (
        select(Ticket.id, Ticket.title, many(items))
        .where(Ticket.id >= first)
        .order_by(Ticket.id)
        .limit(count)
        .map(TicketTasks)
    )


@cache
def wide_table(columns: int) -> type[Table]:
    """The first of its columns, as a class would say them."""

    def body(names: dict[str, object]) -> None:
        kinds = dict(wide.kinds(columns))
        names["__annotations__"] = {name: Col[int] if number else Col[str] for name, number in kinds.items()}
        names["id"] = column(pg.bigint, primary_key=True)

    return new_class(f"Wide{columns}", (Table,), {"name": "wide"}, body)


def wide_rows(columns: int) -> Select[Table]:
    table = wide_table(columns)
    return select(table).order_by(getattr(table, "id"))  # noqa: B009


def built(ticket_id: int) -> Select[Ticket]:
    """As a program builds it at run time."""
    return (
        select(Ticket)
        .where(Ticket.id == TicketId(ticket_id), Ticket.position >= 0, Ticket.title != "none")
        .order_by(Ticket.id)
        .limit(1)
    )


@prepare
def prepared(ticket_id: TicketId, least: int, other: str) -> Select[Ticket]:
    return (
        select(Ticket)
        .where(Ticket.id == ticket_id, Ticket.position >= least, Ticket.title != other)
        .order_by(Ticket.id)
        .limit(1)
    )


def joined(joins: int, number: int) -> Select[str]:
    """With names of their own for its aliases."""
    query = select(Ticket.title)
    for place in range(joins):
        other = alias(Task, f"t{number}_{place}")
        query = query.join(other, on=other.ticket_id == Ticket.id)
    return query.where(Ticket.position > 5, Ticket.title != "none").order_by(Ticket.title).limit(10).offset(5)


class Shared(Base):
    """What the synchronous and the asynchronous peer have in common."""

    def __init__(self) -> None:
        self.statements = Executables()

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("qb", "psycopg", "msgspec")

    def compile(self, joins: int, number: int) -> str:
        return Executables().resolve(joined(joins, number))[0].sql.decode()  # of a cache that is empty

    def look_up(self, ticket_id: int) -> str:
        return self.statements.resolve(built(ticket_id))[0].sql.decode()

    def own(self, rows: Sequence[NewTicket]) -> Sequence[New[Ticket]]:
        return [tickets.NewTicket(**msgspec.structs.asdict(row)) for row in rows]

    def own_intake(self, rows: Sequence[NewTicket]) -> Sequence[New[Intake]]:
        return [NewIntake(**msgspec.structs.asdict(row)) for row in rows]

    def own_changes(self, changes: Sequence[Change]) -> Sequence[tuple[int, str, int]]:
        return [(change.id, change.title, change.position) for change in changes]

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
            case TicketTasks(id, title, tasks):
                return {"id": id, "title": title, "tasks": [msgspec.structs.asdict(task) for task in tasks]}
            case msgspec.Struct():
                return msgspec.structs.asdict(row)
            case _:
                raise TypeError(f"not a row of the benchmarks: {type(row).__name__}")
