"""Invoices, their lines, and what was paid."""

import datetime as dt
from decimal import Decimal

from pivotal.ids import CurrencyCode, CustomerId, InvoiceId, InvoiceLineId, OrganizationId, PaymentId, QuoteId
from pivotal.labels import InvoiceStatus
from qb import (
    Col,
    check,
    column,
    fn,
    foreign_key,
    index,
    new,
    patch,
    pg,
    references,
    sql,
    trigger,
    trigger_function,
    unique,
)
from tables.pivotal.customers import Customer
from tables.pivotal.money import AMOUNT, ZERO, Priced, Summed, positive
from tables.pivotal.organizations import Currency, Organization
from tables.pivotal.quote_rules import row_by_row
from tables.pivotal.quotes import Quote
from tables.pivotal.shared import Documented


class Invoice(Summed, Documented, name="invoices"):
    """What a customer is to pay, for a quote or without one."""

    id: Col[InvoiceId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    customer_id: Col[CustomerId] = column(pg.uuid)
    quote_id: Col[QuoteId | None] = column(pg.uuid, default=None)
    number: Col[str] = column(pg.varchar(32), check=lambda number: number != "")
    status: Col[InvoiceStatus] = column(pg.enum("invoice_status", InvoiceStatus), default=InvoiceStatus.DRAFT)
    currency: Col[CurrencyCode] = column(pg.varchar(3), references=Currency.code, index=True)
    issued_on: Col[dt.date | None] = column(pg.date, default=None)
    due_on: Col[dt.date | None] = column(pg.date, default=None)
    paid: Col[Decimal] = column(AMOUNT, default=ZERO, comment="the sum of its payments, which a trigger adds up")


class InvoiceLine(Priced, Documented, name="invoice_lines"):
    """A line of an invoice."""

    id: Col[InvoiceLineId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    invoice_id: Col[InvoiceId] = column(pg.uuid, references=references(Invoice.id, on_delete="cascade"))
    position: Col[int] = column(pg.integer, check=lambda position: position > 0)


class Payment(Documented, name="payments"):
    """What was paid of an invoice, on a day."""

    id: Col[PaymentId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    invoice_id: Col[InvoiceId] = column(pg.uuid, references=references(Invoice.id, on_delete="cascade"), index=True)
    amount: Col[Decimal] = column(AMOUNT, check=positive)
    day: Col[dt.date] = column(pg.date)


NewInvoice = new(Invoice)
InvoiceChanges = patch(Invoice)
NewInvoiceLine = new(InvoiceLine)
NewPayment = new(Payment)

invoice_number = unique(Invoice.organization_id, Invoice.number)
invoice_customer = foreign_key(
    (Invoice.organization_id, Invoice.customer_id),
    references=(Customer.organization_id, Customer.id),
    on_delete="restrict",
    name="invoices_customer_fkey",
)
invoices_of_customer = index("invoices_customer_idx", Invoice.organization_id, Invoice.customer_id)
invoice_quote = foreign_key(
    (Invoice.organization_id, Invoice.quote_id),
    references=(Quote.organization_id, Quote.id),
    on_delete="restrict",
    name="invoices_quote_fkey",
)
invoices_of_quote = index("invoices_quote_idx", Invoice.organization_id, Invoice.quote_id)
not_too_much = check(
    "invoices_paid_check",
    (Invoice.paid >= ZERO) & (Invoice.paid <= Invoice.subtotal - Invoice.discount + Invoice.tax),
)
due_later = check("invoices_due_check", Invoice.due_on >= Invoice.issued_on)
line_places = unique(InvoiceLine.invoice_id, InvoiceLine.position, deferrable=True)

invoice_sums = trigger_function(
    "invoice_sums",
    sql(
        """
        BEGIN
          SELECT coalesce(sum(l.subtotal), 0), coalesce(sum(l.discount), 0), coalesce(sum(l.tax), 0)
          INTO NEW.subtotal, NEW.discount, NEW.tax FROM {lines} l WHERE l.invoice_id = NEW.id;
          SELECT coalesce(sum(p.amount), 0) INTO NEW.paid FROM {payments} p WHERE p.invoice_id = NEW.id;
          RETURN NEW;
        END
        """,
        lines=InvoiceLine,
        payments=Payment,
    ),
)
summed = trigger(Invoice, invoice_sums, before=["insert", "update"])
invoice_changed = trigger_function(
    "invoice_changed",
    sql(
        """
        BEGIN
          IF tg_op <> 'INSERT' THEN
            UPDATE {invoices} SET updated_at = now() WHERE id = OLD.invoice_id;
          END IF;
          IF tg_op = 'INSERT' OR (tg_op = 'UPDATE' AND NEW.invoice_id <> OLD.invoice_id) THEN
            UPDATE {invoices} SET updated_at = now() WHERE id = NEW.invoice_id;
          END IF;
          RETURN NULL;
        END
        """,
        invoices=Invoice,
    ),
)
line_changed = trigger(InvoiceLine, invoice_changed, after=["insert", "update", "delete"])
payment_changed = trigger(Payment, invoice_changed, after=["insert", "update", "delete"])
lines_row_by_row = trigger(InvoiceLine, row_by_row, before="truncate", for_each="statement")
payments_row_by_row = trigger(Payment, row_by_row, before="truncate", for_each="statement")
