"""What a checker knows of an operation, from the declaration of the tables alone; and what it refuses.

Nothing here runs: the checkers read it, and mypy reports an ignore that nothing needs.
"""

from typing import assert_type

from promptliano.documents import Preferences, SettingValue, TicketMetadata
from promptliano.ids import AgentSlug, ProjectId, QueueId, SettingKey, TaskId, TicketId, UserId
from promptliano.labels import TicketStatus
from qb import AsyncDb, Db, Failure, Outcome, Success
from tables.promptliano import queries
from tables.promptliano.queues import QueueItem
from tables.promptliano.repository import agents, queues, settings, tickets
from tables.promptliano.shapes import TicketWithTasks
from tables.promptliano.tickets import NewTask, NewTicket, Task, Ticket


def known(db: Db, project: ProjectId, ticket: TicketId, queue: QueueId) -> None:
    assert_type(tickets.by_id(db, ticket), Outcome[Ticket])
    assert_type(tickets.with_tasks(db, ticket), Outcome[TicketWithTasks])
    assert_type(tickets.set_status(db, [ticket], "completed"), Outcome[list[TicketId]])
    assert_type(queues.items(db, queue), Outcome[list[tuple[QueueItem, Ticket | None]]])
    assert_type(db.scalar(queries.tickets.count_of_project(project)), Outcome[int])
    assert_type(db.one(queries.settings.preferences_of(UserId("ada"))), Outcome[Preferences])
    assert_type(settings.value_of(db, SettingKey("a")), Outcome[SettingValue | None])
    match tickets.with_tasks(db, ticket):
        case Success(found):
            assert_type(found.ticket.metadata, TicketMetadata)
            assert_type(found.ticket.status, TicketStatus)
            assert_type([task.depends_on for task in found.tasks], list[list[TaskId]])
        case Failure(error):
            raise error


async def known_to_coroutines(db: AsyncDb, ticket: TicketId) -> None:
    assert_type(await db.one(queries.tickets.by_id(ticket)), Outcome[Ticket])
    assert_type(await db.all(queries.tickets.tasks_of(ticket)), Outcome[list[Task]])


def refused(db: Db, project: ProjectId, task: TaskId) -> None:
    tickets.by_id(db, task)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    tickets.by_id(db, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    tickets.of_project(db, project, status="late")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewTicket(project_id=project)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewTicket(project_id=project, title="x", status="late")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    tickets.create(db, NewTask(ticket_id=TicketId(1), content="x"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    settings.value_of(db, AgentSlug("a"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    agents.by_slug(db, "coder")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    queries.tickets.set_status([task], "open")  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
