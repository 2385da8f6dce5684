"""Tickets and their tasks."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptliano.guards import decoded
from promptliano.ids import TaskId, TicketPublicId
from promptliano.labels import TicketStatus
from qb import (
    CheckViolation,
    Database,
    Failure,
    ForeignKeyViolation,
    New,
    NotFound,
    Patch,
    Success,
    Tx,
    replace,
    select,
    sql,
    trusted,
    unwrap,
    value,
)
from tables.promptliano.projects import Project
from tables.promptliano.queries.patterns import containing
from tables.promptliano.repository import tickets
from tables.promptliano.shapes import TicketWithTasks
from tables.promptliano.tickets import NewTask, NewTicket, Ticket
from tests.tables.promptliano import make


@pytest.fixture
def project(tx: Tx) -> Project:
    return make.project(tx)


def test_created_with_what_is_left_out(tx: Tx, project: Project) -> None:
    made = unwrap(tickets.create(tx, NewTicket(project_id=project.id, title="Move the queue")))
    assert (made.status, made.priority, made.overview, made.tags, made.archived) == ("open", "normal", "", [], False)
    assert isinstance(made.public_id, UUID)
    assert tickets.by_id(tx, made.id) == Success(made)
    assert tickets.by_public_id(tx, made.public_id) == Success(made)
    assert tickets.by_public_id(tx, TicketPublicId(UUID(int=0))) == Failure(NotFound("tickets"))


def test_a_request_body_is_a_new_ticket(tx: Tx, project: Project) -> None:
    body = msgspec.json.encode({"project_id": project.id, "title": "From a body", "tags": ["api"]})
    made = unwrap(tickets.create(tx, unwrap(decoded(New[Ticket], body))))
    assert (made.title, made.tags) == ("From a body", ["api"])
    wrong = decoded(New[Ticket], b'{"project_id": 1, "title": "x", "metadata": {"source": "web", "score": "high"}}')
    assert wrong.failure().path == "$.metadata.score"
    assert "status" in decoded(New[Ticket], b'{"project_id": 1, "title": "x", "status": "late"}').failure().path


def test_a_project_must_be_there(tx: Tx) -> None:
    with tx.transaction(rollback=True) as inner:
        refused = tickets.create(inner, NewTicket(project_id=make.NO_PROJECT, title="Nowhere"))
    assert refused == Failure(ForeignKeyViolation("tickets_project_id_fkey", "tickets", "public"))


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [
        ("status = 'late'", "tickets_status_check"),
        ("priority = '!'", "tickets_priority_check"),
        ("title = ''", "tickets_title_check"),
    ],
)
def test_labels_are_checked_by_the_server_too(tx: Tx, project: Project, assignment: str, constraint: str) -> None:
    make.ticket(tx, project)
    with tx.transaction(rollback=True) as inner:
        refused = inner.execute(sql(trusted(f"UPDATE tickets SET {assignment}")).command())
    assert refused == Failure(CheckViolation(constraint, "tickets", "public"))


def test_a_patch_from_a_request_body(tx: Tx, project: Project) -> None:
    made = make.ticket(tx, project)
    changes = unwrap(decoded(Patch[Ticket], b'{"title": "Measure it", "assignee": null, "tags": ["api", "\xc3\xbc"]}'))
    changed = unwrap(tickets.change(tx, made.id, changes))
    assert changed == replace(made, title="Measure it", tags=["api", "ü"], updated_at=changed.updated_at)
    assert decoded(Patch[Ticket], b'{"status": "late"}').failure().path == "$.status"


def test_of_a_project_newest_first(tx: Tx, project: Project) -> None:
    other = make.project(tx, "Other")
    make.ticket(tx, other)
    made = [make.ticket(tx, project, f"Ticket {n}") for n in range(4)]
    unwrap(tickets.set_status(tx, [made[1].id], "completed"))
    found = unwrap(tickets.of_project(tx, project.id))
    assert [each.id for each in found] == [each.id for each in reversed(made)]
    assert [each.id for each in unwrap(tickets.of_project(tx, project.id, status="completed"))] == [made[1].id]
    assert len(unwrap(tickets.of_project(tx, project.id, limit=2))) == 2


def test_pages_by_number_know_the_total(tx: Tx, project: Project) -> None:
    made = [make.ticket(tx, project, f"Ticket {n}") for n in range(5)]
    page = unwrap(tickets.page(tx, project.id, limit=2, offset=2))
    assert ([each.id for each in page.tickets], page.total) == ([made[2].id, made[1].id], 5)
    beyond = unwrap(tickets.page(tx, project.id, limit=2, offset=10))
    assert (beyond.tickets, beyond.total) == ([], 5)
    urgent = unwrap(tickets.page(tx, project.id, status="open", priority="urgent"))
    assert (urgent.tickets, urgent.total) == ([], 0)


def test_pages_by_cursor_see_each_ticket_once(tx: Tx, project: Project) -> None:
    # All of one transaction have one created_at: the key alone tells them apart.
    made = [make.ticket(tx, project, f"Ticket {n}") for n in range(5)]
    tx.execute(
        sql("UPDATE tickets SET created_at = created_at - interval '1 day' WHERE id = {id}", id=made[4].id).command()
    )
    expected = [made[3].id, made[2].id, made[1].id, made[0].id, made[4].id]
    seen, cursor = list[object](), None
    for count in (2, 2, 1):
        piece = unwrap(tickets.page_after(tx, project.id, cursor, limit=2))
        assert len(piece.tickets) == count
        seen += [each.id for each in piece.tickets]
        make.ticket(tx, project, "Added meanwhile")
        cursor = piece.next
    assert (seen, cursor) == (expected, None)


def test_a_last_page_that_is_full_has_no_next(tx: Tx, project: Project) -> None:
    for n in range(2):
        make.ticket(tx, project, f"Ticket {n}")
    assert unwrap(tickets.page_after(tx, project.id, limit=2)).next is None
    assert unwrap(tickets.page_after(tx, make.NO_PROJECT)).tickets == []


def test_search_in_title_and_overview(tx: Tx, project: Project) -> None:
    in_overview = make.ticket(tx, project, "Another", "where the QUEUE is")
    in_title = make.ticket(tx, project, "A queue")
    gone = make.ticket(tx, project, "Queue, deleted")
    unwrap(tickets.delete(tx, gone.id))
    assert [each.id for each in unwrap(tickets.search(tx, project.id, "qUeUe"))] == [in_title.id, in_overview.id]
    assert tickets.search(tx, project.id, "nothing like it") == Success([])


@given(text=st.text(alphabet="ab%_\\'$", max_size=4), title=st.text(alphabet="ab%_\\'$", max_size=8))
def test_search_takes_its_text_literally(promptliano: Database, text: str, title: str) -> None:
    assert promptliano.scalar(select(value(title).ilike(containing(text)))) == Success(text in title)


def test_a_ticket_with_its_tasks_and_counts_in_one_query(tx: Tx, project: Project) -> None:
    ticket, bare = make.ticket(tx, project, "With tasks"), make.ticket(tx, project, "Without")
    made = unwrap(
        tickets.create_tasks(tx, [NewTask(ticket_id=ticket.id, content=f"Step {n}", position=9 - n) for n in range(3)])
    )
    done = unwrap(tickets.set_done(tx, [made[1].id]))
    expected = TicketWithTasks(ticket, [made[2], done[0], made[0]], 3, 1)
    assert tickets.with_tasks(tx, ticket.id) == Success(expected)
    assert tickets.with_tasks(tx, bare.id) == Success(TicketWithTasks(bare, [], 0, 0))
    assert tickets.with_tasks(tx, make.NO_TICKET) == Failure(NotFound("tickets"))
    assert tickets.board(tx, project.id) == Success([expected, TicketWithTasks(bare, [], 0, 0)])


def test_the_status_of_many_tickets(tx: Tx, project: Project) -> None:
    made = [make.ticket(tx, project, f"Ticket {n}") for n in range(4)]
    unwrap(tickets.delete(tx, made[3].id))
    unwrap(tickets.set_status(tx, [made[0].id], "completed"))
    changed = unwrap(tickets.set_status(tx, [each.id for each in made], "completed"))
    assert set(changed) == {made[1].id, made[2].id}
    assert tickets.set_status(tx, [], "open") == Success([])


@pytest.mark.parametrize("status", ["open", "in_progress", "completed", "archived"])
def test_every_status_is_stored(tx: Tx, project: Project, status: TicketStatus) -> None:
    made = unwrap(tickets.create(tx, NewTicket(project_id=project.id, title="x", status=status)))
    assert made.status == status


def test_deleted_and_restored(tx: Tx, project: Project) -> None:
    made = make.ticket(tx, project)
    assert unwrap(tickets.delete(tx, made.id)).deleted_at is not None
    assert tickets.by_id(tx, made.id) == Failure(NotFound("tickets"))
    assert tickets.delete(tx, made.id) == Failure(NotFound("tickets"))
    assert unwrap(tickets.restore(tx, made.id)).deleted_at is None
    assert tickets.restore(tx, made.id) == Failure(NotFound("tickets"))
    assert unwrap(tickets.by_id(tx, made.id)).id == made.id


# ------------------------------------------------------------------------------------------------------------ tasks


def test_many_tasks_come_back_in_their_order(tx: Tx, project: Project) -> None:
    ticket = make.ticket(tx, project)
    made = tickets.create_tasks(tx, (NewTask(ticket_id=ticket.id, content=f"{n}", position=n) for n in range(250)))
    assert [each.content for each in unwrap(made)] == [f"{n}" for n in range(250)]
    assert tickets.tasks_of(tx, ticket.id) == made
    assert tickets.create_tasks(tx, []) == Success([])


def test_tasks_are_made_together_or_not_at_all(tx: Tx, project: Project) -> None:
    ticket = make.ticket(tx, project)
    with tx.transaction(rollback=True) as inner:
        rows = [NewTask(ticket_id=ticket.id, content="a"), NewTask(ticket_id=make.NO_TICKET, content="b")]
        assert isinstance(tickets.create_tasks(inner, rows).failure(), ForeignKeyViolation)
    assert tickets.tasks_of(tx, ticket.id) == Success([])


def test_tasks_done_and_to_be_done_again(tx: Tx, project: Project) -> None:
    ticket = make.ticket(tx, project)
    (made,) = unwrap(tickets.create_tasks(tx, [NewTask(ticket_id=ticket.id, content="a")]))
    assert [each.done for each in unwrap(tickets.set_done(tx, [made.id]))] == [True]
    assert [each.done for each in unwrap(tickets.set_done(tx, [made.id], done=False))] == [False]
    assert tickets.set_done(tx, [TaskId(999_999_999)]) == Success([])


def test_tasks_in_another_order(tx: Tx, project: Project) -> None:
    ticket, other = make.ticket(tx, project), make.ticket(tx, project)
    rows = [NewTask(ticket_id=each.id, content=word) for each in (ticket, other) for word in ("a", "b", "c")]
    made = unwrap(tickets.create_tasks(tx, rows))
    wanted = [made[2].id, made[0].id, made[1].id]
    assert len(unwrap(tickets.reorder_tasks(tx, ticket.id, [*wanted, made[5].id]))) == 3
    assert [each.id for each in unwrap(tickets.tasks_of(tx, ticket.id))] == wanted
    assert tickets.tasks_of(tx, other.id) == Success(made[3:])
    assert tickets.reorder_tasks(tx, ticket.id, []) == Success([])
