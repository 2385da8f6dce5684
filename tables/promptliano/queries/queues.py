"""Queues: putting items in, taking them out, and what became of them."""

import datetime as dt

from promptliano.ids import AgentId, ProjectId, QueueId, QueueItemId, TicketId
from promptliano.labels import QueueItemStatus
from qb import New, Patch, Rows, Select, case, exists, fn, insert, insert_from, maybe, prepare, select, update
from qb.typing import Returning
from tables.promptliano.queues import Queue, QueueItem
from tables.promptliano.shapes import QueueStats
from tables.promptliano.tickets import Ticket

QUEUED, IN_PROGRESS = QueueItemStatus.QUEUED, QueueItemStatus.IN_PROGRESS


def create(queue: New[Queue]) -> Rows[Queue]:
    """The queue as it was written."""
    return insert(queue).returning()


@prepare
def of_project(project: ProjectId) -> Select[Queue]:
    """A project's queues by name."""
    return select(Queue).where(Queue.project_id == project).order_by(Queue.name)


def change(queue: QueueId, changes: Patch[Queue]) -> Rows[Queue]:
    """The queue with the fields that are given: `QueueChanges(active=False)` stops it."""
    return update(Queue).patch(changes).where(Queue.id == queue).returning()


# ------------------------------------------------------------------------------------------------------ putting in


@prepare
def enqueue_open_tickets(queue: QueueId) -> Returning[QueueItem]:
    """Items for the open tickets of the queue's project that neither wait nor run, by the tickets' own priority."""
    live = select(QueueItem.id).where(QueueItem.ticket_id == Ticket.id, QueueItem.status.in_([QUEUED, IN_PROGRESS]))
    urgency = case(
        (Ticket.priority == "urgent", 9), (Ticket.priority == "high", 7), (Ticket.priority == "low", 3), else_=5
    )
    waiting = (
        select(Queue.id, Ticket.id, urgency)
        .join(Ticket, on=Ticket.project_id == Queue.project_id)
        .where(Queue.id == queue, Ticket.status == "open", Ticket.deleted_at.is_null(), ~exists(live))
    )
    return insert_from(QueueItem, waiting, QueueItem.queue_id, QueueItem.ticket_id, QueueItem.priority).returning()


# ----------------------------------------------------------------------------------------------------- taking out


@prepare
def claim(queue: QueueId, agent: AgentId) -> Returning[QueueItem]:
    """The next item, now the agent's; no row where nothing may run.

    Any number of workers may ask at once: each passes over the rows that another is just taking. The subquery is one
    value, not `in_`: it is evaluated once, so that no plan can take a second item.
    https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
    """
    following = (
        select(QueueItem.id)
        .join(Queue, on=Queue.id == QueueItem.queue_id)
        .where(QueueItem.queue_id == queue, Queue.active, QueueItem.status == QUEUED, QueueItem.run_after <= fn.now())
        .order_by(QueueItem.priority.desc(), QueueItem.id)
        .limit(1)
        .for_("update", of=QueueItem, skip_locked=True)
    )
    return (
        update(QueueItem)
        .set(
            QueueItem.status.to(IN_PROGRESS),
            QueueItem.agent_id.to(agent),
            QueueItem.attempts.to(QueueItem.attempts + 1),
            QueueItem.started_at.to(fn.now()),
            QueueItem.completed_at.to(None),
            QueueItem.error_message.to(None),
        )
        .where(QueueItem.id == following.as_scalar())
        .returning()
    )


@prepare
def locked(queue: QueueId) -> Select[Queue]:
    """The queue, which nobody else can lock or change until the transaction ends."""
    return select(Queue).where(Queue.id == queue).for_("no key update")


@prepare
def running(queue: QueueId) -> Select[int]:
    """How many of its items are in progress."""
    return select(fn.count()).from_(QueueItem).where(QueueItem.queue_id == queue, QueueItem.status == IN_PROGRESS)


@prepare
def complete(item: QueueItemId) -> Returning[QueueItem]:
    """The item, done; no row if it was not in progress."""
    done = update(QueueItem).set(QueueItem.status.to(QueueItemStatus.COMPLETED), QueueItem.completed_at.to(fn.now()))
    return done.where(QueueItem.id == item, QueueItem.status == IN_PROGRESS).returning()


