"""What a checker knows of an operation, from the tables' declaration alone; and that no brand is taken for another.

Nothing here runs: the checkers read it, and mypy reports an ignore that nothing needs.
"""

from typing import assert_type

import msgspec

from archetype.documents.auth import ClerkOrganization, DatabaseAddress, Preferences
from archetype.documents.model import ActionDefinition
from archetype.documents.work import EmailMetadata
from archetype.guards import Guarded, branded
from archetype.ids import (
    ActionId,
    ActionVersionId,
    EntityTypeId,
    OrganizationId,
    RelationVersionId,
    UserId,
    WorkspaceVersionId,
)
from qb import AsyncDb, Db, Outcome, Undecodable, crud, select
from tables.archetype import queries
from tables.archetype.auth.members import OrganizationUser
from tables.archetype.auth.organizations import NewUser, Organization, User
from tables.archetype.builder.actions import Action
from tables.archetype.builder.emails import Email
from tables.archetype.builder.runs import ChainRun
from tables.archetype.builder.workspaces import NewWorkspaceVersionActionVersion
from tables.archetype.repositories import organizations, users, workspaces


def known(db: Db, organization: OrganizationId, action: Action, email: Email, run: ChainRun) -> None:
    assert_type(organizations.by_id(db, organization), Outcome[Organization])
    assert_type(organizations.database_address(db, organization), Outcome[DatabaseAddress])
    assert_type(organizations.members(db, organization), Outcome[list[tuple[OrganizationUser, User]]])
    assert_type(db.one(queries.users.preferences_of(UserId("u"))), Outcome[Preferences])
    assert_type(action.action_id, ActionId)
    assert_type(action.action_version_id, ActionVersionId)
    assert_type(action.entity_type_id, EntityTypeId | None)
    assert_type(action.definition, ActionDefinition | Undecodable)
    assert_type(email.metadata, EmailMetadata | Undecodable)
    assert_type(run.result, msgspec.Raw | None)
    assert_type(branded(ActionId, "a"), Guarded[ActionId])


async def known_to_coroutines(db: AsyncDb, organization: OrganizationId) -> None:
    assert_type(await db.one(queries.organizations.by_id(organization)), Outcome[Organization])


def clerk(organization: Organization) -> None:
    assert_type(organizations.clerk_data(organization), Guarded[ClerkOrganization | None])


def refused(db: Db, user: UserId, action: ActionId, version: ActionVersionId, workspace: WorkspaceVersionId) -> None:
    organizations.by_id(db, "acme")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    organizations.by_id(db, user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    users.by_id(db, OrganizationId("o"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    queries.organizations.by_id(user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    workspaces.by_id(db, version)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    crud(Action, Action.action_version_id).by_id(action)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewUser(clerk_user_id=user, email="a@x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewWorkspaceVersionActionVersion(
        workspace_version_id=workspace,
        action_version_id=RelationVersionId("r"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )


def refused_in_queries(action: ActionId, version: ActionVersionId) -> None:
    """An action is none of its versions: neither as a value nor as a column of another table."""
    select(Action).where(Action.action_id == action, Action.action_version_id == version)
    select(Action).where(Action.action_id == version)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportDeprecated]
