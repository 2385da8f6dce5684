"""Projects."""

from promptliano.ids import ProjectId
from qb import Db, New, Outcome, Patch
from tables.promptliano.projects import Project
from tables.promptliano.queries import projects as queries
from tables.promptliano.shapes import Dashboard


def create(db: Db, project: New[Project]) -> Outcome[Project]:
    """UniqueViolation where a living project has that path already."""
    return db.one(queries.create(project))


def by_id(db: Db, project: ProjectId) -> Outcome[Project]:
    """NotFound where it is deleted, or never was."""
    return db.one(queries.by_id(project))


def by_path(db: Db, path: str) -> Outcome[Project | None]:
    """The project whose files are at that path, if there is one."""
    return db.first(queries.by_path(path))


def page(db: Db, *, limit: int = 50, offset: int = 0) -> Outcome[list[Project]]:
    """The last changed first."""
    return db.all(queries.page(limit, offset))


def change(db: Db, project: ProjectId, changes: Patch[Project]) -> Outcome[Project]:
    """The fields that are given; NotFound where it is deleted."""
    return db.one(queries.change(project, changes))


def delete(db: Db, project: ProjectId) -> Outcome[Project]:
    """All that belongs to it stays with it. NotFound where it was deleted before."""
    return db.one(queries.delete(project))


def restore(db: Db, project: ProjectId) -> Outcome[Project]:
    """NotFound where it was not deleted, UniqueViolation where another one took its path meanwhile."""
    return db.one(queries.restore(project))


def dashboard(db: Db, project: ProjectId) -> Outcome[Dashboard]:
    """The project in numbers."""
    return db.one(queries.dashboard(project))


def dashboards(db: Db, *, limit: int = 50) -> Outcome[list[Dashboard]]:
    """Projects in numbers, the last changed first."""
    return db.all(queries.dashboards(limit))
