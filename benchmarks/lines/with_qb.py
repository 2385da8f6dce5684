"""With qb."""

import datetime as dt
from collections.abc import Sequence

import msgspec

import qb
from benchmarks.lines.storage import Refused
from promptliano.documents import TicketMetadata
from promptliano.ids import ProjectId, QueueItemId, TaskId, TicketId
from promptliano.labels import TICKET_PRIORITIES, TICKET_STATUSES, TicketPriority, TicketStatus
from qb import (
    Col,
    New,
    Outcome,
    Patch,
    Select,
    SoftDelete,
    Success,
    Table,
    Tx,
    UniqueViolation,
    column,
    crud,
    fn,
    identity,
    index,
    insert,
    live,
    many,
    new,
    pg,
    prepare,
    references,
    select,
    unwrap,
    update,
)
from qb.typing import Returning
from tables.promptliano.queries.patterns import containing

# ------------------------------------------------------------------------------------------------------------- tables


class Project(Table, name="projects"):
    id: Col[ProjectId] = column(pg.bigint, primary_key=True, default=identity())
    name: Col[str]


class Ticket(SoftDelete, name="tickets"):
    id: Col[TicketId] = column(pg.bigint, primary_key=True, default=identity())
    project_id: Col[ProjectId] = column(pg.bigint, references=references(Project.id, on_delete="cascade"))
    title: Col[str] = column(pg.text, check=lambda title: fn.length(fn.trim(title)) > 0)
    overview: Col[str] = column(pg.text, default="")
    status: Col[TicketStatus] = column(pg.text, default="open", check=lambda status: status.in_(TICKET_STATUSES))
    priority: Col[TicketPriority] = column(
        pg.text, default="normal", check=lambda priority: priority.in_(TICKET_PRIORITIES)
    )
    tags: Col[list[str]] = column(pg.jsonb, default=[])
    metadata: Col[TicketMetadata] = column(pg.jsonb, default=TicketMetadata())
    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    updated_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), on_update=fn.clock_timestamp())


class Task(Table, name="tasks"):
    id: Col[TaskId] = column(pg.bigint, primary_key=True, default=identity())
    ticket_id: Col[TicketId] = column(pg.bigint, references=references(Ticket.id, on_delete="cascade"))
    content: Col[str]
    done: Col[bool] = column(default=False)
    position: Col[int] = column(default=0)


class QueueItem(Table, name="queue_items"):
    id: Col[QueueItemId] = column(pg.bigint, primary_key=True, default=identity())
    ticket_id: Col[TicketId] = column(pg.bigint, references=references(Ticket.id, on_delete="cascade"), unique=True)
    priority: Col[int] = column(default=5)
    worker: Col[str | None] = column(default=None)


idx_tickets_project = index("idx_tickets_project", Ticket.project_id, Ticket.created_at.desc(), Ticket.id.desc())
idx_tickets_status = index("idx_tickets_status", Ticket.status)
idx_tasks_ticket = index("idx_tasks_ticket", Task.ticket_id, Task.position)
idx_queue_next = index("idx_queue_next", QueueItem.worker, QueueItem.priority.desc(), QueueItem.id)


class TicketWithTasks(msgspec.Struct, frozen=True):
    ticket: Ticket
    tasks: list[Task]
    task_count: int
    done_count: int


# ------------------------------------------------------------------------------------------------------------ queries

tickets = crud(Ticket, Ticket.id)


@prepare
def of_project(project: ProjectId, status: TicketStatus | None, limit: int, offset: int) -> Select[Ticket]:
    query = select(Ticket).where(Ticket.project_id == project, live(Ticket))
    if status is not None:
        query = query.where(Ticket.status == status)
    return query.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(limit).offset(offset)


@prepare
def matching(project: ProjectId, pattern: str) -> Select[Ticket]:
    found = Ticket.title.ilike(pattern) | Ticket.overview.ilike(pattern)
    return select(Ticket).where(Ticket.project_id == project, live(Ticket), found).order_by(Ticket.id)


@prepare
def with_tasks(ticket: TicketId) -> Select[TicketWithTasks]:
    tasks = many(Task, on=Task.ticket_id == Ticket.id, order_by=(Task.position, Task.id))
    return (
        select(Ticket, tasks, fn.count(Task.id), fn.count(Task.id).filter(Task.done))
        .left_join(Task, on=Task.ticket_id == Ticket.id)
        .where(Ticket.id == ticket, live(Ticket))
        .group_by(Ticket.id)
        .map(TicketWithTasks)
    )


