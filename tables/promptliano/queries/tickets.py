"""Tickets and their tasks."""

import datetime as dt
from collections.abc import Sequence

from promptliano.ids import ProjectId, TaskId, TicketId, TicketPublicId
from promptliano.labels import TicketPriority, TicketStatus
from qb import New, Patch, Rows, Select, case, fn, insert, many, prepare, select, update, value
from qb.typing import Returning
from tables.promptliano.queries.patterns import containing
from tables.promptliano.shapes import TicketCursor, TicketWithTasks
from tables.promptliano.tickets import Task, Ticket


def create(ticket: New[Ticket]) -> Rows[Ticket]:
    """The ticket as it was written."""
    return insert(ticket).returning()


@prepare
def by_id(ticket: TicketId) -> Select[Ticket]:
    """The ticket, unless it is deleted."""
    return select(Ticket).where(Ticket.id == ticket, Ticket.deleted_at.is_null())


@prepare
def by_public_id(public: TicketPublicId) -> Select[Ticket]:
    """The ticket under the id that links carry, unless it is deleted."""
    return select(Ticket).where(Ticket.public_id == public, Ticket.deleted_at.is_null())


@prepare
def of_project(
    project: ProjectId,
    status: TicketStatus | None = None,
    priority: TicketPriority | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Select[Ticket]:
    """A project's tickets, newest first, of one status or priority where that is given."""
    query = select(Ticket).where(Ticket.project_id == project, Ticket.deleted_at.is_null())
    if status is not None:
        query = query.where(Ticket.status == status)
    if priority is not None:
        query = query.where(Ticket.priority == priority)
    return query.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(limit).offset(offset)


@prepare
def count_of_project(
    project: ProjectId, status: TicketStatus | None = None, priority: TicketPriority | None = None
) -> Select[int]:
    """How many tickets `of_project` finds without a limit."""
    query = select(fn.count()).from_(Ticket).where(Ticket.project_id == project, Ticket.deleted_at.is_null())
    if status is not None:
        query = query.where(Ticket.status == status)
    if priority is not None:
        query = query.where(Ticket.priority == priority)
    return query


@prepare
def _before(project: ProjectId, created_at: dt.datetime | None, ticket: TicketId | None, limit: int) -> Select[Ticket]:
    query = select(Ticket).where(Ticket.project_id == project, Ticket.deleted_at.is_null())
    if created_at is not None and ticket is not None:
        # What a row comparison means, in a form of which the first half is a range of the index.
        query = query.where(Ticket.created_at <= created_at, (Ticket.created_at < created_at) | (Ticket.id < ticket))
    return query.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(limit)


def page_after(project: ProjectId, cursor: TicketCursor | None = None, limit: int = 50) -> Rows[Ticket]:
    """A project's tickets, newest first, after where the last page ended: as quick for the last page as for the first,
    and no ticket is seen twice or missed when others are added meanwhile.
    """
    created_at, ticket = (None, None) if cursor is None else (cursor.created_at, cursor.id)
    return _before(project, created_at, ticket, limit)


@prepare
def _like(project: ProjectId, pattern: str, limit: int) -> Select[Ticket]:
    in_title = Ticket.title.ilike(pattern)
    return (
        select(Ticket)
        .where(Ticket.project_id == project, Ticket.deleted_at.is_null(), in_title | Ticket.overview.ilike(pattern))
        .order_by(case((in_title, 0), else_=1), Ticket.updated_at.desc(), Ticket.id.desc())
        .limit(limit)
    )


def search(project: ProjectId, text: str, limit: int = 50) -> Rows[Ticket]:
    """A project's tickets that contain the text, whatever its case: those with it in their title first."""
    return _like(project, containing(text), limit)


def _with_tasks() -> Select[TicketWithTasks]:
    return (
        select(
            Ticket,
            many(Task, on=Task.ticket_id == Ticket.id, order_by=(Task.position, Task.id)),
            fn.count(Task.id),
            fn.count(Task.id).filter(Task.done),
        )
        .left_join(Task, on=Task.ticket_id == Ticket.id)
        .where(Ticket.deleted_at.is_null())
        .group_by(Ticket.id)
        .map(TicketWithTasks)
    )


@prepare
def with_tasks(ticket: TicketId) -> Select[TicketWithTasks]:
    """A ticket, its tasks and their counts, in one query."""
    return _with_tasks().where(Ticket.id == ticket)


@prepare
def board(project: ProjectId, limit: int = 200) -> Select[TicketWithTasks]:
    """The same for a project's tickets, in the order of its board."""
    query = _with_tasks().where(Ticket.project_id == project, ~Ticket.archived)
    return query.order_by(Ticket.status, Ticket.position, Ticket.id).limit(limit)


def change(ticket: TicketId, changes: Patch[Ticket]) -> Rows[Ticket]:
    """The ticket with the fields that are given."""
    return update(Ticket).patch(changes).where(Ticket.id == ticket, Ticket.deleted_at.is_null()).returning()


@prepare
def set_status(tickets: list[TicketId], status: TicketStatus) -> Returning[TicketId]:
    """Which of the tickets did not have the status, and have it now."""
    changed = update(Ticket).set(Ticket.status.to(status))
    return changed.where(Ticket.id.in_(tickets), Ticket.status != status, Ticket.deleted_at.is_null()).returning(
        Ticket.id
    )


@prepare
def delete(ticket: TicketId) -> Returning[Ticket]:
    """The ticket, deleted now; no row if it was before."""
    removed = update(Ticket).set(Ticket.deleted_at.to(fn.now()))
    return removed.where(Ticket.id == ticket, Ticket.deleted_at.is_null()).returning()


@prepare
def restore(ticket: TicketId) -> Returning[Ticket]:
    """The ticket, no longer deleted; no row if it was not."""
    restored = update(Ticket).set(Ticket.deleted_at.to(None))
    return restored.where(Ticket.id == ticket, Ticket.deleted_at.is_not_null()).returning()


# ------------------------------------------------------------------------------------------------------------ tasks


@prepare
def tasks_of(ticket: TicketId) -> Select[Task]:
    """A ticket's tasks in order."""
    return select(Task).where(Task.ticket_id == ticket).order_by(Task.position, Task.id)


@prepare
def set_done(tasks: list[TaskId], done: bool = True) -> Returning[Task]:
    """The tasks, done or to be done again."""
    return update(Task).set(Task.done.to(done)).where(Task.id.in_(tasks)).returning()


def reorder_tasks(ticket: TicketId, tasks: Sequence[TaskId]) -> Rows[Task]:
    """The ticket's tasks that are named, each at its place in the list. The list must not be empty."""
    place = case(*((Task.id == task, value(position)) for position, task in enumerate(tasks)), else_=Task.position)
    return update(Task).set(Task.position.to(place)).where(Task.ticket_id == ticket, Task.id.in_(tasks)).returning()
