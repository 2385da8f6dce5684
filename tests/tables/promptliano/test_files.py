"""Files, and which of them are selected."""

import pytest

from promptliano.documents import Export, Import
from promptliano.ids import FileId
from qb import CheckViolation, Failure, ForeignKeyViolation, NotFound, Success, Tx, insert, unwrap
from tables.promptliano.files import File, NewFile, NewSelectedFile
from tables.promptliano.projects import Project
from tables.promptliano.repository import files
from tables.promptliano.shapes import FileTotals
from tests.tables.promptliano import make

PATHS = ("src/a.py", "src/b.py", "README.md")


@pytest.fixture
def project(tx: Tx) -> Project:
    return make.project(tx)


@pytest.fixture
def three(tx: Tx, project: Project) -> list[File]:
    return unwrap(
        files.sync(
            tx,
            [
                NewFile(
                    project_id=project.id,
                    path=path,
                    extension=path.rpartition(".")[2],
                    size=n * 10,
                    checksum="1",
                    content="x",
                )
                for n, path in enumerate(PATHS, 1)
            ],
        )
    )


def test_only_what_changed_is_written(tx: Tx, project: Project, three: list[File]) -> None:
    summed_up = unwrap(files.summarize(tx, three[0].id, "The first"))
    assert summed_up.summarized_at is not None
    unwrap(files.summarize(tx, three[1].id, "The second"))
    imports, exports = [Import("os"), Import("a", ["b"], "default")], [Export("f"), Export("g", "./h")]
    changed = unwrap(
        files.sync(
            tx,
            [
                NewFile(project_id=project.id, path="src/a.py", checksum="1", content="never read"),
                NewFile(project_id=project.id, path="src/b.py", checksum="2", imports=imports, exports=exports),
                NewFile(project_id=project.id, path="new.py", checksum="1"),
            ],
        )
    )
    assert [each.path for each in changed] == ["src/b.py", "new.py"]
    assert (changed[0].id, changed[0].summary, changed[0].summarized_at) == (three[1].id, None, None)
    assert (changed[0].imports, changed[0].exports) == (imports, exports)
    assert files.by_path(tx, project.id, "src/a.py") == Success(summed_up)


def test_what_there_is(tx: Tx, project: Project, three: list[File]) -> None:
    assert [each.path for each in unwrap(files.of_project(tx, project.id))] == sorted(PATHS)
    assert [each.path for each in unwrap(files.of_project(tx, project.id, extension="md"))] == ["README.md"]
    assert [each.path for each in unwrap(files.search(tx, project.id, "SRC/"))] == ["src/a.py", "src/b.py"]
    assert files.search(tx, project.id, "%") == Success([])
    assert files.by_path(tx, project.id, "no.py") == Failure(NotFound("files"))
    assert files.totals(tx, project.id) == Success([FileTotals("md", 1, 30), FileTotals("py", 2, 30)])
    assert [each.id for each in unwrap(files.without_summary(tx, project.id))] == [each.id for each in three]
    assert files.summarize(tx, FileId(999_999_999), "x") == Failure(NotFound("files"))


def test_sizes_are_not_negative(tx: Tx, project: Project) -> None:
    with tx.transaction(rollback=True) as inner:
        refused = files.sync(inner, [NewFile(project_id=project.id, path="x", size=-1)])
    assert refused == Failure(CheckViolation("files_size_check", "files", "public"))


def test_files_are_selected_once_and_again(tx: Tx, project: Project, three: list[File]) -> None:
    first = unwrap(files.select_files(tx, project.id, [three[0].id, three[2].id]))
    again = unwrap(files.select_files(tx, project.id, [three[0].id]))
    assert {each.id for each in again} <= {each.id for each in first}
    unwrap(files.explain_selection(tx, project.id, three[0].id, "the queue is there"))
    selected = unwrap(files.selection(tx, project.id))
    assert {(each.file.path, each.reason) for each in selected} == {
        ("src/a.py", "the queue is there"),
        ("README.md", None),
    }
    assert set(unwrap(files.clear_selection(tx, project.id))) == {three[0].id, three[2].id}
    assert files.selection(tx, project.id) == Success([])
    assert isinstance(files.explain_selection(tx, project.id, three[1].id, "x").failure(), NotFound)


def test_exactly_these_files(tx: Tx, project: Project, three: list[File]) -> None:
    unwrap(files.set_selection(tx, project.id, [three[0].id, three[1].id]))
    selected = unwrap(files.set_selection(tx, project.id, [three[1].id, three[2].id]))
    assert {each.file.path for each in selected} == {"src/b.py", "README.md"}
    assert files.set_selection(tx, project.id, []) == Success([])


def test_another_projects_files_cannot_be_selected(tx: Tx, project: Project, three: list[File]) -> None:
    other = make.project(tx, "Other")
    assert files.select_files(tx, other.id, [three[0].id]) == Success([])
    with tx.transaction(rollback=True) as inner:
        refused = inner.execute(insert(NewSelectedFile(project_id=other.id, file_id=three[0].id)))
    assert refused == Failure(ForeignKeyViolation("selected_files_file_fkey", "selected_files", "public"))


def test_a_file_takes_its_selection_along(tx: Tx, project: Project, three: list[File]) -> None:
    unwrap(files.set_selection(tx, project.id, [each.id for each in three]))
    assert files.remove(tx, [three[0].id, three[1].id, FileId(999_999_999)]) == Success(2)
    assert [each.file.id for each in unwrap(files.selection(tx, project.id))] == [three[2].id]
