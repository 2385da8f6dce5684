"""Rows that are not a table's: what the queries give back."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct

from promptliano.ids import ProjectId, TicketId
from qb import Col, Shape
from tables.promptliano.chats import Chat, ChatMessage
from tables.promptliano.files import File
from tables.promptliano.projects import Project
from tables.promptliano.queues import Queue
from tables.promptliano.tickets import Task, Ticket


class TicketWithTasks(Struct, frozen=True):
    """A ticket, its tasks in order, and how many there are and are done."""

    ticket: Ticket
    tasks: list[Task]
    task_count: int
    done_count: int


class TicketCursor(Struct, frozen=True):
    """Where a page of tickets ended."""

    created_at: dt.datetime
    id: TicketId


class ChatWithMessages(Struct, frozen=True):
    """A chat and all of its messages, oldest first."""

    chat: Chat
    messages: list[ChatMessage]


class ModelUsage(Struct, frozen=True):
    """What a model was asked for in a chat. `model` is None for messages that say none."""

    model: str | None
    messages: int
    input_tokens: int
    output_tokens: int


class FileTotals(Struct, frozen=True):
    """The files of one kind."""

    extension: str
    files: int
    bytes: int


class QueueStats(Struct, frozen=True):
    """How many items of a queue are in which state; the mean of the finished ones' times is None where none is."""

    queue: Queue
    total: int
    queued: int
    in_progress: int
    completed: int
    failed: int
    cancelled: int
    mean_seconds: Decimal | None


class Dashboard(Struct, frozen=True):
    """A project in numbers."""

    project: Project
    tickets: int
    open_tickets: int
    urgent_tickets: int
    tasks: int
    tasks_done: int
    chats: int
    messages: int
    files: int
    bytes: int
    last_message_at: dt.datetime | None


class SelectedContext(Struct, frozen=True):
    """A file that is selected, and why."""

    file: File
    reason: str | None
    selected_at: dt.datetime


# ------------------------------------------------------------------------------------ what the dashboard joins together


class TicketTotals(Shape):
    project_id: Col[ProjectId]
    total: Col[int]
    open: Col[int]
    urgent: Col[int]


class TaskTotals(Shape):
    project_id: Col[ProjectId]
    total: Col[int]
    done: Col[int]


class ChatTotals(Shape):
    project_id: Col[ProjectId]
    chats: Col[int]
    messages: Col[int]
    last_message_at: Col[dt.datetime | None]


class ProjectFiles(Shape):
    project_id: Col[ProjectId]
    files: Col[int]
    bytes: Col[int]
