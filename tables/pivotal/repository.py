"""The operations on quotes: what takes several statements is a transaction, and what may not be is a value."""

from decimal import Decimal
from typing import TypeAlias, TypeVar

import msgspec

from pivotal.ids import ApprovalPolicyId, QuoteId, RateItemId, UserId
from pivotal.labels import ApprovalStatus, QuoteStatus
from qb import (
    Db,
    DbError,
    Failure,
    New,
    Outcome,
    Select,
    Success,
    Tx,
    exists,
    fn,
    insert,
    insert_from,
    prepare,
    select,
    unwrap,
    update,
    value,
)
from tables.pivotal.invoices import Invoice, InvoiceLine, NewInvoice, Payment
from tables.pivotal.money import ZERO
from tables.pivotal.quotes import (
    ApprovalPolicy,
    ApprovalRequest,
    NewApprovalRequest,
    NewQuoteLine,
    NewQuoteVersion,
    Quote,
    QuoteLine,
    QuoteVersion,
    QuoteVersionLine,
)
from tables.pivotal.rates import RateItem

T = TypeVar("T")


class NotNow(msgspec.Struct, frozen=True):
    """What a quote is, which keeps it from becoming something else."""

    status: QuoteStatus


class NeedsApproval(msgspec.Struct, frozen=True):
    """The policies that have to agree before a quote goes out."""

    policies: list[ApprovalPolicyId]


Sent: TypeAlias = Success[T] | Failure[DbError | NotNow | NeedsApproval, T]


@prepare
def by_id(quote: QuoteId) -> Select[Quote]:
    """A quote."""
    return select(Quote).where(Quote.id == quote)


@prepare
def lines_of(quote: QuoteId) -> Select[QuoteLine]:
    """Its lines, in their order."""
    return select(QuoteLine).where(QuoteLine.quote_id == quote).order_by(QuoteLine.position)


@prepare
def missing_approvals(quote: QuoteId) -> Select[ApprovalPolicyId]:
    """The policies of its organization that its total is too high for, and that have not agreed."""
    agreed = exists(
        select(ApprovalRequest.id).where(
            ApprovalRequest.policy_id == ApprovalPolicy.id,
            ApprovalRequest.quote_id == Quote.id,
            ApprovalRequest.status == ApprovalStatus.APPROVED,
        )
    )
    return (
        select(ApprovalPolicy.id)
        .join(Quote, on=Quote.organization_id == ApprovalPolicy.organization_id)
        .where(Quote.id == quote, Quote.total >= ApprovalPolicy.threshold, ~agreed)
        .order_by(ApprovalPolicy.threshold)
    )


def add_line(
    db: Db, quote: QuoteId, item: RateItemId, description: str, quantity: Decimal, discount_rate: Decimal = ZERO
) -> Outcome[QuoteLine]:
    """A line at the end, priced as a rate of the same organization says: NotFound without the quote, or the rate."""

    def work(tx: Tx) -> Outcome[QuoteLine]:
        rate = (
            select(RateItem)
            .join(Quote, on=Quote.organization_id == RateItem.organization_id)
            .where(RateItem.id == item, Quote.id == quote)
            .for_("no key update", of=Quote)  # one line after the other
        )
        found = unwrap(tx.one(rate))
        last = unwrap(tx.scalar(select(fn.coalesce(fn.max(QuoteLine.position), 0)).where(QuoteLine.quote_id == quote)))
        row = NewQuoteLine(
            organization_id=found.organization_id,
            quote_id=quote,
            rate_item_id=item,
            position=last + 1,
            description=description,
            quantity=quantity,
            unit=found.unit,
            unit_price=found.unit_price,
            discount_rate=discount_rate,
            tax_rate=found.tax_rate,
        )
        return tx.one(insert(row).returning())

    return db.transact(work)


def ask_approval(db: Db, quote: QuoteId) -> Outcome[list[ApprovalRequest]]:
    """A request for each policy that has to agree."""

    def work(tx: Tx) -> Outcome[list[ApprovalRequest]]:
        of = unwrap(tx.one(by_id(quote))).organization_id
        policies = unwrap(tx.all(missing_approvals(quote)))
        rows = [NewApprovalRequest(organization_id=of, quote_id=quote, policy_id=each) for each in policies]
        unwrap(tx.execute(update(Quote).set(Quote.status.to(QuoteStatus.PENDING)).where(Quote.id == quote)))
        return tx.insert_many(rows, insert(ApprovalRequest).returning())

    return db.transact(work)


