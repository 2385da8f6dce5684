"""The rules of money: what PostgreSQL computes is what plain Decimals say, line by line and in all."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pivotal.ids import InvoiceId
from pivotal.labels import QuoteStatus
from qb import (
    CheckViolation,
    EncodeError,
    New,
    Outcome,
    Success,
    Tx,
    delete,
    insert,
    select,
    sql,
    trusted,
    unwrap,
    update,
)
from tables.pivotal import seed as seeds
from tables.pivotal.invoices import Invoice, InvoiceLine, NewInvoice, NewInvoiceLine, NewPayment, Payment
from tables.pivotal.projects import NewTimeEntry, TimeEntry
from tables.pivotal.quotes import NewQuote, NewQuoteLine, NewQuoteVersion, Quote, QuoteLine

CENT = Decimal("0.01")
DAY = dt.date(2025, 1, 1)


class Line(NamedTuple):
    """What a line says."""

    quantity: Decimal
    price: Decimal
    off: Decimal
    tax_rate: Decimal


class Amounts(NamedTuple):
    """What follows."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


def cents(amount: Decimal) -> Decimal:
    """Half a cent away from zero, exactly."""
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(CENT, ROUND_HALF_UP)


def amounts(line: Line) -> Amounts:
    """The rules, said a second time."""
    with localcontext() as context:
        context.prec = 60
        subtotal = cents(line.quantity * line.price)
        discount = cents(subtotal * line.off)
        tax = cents((subtotal - discount) * line.tax_rate)
        return Amounts(subtotal, discount, tax, subtotal - discount + tax)


NOTHING = Amounts(*[Decimal(0)] * 4)


def summed(lines: list[Line]) -> Amounts:
    each = [amounts(line) for line in lines]
    return Amounts(*(sum(column, Decimal(0)) for column in zip(*each, strict=True))) if each else NOTHING


def scaled(low: int, high: int, digits: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number).scaleb(-digits))


share = scaled(0, 100_000, 5)
lines = st.builds(Line, scaled(1, 9_999_999_999, 3), scaled(0, 9_999_999_999_999, 4), share, share)
halves = st.sampled_from([Decimal("0.5"), Decimal("0.125")])
ties = st.builds(Line, scaled(1, 2_000, 3), scaled(0, 100_000, 2), halves, scaled(0, 20, 2))
"""Small ones, whose products end in half a cent often."""


def row(line: Line, position: int = 1) -> New[QuoteLine]:
    return NewQuoteLine(
        organization_id=seeds.PIVOTAL_FLOW,
        quote_id=seeds.DRAFT,
        position=position + 10,
        description="x",
        quantity=line.quantity,
        unit_price=line.price,
        discount_rate=line.off,
        tax_rate=line.tax_rate,
    )


def found(line: QuoteLine | InvoiceLine | Quote | Invoice) -> Amounts:
    return Amounts(line.subtotal, line.discount, line.tax, line.total)


def test_a_line_is_what_decimals_say(tx: Tx) -> None:
    @given(line=lines | ties)
    def holds(line: Line) -> None:
        with tx.transaction(rollback=True) as inner:
            assert found(unwrap(inner.one(insert(row(line)).returning()))) == amounts(line)

    holds()


def test_a_quote_is_the_sum_of_its_lines_whatever_happens_to_them(tx: Tx) -> None:
    unwrap(tx.execute(delete(QuoteLine).where(QuoteLine.quote_id == seeds.DRAFT)))
    asked = select(Quote).where(Quote.id == seeds.DRAFT)

    @given(several=st.lists(lines | ties, max_size=5), kept=st.integers(0, 5))
    def holds(several: list[Line], kept: int) -> None:
        with tx.transaction(rollback=True) as inner:
            unwrap(inner.insert_many([row(line, place) for place, line in enumerate(several)]))
            assert found(unwrap(inner.one(asked))) == summed(several)
            if several:
                changed = update(QuoteLine).set(QuoteLine.discount_rate.to(Decimal(0)))
                unwrap(inner.execute(changed.where(QuoteLine.position == 10)))
                several = [several[0]._replace(off=Decimal(0)), *several[1:]]
                assert found(unwrap(inner.one(asked))) == summed(several)
            unwrap(inner.execute(delete(QuoteLine).where(QuoteLine.position >= 10 + kept)))
            assert found(unwrap(inner.one(asked))) == summed(several[:kept])

    holds()


def test_nobody_writes_what_a_quote_comes_to(tx: Tx) -> None:
    before = unwrap(tx.one(select(Quote)))
    false = update(Quote).set(Quote.subtotal.to(Decimal(1)), Quote.tax.to(Decimal(0)), Quote.discount.to(Decimal(0)))
    unwrap(tx.execute(false.all_rows()))
    assert found(unwrap(tx.one(select(Quote)))) == found(before)
    other = NewQuote(
        organization_id=seeds.PIVOTAL_FLOW,
        customer_id=seeds.ACME,
        number="Q-2",
        title="x",
        currency=seeds.NZD,
        subtotal=Decimal(5),
    )
    assert found(unwrap(tx.one(insert(other).returning()))) == NOTHING
    written = sql(trusted("UPDATE quotes SET total = 1")).command()
    assert "can only be updated to DEFAULT" in str(tx.transact(lambda inner: inner.execute(written)).failure())


