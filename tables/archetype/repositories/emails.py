"""Emails, and the queue of Gmail's notices."""

import datetime as dt
from collections.abc import Iterable

from archetype.documents.work import WorkError
from archetype.ids import EmailId, GmailQueueItemId, InboxConnectionId, OrganizationId, ProviderThreadId
from qb import Db, New, Outcome
from tables.archetype.builder.emails import Email, GmailQueueItem
from tables.archetype.queries import emails as queries

WAIT = dt.timedelta(minutes=1)
"""How long a notice waits for another attempt."""


def store(db: Db, emails: Iterable[New[Email]]) -> Outcome[list[Email]]:
    """All of them, in their order, or none; those there already take on what changed."""
    return db.insert_many(emails, queries.stored())


def of_organization(
    db: Db, organization: OrganizationId, *, before: dt.datetime | None = None, limit: int = 50
) -> Outcome[list[Email]]:
    """The newest first; metadata that cannot be read are an `Undecodable` of their email alone."""
    return db.all(queries.of_organization(organization, before, limit))


def of_thread(db: Db, inbox: InboxConnectionId, thread: ProviderThreadId) -> Outcome[list[Email]]:
    """In their order."""
    return db.all(queries.of_thread(inbox, thread))


def body(db: Db, email: EmailId) -> Outcome[str | None]:
    """NotFound where there is no such email."""
    return db.one(queries.body(email))


def claim_notice(db: Db) -> Outcome[GmailQueueItem | None]:
    """The next one that may be worked on."""
    return db.first(queries.claim_notice())


def complete_notice(db: Db, item: GmailQueueItemId) -> Outcome[GmailQueueItem]:
    """NotFound where nobody was working on it."""
    return db.one(queries.complete_notice(item))


def fail_notice(db: Db, item: GmailQueueItemId, error: WorkError) -> Outcome[GmailQueueItem]:
    """It waits for another attempt, or has failed for good."""
    return db.one(queries.fail_notice(item, error, WAIT))
