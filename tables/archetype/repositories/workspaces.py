"""Versions of workspaces, and what is in them."""

from archetype.ids import OrganizationId, WorkspaceVersionId
from qb import Db, New, Outcome, Tx, crud
from tables.archetype.builder.workspaces import VersionRef, WorkspaceVersion
from tables.archetype.queries import workspaces as queries
from tables.archetype.queries.workspaces import Contents


def create(db: Db, version: New[WorkspaceVersion]) -> Outcome[WorkspaceVersion]:
    """A draft."""
    return db.one(crud(WorkspaceVersion, WorkspaceVersion.workspace_version_id).create(version))


def by_id(db: Db, version: WorkspaceVersionId) -> Outcome[WorkspaceVersion]:
    """NotFound where there is none."""
    return db.one(queries.by_id(version))


def contents(db: Db, version: WorkspaceVersionId) -> Outcome[Contents]:
    """The version with all that is in it, in one query."""
    return db.one(queries.contents(version))


def publish(
    db: Db, organization: OrganizationId, version: WorkspaceVersionId, name: str = "main"
) -> Outcome[VersionRef]:
    """Publish a draft, and have a name mean it from now on: both, or neither. NotFound where it is no draft."""

    def work(tx: Tx) -> Outcome[VersionRef]:
        published = tx.one(queries.publish(organization, version))
        return published.bind(lambda _: tx.one(queries.move(organization, name, version)))

    return db.transact(work)


def under(db: Db, organization: OrganizationId, name: str = "main") -> Outcome[WorkspaceVersion]:
    """The version that has a name."""
    return db.one(queries.under(organization, name))
