"""Files, and which of them are selected."""

from promptliano.ids import FileId, ProjectId
from qb import Command, Rows, Select, delete, excluded, fn, insert, insert_from, prepare, select, update
from qb.typing import InsertIntoReturning, Returning
from tables.promptliano.files import File, SelectedFile
from tables.promptliano.queries.patterns import containing
from tables.promptliano.queries.upserts import as_given
from tables.promptliano.shapes import FileTotals, SelectedContext


def synced() -> InsertIntoReturning[File, File]:
    """Files as they were read now: those that are new, and those whose checksum differs, as they were written.

    A file that has not changed keeps its row, its summary and its `updated_at`. No path may be given twice.
    """
    return (
        insert(File)
        .on_conflict(
            File.project_id,
            File.path,
            update=[
                as_given(File.extension),
                as_given(File.size),
                as_given(File.checksum),
                as_given(File.content),
                as_given(File.imports),
                as_given(File.exports),
                File.summary.to(None),
                File.summarized_at.to(None),
            ],
            update_where=File.checksum.is_distinct_from(excluded(File.checksum)),
        )
        .returning()
    )


@prepare
def by_path(project: ProjectId, path: str) -> Select[File]:
    """The file at that path."""
    return select(File).where(File.project_id == project, File.path == path)


@prepare
def of_project(project: ProjectId, extension: str | None = None, limit: int = 1000) -> Select[File]:
    """A project's files by path, of one kind where that is given."""
    query = select(File).where(File.project_id == project)
    if extension is not None:
        query = query.where(File.extension == extension)
    return query.order_by(File.path).limit(limit)


@prepare
def _like(project: ProjectId, pattern: str, limit: int) -> Select[File]:
    query = select(File).where(File.project_id == project, File.path.ilike(pattern))
    return query.order_by(fn.length(File.path), File.path).limit(limit)


def search(project: ProjectId, text: str, limit: int = 50) -> Rows[File]:
    """A project's files whose path contains the text, the shortest paths first."""
    return _like(project, containing(text), limit)


@prepare
def without_summary(project: ProjectId, limit: int = 20) -> Select[File]:
    """Files that a model has still to sum up, the smallest first."""
    query = select(File).where(File.project_id == project, File.summary.is_null(), File.content.is_not_null())
    return query.order_by(File.size, File.id).limit(limit)


@prepare
def summarize(file: FileId, summary: str) -> Returning[File]:
    """The file with its summary."""
    summed_up = update(File).set(File.summary.to(summary), File.summarized_at.to(fn.now()))
    return summed_up.where(File.id == file).returning()


@prepare
def totals(project: ProjectId) -> Select[FileTotals]:
    """A project's files by kind, the most bytes first."""
    size = fn.coalesce(fn.sum(File.size), 0)
    return (
        select(File.extension, fn.count(), size)
        .where(File.project_id == project)
        .group_by(File.extension)
        .order_by(size.desc(), File.extension)
        .map(FileTotals)
    )


def remove(files: list[FileId]) -> Command:
    """Files that are gone from the disk; their selections go with them."""
    return delete(File).where(File.id.in_(files))


# -------------------------------------------------------------------------------------------------------- selection


@prepare
def select_files(project: ProjectId, files: list[FileId]) -> Returning[SelectedFile]:
    """The files, selected now. One that is not the project's is left out."""
    chosen = select(File.project_id, File.id).where(File.project_id == project, File.id.in_(files))
    return (
        insert_from(SelectedFile, chosen, SelectedFile.project_id, SelectedFile.file_id)
        .on_conflict(
            SelectedFile.project_id,
            SelectedFile.file_id,
            update=[SelectedFile.active.to(True), SelectedFile.selected_at.to(fn.now())],
        )
        .returning()
    )


@prepare
def explain_selection(project: ProjectId, file: FileId, reason: str) -> Returning[SelectedFile]:
    """The selection with the reason for it."""
    explained = update(SelectedFile).set(SelectedFile.reason.to(reason))
    return explained.where(SelectedFile.project_id == project, SelectedFile.file_id == file).returning()


@prepare
def clear_selection(project: ProjectId, keep: list[FileId]) -> Returning[FileId]:
    """Which files were selected, and are no longer; `keep` names those that stay."""
    cleared = update(SelectedFile).set(SelectedFile.active.to(False))
    return cleared.where(
        SelectedFile.project_id == project, SelectedFile.active, SelectedFile.file_id.not_in(keep)
    ).returning(SelectedFile.file_id)


@prepare
def selection(project: ProjectId) -> Select[SelectedContext]:
    """A project's selected files, the last selected first."""
    return (
        select(File, SelectedFile.reason, SelectedFile.selected_at)
        .join(SelectedFile, on=(SelectedFile.project_id == File.project_id) & (SelectedFile.file_id == File.id))
        .where(SelectedFile.project_id == project, SelectedFile.active)
        .order_by(SelectedFile.selected_at.desc(), File.path)
        .map(SelectedContext)
    )
