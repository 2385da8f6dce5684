"""Emails, and the queue of Gmail's notices."""

import datetime as dt

from archetype.documents.work import WorkError
from archetype.ids import EmailId, GmailQueueItemId, InboxConnectionId, OrganizationId, ProviderThreadId
from archetype.labels import JobStatus
from qb import Select, case, excluded, fn, insert, prepare, select, update
from qb.typing import InsertIntoReturning, Returning
from tables.archetype.builder.emails import Email, GmailQueueItem

PENDING, RUNNING = JobStatus.PENDING, JobStatus.RUNNING
ATTEMPTS = 5
"""How often a notice is tried."""


def stored() -> InsertIntoReturning[Email, Email]:
    """Emails as they were written, for `insert_many`: one that is there already takes on its metadata and labels."""
    return (
        insert(Email)
        .on_conflict(
            Email.inbox_connection_id,
            Email.provider_message_id,
            update=[Email.metadata.to(excluded(Email.metadata)), Email.subject.to(excluded(Email.subject))],
        )
        .returning()
    )


@prepare
def of_organization(organization: OrganizationId, before: dt.datetime | None = None, limit: int = 50) -> Select[Email]:
    """An organization's emails, the newest first, those before a time where that is given. Without their bodies."""
    query = select(Email).where(Email.organization_id == organization)
    if before is not None:
        query = query.where(Email.sent_at < before)
    return query.order_by(Email.sent_at.desc(), Email.email_id).limit(limit)


@prepare
def of_thread(inbox: InboxConnectionId, thread: ProviderThreadId) -> Select[Email]:
    """The emails of a conversation, in their order."""
    query = select(Email).where(Email.inbox_connection_id == inbox, Email.provider_thread_id == thread)
    return query.order_by(Email.sent_at, Email.email_id)


@prepare
def body(email: EmailId) -> Select[str | None]:
    """The text of an email."""
    return select(Email.body).where(Email.email_id == email)


@prepare
def claim_notice() -> Returning[GmailQueueItem]:
    """The next notice, being worked on now; no row where there is none. Any number of workers may ask at once."""
    following = (
        select(GmailQueueItem.gmail_queue_item_id)
        .where(GmailQueueItem.status == PENDING, GmailQueueItem.run_after <= fn.now())
        .order_by(GmailQueueItem.run_after, GmailQueueItem.gmail_queue_item_id)
        .limit(1)
        .for_("update", of=GmailQueueItem, skip_locked=True)
    )
    return (
        update(GmailQueueItem)
        .set(GmailQueueItem.status.to(RUNNING), GmailQueueItem.attempts.to(GmailQueueItem.attempts + 1))
        .where(GmailQueueItem.gmail_queue_item_id == following.as_scalar())
        .returning()
    )


@prepare
def complete_notice(item: GmailQueueItemId) -> Returning[GmailQueueItem]:
    """The notice, done; no row where nobody was working on it."""
    done = update(GmailQueueItem).set(GmailQueueItem.status.to(JobStatus.SUCCEEDED), GmailQueueItem.error.to(None))
    return done.where(GmailQueueItem.gmail_queue_item_id == item, GmailQueueItem.status == RUNNING).returning()


@prepare
def fail_notice(item: GmailQueueItemId, error: WorkError, wait: dt.timedelta) -> Returning[GmailQueueItem]:
    """The notice, waiting for another attempt, or failed for good after the last."""
    again = GmailQueueItem.attempts < ATTEMPTS
    failed = update(GmailQueueItem).set(
        GmailQueueItem.status.to(case((again, PENDING), else_=JobStatus.FAILED)),
        GmailQueueItem.run_after.to(fn.now() + wait),
        GmailQueueItem.error.to(error),
    )
    return failed.where(GmailQueueItem.gmail_queue_item_id == item, GmailQueueItem.status == RUNNING).returning()
