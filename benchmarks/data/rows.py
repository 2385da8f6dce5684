"""The rows in the database, each a pure function of its number: whoever needs an expected row computes it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from uuid import UUID

import msgspec

from benchmarks.data.model import NewTask, NewTicket, TaskItem, Ticket, TicketTasks, TicketWithTasks
from promptliano.documents import TicketMetadata

SEED = 20_250_117
TICKETS_PER_PROJECT = 20
TEMPLATES = 1_000
CHILDREN = 10
EPOCH = datetime(2025, 1, 17, 8, 30, tzinfo=UTC)

STATUSES = ("open", "in_progress", "completed", "archived")
PRIORITIES = ("low", "normal", "high", "urgent")
TAGS = ("api", "ui", "storage", "bug", "docs", "übersetzung", "performance", "security")
SOURCES = ("web", "cli", "import", "agent")
WORDS = ("move", "the", "queue", "to", "one", "table", "and", "measure", "what", "it", "costs", "größer", "日本")


class Sizes(msgspec.Struct, frozen=True):
    """How much data, and how much of it each piece of work touches."""

    tickets: int = 1_000_000
    tickets_with_tasks: int = 10_000
    bulk: int = 100
    convert: int = 10_000
    stream: int = 200_000
    nested: int = 500
    many: int = 10_000
    """The rows of a bulk write, where it has one size."""
    most: int = 1_000_000
    """The rows where a curve ends."""
    tasks: int = 1_024
    joins: int = 200
    objects: int = 500_000
    """What a large program holds besides."""
    pipelined: int = 1_000
    wide: int = 1_000
    """The rows of the table of many columns."""
    columns: int = 200

    @property
    def projects(self) -> int:
        return -(-self.tickets // TICKETS_PER_PROJECT)

    @property
    def projects_with_tasks(self) -> int:
        return self.tickets_with_tasks // TICKETS_PER_PROJECT


def new_ticket(number: int) -> NewTicket:
    """The ticket with that number, from 1."""
    random = Random(SEED + number)
    # Whole milliseconds: JavaScript's dates know no others.
    created = EPOCH + timedelta(minutes=number, milliseconds=random.randrange(1_000))
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


def templates(sizes: Sizes) -> Sequence[NewTicket]:
    """What new rows are made of: tickets that are not in the database, of projects that are."""
    return [
        msgspec.structs.replace(new_ticket(sizes.tickets + 1 + offset), project_id=1 + offset % sizes.projects)
        for offset in range(TEMPLATES)
    ]


def made(of: Sequence[NewTicket], count: int, call: int) -> Iterator[NewTicket]:
    """New rows, as many as are wanted. Those of another call differ in their public ids alone, which are unique."""
    first = (call << 96) | (0x4000 << 64) | (0x8000 << 48)
    for number, template in zip(range(count), cycle(of), strict=False):
        yield msgspec.structs.replace(template, public_id=UUID(int=first | number))


def new_tasks(sizes: Sizes) -> Iterator[NewTask]:
    """All tasks in the order of their keys, from 1: 0 to 9 a ticket."""
    for ticket_id in range(1, sizes.tickets_with_tasks + 1):
        random = Random(-SEED - ticket_id)
        nested = ticket_id > sizes.tickets_with_tasks - sizes.nested
        for position in range(CHILDREN if nested else random.randrange(10)):
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


def nested(sizes: Sizes) -> Sequence[TicketTasks]:
    """The last tickets with tasks, which have ten each."""
    first = sizes.tickets_with_tasks - sizes.nested + 1
    tasks: dict[int, list[TaskItem]] = {number: [] for number in range(first, sizes.tickets_with_tasks + 1)}
    for key, task in enumerate(new_tasks(sizes), start=1):
        if task.ticket_id in tasks:
            tasks[task.ticket_id].append(TaskItem(key, task.content, task.done, task.position))
    return [TicketTasks(number, new_ticket(number).title, items) for number, items in tasks.items()]


def sentence(random: Random, words: int) -> str:
    return " ".join(random.choices(WORDS, k=words))
