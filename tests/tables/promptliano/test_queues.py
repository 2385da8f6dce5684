"""Queues: workers that claim at the same time, and what becomes of what they claimed."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from promptliano.ids import QueueItemId
from promptliano.labels import QueueItemStatus
from qb import CheckViolation, Database, Failure, NotFound, Success, Tx, UniqueViolation, connect, delete, unwrap
from tables.promptliano.projects import Project
from tables.promptliano.prompts import Agent
from tables.promptliano.queues import NewQueue, NewQueueItem, Queue, QueueChanges, QueueItem
from tables.promptliano.repository import queues, tickets
from tables.promptliano.tickets import NewTask, NewTicket
from tests.tables.promptliano import make

NOW = dt.timedelta(0)


def fail_once(tx: Tx, queue: Queue, agent: Agent) -> QueueItem:
    claimed = unwrap(queues.claim(tx, queue.id, agent.id))
    assert claimed is not None
    assert claimed.error_message is None
    return unwrap(queues.fail(tx, claimed.id, "no", wait=NOW))


@pytest.fixture
def project(tx: Tx) -> Project:
    return make.project(tx)


@pytest.fixture
def queue(tx: Tx, project: Project) -> Queue:
    return make.queue(tx, project)


@pytest.fixture
def agent(tx: Tx) -> Agent:
    return make.agent(tx)


def put(tx: Tx, queue: Queue, project: Project, priority: int = 5, attempts: int = 3) -> QueueItem:
    row = NewQueueItem(
        queue_id=queue.id, ticket_id=make.ticket(tx, project).id, priority=priority, max_attempts=attempts
    )
    (made,) = unwrap(queues.enqueue(tx, [row]))
    return made


def test_the_highest_priority_is_first_then_the_oldest(tx: Tx, project: Project, queue: Queue, agent: Agent) -> None:
    made = [put(tx, queue, project, priority) for priority in (5, 9, 5, 0)]
    claimed = [unwrap(queues.claim(tx, queue.id, agent.id)) for _ in range(5)]
    order = [made[1].id, made[0].id, made[2].id, made[3].id, None]
    assert [each.id if each else None for each in claimed] == order
    first = claimed[0]
    assert first is not None
    assert (first.status, first.agent_id, first.attempts) == (QueueItemStatus.IN_PROGRESS, agent.id, 1)
    assert first.started_at is not None
    assert first.completed_at is None


def test_a_queue_at_rest_gives_nothing(tx: Tx, project: Project, queue: Queue, agent: Agent) -> None:
    put(tx, queue, project)
    assert unwrap(queues.change(tx, queue.id, QueueChanges(active=False))).active is False
    assert queues.claim(tx, queue.id, agent.id) == Success(None)
    unwrap(queues.change(tx, queue.id, QueueChanges(active=True)))
    assert unwrap(queues.claim(tx, queue.id, agent.id)) is not None


def test_a_completed_item(tx: Tx, project: Project, queue: Queue, agent: Agent) -> None:
    item = put(tx, queue, project)
    assert queues.complete(tx, item.id) == Failure(NotFound("queue_items"))
    unwrap(queues.claim(tx, queue.id, agent.id))
    done = unwrap(queues.complete(tx, item.id))
    assert done.status is QueueItemStatus.COMPLETED
    assert done.completed_at is not None
    assert queues.complete(tx, item.id) == Failure(NotFound("queue_items"))
    assert queues.cancel(tx, item.id) == Failure(NotFound("queue_items"))


def test_a_failed_item_waits_and_is_tried_again_until_its_last_attempt(
    tx: Tx, project: Project, queue: Queue, agent: Agent
) -> None:
    item = put(tx, queue, project, attempts=2)
    unwrap(queues.claim(tx, queue.id, agent.id))
    waiting = unwrap(queues.fail(tx, item.id, "no network", wait=dt.timedelta(hours=1)))
    assert (waiting.status, waiting.error_message) == (QueueItemStatus.QUEUED, "no network")
    assert waiting.run_after - item.run_after == dt.timedelta(hours=1)
    assert waiting.completed_at is None
    assert queues.claim(tx, queue.id, agent.id) == Success(None)

    unwrap(queues.cancel(tx, item.id))
    unwrap(queues.retry(tx, item.id))
    first, second = fail_once(tx, queue, agent), fail_once(tx, queue, agent)
    assert (first.attempts, first.status, first.completed_at) == (1, QueueItemStatus.QUEUED, None)
    assert (second.attempts, second.status) == (2, QueueItemStatus.FAILED)
    assert second.completed_at is not None
    assert queues.claim(tx, queue.id, agent.id) == Success(None)
    assert queues.fail(tx, item.id, "no") == Failure(NotFound("queue_items"))

    again = unwrap(queues.retry(tx, item.id))
    assert (again.status, again.attempts, again.agent_id, again.completed_at) == (QueueItemStatus.QUEUED, 0, None, None)
    assert queues.retry(tx, item.id) == Failure(NotFound("queue_items"))
    assert queues.cancel(tx, QueueItemId(999_999_999)) == Failure(NotFound("queue_items"))


def test_a_ticket_waits_in_one_queue_at_a_time(tx: Tx, project: Project, queue: Queue, agent: Agent) -> None:
    item = put(tx, queue, project)
    other = make.queue(tx, project, "other")
    row = NewQueueItem(queue_id=other.id, ticket_id=item.ticket_id)
    with tx.transaction(rollback=True) as inner:
        assert isinstance(queues.enqueue(inner, [row]).failure(), UniqueViolation)
    unwrap(queues.claim(tx, queue.id, agent.id))
    unwrap(queues.complete(tx, item.id))
    (again,) = unwrap(queues.enqueue(tx, [row]))
    assert item.ticket_id is not None
    assert [each.id for each, _ in unwrap(queues.of_ticket(tx, item.ticket_id))] == [again.id, item.id]


def test_an_item_is_a_ticket_or_a_task(tx: Tx, project: Project, queue: Queue) -> None:
    ticket = make.ticket(tx, project)
    (task,) = unwrap(tickets.create_tasks(tx, [NewTask(ticket_id=ticket.id, content="a")]))
    for row in (
        NewQueueItem(queue_id=queue.id),
        NewQueueItem(queue_id=queue.id, ticket_id=ticket.id, task_id=task.id),
    ):
        with tx.transaction(rollback=True) as inner:
            refused = queues.enqueue(inner, [row])
        assert refused == Failure(CheckViolation("queue_items_subject_check", "queue_items", "public"))
    made = unwrap(queues.enqueue(tx, [NewQueueItem(queue_id=queue.id, task_id=task.id, priority=10)]))
    of_ticket = put(tx, queue, project)
    assert [(item.id, found is None) for item, found in unwrap(queues.items(tx, queue.id))] == [
        (made[0].id, True),
        (of_ticket.id, False),
    ]
    assert queues.items(tx, queue.id, status=QueueItemStatus.FAILED) == Success([])


def test_a_projects_open_tickets_by_their_priority(tx: Tx, project: Project, queue: Queue, agent: Agent) -> None:
    rows = {
        name: unwrap(tickets.create(tx, NewTicket(project_id=project.id, title=name, priority=name)))
        for name in ("low", "normal", "high", "urgent")
    }
    unwrap(tickets.create(tx, NewTicket(project_id=project.id, title="Done", status="completed")))
    gone = make.ticket(tx, project, "Gone")
    unwrap(tickets.delete(tx, gone.id))
    make.ticket(tx, make.project(tx, "Other"))
    made = unwrap(queues.enqueue_open_tickets(tx, queue.id))
    by_ticket = {each.ticket_id: each.priority for each in made}
    assert by_ticket == {rows["low"].id: 3, rows["normal"].id: 5, rows["high"].id: 7, rows["urgent"].id: 9}
    assert queues.enqueue_open_tickets(tx, queue.id) == Success([])
    first = unwrap(queues.claim(tx, queue.id, agent.id))
    assert first is not None
    assert first.ticket_id == rows["urgent"].id


def test_stats_by_status(tx: Tx, project: Project, queue: Queue, agent: Agent) -> None:
    empty = make.queue(tx, project, "empty")
    items = [put(tx, queue, project, priority=9 - n, attempts=1) for n in range(6)]
    for _ in range(4):
        unwrap(queues.claim(tx, queue.id, agent.id))
    unwrap(queues.complete(tx, items[0].id))
    unwrap(queues.fail(tx, items[1].id, "no"))
    unwrap(queues.cancel(tx, items[2].id))
    found = unwrap(queues.stats(tx, queue.id))
    counts = (found.total, found.queued, found.in_progress, found.completed, found.failed, found.cancelled)
    assert counts == (6, 2, 1, 1, 1, 1)
    assert found.mean_seconds == 0  # in one transaction all happens at one time
    nothing, same = unwrap(queues.stats_of_project(tx, project.id))
    assert (nothing.queue, nothing.total, nothing.mean_seconds) == (empty, 0, None)
    assert same == found
    assert queues.of_project(tx, project.id) == Success([empty, found.queue])


def test_a_queue_has_a_name_of_its_own_in_its_project(tx: Tx, project: Project, queue: Queue) -> None:
    with tx.transaction(rollback=True) as inner, pytest.raises(UniqueViolation):
        raise queues.create(inner, NewQueue(project_id=project.id, name=queue.name)).failure()
    make.queue(tx, make.project(tx, "Other"), queue.name)


# ------------------------------------------------------------------------------------------- workers, at the same time

WORKERS, ITEMS = 4, 40


@pytest.fixture
def committed(promptliano: Database) -> Iterator[tuple[Queue, Agent]]:
    """A queue with items that every connection sees."""

    def work(tx: Tx) -> Success[tuple[Queue, Agent]]:
        project = make.project(tx, "At the same time")
        queue, agent = make.queue(tx, project, parallel=3), make.agent(tx, "worker")
        for _ in range(ITEMS):
            put(tx, queue, project)
        return Success((queue, agent))

    queue, agent = unwrap(promptliano.transact(work))
    yield queue, agent
    unwrap(promptliano.execute(delete(Project).where(Project.id == queue.project_id)))
    unwrap(promptliano.execute(delete(Agent).where(Agent.id == agent.id)))


def test_no_item_is_claimed_twice(promptliano_url: str, committed: tuple[Queue, Agent]) -> None:
    queue, agent = committed
    ready = Barrier(WORKERS)

    def worker(_: int) -> list[QueueItemId]:
        claimed: list[QueueItemId] = []
        with connect(promptliano_url, max_size=1) as db:
            ready.wait()
            while (item := unwrap(queues.claim(db, queue.id, agent.id))) is not None:
                claimed.append(item.id)
        return claimed

    with ThreadPoolExecutor(WORKERS) as pool:
        claimed = [each for found in pool.map(worker, range(WORKERS)) for each in found]
    assert len(claimed) == len(set(claimed)) == ITEMS


def test_a_claim_passes_over_what_another_transaction_holds(
    promptliano: Database, committed: tuple[Queue, Agent]
) -> None:
    queue, agent = committed
    with promptliano.transaction(rollback=True) as first, promptliano.apart.transaction(rollback=True) as second:
        one, other = unwrap(queues.claim(first, queue.id, agent.id)), unwrap(queues.claim(second, queue.id, agent.id))
    assert one is not None
    assert other is not None
    assert one.id != other.id


def test_no_more_run_at_once_than_the_queue_allows(promptliano_url: str, committed: tuple[Queue, Agent]) -> None:
    queue, agent = committed
    ready = Barrier(WORKERS)

    def worker(_: int) -> int:
        with connect(promptliano_url, max_size=1) as db:
            ready.wait()
            return sum(unwrap(queues.claim_within_limit(db, queue.id, agent.id)) is not None for _ in range(3))

    with ThreadPoolExecutor(WORKERS) as pool:
        assert sum(pool.map(worker, range(WORKERS))) == queue.max_parallel_items