@prepare
def by_status(project: ProjectId) -> Select[tuple[TicketStatus, int]]:
    query = select(Ticket.status, fn.count()).where(Ticket.project_id == project, live(Ticket))
    return query.group_by(Ticket.status).order_by(Ticket.status)


@prepare
def claimed(worker: str) -> Returning[TicketId]:
    free = select(QueueItem.id).where(QueueItem.worker.is_null()).order_by(QueueItem.priority.desc(), QueueItem.id)
    following = free.limit(1).for_("update", skip_locked=True).as_scalar()
    return (
        update(QueueItem)
        .set(QueueItem.worker.to(worker))
        .where(QueueItem.id == following)
        .returning(QueueItem.ticket_id)
    )


# --------------------------------------------------------------------------------------------------------- operations


class Storage:
    def __init__(self, url: str) -> None:
        self.db = qb.connect(url)

    def close(self) -> None:
        self.db.close()

    def create_tables(self) -> None:
        unwrap(self.db.run(qb.create_all(qb.schema(Project, Ticket, Task, QueueItem))))

    def create_project(self, name: str) -> ProjectId:
        return unwrap(self.db.one(insert(new(Project)(name=name)).returning(Project.id)))

    def create_ticket(self, body: bytes) -> Ticket:
        return unwrap(self.db.one(tickets.create(new_ticket(body))))

    def ticket(self, id: int) -> Ticket | None:
        return unwrap(self.db.first(tickets.by_id(TicketId(id))))

    def tickets_of(self, project: int, status: TicketStatus | None, limit: int, offset: int) -> list[Ticket]:
        return unwrap(self.db.all(of_project(ProjectId(project), status, limit, offset)))

    def search(self, project: int, text: str) -> list[Ticket]:
        return unwrap(self.db.all(matching(ProjectId(project), containing(text))))

    def change(self, id: int, body: bytes) -> Ticket | None:
        try:
            changes = msgspec.json.decode(body, type=Patch[Ticket])
        except msgspec.ValidationError as error:
            raise Refused from error
        return unwrap(self.db.first(tickets.patch(TicketId(id), changes)))

    def delete(self, id: int) -> bool:
        return unwrap(self.db.first(tickets.delete(TicketId(id)))) is not None

    def restore(self, id: int) -> bool:
        return unwrap(self.db.first(tickets.restore(TicketId(id)))) is not None

    def create_tasks(self, ticket: int, contents: Sequence[str]) -> list[TaskId]:
        return unwrap(self.db.insert_many(new_tasks(TicketId(ticket), contents), insert(Task).returning(Task.id)))

    def set_done(self, tasks: Sequence[int]) -> int:
        ids = [TaskId(task) for task in tasks]
        return unwrap(self.db.execute(update(Task).set(Task.done.to(True)).where(Task.id.in_(ids))))

    def with_tasks(self, id: int) -> TicketWithTasks | None:
        return unwrap(self.db.first(with_tasks(TicketId(id))))

    def create_with_tasks(self, body: bytes, contents: Sequence[str]) -> TicketWithTasks:
        def work(tx: Tx) -> Outcome[TicketWithTasks]:
            made = unwrap(tx.one(tickets.create(new_ticket(body))))
            unwrap(tx.insert_many(new_tasks(made.id, contents)))
            return tx.one(with_tasks(made.id))

        return unwrap(self.db.transact(work))

    def totals(self, project: int) -> list[tuple[TicketStatus, int]]:
        return unwrap(self.db.all(by_status(ProjectId(project))))

    def enqueue(self, ticket: int, priority: int) -> bool:
        outcome = self.db.execute(insert(new(QueueItem)(ticket_id=TicketId(ticket), priority=priority)))
        if isinstance(outcome, Success):
            return True
        if isinstance(outcome.failure(), UniqueViolation):
            return False
        raise outcome.failure()

    def claim(self, worker: str) -> TicketId | None:
        return unwrap(self.db.first(claimed(worker)))


def new_ticket(body: bytes) -> New[Ticket]:
    try:
        return msgspec.json.decode(body, type=New[Ticket])
    except msgspec.ValidationError as error:
        raise Refused from error


def new_tasks(ticket: TicketId, contents: Sequence[str]) -> list[New[Task]]:
    row = new(Task)
    return [row(ticket_id=ticket, content=content, position=n) for n, content in enumerate(contents)]
