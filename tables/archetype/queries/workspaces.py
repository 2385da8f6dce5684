"""Versions of workspaces, and what is in them."""

from archetype.ids import OrganizationId, WorkspaceVersionId
from archetype.labels import VersionStatus
from qb import Col, Select, Shape, excluded, fn, insert, many, prepare, select, update
from qb.typing import Returning
from tables.archetype.builder.actions import Action
from tables.archetype.builder.entity_types import EntityTypeVersion
from tables.archetype.builder.relations import EntityRelation
from tables.archetype.builder.workspaces import (
    NewVersionRef,
    VersionRef,
    WorkspaceVersion,
    WorkspaceVersionActionVersion,
    WorkspaceVersionEntityTypeVersion,
    WorkspaceVersionRelationVersion,
)


class Contents(Shape):
    """A version of a workspace with all that is in it."""

    version: Col[WorkspaceVersion]
    entity_types: Col[list[EntityTypeVersion]]
    relations: Col[list[EntityRelation]]
    actions: Col[list[Action]]


@prepare
def by_id(version: WorkspaceVersionId) -> Select[WorkspaceVersion]:
    """The version."""
    return select(WorkspaceVersion).where(WorkspaceVersion.workspace_version_id == version)


@prepare
def contents(version: WorkspaceVersionId) -> Select[Contents]:
    """The version with its entity types, relations and actions, in one query."""
    entity_types = (
        select(EntityTypeVersion)
        .join(
            WorkspaceVersionEntityTypeVersion,
            on=WorkspaceVersionEntityTypeVersion.entity_type_version_id == EntityTypeVersion.entity_type_version_id,
        )
        .where(WorkspaceVersionEntityTypeVersion.workspace_version_id == WorkspaceVersion.workspace_version_id)
        .order_by(EntityTypeVersion.name, EntityTypeVersion.entity_type_version_id)
    )
    relations = (
        select(EntityRelation)
        .join(
            WorkspaceVersionRelationVersion,
            on=WorkspaceVersionRelationVersion.relation_version_id == EntityRelation.relation_version_id,
        )
        .where(WorkspaceVersionRelationVersion.workspace_version_id == WorkspaceVersion.workspace_version_id)
        .order_by(EntityRelation.from_name, EntityRelation.relation_version_id)
    )
    actions = (
        select(Action)
        .join(
            WorkspaceVersionActionVersion,
            on=WorkspaceVersionActionVersion.action_version_id == Action.action_version_id,
        )
        .where(WorkspaceVersionActionVersion.workspace_version_id == WorkspaceVersion.workspace_version_id)
        .order_by(Action.name, Action.action_version_id)
    )
    return (
        select(WorkspaceVersion, many(entity_types), many(relations), many(actions))
        .where(WorkspaceVersion.workspace_version_id == version)
        .map(Contents)
    )


@prepare
def publish(organization: OrganizationId, version: WorkspaceVersionId) -> Returning[WorkspaceVersion]:
    """The version, published; no row where it was no draft of the organization's."""
    published = update(WorkspaceVersion).set(
        WorkspaceVersion.status.to(VersionStatus.PUBLISHED), WorkspaceVersion.published_at.to(fn.now())
    )
    return published.where(
        WorkspaceVersion.organization_id == organization,
        WorkspaceVersion.workspace_version_id == version,
        WorkspaceVersion.status == VersionStatus.DRAFT,
    ).returning()


@prepare
def move(organization: OrganizationId, name: str, version: WorkspaceVersionId) -> Returning[VersionRef]:
    """The name, which is the version's now."""
    return (
        insert(NewVersionRef(organization_id=organization, name=name, workspace_version_id=version))
        .on_conflict(
            VersionRef.organization_id,
            VersionRef.name,
            update=[VersionRef.workspace_version_id.to(excluded(VersionRef.workspace_version_id))],
        )
        .returning()
    )


@prepare
def under(organization: OrganizationId, name: str) -> Select[WorkspaceVersion]:
    """The version that has a name."""
    return (
        select(WorkspaceVersion)
        .join(VersionRef, on=VersionRef.workspace_version_id == WorkspaceVersion.workspace_version_id)
        .where(VersionRef.organization_id == organization, VersionRef.name == name)
    )
