"""`make demo`: Promptliano's database created, filled and queried on a real server, in a few seconds.

Shows the SQL of each query as it is sent, and the typed rows that come back. The server is that of DATABASE_URL, or
else the embedded one in the project's folder `.qb`. All happens in a database of its own, which is dropped at the end.
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from promptliano.documents import (
    AgentConfiguration,
    Anthropic,
    Import,
    Local,
    MessageMetadata,
    Preferences,
    TicketMetadata,
    TokenUsage,
)
from promptliano.guards import decoded
from promptliano.ids import AgentSlug, ProjectId, UserId
from promptliano.labels import TICKET_PRIORITIES, TICKET_STATUSES, MessageRole
from qb import Db, DbError, Failure, New, Outcome, Patch, Rows, Success, Tx, UniqueViolation, connect, create_all, sql
from tables.promptliano import queries, schema
from tables.promptliano.chats import NewChat
from tables.promptliano.files import NewFile
from tables.promptliano.projects import NewProject, Project
from tables.promptliano.prompts import NewAgent
from tables.promptliano.queues import NewQueue, QueueItem
from tables.promptliano.repository import agents, chats, files, projects, queues, settings, tickets
from tables.promptliano.tickets import NewTask, NewTicket, Ticket
from tables.scratch import scratch_database
from tables.show import brief, heading, lines, statement

R = TypeVar("R")

TICKETS = 20_000


def main() -> int:
    """The exit code: 0 when everything went as it should, 1 when there is no server to show it on."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a terminal that has no ü still shows the rest
    started = time.perf_counter()
    try:
        with scratch_database(name="promptliano_demo") as url, connect(url) as db:
            create(db)
            project = insert_rows(db)
            read(db, project)
            documents(db, project)
            errors_are_values(db, project)
            queue(db, project)
            selected_files(db, project)
            in_numbers(db, project)
            stream(db, project)
    except (DbError, ImportError) as error:
        print(f"The demo needs a PostgreSQL server: {error}", file=sys.stderr)
        return 1
    print(f"\nAll of it took {time.perf_counter() - started:.1f} s; its database is gone again.")
    return 0


def ask(db: Db, title: str, query: Rows[R], show: int = 3) -> list[R]:
    """Run a query and print its SQL and its first rows."""
    heading(title)
    statement(query)
    found = db.all(query).unwrap()
    lines((brief(row) for row in found[:show]), more=len(found) - show)
    return found


def create(db: Db) -> None:
    version = db.scalar(sql("SHOW server_version").rows(str)).unwrap()
    name = db.scalar(sql("SELECT current_database()::text").rows(str)).unwrap()
    print(f"PostgreSQL {version}, database {name}; where a query names all columns of a table, their number is shown")
    ddl = create_all(schema)
    heading(f"Create {len(schema.tables)} tables: {len(ddl.statements)} statements from the classes, for example")
    db.run(ddl).unwrap()
    print("\n".join(f"  {line}" for each in ddl.statements if 'TABLE "tickets"' in each for line in each.splitlines()))


