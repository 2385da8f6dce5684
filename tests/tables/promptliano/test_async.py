"""Coroutines run the same queries: a query is a value, whoever runs it."""

import pytest

from promptliano.documents import MessageMetadata
from promptliano.ids import AgentSlug
from promptliano.labels import MessageRole
from qb import AsyncTx, Failure, NotFound, Outcome, Success, insert, unwrap
from tables.promptliano import queries
from tables.promptliano.chats import ChatMessage, NewChat
from tables.promptliano.files import NewFile
from tables.promptliano.projects import NewProject
from tables.promptliano.prompts import NewAgent
from tables.promptliano.queues import NewQueue
from tables.promptliano.tickets import NewTask, NewTicket, Task, TicketChanges
from tests.tables.promptliano import make

pytestmark = pytest.mark.anyio


async def test_a_ticket_from_its_making_to_its_end(async_tx: AsyncTx) -> None:
    project = unwrap(await async_tx.one(queries.projects.create(NewProject(name="Promptliano"))))
    ticket = unwrap(await async_tx.one(queries.tickets.create(NewTicket(project_id=project.id, title="One"))))
    tasks = [NewTask(ticket_id=ticket.id, content=word) for word in ("a", "b")]
    made = unwrap(await async_tx.insert_many(tasks, insert(Task).returning()))
    await async_tx.all(queries.tickets.set_done([made[0].id]))
    whole = unwrap(await async_tx.one(queries.tickets.with_tasks(ticket.id)))
    assert (whole.ticket, [task.done for task in whole.tasks], whole.done_count) == (ticket, [True, False], 1)
    changed = await async_tx.one(queries.tickets.change(ticket.id, TicketChanges(title="Two")))
    assert unwrap(changed).title == "Two"
    assert await async_tx.all(queries.tickets.set_status([ticket.id], "completed")) == Success([ticket.id])
    assert isinstance(await async_tx.one(queries.tickets.delete(ticket.id)), Success)
    assert await async_tx.one(queries.tickets.by_id(ticket.id)) == Failure(NotFound("tickets"))


async def test_pages_in_one_round_trip(async_tx: AsyncTx) -> None:
    project = unwrap(await async_tx.one(queries.projects.create(NewProject(name="Promptliano"))))
    rows = (NewTicket(project_id=project.id, title=f"{n}") for n in range(7))
    assert await async_tx.insert_many(rows) == Success(7)
    async with async_tx.pipeline() as pipeline:
        found = pipeline.all(queries.tickets.of_project(project.id, limit=3))
        total = pipeline.scalar(queries.tickets.count_of_project(project.id))
    assert [each.title for each in unwrap(found.result())] == ["6", "5", "4"]
    assert total.result() == Success(7)


async def test_a_message_appended_in_a_transaction(async_tx: AsyncTx) -> None:
    project = unwrap(await async_tx.one(queries.projects.create(NewProject(name="Promptliano"))))
    chat = unwrap(await async_tx.one(queries.chats.create(NewChat(project_id=project.id, title="Chat"))))

    async def work(tx: AsyncTx) -> Outcome[ChatMessage]:
        match await tx.one(queries.chats.touch(chat.id)):
            case Success(found):
                return await tx.one(queries.chats.append(found, MessageRole.USER, "Hello", MessageMetadata()))
            case Failure(error):
                return Failure(error)

    made = unwrap(await async_tx.transact(work))
    async with async_tx.stream(queries.chats.messages(chat.id)) as messages:
        assert [each async for each in messages] == [made]


async def test_a_queue_and_files(async_tx: AsyncTx) -> None:
    project = unwrap(await async_tx.one(queries.projects.create(NewProject(name="Promptliano"))))
    await async_tx.one(queries.tickets.create(NewTicket(project_id=project.id, title="One")))
    queue = unwrap(await async_tx.one(queries.queues.create(NewQueue(project_id=project.id, name="work"))))
    (queued,) = unwrap(await async_tx.all(queries.queues.enqueue_open_tickets(queue.id)))
    rows = [NewAgent(slug=AgentSlug("coder"), name="Coder", configuration=make.CLAUDE)]
    (agent,) = unwrap(await async_tx.insert_many(rows, queries.agents.upserted()))
    claimed = unwrap(await async_tx.first(queries.queues.claim(queue.id, agent.id)))
    assert claimed is not None
    assert claimed.id == queued.id
    paths = (NewFile(project_id=project.id, path=f"{n}.py", checksum="1") for n in range(3))
    written = unwrap(await async_tx.insert_many(paths, queries.files.synced()))
    assert [each.path for each in written] == ["0.py", "1.py", "2.py"]
