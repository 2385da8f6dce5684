"""What is to be billed, and what it adds up to."""

import datetime as dt

from archetype.documents.billing import BillingEvent
from archetype.ids import BillingEventId, OrganizationId
from archetype.labels import JobStatus
from qb import New, Rows, Select, excluded, fn, insert, prepare, select, update
from qb.typing import Returning
from tables.archetype.billing_tracking.customers import Customer, OrganizationSubscription
from tables.archetype.billing_tracking.usage import BillingEventQueue, NewBillingEventQueue, UsageMetrics


@prepare
def enqueue(organization: OrganizationId, key: str, event: BillingEvent) -> Returning[BillingEventQueue]:
    """The event; no row where one with the key is there already."""
    made = NewBillingEventQueue(organization_id=organization, idempotency_key=key, event=event)
    return insert(made).on_conflict(BillingEventQueue.idempotency_key, nothing=True).returning()


@prepare
def claim() -> Returning[BillingEventQueue]:
    """The next event, being billed now; no row where there is none. Any number of workers may ask at once."""
    following = (
        select(BillingEventQueue.billing_event_id)
        .where(BillingEventQueue.status == JobStatus.PENDING, BillingEventQueue.run_after <= fn.now())
        .order_by(BillingEventQueue.run_after, BillingEventQueue.billing_event_id)
        .limit(1)
        .for_("update", of=BillingEventQueue, skip_locked=True)
    )
    return (
        update(BillingEventQueue)
        .set(
            BillingEventQueue.status.to(JobStatus.RUNNING),
            BillingEventQueue.attempts.to(BillingEventQueue.attempts + 1),
        )
        .where(BillingEventQueue.billing_event_id == following.as_scalar())
        .returning()
    )


@prepare
def complete(event: BillingEventId) -> Returning[BillingEventQueue]:
    """The event, billed; no row where nobody was at it."""
    done = update(BillingEventQueue).set(
        BillingEventQueue.status.to(JobStatus.SUCCEEDED), BillingEventQueue.done_at.to(fn.now())
    )
    running = BillingEventQueue.status == JobStatus.RUNNING
    return done.where(BillingEventQueue.billing_event_id == event, running).returning()


def add_usage(usage: New[UsageMetrics]) -> Rows[UsageMetrics]:
    """The usage of a period, with the given quantity added to what was there."""
    return (
        insert(usage)
        .on_conflict(
            UsageMetrics.organization_id,
            UsageMetrics.metric,
            UsageMetrics.period_start,
            update=[UsageMetrics.quantity.to(UsageMetrics.quantity + excluded(UsageMetrics.quantity))],
        )
        .returning()
    )


@prepare
def usage_of(organization: OrganizationId, since: dt.date) -> Select[UsageMetrics]:
    """What an organization used in the periods that began since a day."""
    query = select(UsageMetrics).where(UsageMetrics.organization_id == organization, UsageMetrics.period_start >= since)
    return query.order_by(UsageMetrics.period_start, UsageMetrics.metric)


@prepare
def live_subscription(organization: OrganizationId) -> Select[OrganizationSubscription]:
    """What an organization is subscribed to now."""
    return (
        select(OrganizationSubscription)
        .join(Customer, on=Customer.customer_id == OrganizationSubscription.customer_id)
        .where(Customer.organization_id == organization, OrganizationSubscription.status != "canceled")
    )
