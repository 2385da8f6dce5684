"""Customers, what they subscribe to, and what they are charged."""

import datetime as dt

from archetype.documents.billing import BillingAddress, InvoiceLine, PlanLimits, TaxNumber
from archetype.ids import (
    CustomerId,
    InvoiceId,
    OrganizationId,
    OrganizationSubscriptionId,
    StripeCustomerId,
    StripeInvoiceId,
    StripeSubscriptionId,
)
from archetype.labels import Currency, InvoiceStatus, Plan, SubscriptionStatus
from qb import Col, check, column, index, new, patch, pg, references
from tables.archetype.auth.organizations import Organization
from tables.archetype.shared import Timestamped, fresh


class Customer(Timestamped, name="customer", schema="billing_tracking"):
    """Who pays for an organization. An organization that is gone leaves it: invoices are kept."""

    customer_id: Col[CustomerId] = column(pg.varchar, primary_key=True, default=fresh(CustomerId))
    organization_id: Col[OrganizationId | None] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="set null"), unique=True, default=None
    )
    stripe_customer_id: Col[StripeCustomerId] = column(pg.varchar, unique=True)
    name: Col[str] = column(pg.varchar(200))
    email: Col[str] = column(pg.varchar(320))
    billing_address: Col[BillingAddress | None] = column(pg.jsonb, default=None)
    tax_numbers: Col[list[TaxNumber]] = column(pg.jsonb, default=[])


class OrganizationSubscription(Timestamped, name="organization_subscription", schema="billing_tracking"):
    """What a customer has subscribed to; one at a time is live."""

    organization_subscription_id: Col[OrganizationSubscriptionId] = column(
        pg.varchar, primary_key=True, default=fresh(OrganizationSubscriptionId)
    )
    customer_id: Col[CustomerId] = column(
        pg.varchar, references=references(Customer.customer_id, on_delete="restrict"), index=True
    )
    stripe_subscription_id: Col[StripeSubscriptionId | None] = column(pg.varchar, unique=True, default=None)
    plan: Col[Plan] = column(pg.text, default="free")
    status: Col[SubscriptionStatus] = column(pg.text, default="trialing")
    seats: Col[int] = column(pg.integer, default=1, check=lambda seats: seats > 0)
    limits: Col[PlanLimits] = column(pg.jsonb, default=PlanLimits())
    current_period_start: Col[dt.datetime] = column(pg.timestamptz)
    current_period_end: Col[dt.datetime] = column(pg.timestamptz)
    trial_ends_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    canceled_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class Invoice(Timestamped, name="invoice", schema="billing_tracking"):
    """An invoice, in whole cents. The total is what the server makes of its parts."""

    invoice_id: Col[InvoiceId] = column(pg.varchar, primary_key=True, default=fresh(InvoiceId))
    customer_id: Col[CustomerId] = column(pg.varchar, references=references(Customer.customer_id, on_delete="restrict"))
    organization_subscription_id: Col[OrganizationSubscriptionId | None] = column(
        pg.varchar,
        references=references(OrganizationSubscription.organization_subscription_id, on_delete="set null"),
        default=None,
        index=True,
    )
    stripe_invoice_id: Col[StripeInvoiceId | None] = column(pg.varchar, unique=True, default=None)
    number: Col[str | None] = column(pg.varchar(40), unique=True, default=None)
    status: Col[InvoiceStatus] = column(pg.text, default="draft")
    currency: Col[Currency] = column(pg.varchar(3), default="usd")
    subtotal_cents: Col[int] = column(pg.bigint, check=lambda cents: cents.between(0, 10**15))
    tax_cents: Col[int] = column(pg.bigint, default=0, check=lambda cents: cents.between(0, 10**15))
    total_cents: Col[int] = column(pg.bigint, generated=subtotal_cents + tax_cents)
    paid_cents: Col[int] = column(pg.bigint, default=0, check=lambda cents: cents >= 0)
    lines: Col[list[InvoiceLine]] = column(pg.jsonb, default=[])
    issued_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    due_on: Col[dt.date | None] = column(pg.date, default=None)
    paid_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewCustomer = new(Customer)
NewOrganizationSubscription = new(OrganizationSubscription)
SubscriptionChanges = patch(OrganizationSubscription)
NewInvoice = new(Invoice)

one_live_subscription = index(
    "organization_subscription_live_key",
    OrganizationSubscription.customer_id,
    unique=True,
    where=OrganizationSubscription.status != "canceled",
)
period_has_a_length = check(
    "organization_subscription_period_check",
    OrganizationSubscription.current_period_start < OrganizationSubscription.current_period_end,
)
invoices_of_a_customer = index("invoice_customer_id_idx", Invoice.customer_id, Invoice.created_at.desc())
paid_at_most_the_total = check("invoice_paid_check", Invoice.paid_cents <= Invoice.subtotal_cents + Invoice.tax_cents)