def insert_rows(db: Db) -> Project:
    (project,) = ask(
        db, "Insert a project", queries.projects.create(NewProject(name="Promptliano", path="/home/ada/promptliano"))
    )

    heading("A request's body is a row, or is refused before it comes near the database")
    body = f'{{"project_id": {project.id}, "title": "Move the queue", "priority": "high", "tags": ["storage"]}}'
    for each in (body, body.replace('"storage"', "7")):
        print(f"  {each}")
        match decoded(New[Ticket], each):
            case Success(row):
                lines([brief(tickets.create(db, row).unwrap())])
            case Failure(refused):
                lines([brief(refused)])

    heading(f"Insert {TICKETS:,} tickets from a generator, through binary COPY")
    started = time.perf_counter()
    rows = (
        NewTicket(
            project_id=project.id,
            title=f"Ticket {number}",
            overview="It is 100% übersetzt." if number % 1000 == 0 else "",
            status=TICKET_STATUSES[number % 4],
            priority=TICKET_PRIORITIES[number // 4 % 4],
            tags=["api", "日本"] if number % 2 else [],
            metadata=TicketMetadata(source="import", score=number / 100, labels=[f"batch-{number // 1000}"]),
        )
        for number in range(1, TICKETS + 1)
    )
    count = db.insert_many(rows).unwrap()
    lines([f"{count:,} rows in {time.perf_counter() - started:.2f} s"])
    return project


def read(db: Db, project: Project) -> None:
    first = tickets.search(db, project.id, "move the QUEUE").unwrap()[0]
    steps = ["Describe the tables", "Write the queries", "Measure"]
    tasks = [NewTask(ticket_id=first.id, content=step, position=n) for n, step in enumerate(steps)]
    made = tickets.create_tasks(db, tasks).unwrap()
    tickets.set_done(db, [made[0].id]).unwrap()
    ask(db, "A ticket with its tasks and counts, in one query", queries.tickets.with_tasks(first.id))
    ask(db, "Search: what was typed is text, its % no pattern", queries.tickets.search(project.id, "100%"), show=2)

    page = tickets.page_after(db, project.id, limit=2).unwrap()
    ask(db, "The next page of two, after the last one's cursor", queries.tickets.page_after(project.id, page.next, 2))

    changes = decoded(Patch[Ticket], '{"status": "in_progress", "assignee": "ada"}').unwrap()
    ask(db, "Update what a request's body gives, and nothing else", queries.tickets.change(first.id, changes))
    several = [each.id for each in page.tickets]
    ask(db, "The status of many tickets at once", queries.tickets.set_status(several, "completed"))


def documents(db: Db, project: Project) -> None:
    chat = chats.create(db, NewChat(project_id=project.id, title="Why is the queue slow?")).unwrap()
    chats.append(db, chat.id, MessageRole.USER, "Why is the queue slow?").unwrap()
    for tokens in (120, 80):
        metadata = MessageMetadata("claude-sonnet", TokenUsage(1_000, tokens))
        chats.append(db, chat.id, MessageRole.ASSISTANT, "Let me see.", metadata).unwrap()
    ask(db, "A chat with its messages", queries.chats.with_messages(chat.id))
    ask(db, "Tokens by model, added up inside the messages' JSON", queries.chats.usage(chat.id))

    thinking = AgentConfiguration(Anthropic("claude-sonnet", thinking_tokens=2_000), tools=["read", "write"])
    local = AgentConfiguration(Local("llama", "http://localhost:8080"), temperature=0.2)
    rows = [
        NewAgent(slug=AgentSlug("coder"), name="Coder", configuration=thinking),
        NewAgent(slug=AgentSlug("reviewer"), name="Reviewer", configuration=local),
    ]
    agents.upsert(db, rows).unwrap()
    ask(db, "Agents: a tagged union in JSON comes back as the class it is", queries.agents.active())
    ask(db, "Agents with a model, by a typed path into the JSON", queries.agents.active("llama"))

    ada = UserId("ada")
    ask(db, "Preferences: insert or replace", queries.settings.save_preferences(ada, Preferences(theme="dark")))
    lines([f"bob has the defaults: {brief(settings.preferences_of(db, UserId('bob')).unwrap())}"])


def errors_are_values(db: Db, project: Project) -> None:
    heading("What the world does is a value: a second project at the same path")
    match projects.create(db, NewProject(name="Another", path=project.path)):
        case Failure(UniqueViolation(constraint, table, _, columns)):
            lines([f"UniqueViolation: {constraint} of {table} on {', '.join(columns)}"])
        case other:
            raise AssertionError(other)

    heading("A transaction that fails leaves nothing behind")

    def work(tx: Tx) -> Outcome[Ticket]:
        kept = tickets.create(tx, NewTicket(project_id=project.id, title="Never seen")).unwrap()
        lines([f"inside, ticket {kept.id} is there: {brief(tickets.search(tx, project.id, 'never seen').unwrap())}"])
        return tickets.create(tx, NewTicket(project_id=ProjectId(0), title="In no project"))

    lines([f"it ends with {brief(db.transact(work))}"])
    lines([f"outside: {brief(tickets.search(db, project.id, 'never seen').unwrap())}"])


def queue(db: Db, project: Project) -> None:
    work = queues.create(db, NewQueue(project_id=project.id, name="work")).unwrap()
    coder = agents.by_slug(db, AgentSlug("coder")).unwrap()
    count = len(queues.enqueue_open_tickets(db, work.id).unwrap())
    claimed = ask(db, f"Claim the next of {count:,} items of a queue", queries.queues.claim(work.id, coder.id))[0]
    queues.complete(db, claimed.id).unwrap()
    match queues.claim(db, work.id, coder.id):
        case Success(QueueItem() as item):
            ask(db, "An attempt that failed", queries.queues.fail(item.id, "no network", queues.PAUSE))
        case other:
            raise AssertionError(other)
    ask(db, "The queue in numbers", queries.queues.stats(work.id))


def selected_files(db: Db, project: Project) -> None:
    imports = [Import("msgspec", ["Struct"]), Import("qb")]
    rows = [
        NewFile(project_id=project.id, path="src/queue.py", extension="py", size=4_200, checksum="a1", imports=imports),
        NewFile(project_id=project.id, path="README.md", extension="md", size=900, checksum="b2"),
    ]
    made = files.sync(db, rows).unwrap()
    again = files.sync(db, rows).unwrap()
    heading("Files are synchronised by their checksums")
    lines([f"{len(made)} written, then {len(again)}"])
    files.set_selection(db, project.id, [made[0].id]).unwrap()
    ask(db, "The files that are selected", queries.files.selection(project.id))


def in_numbers(db: Db, project: Project) -> None:
    ask(db, "A project in numbers", queries.projects.dashboard(project.id))


def stream(db: Db, project: Project) -> None:
    query = queries.tickets.of_project(project.id, limit=TICKETS)
    heading(f"Stream {TICKETS:,} typed rows: they are decoded while the server works on the next ones")
    statement(query)
    started, count, score = time.perf_counter(), 0, 0.0
    with db.stream(query) as rows:
        for ticket in rows:
            count += 1
            score += ticket.metadata.score
    seconds = time.perf_counter() - started
    lines([f"{count:,} rows in {seconds:.2f} s; their scores add up to {score:,.0f}"])


if __name__ == "__main__":
    sys.exit(main())
