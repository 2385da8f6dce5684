"""Rows that a test needs before it can begin."""

from promptliano.documents import AgentConfiguration, Anthropic, TicketMetadata
from promptliano.ids import AgentId, AgentSlug, ProjectId, TicketId
from qb import Db, sql, trusted, unwrap
from tables.promptliano.projects import NewProject, Project
from tables.promptliano.prompts import Agent, NewAgent
from tables.promptliano.queues import NewQueue, Queue
from tables.promptliano.repository import agents, projects, queues, tickets
from tables.promptliano.tickets import NewTicket, Ticket

METADATA = TicketMetadata(source="web", score=0.5, labels=["a", "ü"])
CLAUDE = AgentConfiguration(Anthropic("claude-sonnet"), temperature=0.2, tools=["read", "write"])

NO_PROJECT, NO_TICKET, NO_AGENT = ProjectId(999_999_999), TicketId(999_999_999), AgentId(999_999_999)


def project(db: Db, name: str = "Promptliano", path: str | None = None) -> Project:
    return unwrap(projects.create(db, NewProject(name=name, path=path)))


def ticket(db: Db, of: Project, title: str = "Move the queue", overview: str = "") -> Ticket:
    return unwrap(tickets.create(db, NewTicket(project_id=of.id, title=title, overview=overview, metadata=METADATA)))


def agent(db: Db, slug: str = "coder") -> Agent:
    (made,) = unwrap(agents.upsert(db, [NewAgent(slug=AgentSlug(slug), name=slug.title(), configuration=CLAUDE)]))
    return made


def queue(db: Db, of: Project, name: str = "work", parallel: int = 1) -> Queue:
    return unwrap(queues.create(db, NewQueue(project_id=of.id, name=name, max_parallel_items=parallel)))


def stored(db: Db, statement: str) -> None:
    """What somebody else writes, past the description."""
    escaped = statement.replace("{", "{{").replace("}", "}}")
    unwrap(db.execute(sql(trusted(escaped)).command()))
