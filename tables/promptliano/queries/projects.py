"""Projects, and a project in numbers."""

from promptliano.ids import ProjectId
from qb import New, Patch, Rows, Select, cte, fn, insert, maybe, prepare, select, update
from qb.typing import Returning
from tables.promptliano.chats import Chat, ChatMessage
from tables.promptliano.files import File
from tables.promptliano.projects import Project
from tables.promptliano.shapes import ChatTotals, Dashboard, ProjectFiles, TaskTotals, TicketTotals
from tables.promptliano.tickets import Task, Ticket


def create(project: New[Project]) -> Rows[Project]:
    """The project as it was written."""
    return insert(project).returning()


@prepare
def by_id(project: ProjectId) -> Select[Project]:
    """The project, unless it is deleted."""
    return select(Project).where(Project.id == project, Project.deleted_at.is_null())


@prepare
def by_path(path: str) -> Select[Project]:
    """The project whose files are there, unless it is deleted."""
    return select(Project).where(Project.path == path, Project.deleted_at.is_null())


@prepare
def page(limit: int = 50, offset: int = 0) -> Select[Project]:
    """Projects, the last changed first."""
    query = select(Project).where(Project.deleted_at.is_null())
    return query.order_by(Project.updated_at.desc(), Project.id.desc()).limit(limit).offset(offset)


def change(project: ProjectId, changes: Patch[Project]) -> Rows[Project]:
    """The project with the fields that are given."""
    return update(Project).patch(changes).where(Project.id == project, Project.deleted_at.is_null()).returning()


@prepare
def delete(project: ProjectId) -> Returning[Project]:
    """The project, deleted now; no row if it was before."""
    removed = update(Project).set(Project.deleted_at.to(fn.now()))
    return removed.where(Project.id == project, Project.deleted_at.is_null()).returning()


@prepare
def restore(project: ProjectId) -> Returning[Project]:
    """The project, no longer deleted; no row if it was not."""
    restored = update(Project).set(Project.deleted_at.to(None))
    return restored.where(Project.id == project, Project.deleted_at.is_not_null()).returning()


def _dashboards() -> Select[Dashboard]:
    """Each family is counted on its own, and only then joined: joined first, each would multiply the others."""
    tickets = cte(
        select(
            Ticket.project_id,
            fn.count(),
            fn.count().filter(Ticket.status.in_(["open", "in_progress"])),
            fn.count().filter(Ticket.priority == "urgent"),
        )
        .where(Ticket.deleted_at.is_null())
        .group_by(Ticket.project_id)
        .map(TicketTotals),
        name="ticket_totals",
    )
    tasks = cte(
        select(Ticket.project_id, fn.count(), fn.count().filter(Task.done))
        .join(Task, on=Task.ticket_id == Ticket.id)
        .where(Ticket.deleted_at.is_null())
        .group_by(Ticket.project_id)
        .map(TaskTotals),
        name="task_totals",
    )
    chats = cte(
        select(
            Chat.project_id,
            fn.count(Chat.id, distinct=True),
            fn.count(ChatMessage.id),
            fn.max(ChatMessage.created_at),
        )
        .left_join(ChatMessage, on=ChatMessage.chat_id == Chat.id)
        .where(Chat.deleted_at.is_null())
        .group_by(Chat.project_id)
        .map(ChatTotals),
        name="chat_totals",
    )
    files = cte(
        select(File.project_id, fn.count(), fn.coalesce(fn.sum(File.size), 0))
        .group_by(File.project_id)
        .map(ProjectFiles),
        name="file_totals",
    )
    return (
        select(
            Project,
            fn.coalesce(tickets.total, 0),
            fn.coalesce(tickets.open, 0),
            fn.coalesce(tickets.urgent, 0),
            fn.coalesce(tasks.total, 0),
            fn.coalesce(tasks.done, 0),
            fn.coalesce(chats.chats, 0),
            fn.coalesce(chats.messages, 0),
            fn.coalesce(files.files, 0),
            fn.coalesce(files.bytes, 0),
            maybe(chats.last_message_at),
        )
        .left_join(tickets, on=tickets.project_id == Project.id)
        .left_join(tasks, on=tasks.project_id == Project.id)
        .left_join(chats, on=chats.project_id == Project.id)
        .left_join(files, on=files.project_id == Project.id)
        .where(Project.deleted_at.is_null())
        .map(Dashboard)
    )


@prepare
def dashboard(project: ProjectId) -> Select[Dashboard]:
    """The project in numbers."""
    return _dashboards().where(Project.id == project)


@prepare
def dashboards(limit: int = 50) -> Select[Dashboard]:
    """Projects in numbers, the last changed first."""
    return _dashboards().order_by(Project.updated_at.desc(), Project.id.desc()).limit(limit)