@prepare
def fail(item: QueueItemId, message: str, wait: dt.timedelta) -> Returning[QueueItem]:
    """The item, queued again and to wait a while, or failed for good after its last attempt."""
    again = QueueItem.attempts < QueueItem.max_attempts
    failed = update(QueueItem).set(
        QueueItem.status.to(case((again, QUEUED), else_=QueueItemStatus.FAILED)),
        QueueItem.run_after.to(fn.now() + wait),
        QueueItem.completed_at.to(case((again, None), else_=fn.now())),
        QueueItem.error_message.to(message),
    )
    return failed.where(QueueItem.id == item, QueueItem.status == IN_PROGRESS).returning()


@prepare
def retry(item: QueueItemId) -> Returning[QueueItem]:
    """The item that had failed or been cancelled, queued anew with all of its attempts."""
    renewed = update(QueueItem).set(
        QueueItem.status.to(QUEUED),
        QueueItem.attempts.to(0),
        QueueItem.agent_id.to(None),
        QueueItem.error_message.to(None),
        QueueItem.run_after.to(fn.now()),
        QueueItem.started_at.to(None),
        QueueItem.completed_at.to(None),
    )
    ended = QueueItem.status.in_([QueueItemStatus.FAILED, QueueItemStatus.CANCELLED])
    return renewed.where(QueueItem.id == item, ended).returning()


@prepare
def cancel(item: QueueItemId) -> Returning[QueueItem]:
    """The item, cancelled; no row if it had ended."""
    cancelled = update(QueueItem).set(
        QueueItem.status.to(QueueItemStatus.CANCELLED), QueueItem.completed_at.to(fn.now())
    )
    return cancelled.where(QueueItem.id == item, QueueItem.status.in_([QUEUED, IN_PROGRESS])).returning()


# --------------------------------------------------------------------------------------------------------- looking


@prepare
def items(queue: QueueId, status: QueueItemStatus | None = None) -> Select[tuple[QueueItem, Ticket | None]]:
    """A queue's items with their tickets, in the order in which they run; of one status where that is given."""
    query = select(QueueItem, maybe(Ticket)).left_join(Ticket, on=Ticket.id == QueueItem.ticket_id)
    query = query.where(QueueItem.queue_id == queue)
    if status is not None:
        query = query.where(QueueItem.status == status)
    return query.order_by(QueueItem.priority.desc(), QueueItem.id)


@prepare
def of_ticket(ticket: TicketId) -> Select[tuple[QueueItem, Queue]]:
    """In which queues a ticket has been, the last first."""
    query = select(QueueItem, Queue).join(Queue, on=Queue.id == QueueItem.queue_id)
    return query.where(QueueItem.ticket_id == ticket).order_by(QueueItem.id.desc())


def _stats() -> Select[QueueStats]:
    count = fn.count(QueueItem.id)
    took = fn.extract("epoch", QueueItem.completed_at) - fn.extract("epoch", QueueItem.started_at)
    return (
        select(
            Queue,
            count,
            count.filter(QueueItem.status == QUEUED),
            count.filter(QueueItem.status == IN_PROGRESS),
            count.filter(QueueItem.status == QueueItemStatus.COMPLETED),
            count.filter(QueueItem.status == QueueItemStatus.FAILED),
            count.filter(QueueItem.status == QueueItemStatus.CANCELLED),
            fn.avg(took).filter(QueueItem.status == QueueItemStatus.COMPLETED),
        )
        .left_join(QueueItem, on=QueueItem.queue_id == Queue.id)
        .group_by(Queue.id)
        .map(QueueStats)
    )


@prepare
def stats(queue: QueueId) -> Select[QueueStats]:
    """How many items are in which state."""
    return _stats().where(Queue.id == queue)


@prepare
def stats_of_project(project: ProjectId) -> Select[QueueStats]:
    """The same for each of a project's queues, by name."""
    return _stats().where(Queue.project_id == project).order_by(Queue.name)
