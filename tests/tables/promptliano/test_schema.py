"""What the server makes of the description: tables, keys, what goes with what, and the benchmarks' tables within it."""

from promptliano.labels import MessageRole
from qb import Database, Db, Success, Table, Tx, create_all, delete, drop_all, fn, select, sql, unwrap
from tables.promptliano import chats as chat_tables
from tables.promptliano import schema
from tables.promptliano.chats import NewChat
from tables.promptliano.files import File, NewFile, SelectedFile
from tables.promptliano.projects import Project
from tables.promptliano.prompts import Agent, NewPrompt, Prompt
from tables.promptliano.queues import NewQueueItem, Queue, QueueItem
from tables.promptliano.repository import chats, files, prompts, queues, tickets
from tables.promptliano.tickets import NewTask, Task, Ticket
from tests.tables.promptliano import make

TABLES = [
    "projects",
    "tickets",
    "tasks",
    "chats",
    "chat_messages",
    "files",
    "selected_files",
    "prompts",
    "agents",
    "queues",
    "queue_items",
    "user_preferences",
    "settings",
]


def test_all_thirteen_tables_are_there(promptliano: Database) -> None:
    named = sql("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'").rows(str)
    assert set(unwrap(promptliano.all(named))) == set(TABLES)
    assert {table.source.name for table in schema.tables} == set(TABLES)


def test_every_table_has_a_bigint_key(promptliano: Database) -> None:
    named = sql(
        """SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id'
        AND data_type = 'bigint' AND is_identity = 'YES'"""
    ).rows(str)
    assert set(unwrap(promptliano.all(named))) == set(TABLES)


def test_dropped_and_created_again(tx: Tx) -> None:
    unwrap(tx.run(drop_all(schema)))
    assert tx.run(create_all(schema)) == Success(len(create_all(schema).statements))


def filled(db: Db) -> Project:
    """A project with a row in every table that belongs to one."""
    project = make.project(db)
    ticket = make.ticket(db, project)
    unwrap(tickets.create_tasks(db, [NewTask(ticket_id=ticket.id, content="a", agent_id=make.agent(db).id)]))
    chat = unwrap(chats.create(db, NewChat(project_id=project.id, title="Chat")))
    unwrap(chats.append(db, chat.id, MessageRole.USER, "Hello"))
    (file,) = unwrap(files.sync(db, [NewFile(project_id=project.id, path="a.py")]))
    unwrap(files.select_files(db, project.id, [file.id]))
    unwrap(prompts.create(db, NewPrompt(project_id=project.id, title="Prompt", content="…")))
    queue = make.queue(db, project)
    unwrap(queues.enqueue(db, [NewQueueItem(queue_id=queue.id, ticket_id=ticket.id)]))
    unwrap(queues.claim(db, queue.id, make.agent(db).id))
    return project


BELONGING: list[type[Table]] = [
    Ticket, Task, chat_tables.Chat, chat_tables.ChatMessage, File, SelectedFile, Prompt, Queue, QueueItem,
]  # fmt: skip


def count(db: Db, table: type[Table]) -> int:
    return unwrap(db.scalar(select(fn.count()).from_(table)))


def test_a_project_takes_along_all_that_belongs_to_it(tx: Tx) -> None:
    project = filled(tx)
    assert [count(tx, table) for table in BELONGING] == [1] * 9
    assert tx.execute(delete(Project).where(Project.id == project.id)) == Success(1)
    assert [count(tx, table) for table in BELONGING] == [0] * 9
    assert count(tx, Agent) == 1


def test_an_agent_leaves_what_it_worked_on(tx: Tx) -> None:
    filled(tx)
    unwrap(tx.execute(delete(Agent).all_rows()))
    assert tx.all(select(Task.agent_id)) == Success([None])
    assert tx.all(select(QueueItem.agent_id)) == Success([None])


def test_a_ticket_takes_its_tasks_and_its_places_in_queues_along(tx: Tx) -> None:
    filled(tx)
    unwrap(tx.execute(delete(Ticket).all_rows()))
    assert [count(tx, Task), count(tx, QueueItem), count(tx, Queue)] == [0, 0, 1]


def test_every_foreign_key_has_an_index_that_begins_with_its_columns(promptliano: Database) -> None:
    """Or deleting what it points to would read the whole table."""
    missing = sql(
        """SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint c WHERE contype = 'f' AND NOT EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
             AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)"""
    ).rows(str)
    assert promptliano.all(missing) == Success([])
