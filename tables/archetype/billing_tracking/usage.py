"""What is metered: events as they happen, and what they add up to."""

import datetime as dt
from decimal import Decimal

from archetype.documents.billing import BillingEvent
from archetype.documents.work import WorkError
from archetype.ids import BillingEventId, OrganizationId, UsageMetricsId
from archetype.labels import JobStatus, UsageMetric
from qb import Col, check, column, fn, index, new, pg, references, sql, trigger, trigger_function, unique
from tables.archetype.auth.inboxes import job_status
from tables.archetype.auth.organizations import Organization
from tables.archetype.shared import Timestamped, an_amount, fresh


class BillingEventQueue(Timestamped, name="billing_event_queue", schema="billing_tracking"):
    """What is to be billed, until it is: each event once, by the key that its sender gives it."""

    billing_event_id: Col[BillingEventId] = column(pg.varchar, primary_key=True, default=fresh(BillingEventId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    idempotency_key: Col[str] = column(pg.varchar(200), unique=True)
    event: Col[BillingEvent] = column(pg.jsonb)
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    attempts: Col[int] = column(pg.integer, default=0, check=lambda attempts: attempts >= 0)
    run_after: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), comment="not before: a failed event waits")
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    done_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class UsageMetrics(Timestamped, name="usage_metrics", schema="billing_tracking"):
    """How much of something an organization used in a period."""

    usage_metrics_id: Col[UsageMetricsId] = column(pg.varchar, primary_key=True, default=fresh(UsageMetricsId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    metric: Col[UsageMetric] = column(pg.text)
    period_start: Col[dt.date] = column(pg.date)
    period_end: Col[dt.date] = column(pg.date)
    quantity: Col[Decimal] = column(pg.numeric(20, 4), default=Decimal(0), check=an_amount)
    included: Col[Decimal | None] = column(pg.numeric(20, 4), default=None, check=an_amount)
    dimensions: Col[dict[str, str]] = column(pg.jsonb, default={})


NewBillingEventQueue = new(BillingEventQueue)
NewUsageMetrics = new(UsageMetrics)

# What is next. Not partial: the status arrives as a parameter.
next_event = index("billing_event_queue_next_idx", BillingEventQueue.status, BillingEventQueue.run_after)
usage_once = unique(
    UsageMetrics.organization_id, UsageMetrics.metric, UsageMetrics.period_start, name="usage_metrics_period_key"
)
usage_has_a_length = check("usage_metrics_period_check", UsageMetrics.period_start < UsageMetrics.period_end)

tell_of_event = trigger_function(
    "tell_of_event",
    sql("BEGIN PERFORM pg_notify('billing_events', NEW.organization_id); RETURN NULL; END"),
    schema="billing_tracking",
    comment="wakes the worker that bills: it listens to billing_events",
)
told_of_events = trigger(BillingEventQueue, tell_of_event, after="insert")
