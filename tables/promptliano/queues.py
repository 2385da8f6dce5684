"""Queues of tickets and tasks that agents work off."""

import datetime as dt

from promptliano.ids import AgentId, ProjectId, QueueId, QueueItemId, TaskId, TicketId
from promptliano.labels import QueueItemStatus
from qb import Col, check, column, fn, identity, index, new, patch, pg, references, unique
from tables.promptliano.projects import Project
from tables.promptliano.prompts import Agent
from tables.promptliano.shared import Timestamped
from tables.promptliano.tickets import Task, Ticket

queue_item_status = pg.enum("queue_item_status", QueueItemStatus)


class Queue(Timestamped, name="queues"):
    """A queue of a project. While it is not `active` nobody takes from it."""

    id: Col[QueueId] = column(pg.bigint, primary_key=True, default=identity())
    project_id: Col[ProjectId] = column(pg.bigint, references=references(Project.id, on_delete="cascade"))
    name: Col[str] = column(pg.text)
    description: Col[str | None] = column(pg.text, default=None)
    max_parallel_items: Col[int] = column(pg.integer, default=1, check=lambda items: items > 0)
    active: Col[bool] = column(pg.boolean, default=True)


class QueueItem(Timestamped, name="queue_items"):
    """A ticket or a task in a queue, and what became of it. Of those that may run, the highest priority is first."""

    id: Col[QueueItemId] = column(pg.bigint, primary_key=True, default=identity())
    queue_id: Col[QueueId] = column(pg.bigint, references=references(Queue.id, on_delete="cascade"))
    ticket_id: Col[TicketId | None] = column(
        pg.bigint, references=references(Ticket.id, on_delete="cascade"), default=None, index=True
    )
    task_id: Col[TaskId | None] = column(
        pg.bigint, references=references(Task.id, on_delete="cascade"), default=None, index=True
    )
    status: Col[QueueItemStatus] = column(queue_item_status, default=QueueItemStatus.QUEUED)
    priority: Col[int] = column(pg.integer, default=5, check=lambda priority: priority.between(0, 10))
    attempts: Col[int] = column(pg.integer, default=0, check=lambda attempts: attempts >= 0)
    max_attempts: Col[int] = column(pg.integer, default=3, check=lambda attempts: attempts > 0)
    agent_id: Col[AgentId | None] = column(
        pg.bigint, references=references(Agent.id, on_delete="set null"), default=None, index=True
    )
    error_message: Col[str | None] = column(pg.text, default=None)
    run_after: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), comment="not before: a failed item waits")
    started_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    completed_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewQueue = new(Queue)
QueueChanges = patch(Queue)
NewQueueItem = new(QueueItem)

queue_name = unique(Queue.project_id, Queue.name, name="queues_project_id_name_key")

one_subject = check("queue_items_subject_check", QueueItem.ticket_id.is_null() != QueueItem.task_id.is_null())
# What is next in a queue, and how many are in each state. Not partial: the status arrives as a parameter, and
# PostgreSQL uses a partial index only where it can see that its condition holds.
next_item = index("queue_items_next_idx", QueueItem.queue_id, QueueItem.status, QueueItem.priority.desc(), QueueItem.id)
# A ticket waits or runs in one queue at a time; what became of it before stays.
ticket_once = index(
    "queue_items_ticket_id_key",
    QueueItem.ticket_id,
    unique=True,
    where=QueueItem.status.in_([QueueItemStatus.QUEUED, QueueItemStatus.IN_PROGRESS]),
)
