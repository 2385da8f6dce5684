"""Tickets and their tasks.

The queue that a ticket or a task waits in is in `queue_items`, which refers to both: there it has a history, and here
no field can contradict it.
"""

from promptliano.documents import TicketMetadata
from promptliano.ids import AgentId, ProjectId, TaskId, TicketId, TicketPublicId
from promptliano.labels import TICKET_PRIORITIES, TICKET_STATUSES, TicketPriority, TicketStatus
from qb import Col, column, fn, identity, index, new, patch, pg, references
from tables.promptliano.projects import Project
from tables.promptliano.prompts import Agent
from tables.promptliano.shared import Restorable, Timestamped


class Ticket(Restorable, name="tickets"):
    """Something to be done in a project."""

    id: Col[TicketId] = column(pg.bigint, primary_key=True, default=identity())
    public_id: Col[TicketPublicId] = column(pg.uuid, default=fn.gen_random_uuid(), unique=True)
    project_id: Col[ProjectId] = column(pg.bigint, references=references(Project.id, on_delete="cascade"))
    title: Col[str] = column(pg.text, check=lambda title: fn.length(fn.trim(title)) > 0)
    overview: Col[str] = column(pg.text, default="")
    status: Col[TicketStatus] = column(pg.text, default="open", check=lambda status: status.in_(TICKET_STATUSES))
    priority: Col[TicketPriority] = column(
        pg.text, default="normal", check=lambda priority: priority.in_(TICKET_PRIORITIES)
    )
    position: Col[int] = column(pg.integer, default=0)
    archived: Col[bool] = column(pg.boolean, default=False)
    assignee: Col[str | None] = column(pg.text, default=None)
    tags: Col[list[str]] = column(pg.jsonb, default=[])
    metadata: Col[TicketMetadata] = column(pg.jsonb, default=TicketMetadata())


class Task(Timestamped, name="tasks"):
    """A step of a ticket."""

    id: Col[TaskId] = column(pg.bigint, primary_key=True, default=identity())
    ticket_id: Col[TicketId] = column(pg.bigint, references=references(Ticket.id, on_delete="cascade"))
    content: Col[str] = column(pg.text)
    description: Col[str | None] = column(pg.text, default=None)
    done: Col[bool] = column(pg.boolean, default=False)
    position: Col[int] = column(pg.integer, default=0)
    agent_id: Col[AgentId | None] = column(
        pg.bigint, references=references(Agent.id, on_delete="set null"), default=None, index=True
    )
    depends_on: Col[list[TaskId]] = column(pg.array(pg.bigint), default=[])


NewTicket = new(Ticket)
TicketChanges = patch(Ticket)
NewTask = new(Task)
TaskChanges = patch(Task)

# Pages of a project's tickets, newest first; the key ends it, so that no two are equal. It begins with the project, and
# so serves whatever asks for that alone.
ticket_pages = index("idx_tickets_project", Ticket.project_id, Ticket.created_at.desc(), Ticket.id.desc())
ticket_status = index("idx_tickets_status", Ticket.status)
ticket_board = index(
    "tickets_board_idx", Ticket.project_id, Ticket.status, Ticket.position, where=Ticket.deleted_at.is_null()
)
tasks_in_order = index("tasks_ticket_id_idx", Task.ticket_id, Task.position)
