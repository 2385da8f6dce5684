"""What the builder keeps of entities, whose records are in the organization's own database."""

import datetime as dt

import msgspec

from archetype.documents.work import DraftInputs, Enrichment, Mention, WorkError
from archetype.ids import (
    ActionDraftId,
    ActionVersionId,
    CommentId,
    CrmCacheId,
    EnrichmentId,
    EntityId,
    EntityTypeId,
    ExternalRecordId,
    OrganizationId,
    OrganizationUserId,
    UserId,
)
from archetype.labels import CrmProvider, DraftStatus, JobStatus
from qb import Col, SoftDelete, column, fn, index, live, new, patch, pg, references, unique
from tables.archetype.auth.inboxes import job_status
from tables.archetype.auth.members import OrganizationUser
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.actions import Action
from tables.archetype.builder.entity_types import EntityType
from tables.archetype.shared import Timestamped, fresh


class ActionDraft(Timestamped, name="entity_action_draft", schema="builder"):
    """An action that somebody began and did not run yet; of no entity, it is to make one."""

    action_draft_id: Col[ActionDraftId] = column(pg.varchar, primary_key=True, default=fresh(ActionDraftId))
    organization_user_id: Col[OrganizationUserId] = column(
        pg.varchar, references=references(OrganizationUser.organization_user_id, on_delete="cascade")
    )
    action_version_id: Col[ActionVersionId] = column(
        pg.varchar, references=references(Action.action_version_id, on_delete="cascade"), index=True
    )
    entity_id: Col[EntityId | None] = column(pg.varchar, default=None)
    inputs: Col[DraftInputs] = column(pg.jsonb, default=DraftInputs())
    status: Col[DraftStatus] = column(pg.text, default="open")


class EntityComment(Timestamped, SoftDelete, name="entity_comment", schema="builder"):
    """What somebody wrote about an entity, or in answer to a comment."""

    comment_id: Col[CommentId] = column(pg.varchar, primary_key=True, default=fresh(CommentId))
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), index=True
    )
    entity_id: Col[EntityId] = column(pg.varchar)
    parent_comment_id: Col[CommentId | None] = column(
        pg.varchar,
        references=references(lambda: EntityComment.comment_id, on_delete="cascade"),
        default=None,
        index=True,
    )
    author_organization_user_id: Col[OrganizationUserId | None] = column(
        pg.varchar,
        references=references(OrganizationUser.organization_user_id, on_delete="set null"),
        default=None,
        index=True,
    )
    text: Col[str] = column(pg.text, check=lambda text: fn.length(fn.trim(text)) > 0)
    mentions: Col[list[Mention]] = column(pg.jsonb, default=[])


class EntityEnrichment(Timestamped, name="entity_enrichment_processing", schema="builder"):
    """Finding out more about an entity."""

    enrichment_id: Col[EnrichmentId] = column(pg.varchar, primary_key=True, default=fresh(EnrichmentId))
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade")
    )
    entity_id: Col[EntityId] = column(pg.varchar)
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    result: Col[Enrichment | None] = column(pg.jsonb, default=None)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    finished_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class LockUserEntityType(Timestamped, name="lock_user_entity_type", schema="builder"):
    """That somebody is editing an entity type, until he stops or a while has passed: one at a time."""

    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, primary_key=True, references=references(EntityType.entity_type_id, on_delete="cascade")
    )
    user_id: Col[UserId] = column(pg.varchar, references=references(User.user_id, on_delete="cascade"), index=True)
    expires_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now() + dt.timedelta(minutes=5))


class CrmCache(Timestamped, name="crm_cache", schema="builder"):
    """A record of a CRM as it was last fetched: decode it as a CrmRecord, or as the CRM's own."""

    crm_cache_id: Col[CrmCacheId] = column(pg.varchar, primary_key=True, default=fresh(CrmCacheId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    provider: Col[CrmProvider] = column(pg.text)
    object_type: Col[str] = column(pg.varchar(100))
    external_record_id: Col[ExternalRecordId] = column(pg.varchar)
    record: Col[msgspec.Raw] = column(pg.jsonb)
    fetched_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


NewActionDraft = new(ActionDraft)
NewEntityComment = new(EntityComment)
EntityCommentChanges = patch(EntityComment)
NewEntityEnrichment = new(EntityEnrichment)
NewLockUserEntityType = new(LockUserEntityType)
NewCrmCache = new(CrmCache)

drafts_of_a_member = index(
    "entity_action_draft_organization_user_id_idx", ActionDraft.organization_user_id, ActionDraft.updated_at.desc()
)
comments_of_an_entity = index(
    "entity_comment_entity_id_idx", EntityComment.entity_id, EntityComment.created_at, where=live(EntityComment)
)
enrichments_of_an_entity = index(
    "entity_enrichment_processing_entity_idx", EntityEnrichment.entity_type_id, EntityEnrichment.entity_id
)
record_once = unique(
    CrmCache.organization_id,
    CrmCache.provider,
    CrmCache.object_type,
    CrmCache.external_record_id,
    name="crm_cache_record_key",
)
