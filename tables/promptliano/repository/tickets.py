"""Tickets and their tasks."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from promptliano.ids import ProjectId, TaskId, TicketId, TicketPublicId
from promptliano.labels import TicketPriority, TicketStatus
from qb import Db, Failure, New, Outcome, Patch, Success, insert
from tables.promptliano.queries import tickets as queries
from tables.promptliano.repository.outcomes import both
from tables.promptliano.shapes import TicketCursor, TicketWithTasks
from tables.promptliano.tickets import Task, Ticket


class Page(Struct, frozen=True):
    """Some of a project's tickets, and how many there are in all."""

    tickets: list[Ticket]
    total: int


class Slice(Struct, frozen=True):
    """Some of a project's tickets, and where to go on; None at the end."""

    tickets: list[Ticket]
    next: TicketCursor | None


def create(db: Db, ticket: New[Ticket]) -> Outcome[Ticket]:
    """ForeignKeyViolation where there is no such project, CheckViolation for an unknown status."""
    return db.one(queries.create(ticket))


def by_id(db: Db, ticket: TicketId) -> Outcome[Ticket]:
    """NotFound where it is deleted, or never was."""
    return db.one(queries.by_id(ticket))


def by_public_id(db: Db, public: TicketPublicId) -> Outcome[Ticket]:
    """The same by the id that links carry."""
    return db.one(queries.by_public_id(public))


def of_project(
    db: Db, project: ProjectId, *, status: TicketStatus | None = None, limit: int = 50
) -> Outcome[list[Ticket]]:
    """Newest first."""
    return db.all(queries.of_project(project, status, limit=limit))


def page(
    db: Db,
    project: ProjectId,
    *,
    status: TicketStatus | None = None,
    priority: TicketPriority | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Outcome[Page]:
    """A page by its number, with the total: two queries in one round trip. For endless lists see `page_after`."""
    with db.pipeline() as pipeline:
        tickets = pipeline.all(queries.of_project(project, status, priority, limit, offset))
        total = pipeline.scalar(queries.count_of_project(project, status, priority))
    match both(tickets.result(), total.result()):
        case Success((found, count)):
            return Success(Page(found, count))
        case Failure(error):
            return Failure(error)


def page_after(db: Db, project: ProjectId, cursor: TicketCursor | None = None, *, limit: int = 50) -> Outcome[Slice]:
    """The tickets after the cursor of the last page, newest first."""
    match db.all(queries.page_after(project, cursor, limit + 1)):
        case Success(found):
            tickets, more = found[:limit], len(found) > limit
            return Success(Slice(tickets, TicketCursor(tickets[-1].created_at, tickets[-1].id) if more else None))
        case Failure(error):
            return Failure(error)


def search(db: Db, project: ProjectId, text: str, *, limit: int = 50) -> Outcome[list[Ticket]]:
    """Tickets whose title or overview contains the text, whatever its case."""
    return db.all(queries.search(project, text, limit))


def with_tasks(db: Db, ticket: TicketId) -> Outcome[TicketWithTasks]:
    """The ticket, its tasks and their counts, in one query."""
    return db.one(queries.with_tasks(ticket))


def board(db: Db, project: ProjectId) -> Outcome[list[TicketWithTasks]]:
    """All tickets that are not archived, with their tasks."""
    return db.all(queries.board(project))


def change(db: Db, ticket: TicketId, changes: Patch[Ticket]) -> Outcome[Ticket]:
    """The fields that are given; NotFound where it is deleted."""
    return db.one(queries.change(ticket, changes))


def set_status(db: Db, tickets: Sequence[TicketId], status: TicketStatus) -> Outcome[list[TicketId]]:
    """Which of them were changed: the others had the status, or are deleted."""
    return db.all(queries.set_status(list(tickets), status))


def delete(db: Db, ticket: TicketId) -> Outcome[Ticket]:
    """NotFound where it was deleted before."""
    return db.one(queries.delete(ticket))


def restore(db: Db, ticket: TicketId) -> Outcome[Ticket]:
    """NotFound where it was not deleted."""
    return db.one(queries.restore(ticket))


# ------------------------------------------------------------------------------------------------------------ tasks


def create_tasks(db: Db, tasks: Iterable[New[Task]]) -> Outcome[list[Task]]:
    """All of them, in their order, or none: ForeignKeyViolation where one's ticket is not there."""
    return db.insert_many(tasks, insert(Task).returning())


def tasks_of(db: Db, ticket: TicketId) -> Outcome[list[Task]]:
    """In order."""
    return db.all(queries.tasks_of(ticket))


def set_done(db: Db, tasks: Sequence[TaskId], done: bool = True) -> Outcome[list[Task]]:
    """The tasks that are there, done or to be done again."""
    return db.all(queries.set_done(list(tasks), done))


def reorder_tasks(db: Db, ticket: TicketId, tasks: Sequence[TaskId]) -> Outcome[list[Task]]:
    """The ticket's tasks, each at its place in the list; tasks that are not named keep theirs."""
    return db.all(queries.reorder_tasks(ticket, tasks)) if tasks else Success([])
