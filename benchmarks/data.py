"""The rows in the database, each a pure function of its number: whoever needs an expected row computes it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

import msgspec

from benchmarks.model import NewTask, NewTicket, TaskItem, Ticket, TicketWithTasks
from promptliano.documents import TicketMetadata

SEED = 20_250_117
TICKETS_PER_PROJECT = 20
EPOCH = datetime(2025, 1, 17, 8, 30, tzinfo=UTC)

STATUSES = ("open", "in_progress", "completed", "archived")
PRIORITIES = ("low", "normal", "high", "urgent")
TAGS = ("api", "ui", "storage", "bug", "docs", "übersetzung", "performance", "security")
SOURCES = ("web", "cli", "import", "agent")
WORDS = ("move", "the", "queue", "to", "one", "table", "and", "measure", "what", "it", "costs", "größer", "日本")


class Sizes(msgspec.Struct, frozen=True):
    """How much data, and how much of it each operation touches."""

    tickets: int = 200_000
    tickets_with_tasks: int = 10_000
    bulk: int = 100
    convert: int = 10_000
    stream: int = 200_000

    @property
    def projects(self) -> int:
        return -(-self.tickets // TICKETS_PER_PROJECT)

    @property
    def projects_with_tasks(self) -> int:
        return self.tickets_with_tasks // TICKETS_PER_PROJECT


def new_ticket(number: int) -> NewTicket:
    """The ticket with that number, from 1."""
    random = Random(SEED + number)
    created = EPOCH + timedelta(minutes=number, microseconds=random.randrange(1_000_000))
    return NewTicket(
        public_id=UUID(int=random.getrandbits(128), version=4),
        project_id=1 + (number - 1) // TICKETS_PER_PROJECT,
        title=f"Ticket {number}: {sentence(random, 4)}",
        overview=sentence(random, 18),
        status=random.choice(STATUSES),
        priority=random.choice(PRIORITIES),
        position=random.randrange(1_000),
        archived=random.random() < 0.1,
        assignee=None if number % 3 == 0 else f"person-{number % 50}",
        tags=random.sample(TAGS, random.randrange(4)),
        metadata=TicketMetadata(
            source=random.choice(SOURCES),
            score=random.randrange(10_000) / 100,
            labels=random.choices(WORDS, k=random.randrange(4)),
        ),
        created_at=created,
        updated_at=created + timedelta(seconds=random.randrange(86_400)),
    )


def ticket(number: int) -> Ticket:
    return Ticket(number, *msgspec.structs.astuple(new_ticket(number)))


def bulk_rows(sizes: Sizes, call: int = 0) -> Sequence[NewTicket]:
    """New tickets that are not in the database; their projects are spread over those that are.

    Those of another call differ in their public ids alone, which are unique.
    """
    return [
        msgspec.structs.replace(row, public_id=UUID(int=row.public_id.int ^ call)) for row in _first_bulk_rows(sizes)
    ]


@cache
def _first_bulk_rows(sizes: Sizes) -> Sequence[NewTicket]:
    return [
        msgspec.structs.replace(new_ticket(sizes.tickets + 1 + offset), project_id=1 + offset % sizes.projects)
        for offset in range(sizes.bulk)
    ]


def new_tasks(sizes: Sizes) -> Iterator[NewTask]:
    """All tasks in the order of their keys, from 1: 0 to 9 a ticket."""
    for ticket_id in range(1, sizes.tickets_with_tasks + 1):
        random = Random(-SEED - ticket_id)
        for position in range(random.randrange(10)):
            yield NewTask(
                ticket_id=ticket_id,
                content=sentence(random, 6),
                done=random.random() < 0.4,
                position=position,
                created_at=EPOCH + timedelta(minutes=ticket_id, seconds=position),
            )


def with_tasks(sizes: Sizes, project_id: int) -> Sequence[TicketWithTasks]:
    """What the join of a project has to return, tickets by key and tasks by position."""
    first = 1 + (project_id - 1) * TICKETS_PER_PROJECT
    tasks: dict[int, list[TaskItem]] = {number: [] for number in range(first, first + TICKETS_PER_PROJECT)}
    for key, task in enumerate(new_tasks(sizes), start=1):
        if task.ticket_id in tasks:
            tasks[task.ticket_id].append(TaskItem(key, task.content, task.done, task.position))
    return [
        TicketWithTasks(ticket(number), items, len(items), sum(item.done for item in items))
        for number, items in tasks.items()
    ]


def sentence(random: Random, words: int) -> str:
    return " ".join(random.choices(WORDS, k=words))
