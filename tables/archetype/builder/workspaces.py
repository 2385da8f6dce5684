"""Versions of a whole workspace: which version of each entity type, relation, action and state machine is in it."""

import datetime as dt

from archetype.ids import (
    ActionVersionId,
    EntityTypeVersionId,
    OrganizationId,
    RelationVersionId,
    StateMachineVersionId,
    UserId,
    VersionRefId,
    WorkspaceVersionId,
)
from archetype.labels import VersionStatus
from qb import Col, check, column, fn, new, pg, references, sql, trigger, trigger_function, unique
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.actions import Action
from tables.archetype.builder.entity_types import EntityTypeVersion, version_status
from tables.archetype.builder.relations import EntityRelation
from tables.archetype.builder.state_machines import StateMachine
from tables.archetype.shared import Created, Timestamped, fresh


class WorkspaceVersion(Created, name="workspace_version", schema="builder"):
    """A workspace at one moment, made of the one before it. Once published it is never changed, only archived."""

    workspace_version_id: Col[WorkspaceVersionId] = column(
        pg.varchar, primary_key=True, default=fresh(WorkspaceVersionId)
    )
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    parent_workspace_version_id: Col[WorkspaceVersionId | None] = column(
        pg.varchar,
        references=references(lambda: WorkspaceVersion.workspace_version_id, on_delete="set null"),
        default=None,
        index=True,
    )
    version_number: Col[int] = column(pg.integer, check=lambda number: number > 0)
    status: Col[VersionStatus] = column(version_status, default=VersionStatus.DRAFT)
    message: Col[str | None] = column(pg.text, default=None)
    created_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )
    published_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class VersionRef(Timestamped, name="version_refs", schema="builder"):
    """A name for a version, which moves on: `main`, `production`."""

    version_ref_id: Col[VersionRefId] = column(pg.varchar, primary_key=True, default=fresh(VersionRefId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    name: Col[str] = column(pg.varchar(100), check=lambda name: fn.length(name) > 0)
    workspace_version_id: Col[WorkspaceVersionId] = column(
        pg.varchar, references=references(WorkspaceVersion.workspace_version_id, on_delete="cascade"), index=True
    )


class WorkspaceVersionActionVersion(Created, name="workspace_version_action_version", schema="builder"):
    """An action in a version of the workspace."""

    workspace_version_id: Col[WorkspaceVersionId] = column(
        pg.varchar, primary_key=True, references=references(WorkspaceVersion.workspace_version_id, on_delete="cascade")
    )
    action_version_id: Col[ActionVersionId] = column(
        pg.varchar,
        primary_key=True,
        references=references(Action.action_version_id, on_delete="cascade"),
        index=True,
    )


class WorkspaceVersionEntityTypeVersion(Created, name="workspace_version_entity_type_version", schema="builder"):
    """An entity type in a version of the workspace."""

    workspace_version_id: Col[WorkspaceVersionId] = column(
        pg.varchar, primary_key=True, references=references(WorkspaceVersion.workspace_version_id, on_delete="cascade")
    )
    entity_type_version_id: Col[EntityTypeVersionId] = column(
        pg.varchar,
        primary_key=True,
        references=references(EntityTypeVersion.entity_type_version_id, on_delete="cascade"),
        index=True,
    )


class WorkspaceVersionRelationVersion(Created, name="workspace_version_relation_version", schema="builder"):
    """A relation in a version of the workspace."""

    workspace_version_id: Col[WorkspaceVersionId] = column(
        pg.varchar, primary_key=True, references=references(WorkspaceVersion.workspace_version_id, on_delete="cascade")
    )
    relation_version_id: Col[RelationVersionId] = column(
        pg.varchar,
        primary_key=True,
        references=references(EntityRelation.relation_version_id, on_delete="cascade"),
        index=True,
    )


class WorkspaceVersionStateMachineVersion(
    Created, name="workspace_version_state_machine_metadata_version", schema="builder"
):
    """A state machine in a version of the workspace."""

    workspace_version_id: Col[WorkspaceVersionId] = column(
        pg.varchar, primary_key=True, references=references(WorkspaceVersion.workspace_version_id, on_delete="cascade")
    )
    state_machine_metadata_version_id: Col[StateMachineVersionId] = column(
        pg.varchar,
        primary_key=True,
        references=references(StateMachine.state_machine_metadata_version_id, on_delete="cascade"),
        index=True,
    )


NewWorkspaceVersion = new(WorkspaceVersion)
NewVersionRef = new(VersionRef)
NewWorkspaceVersionActionVersion = new(WorkspaceVersionActionVersion)
NewWorkspaceVersionEntityTypeVersion = new(WorkspaceVersionEntityTypeVersion)
NewWorkspaceVersionRelationVersion = new(WorkspaceVersionRelationVersion)
NewWorkspaceVersionStateMachineVersion = new(WorkspaceVersionStateMachineVersion)

workspace_version_number = unique(
    WorkspaceVersion.organization_id, WorkspaceVersion.version_number, name="workspace_version_number_key"
)
published_at_some_time = check(
    "workspace_version_published_check",
    (WorkspaceVersion.status == VersionStatus.DRAFT) == WorkspaceVersion.published_at.is_null(),
)
version_ref_name = unique(VersionRef.organization_id, VersionRef.name, name="version_refs_organization_id_name_key")

freeze_published = trigger_function(
    "freeze_published",
    sql(
        """
        BEGIN
          IF NEW.status = 'draft' OR to_jsonb(NEW) - '{{status,parent_workspace_version_id,created_by_user_id}}'::text[]
             IS DISTINCT FROM to_jsonb(OLD) - '{{status,parent_workspace_version_id,created_by_user_id}}'::text[] THEN
            RAISE EXCEPTION 'workspace version % is published and is not changed: make a new one', OLD.version_number
              USING ERRCODE = 'object_not_in_prerequisite_state';
          END IF;
          RETURN NEW;
        END
        """
    ),
    schema="builder",
    comment="what is published may be archived, and forget who made it and what it was made of; nothing else",
)
published_stays = trigger(
    WorkspaceVersion,
    freeze_published,
    before="update",
    when=lambda old, new: old.status != VersionStatus.DRAFT,
    name="workspace_version_published_stays",
)

only_into_drafts = trigger_function(
    "only_into_drafts",
    sql(
        """
        BEGIN
          PERFORM FROM {versions} v
            WHERE v.workspace_version_id IN (NEW.workspace_version_id, OLD.workspace_version_id)
            ORDER BY v.workspace_version_id FOR SHARE;
          IF EXISTS (
            SELECT FROM {versions} v
            WHERE v.workspace_version_id IN (NEW.workspace_version_id, OLD.workspace_version_id) AND v.status <> 'draft'
          ) THEN
            RAISE EXCEPTION 'the workspace version is published, and nothing is added to it: make a new one'
              USING ERRCODE = 'object_not_in_prerequisite_state';
          END IF;
          RETURN NEW;
        END
        """,
        versions=WorkspaceVersion,
    ),
    schema="builder",
)
actions_into_drafts = trigger(WorkspaceVersionActionVersion, only_into_drafts, before=["insert", "update"])
entity_types_into_drafts = trigger(WorkspaceVersionEntityTypeVersion, only_into_drafts, before=["insert", "update"])
relations_into_drafts = trigger(WorkspaceVersionRelationVersion, only_into_drafts, before=["insert", "update"])
state_machines_into_drafts = trigger(WorkspaceVersionStateMachineVersion, only_into_drafts, before=["insert", "update"])