def agree(db: Db, request: ApprovalRequest, by: UserId) -> Outcome[ApprovalRequest]:
    """Somebody agrees."""
    return db.one(
        update(ApprovalRequest)
        .set(
            ApprovalRequest.status.to(ApprovalStatus.APPROVED),
            ApprovalRequest.decided_by.to(by),
            ApprovalRequest.decided_at.to(fn.now()),
        )
        .where(ApprovalRequest.id == request.id, ApprovalRequest.status == ApprovalStatus.PENDING)
        .returning()
    )


def _copied(into: T, quote: QuoteId) -> Select[tuple[T, int, str, Decimal, Decimal, Decimal, Decimal]]:
    """The lines of a quote, for what they are copied into."""
    return select(
        value(into),
        QuoteLine.position,
        QuoteLine.description,
        QuoteLine.quantity,
        QuoteLine.unit_price,
        QuoteLine.discount_rate,
        QuoteLine.tax_rate,
    ).where(QuoteLine.quote_id == quote)


def send(db: Db, quote: QuoteId) -> Sent[QuoteVersion]:
    """The quote goes out, and what it says is kept as a version of it."""

    def work(tx: Tx) -> Sent[QuoteVersion]:
        found = unwrap(tx.one(select(Quote).where(Quote.id == quote).for_("update")))
        if found.status not in (QuoteStatus.DRAFT, QuoteStatus.PENDING, QuoteStatus.APPROVED):
            return Failure(NotNow(found.status))
        if policies := unwrap(tx.all(missing_approvals(quote))):
            return Failure(NeedsApproval(policies))
        last = select(fn.coalesce(fn.max(QuoteVersion.version), 0)).where(QuoteVersion.quote_id == quote)
        version = NewQuoteVersion(
            organization_id=found.organization_id,
            quote_id=quote,
            version=unwrap(tx.scalar(last)) + 1,
            created_by=found.created_by,
            subtotal=found.subtotal,
            discount=found.discount,
            tax=found.tax,
        )
        kept = unwrap(tx.one(insert(version).returning()))
        of = QuoteVersionLine
        unwrap(
            tx.execute(
                insert_from(
                    of,
                    _copied(kept.id, quote),
                    of.quote_version_id,
                    of.position,
                    of.description,
                    of.quantity,
                    of.unit_price,
                    of.discount_rate,
                    of.tax_rate,
                )
            )
        )
        changed = update(Quote).set(Quote.status.to(QuoteStatus.SENT), Quote.sent_at.to(fn.now()))
        unwrap(tx.execute(changed.where(Quote.id == quote)))
        return Success(kept)

    return db.transact(work)


def accept(db: Db, quote: QuoteId) -> Outcome[Quote]:
    """The customer agrees: NotFound where the quote was not sent."""
    return db.one(
        update(Quote)
        .set(Quote.status.to(QuoteStatus.ACCEPTED), Quote.decided_at.to(fn.now()))
        .where(Quote.id == quote, Quote.status == QuoteStatus.SENT)
        .returning()
    )


def invoice(db: Db, quote: QuoteId, number: str) -> Outcome[Invoice]:
    """An invoice of what was agreed: NotFound where it was not."""

    def work(tx: Tx) -> Outcome[Invoice]:
        agreed = select(Quote).where(Quote.id == quote, Quote.status == QuoteStatus.ACCEPTED)
        found = unwrap(tx.one(agreed))
        row = NewInvoice(
            organization_id=found.organization_id,
            customer_id=found.customer_id,
            quote_id=quote,
            number=number,
            currency=found.currency,
        )
        made = unwrap(tx.one(insert(row).returning()))
        of = InvoiceLine
        unwrap(
            tx.execute(
                insert_from(
                    of,
                    _copied(made.id, quote),
                    of.invoice_id,
                    of.position,
                    of.description,
                    of.quantity,
                    of.unit_price,
                    of.discount_rate,
                    of.tax_rate,
                )
            )
        )
        return tx.one(select(Invoice).where(Invoice.id == made.id))

    return db.transact(work)


def pay(db: Db, payment: New[Payment]) -> Outcome[Invoice]:
    """A payment, and the invoice after it: CheckViolation where it is more than there is to pay."""

    def work(tx: Tx) -> Outcome[Invoice]:
        kept = unwrap(tx.one(insert(payment).returning(Payment.invoice_id)))
        return tx.one(select(Invoice).where(Invoice.id == kept))

    return db.transact(work)
