"""Projects: their life, and the dashboard."""

import pytest

from promptliano.guards import converted
from promptliano.labels import MessageRole
from qb import CheckViolation, Failure, NotFound, Patch, Success, Tx, UniqueViolation, replace, unwrap
from tables.promptliano.chats import NewChat
from tables.promptliano.files import NewFile
from tables.promptliano.projects import NewProject, Project, ProjectChanges
from tables.promptliano.repository import chats, files, projects, tickets
from tables.promptliano.shapes import Dashboard
from tables.promptliano.tickets import NewTask, NewTicket
from tests.tables.promptliano import make


def test_created_and_read_again(tx: Tx) -> None:
    made = unwrap(projects.create(tx, NewProject(name="Promptliano", description="prompts", path="/src")))
    assert (made.name, made.description, made.path, made.deleted_at) == ("Promptliano", "prompts", "/src", None)
    assert made.created_at.tzinfo is not None
    assert projects.by_id(tx, made.id) == Success(made)
    assert projects.by_path(tx, "/src") == Success(made)
    assert projects.by_path(tx, "/elsewhere") == Success(None)
    assert projects.by_id(tx, make.NO_PROJECT) == Failure(NotFound("projects"))


def test_a_path_is_one_living_projects(tx: Tx) -> None:
    first = make.project(tx, path="/src")
    with tx.transaction(rollback=True) as inner:
        refused = projects.create(inner, NewProject(name="Another", path="/src"))
    assert refused == Failure(UniqueViolation("projects_path_key", "projects", "public", ("path",)))
    unwrap(projects.delete(tx, first.id))
    make.project(tx, "Another", "/src")
    with tx.transaction(rollback=True) as inner:
        assert isinstance(projects.restore(inner, first.id).failure(), UniqueViolation)


def test_a_name_is_not_blank(tx: Tx) -> None:
    with tx.transaction(rollback=True) as inner:
        refused = projects.create(inner, NewProject(name="  "))
    assert refused == Failure(CheckViolation("projects_name_check", "projects", "public"))


def test_changes_are_what_is_given(tx: Tx) -> None:
    made = make.project(tx, path="/src")
    changed = unwrap(projects.change(tx, made.id, ProjectChanges(description="prompts", path=None)))
    assert changed == replace(made, description="prompts", path=None)
    assert projects.change(tx, made.id, ProjectChanges()) == Success(changed)


def test_a_deleted_project_is_out_of_sight_until_it_is_restored(tx: Tx) -> None:
    made = make.project(tx)
    gone = unwrap(projects.delete(tx, made.id))
    assert gone.deleted_at is not None
    missing: list[object] = [
        projects.by_id(tx, made.id),
        projects.delete(tx, made.id),
        projects.change(tx, made.id, ProjectChanges(name="x")),
        projects.dashboard(tx, made.id),
    ]
    assert missing == [Failure(NotFound("projects"))] * 4
    assert made.id not in {each.id for each in unwrap(projects.page(tx))}
    assert unwrap(projects.restore(tx, made.id)).deleted_at is None
    assert isinstance(projects.restore(tx, made.id).failure(), NotFound)


def test_pages(tx: Tx) -> None:
    made = [make.project(tx, f"Project {number}") for number in range(5)]
    first, second = unwrap(projects.page(tx, limit=3)), unwrap(projects.page(tx, limit=3, offset=3))
    assert [each.id for each in first + second] == [each.id for each in reversed(made)]


def test_the_dashboard_counts_each_family_on_its_own(tx: Tx) -> None:
    project, empty = make.project(tx), make.project(tx, "Empty")
    one = unwrap(tickets.create(tx, NewTicket(project_id=project.id, title="One", priority="urgent")))
    two = unwrap(tickets.create(tx, NewTicket(project_id=project.id, title="Two", status="completed")))
    gone = make.ticket(tx, project, "Gone")
    tasks = [NewTask(ticket_id=each.id, content=word) for each in (one, two, gone) for word in ("a", "b", "c")]
    made = unwrap(tickets.create_tasks(tx, tasks))
    unwrap(tickets.set_done(tx, [made[0].id, made[3].id, made[8].id]))
    unwrap(tickets.delete(tx, gone.id))
    first = unwrap(chats.create(tx, NewChat(project_id=project.id, title="First")))
    unwrap(chats.create(tx, NewChat(project_id=project.id, title="Silent")))
    said = [unwrap(chats.append(tx, first.id, MessageRole.USER, "Hello")) for _ in range(4)]
    unwrap(files.sync(tx, [NewFile(project_id=project.id, path=f"{n}.py", size=2**40) for n in range(3)]))

    expected = Dashboard(
        project=project,
        tickets=2,
        open_tickets=1,
        urgent_tickets=1,
        tasks=6,
        tasks_done=2,
        chats=2,
        messages=4,
        files=3,
        bytes=3 * 2**40,
        last_message_at=said[-1].created_at,
    )
    assert projects.dashboard(tx, project.id) == Success(expected)
    nothing = Dashboard(empty, 0, 0, 0, 0, 0, 0, 0, 0, 0, None)
    assert projects.dashboards(tx) == Success([nothing, expected])


@pytest.mark.parametrize("body", [{"name": 1}, {"nme": "x"}, {"created_at": "yesterday"}])
def test_a_body_with_a_mistake_is_no_patch(body: dict[str, object]) -> None:
    assert isinstance(converted(Patch[Project], body), Failure)
