"""A project's files, and which of them are selected as context for its chats."""

import datetime as dt

from promptliano.documents import Export, Import
from promptliano.ids import FileId, ProjectId, SelectedFileId
from qb import Col, Table, column, fn, foreign_key, identity, index, new, pg, references, unique
from tables.promptliano.projects import Project
from tables.promptliano.shared import Timestamped


class File(Timestamped, name="files"):
    """A file as it was last read. `checksum` tells whether it has changed since; `summary` is a model's."""

    id: Col[FileId] = column(pg.bigint, primary_key=True, default=identity())
    project_id: Col[ProjectId] = column(pg.bigint, references=references(Project.id, on_delete="cascade"))
    path: Col[str] = column(pg.text)
    extension: Col[str] = column(pg.varchar(20), default="")
    size: Col[int] = column(pg.bigint, default=0, check=lambda size: size >= 0, comment="in bytes")
    checksum: Col[str | None] = column(pg.text, default=None)
    content: Col[str | None] = column(pg.text, default=None)
    summary: Col[str | None] = column(pg.text, default=None)
    summarized_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    imports: Col[list[Import]] = column(pg.jsonb, default=[])
    exports: Col[list[Export]] = column(pg.jsonb, default=[])


class SelectedFile(Table, name="selected_files"):
    """That a file is, or was, part of the context."""

    id: Col[SelectedFileId] = column(pg.bigint, primary_key=True, default=identity())
    project_id: Col[ProjectId] = column(pg.bigint)
    file_id: Col[FileId] = column(pg.bigint)
    active: Col[bool] = column(pg.boolean, default=True)
    reason: Col[str | None] = column(pg.text, default=None)
    selected_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


NewFile = new(File)
NewSelectedFile = new(SelectedFile)

file_path = unique(File.project_id, File.path, name="files_project_id_path_key")
file_in_project = unique(File.project_id, File.id, name="files_project_id_id_key")

# Both columns at once: a project cannot select another one's file.
selected_file = foreign_key(
    (SelectedFile.project_id, SelectedFile.file_id),
    references=(File.project_id, File.id),
    on_delete="cascade",
    name="selected_files_file_fkey",
)
selected_once = unique(SelectedFile.project_id, SelectedFile.file_id, name="selected_files_project_id_file_id_key")
selection = index(
    "selected_files_active_idx", SelectedFile.project_id, SelectedFile.selected_at.desc(), where=SelectedFile.active
)
