"""Queues."""

import datetime as dt
from collections.abc import Iterable

from promptliano.ids import AgentId, ProjectId, QueueId, QueueItemId, TicketId
from promptliano.labels import QueueItemStatus
from qb import Db, Failure, New, Outcome, Patch, Success, Tx, insert
from tables.promptliano.queries import queues as queries
from tables.promptliano.queues import Queue, QueueItem
from tables.promptliano.shapes import QueueStats
from tables.promptliano.tickets import Ticket

PAUSE = dt.timedelta(seconds=30)
"""How long a failed item waits before it is tried again."""


def create(db: Db, queue: New[Queue]) -> Outcome[Queue]:
    """UniqueViolation where the project has a queue of that name."""
    return db.one(queries.create(queue))


def of_project(db: Db, project: ProjectId) -> Outcome[list[Queue]]:
    """By name."""
    return db.all(queries.of_project(project))


def change(db: Db, queue: QueueId, changes: Patch[Queue]) -> Outcome[Queue]:
    """The fields that are given."""
    return db.one(queries.change(queue, changes))


def enqueue(db: Db, items: Iterable[New[QueueItem]]) -> Outcome[list[QueueItem]]:
    """All of them or none: UniqueViolation where a ticket waits or runs already, in whichever queue."""
    return db.insert_many(items, insert(QueueItem).returning())


def enqueue_open_tickets(db: Db, queue: QueueId) -> Outcome[list[QueueItem]]:
    """The project's open tickets that neither wait nor run, by their priority."""
    return db.all(queries.enqueue_open_tickets(queue))


def claim(db: Db, queue: QueueId, agent: AgentId) -> Outcome[QueueItem | None]:
    """The next item, now the agent's; None where nothing may run. No two workers get the same one, none waits."""
    return db.first(queries.claim(queue, agent))


def claim_within_limit(db: Db, queue: QueueId, agent: AgentId) -> Outcome[QueueItem | None]:
    """The same, unless `max_parallel_items` are running. Workers wait for each other here, so that none is too many."""

    def work(tx: Tx) -> Outcome[QueueItem | None]:
        match tx.one(queries.locked(queue)):
            case Success(found):
                pass
            case Failure(error):
                return Failure(error)
        # Only now: a statement sees what was committed before it began.
        match tx.scalar(queries.running(queue)):
            case Success(count) if count >= found.max_parallel_items:
                return Success(None)
            case Success(_):
                return tx.first(queries.claim(queue, agent))
            case Failure(error):
                return Failure(error)

    return db.transact(work)


def complete(db: Db, item: QueueItemId) -> Outcome[QueueItem]:
    """NotFound where it was not in progress."""
    return db.one(queries.complete(item))


def fail(db: Db, item: QueueItemId, message: str, *, wait: dt.timedelta = PAUSE) -> Outcome[QueueItem]:
    """Queued again after a while, or failed for good after its last attempt. NotFound where it was not in progress."""
    return db.one(queries.fail(item, message, wait))


def retry(db: Db, item: QueueItemId) -> Outcome[QueueItem]:
    """What failed or was cancelled, from the beginning. NotFound where it was neither."""
    return db.one(queries.retry(item))


def cancel(db: Db, item: QueueItemId) -> Outcome[QueueItem]:
    """NotFound where it had ended."""
    return db.one(queries.cancel(item))


def items(
    db: Db, queue: QueueId, *, status: QueueItemStatus | None = None
) -> Outcome[list[tuple[QueueItem, Ticket | None]]]:
    """In the order in which they run, with their tickets; a task's item has none."""
    return db.all(queries.items(queue, status))


def of_ticket(db: Db, ticket: TicketId) -> Outcome[list[tuple[QueueItem, Queue]]]:
    """In which queues the ticket has been, the last first."""
    return db.all(queries.of_ticket(ticket))


def stats(db: Db, queue: QueueId) -> Outcome[QueueStats]:
    """How many items are in which state."""
    return db.one(queries.stats(queue))


def stats_of_project(db: Db, project: ProjectId) -> Outcome[list[QueueStats]]:
    """The same for each of a project's queues."""
    return db.all(queries.stats_of_project(project))
