"""Projects: everything else belongs to one, and goes with it."""

from promptliano.ids import ProjectId
from qb import Col, column, fn, identity, index, new, patch, pg
from tables.promptliano.shared import Restorable


class Project(Restorable, name="projects"):
    """A folder of source files, and the work on it."""

    id: Col[ProjectId] = column(pg.bigint, primary_key=True, default=identity())
    name: Col[str] = column(pg.text, check=lambda name: fn.length(fn.trim(name)) > 0)
    description: Col[str | None] = column(pg.text, default=None)
    path: Col[str | None] = column(pg.text, default=None, comment="where its files are on the user's machine")


NewProject = new(Project)
ProjectChanges = patch(Project)

path_of_living = index("projects_path_key", Project.path, unique=True, where=Project.deleted_at.is_null())
