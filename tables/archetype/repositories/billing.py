"""What is to be billed, and what it adds up to."""

import datetime as dt

from archetype.documents.billing import BillingEvent
from archetype.ids import BillingEventId, OrganizationId
from qb import Db, New, Outcome
from tables.archetype.billing_tracking.customers import OrganizationSubscription
from tables.archetype.billing_tracking.usage import BillingEventQueue, UsageMetrics
from tables.archetype.queries import billing as queries


def enqueue(db: Db, organization: OrganizationId, key: str, event: BillingEvent) -> Outcome[BillingEventQueue | None]:
    """The event; None where one with the key was sent before."""
    return db.first(queries.enqueue(organization, key, event))


def claim(db: Db) -> Outcome[BillingEventQueue | None]:
    """The next one that may be billed."""
    return db.first(queries.claim())


def complete(db: Db, event: BillingEventId) -> Outcome[BillingEventQueue]:
    """NotFound where nobody was at it."""
    return db.one(queries.complete(event))


def add_usage(db: Db, usage: New[UsageMetrics]) -> Outcome[UsageMetrics]:
    """Added to what was there of the period."""
    return db.one(queries.add_usage(usage))


def usage_of(db: Db, organization: OrganizationId, since: dt.date) -> Outcome[list[UsageMetrics]]:
    """By period."""
    return db.all(queries.usage_of(organization, since))


def live_subscription(db: Db, organization: OrganizationId) -> Outcome[OrganizationSubscription | None]:
    """None where it has none."""
    return db.first(queries.live_subscription(organization))
