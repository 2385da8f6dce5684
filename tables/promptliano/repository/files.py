"""Files, and which of them are selected."""

from collections.abc import Iterable, Sequence

from promptliano.ids import FileId, ProjectId
from qb import Db, Failure, New, Outcome, Success, Tx
from tables.promptliano.files import File, SelectedFile
from tables.promptliano.queries import files as queries
from tables.promptliano.repository.outcomes import both
from tables.promptliano.shapes import FileTotals, SelectedContext


def sync(db: Db, files: Iterable[New[File]]) -> Outcome[list[File]]:
    """Files as they were read from the disk; what comes back are the new and the changed ones."""
    return db.insert_many(files, queries.synced())


def by_path(db: Db, project: ProjectId, path: str) -> Outcome[File]:
    """NotFound where there is none."""
    return db.one(queries.by_path(project, path))


def of_project(db: Db, project: ProjectId, *, extension: str | None = None) -> Outcome[list[File]]:
    """By path."""
    return db.all(queries.of_project(project, extension))


def search(db: Db, project: ProjectId, text: str, *, limit: int = 50) -> Outcome[list[File]]:
    """Files whose path contains the text, whatever its case."""
    return db.all(queries.search(project, text, limit))


def without_summary(db: Db, project: ProjectId, *, limit: int = 20) -> Outcome[list[File]]:
    """What a model has still to sum up."""
    return db.all(queries.without_summary(project, limit))


def summarize(db: Db, file: FileId, summary: str) -> Outcome[File]:
    """NotFound where the file is gone."""
    return db.one(queries.summarize(file, summary))


def totals(db: Db, project: ProjectId) -> Outcome[list[FileTotals]]:
    """Files and bytes by kind."""
    return db.all(queries.totals(project))


def remove(db: Db, files: Sequence[FileId]) -> Outcome[int]:
    """How many there were."""
    return db.execute(queries.remove(list(files)))


# -------------------------------------------------------------------------------------------------------- selection


def select_files(db: Db, project: ProjectId, files: Sequence[FileId]) -> Outcome[list[SelectedFile]]:
    """Add files to the selection. Those of another project are left out."""
    return db.all(queries.select_files(project, list(files)))


def set_selection(db: Db, project: ProjectId, files: Sequence[FileId]) -> Outcome[list[SelectedContext]]:
    """Exactly these files, in one transaction; the selection as it is then."""

    def work(tx: Tx) -> Outcome[list[SelectedContext]]:
        with tx.pipeline() as pipeline:
            cleared = pipeline.all(queries.clear_selection(project, list(files)))
            chosen = pipeline.all(queries.select_files(project, list(files)))
            selected = pipeline.all(queries.selection(project))
        match both(both(cleared.result(), chosen.result()), selected.result()):
            case Success((_, found)):
                return Success(found)
            case Failure(error):
                return Failure(error)

    return db.transact(work)


def clear_selection(db: Db, project: ProjectId) -> Outcome[list[FileId]]:
    """Which files were selected until now."""
    return db.all(queries.clear_selection(project, []))


def explain_selection(db: Db, project: ProjectId, file: FileId, reason: str) -> Outcome[SelectedFile]:
    """NotFound where the file never was selected."""
    return db.one(queries.explain_selection(project, file, reason))


def selection(db: Db, project: ProjectId) -> Outcome[list[SelectedContext]]:
    """The selected files, the last selected first."""
    return db.all(queries.selection(project))