def test_time_is_worth_what_decimals_say(tx: Tx) -> None:
    @given(minutes=st.integers(1, 1_440), rate=scaled(0, 9_999_999_999_999, 4))
    def holds(minutes: int, rate: Decimal) -> None:
        entry = NewTimeEntry(
            organization_id=seeds.PIVOTAL_FLOW,
            project_id=seeds.WEBSITE,
            user_id=seeds.ADMIN,
            day=DAY,
            minutes=minutes,
            hourly_rate=rate,
        )
        with tx.transaction(rollback=True) as inner, localcontext() as context:
            context.prec = 60
            assert inner.one(insert(entry).returning(TimeEntry.value)) == Success(cents(rate * minutes / 60))

    holds()


ONE, NONE = Decimal(1), Decimal(0)
REFUSED: dict[str, tuple[Line, str]] = {
    "no quantity": (Line(Decimal(0), Decimal(1), Decimal(0), Decimal(0)), "quote_lines_quantity_check"),
    "less than none": (Line(Decimal(-1), Decimal(1), Decimal(0), Decimal(0)), "quote_lines_quantity_check"),
    "a price below zero": (Line(Decimal(1), Decimal("-0.01"), Decimal(0), Decimal(0)), "quote_lines_unit_price_check"),
    "more than all off": (
        Line(Decimal(1), Decimal(1), Decimal("1.00001"), Decimal(0)),
        "quote_lines_discount_rate_check",
    ),
    "something on": (Line(Decimal(1), Decimal(1), Decimal("-0.1"), Decimal(0)), "quote_lines_discount_rate_check"),
    "a tax below zero": (Line(Decimal(1), Decimal(1), Decimal(0), Decimal("-0.1")), "quote_lines_tax_rate_check"),
}


@pytest.mark.parametrize(("line", "check"), REFUSED.values(), ids=REFUSED)
def test_what_no_line_can_be(tx: Tx, line: Line, check: str) -> None:
    refused = tx.transact(lambda inner: inner.execute(insert(row(line)))).failure()
    assert isinstance(refused, CheckViolation)
    assert refused.constraint == check


@pytest.mark.parametrize("quantity", [Decimal("1.0001"), Decimal(10_000_000), Decimal("NaN")])
def test_what_no_column_keeps_is_not_rounded_but_refused(tx: Tx, quantity: Decimal) -> None:
    line = Line(quantity, Decimal(1), Decimal(0), Decimal(0))
    assert isinstance(tx.transact(lambda inner: inner.execute(insert(row(line)))).failure(), EncodeError)


# ---------------------------------------------------------------- conditions of quotes and invoices


def refused(tx: Tx, text: str) -> str | None:
    def work(inner: Tx) -> Outcome[int]:
        return inner.execute(sql(trusted(text)).command())

    failure = tx.transact(work).failure()
    assert isinstance(failure, CheckViolation)
    return failure.constraint


def test_a_quote_says_when_it_was_sent_and_answered(tx: Tx) -> None:
    assert refused(tx, "UPDATE quotes SET status = 'sent'") == "quotes_sent_check"
    assert refused(tx, "UPDATE quotes SET status = 'accepted', sent_at = now()") == "quotes_decided_check"
    assert refused(tx, "UPDATE quotes SET decided_at = now()") == "quotes_decided_check"
    unwrap(tx.execute(sql("UPDATE quotes SET status = 'rejected', sent_at = now(), decided_at = now()").command()))
    assert unwrap(tx.one(select(Quote.status))) is QuoteStatus.REJECTED


def test_a_version_takes_off_no_less_than_nothing(tx: Tx) -> None:
    version = NewQuoteVersion(
        organization_id=seeds.PIVOTAL_FLOW,
        quote_id=seeds.DRAFT,
        version=1,
        subtotal=Decimal(1),
        discount=Decimal(-1),
    )
    assert isinstance(tx.transact(lambda inner: inner.execute(insert(version))).failure(), CheckViolation)


def test_nobody_pays_more_than_an_invoice_is(tx: Tx) -> None:
    invoice = unwrap(
        tx.one(
            insert(
                NewInvoice(organization_id=seeds.PIVOTAL_FLOW, customer_id=seeds.ACME, number="I-1", currency=seeds.NZD)
            ).returning()
        )
    )
    line = NewInvoiceLine(
        invoice_id=invoice.id, position=1, description="x", quantity=Decimal(2), unit_price=Decimal(50)
    )
    unwrap(tx.execute(insert(line)))

    def pay(inner: Tx, amount: str, id: InvoiceId = invoice.id) -> Outcome[int]:
        return inner.execute(insert(NewPayment(invoice_id=id, amount=Decimal(amount), day=DAY)))

    unwrap(pay(tx, "60"))
    failure = tx.transact(lambda inner: pay(inner, "40.01")).failure()
    assert isinstance(failure, CheckViolation)
    assert failure.constraint == "invoices_paid_check"
    unwrap(pay(tx, "40"))
    paid = unwrap(tx.one(select(Invoice)))
    assert (paid.total, paid.paid) == (Decimal(100), Decimal(100))
    assert refused(tx, "DELETE FROM invoice_lines") == "invoices_paid_check"
    unwrap(tx.execute(delete(Payment).where(Payment.amount == Decimal(40))))
    assert unwrap(tx.one(select(Invoice.paid))) == Decimal(60)
