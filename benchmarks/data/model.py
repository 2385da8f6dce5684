"""The rows every peer has to produce, as typed Structs.

psycopg by hand and asyncpg build exactly these; qb builds its own `Ticket` from `tables/promptliano`, SQLAlchemy what
is idiomatic for it, and their `plain` makes all comparable. The documents are the same Structs for everybody.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from promptliano.documents import TicketMetadata


class NewTicket(msgspec.Struct, frozen=True, gc=False):
    """What is inserted: everything but the key."""

    public_id: UUID
    project_id: int
    title: str
    overview: str
    status: str
    priority: str
    position: int
    archived: bool
    assignee: str | None
    tags: list[str]
    metadata: TicketMetadata
    created_at: datetime
    updated_at: datetime


class Ticket(msgspec.Struct, frozen=True, gc=False):
    id: int
    public_id: UUID
    project_id: int
    title: str
    overview: str
    status: str
    priority: str
    position: int
    archived: bool
    assignee: str | None
    tags: list[str]
    metadata: TicketMetadata
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class TaskItem(msgspec.Struct, frozen=True, gc=False):
    """A task as it stands below its ticket: what the document's join returns."""

    id: int
    content: str
    done: bool
    position: int


class TicketWithTasks(msgspec.Struct, frozen=True, gc=False):
    ticket: Ticket
    tasks: list[TaskItem]
    task_count: int
    done_count: int


class TicketTasks(msgspec.Struct, frozen=True, gc=False):
    """A ticket's key and title, and its tasks: parents and children."""

    id: int
    title: str
    tasks: list[TaskItem]


class Change(msgspec.Struct, frozen=True, gc=False):
    """What an update by key sets."""

    id: int
    title: str
    position: int


NestedRow = TicketTasks


class JoinedRow(Ticket, frozen=True, gc=False, kw_only=True):
    """A `TicketWithTasks` as one flat row of data: what peers are compared by."""

    tasks: list[TaskItem]
    task_count: int
    done_count: int


class NewTask(msgspec.Struct, frozen=True, gc=False):
    ticket_id: int
    content: str
    done: bool
    position: int
    created_at: datetime


TICKET_COLUMNS: Sequence[str] = Ticket.__struct_fields__
NEW_TICKET_COLUMNS: Sequence[str] = NewTicket.__struct_fields__


Plain = dict[str, object]
"""A row as built-in types only: what two peers' rows are compared as."""


def plain_ticket(ticket: Ticket | NewTicket) -> Plain:
    return {**msgspec.structs.asdict(ticket), "metadata": msgspec.to_builtins(ticket.metadata)}


def plain_row(row: object) -> Plain:
    """For peers whose rows are the Structs above."""
    match row:
        case Ticket():
            return plain_ticket(row)
        case TicketWithTasks(ticket, tasks, task_count, done_count):
            return {
                **plain_ticket(ticket),
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
