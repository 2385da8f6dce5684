"""Emails, what was found in them, and the queue of Gmail's notices."""

import datetime as dt

from archetype.documents.work import (
    EmailAddress,
    EmailFinding,
    EmailMetadata,
    EmailMetadataV1,
    ExtractedValue,
    GmailNotice,
    WorkError,
    email_metadata_of_v1,
)
from archetype.ids import (
    ActionDraftId,
    ActionId,
    ActionInputId,
    EmailExtractedInputId,
    EmailId,
    EmailProcessingId,
    GmailHistoryId,
    GmailQueueItemId,
    InboxConnectionId,
    OrganizationId,
    ProviderMessageId,
    ProviderThreadId,
)
from archetype.labels import EmailDirection, EmailStage, ExtractionStatus, JobStatus
from qb import (
    Col,
    Hidden,
    Undecodable,
    column,
    document,
    fn,
    index,
    new,
    older,
    pg,
    references,
    unique,
)
from tables.archetype.auth.inboxes import InboxConnection, job_status
from tables.archetype.auth.organizations import Organization
from tables.archetype.builder.entities import ActionDraft
from tables.archetype.shared import Created, Timestamped, fresh


class Email(Timestamped, name="email", schema="builder"):
    """An email. Its body is read by who asks for it; metadata of no known shape do not fail the page they are on."""

    email_id: Col[EmailId] = column(pg.varchar, primary_key=True, default=fresh(EmailId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    inbox_connection_id: Col[InboxConnectionId] = column(
        pg.varchar, references=references(InboxConnection.inbox_connection_id, on_delete="cascade")
    )
    provider_message_id: Col[ProviderMessageId] = column(pg.varchar)
    provider_thread_id: Col[ProviderThreadId | None] = column(pg.varchar, default=None)
    direction: Col[EmailDirection] = column(pg.text, default="inbound")
    subject: Col[str] = column(pg.text, default="")
    sender: Col[EmailAddress] = column(pg.jsonb)
    metadata: Col[EmailMetadata | Undecodable] = column(
        document(EmailMetadata, older(EmailMetadataV1, email_metadata_of_v1), undecodable=True)
    )
    body: Hidden[str | None] = column(pg.text, default=None)
    sent_at: Col[dt.datetime] = column(pg.timestamptz)


class EmailProcessing(Timestamped, name="email_processing", schema="builder"):
    """How far an email has come in one of the stages."""

    email_processing_id: Col[EmailProcessingId] = column(pg.varchar, primary_key=True, default=fresh(EmailProcessingId))
    email_id: Col[EmailId] = column(pg.varchar, references=references(Email.email_id, on_delete="cascade"))
    stage: Col[EmailStage] = column(pg.text)
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    finding: Col[EmailFinding | None] = column(pg.jsonb, default=None)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    attempts: Col[int] = column(pg.integer, default=0, check=lambda attempts: attempts >= 0)


class EmailExtractedInput(Timestamped, name="email_extracted_action_input", schema="builder"):
    """An input of an action that a model found in an email; the user says whether it is right."""

    email_extracted_action_input_id: Col[EmailExtractedInputId] = column(
        pg.varchar, primary_key=True, default=fresh(EmailExtractedInputId)
    )
    email_id: Col[EmailId] = column(pg.varchar, references=references(Email.email_id, on_delete="cascade"))
    action_id: Col[ActionId] = column(pg.varchar)
    action_input_id: Col[ActionInputId] = column(pg.varchar)
    extracted: Col[ExtractedValue] = column(pg.jsonb)
    status: Col[ExtractionStatus] = column(pg.text, default="proposed")


class DraftExtractedInput(Created, name="action_draft_email_extracted_input", schema="builder"):
    """That a draft of an action has taken over what was found."""

    action_draft_id: Col[ActionDraftId] = column(
        pg.varchar, primary_key=True, references=references(ActionDraft.action_draft_id, on_delete="cascade")
    )
    email_extracted_action_input_id: Col[EmailExtractedInputId] = column(
        pg.varchar,
        primary_key=True,
        references=references(EmailExtractedInput.email_extracted_action_input_id, on_delete="cascade"),
        index=True,
    )


class GmailQueueItem(Timestamped, name="gmail_message_processing_queue", schema="builder"):
    """A notice of Gmail's that is to be worked off: each history of an inbox once."""

    gmail_queue_item_id: Col[GmailQueueItemId] = column(pg.varchar, primary_key=True, default=fresh(GmailQueueItemId))
    inbox_connection_id: Col[InboxConnectionId] = column(
        pg.varchar, references=references(InboxConnection.inbox_connection_id, on_delete="cascade")
    )
    history_id: Col[GmailHistoryId] = column(pg.varchar)
    notice: Col[GmailNotice] = column(pg.jsonb)
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    attempts: Col[int] = column(pg.integer, default=0, check=lambda attempts: attempts >= 0)
    run_after: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    error: Col[WorkError | None] = column(pg.jsonb, default=None)


NewEmail = new(Email)
NewEmailProcessing = new(EmailProcessing)
NewEmailExtractedInput = new(EmailExtractedInput)
NewDraftExtractedInput = new(DraftExtractedInput)
NewGmailQueueItem = new(GmailQueueItem)

email_once = unique(
    Email.inbox_connection_id, Email.provider_message_id, name="email_inbox_connection_id_provider_message_id_key"
)
emails_newest_first = index("email_organization_id_idx", Email.organization_id, Email.sent_at.desc())
emails_of_a_thread = index("email_thread_idx", Email.inbox_connection_id, Email.provider_thread_id)
stage_once = unique(EmailProcessing.email_id, EmailProcessing.stage, name="email_processing_email_id_stage_key")
input_found_once = unique(
    EmailExtractedInput.email_id,
    EmailExtractedInput.action_id,
    EmailExtractedInput.action_input_id,
    name="email_extracted_action_input_key",
)
notice_once = unique(
    GmailQueueItem.inbox_connection_id, GmailQueueItem.history_id, name="gmail_message_processing_queue_history_key"
)
next_notice = index("gmail_message_processing_queue_next_idx", GmailQueueItem.status, GmailQueueItem.run_after)
