"""A quote from its draft to what was paid for it."""

import datetime as dt
from decimal import Decimal

import pytest

from pivotal.ids import ApprovalPolicyId, QuoteId
from pivotal.labels import QuoteStatus
from qb import CheckViolation, Failure, NotFound, Outcome, Tx, insert, select, unwrap
from tables.pivotal import repository
from tables.pivotal import seed as seeds
from tables.pivotal.invoices import InvoiceLine, NewPayment
from tables.pivotal.quotes import ApprovalPolicy, NewApprovalPolicy, Quote, QuoteLine, QuoteVersion, QuoteVersionLine
from tables.pivotal.repository import NeedsApproval, NotNow

NOBODYS = QuoteId(seeds.ADMIN)


def quote(tx: Tx) -> Quote:
    return unwrap(tx.one(repository.by_id(seeds.DRAFT)))


def limit(tx: Tx, threshold: str) -> ApprovalPolicyId:
    row = NewApprovalPolicy(organization_id=seeds.PIVOTAL_FLOW, role_id=seeds.ADMINS, threshold=Decimal(threshold))
    return unwrap(tx.one(insert(row).returning(ApprovalPolicy.id)))


def test_a_line_is_priced_as_its_rate_card_says(tx: Tx) -> None:
    before = quote(tx)
    made = unwrap(repository.add_line(tx, seeds.DRAFT, seeds.DEVELOPER, "Search", Decimal("2.25"), Decimal("0.2")))
    assert (made.position, made.unit_price, made.tax_rate) == (3, Decimal("165.50"), seeds.GST)
    assert (made.subtotal, made.discount, made.tax, made.total) == tuple(
        map(Decimal, ("372.38", "74.48", "44.69", "342.59"))
    )
    assert quote(tx).total == before.total + made.total
    assert [line.position for line in unwrap(tx.all(repository.lines_of(seeds.DRAFT)))] == [1, 2, 3]


def test_a_quote_goes_out_and_is_kept_as_it_was(tx: Tx) -> None:
    before = quote(tx)
    kept = unwrap(repository.send(tx, seeds.DRAFT))
    assert (kept.version, kept.total) == (1, before.total)
    assert quote(tx).status is QuoteStatus.SENT
    lines = unwrap(tx.all(select(QuoteVersionLine).order_by(QuoteVersionLine.position)))
    assert [(each.quote_version_id, each.total) for each in lines] == [
        (kept.id, line.total) for line in unwrap(tx.all(repository.lines_of(seeds.DRAFT)))
    ]
    assert repository.send(tx, seeds.DRAFT) == Failure(NotNow(QuoteStatus.SENT))
    assert isinstance(repository.send(tx, NOBODYS).failure(), NotFound)


def test_lines_of_what_was_sent_stay_as_they_are(tx: Tx) -> None:
    unwrap(repository.send(tx, seeds.DRAFT))
    added = repository.add_line(tx, seeds.DRAFT, seeds.DEVELOPER, "Search", Decimal(1)).failure()
    assert isinstance(added, CheckViolation)
    assert added.sqlstate == "23514"
    assert len(unwrap(tx.all(select(QuoteLine)))) == 2


def test_what_is_dear_needs_somebody_to_agree(tx: Tx) -> None:
    unneeded, needed = limit(tx, "10614.80"), limit(tx, "10614.79")
    assert repository.send(tx, seeds.DRAFT) == Failure(NeedsApproval([needed]))
    assert unwrap(tx.all(select(QuoteVersion))) == []
    (request,) = unwrap(repository.ask_approval(tx, seeds.DRAFT))
    assert request.policy_id == needed != unneeded
    assert repository.send(tx, seeds.DRAFT) == Failure(NeedsApproval([needed]))
    agreed = unwrap(repository.agree(tx, request, seeds.ADMIN))
    assert agreed.decided_by == seeds.ADMIN
    assert isinstance(repository.agree(tx, request, seeds.ADMIN).failure(), NotFound)
    assert unwrap(repository.send(tx, seeds.DRAFT)).version == 1


def test_from_an_answer_to_the_money(tx: Tx) -> None:
    assert isinstance(repository.accept(tx, seeds.DRAFT).failure(), NotFound)
    assert isinstance(repository.invoice(tx, seeds.DRAFT, "I-1").failure(), NotFound)
    unwrap(repository.send(tx, seeds.DRAFT))
    agreed = unwrap(repository.accept(tx, seeds.DRAFT))
    made = unwrap(repository.invoice(tx, seeds.DRAFT, "I-1"))
    assert (made.total, made.paid) == (agreed.total, Decimal(0))
    assert len(unwrap(tx.all(select(InvoiceLine)))) == 2

    def pay(inner: Tx, amount: Decimal) -> Outcome[Decimal]:
        day = dt.date(2025, 3, 1)
        return repository.pay(inner, NewPayment(invoice_id=made.id, amount=amount, day=day)).map(lambda each: each.paid)

    assert unwrap(pay(tx, made.total - 1)) == made.total - 1
    assert isinstance(pay(tx, Decimal("1.01")).failure(), CheckViolation)
    assert unwrap(pay(tx, Decimal(1))) == made.total


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nobody_pays_nothing(tx: Tx, amount: str) -> None:
    unwrap(repository.send(tx, seeds.DRAFT))
    unwrap(repository.accept(tx, seeds.DRAFT))
    made = unwrap(repository.invoice(tx, seeds.DRAFT, "I-1"))
    payment = NewPayment(invoice_id=made.id, amount=Decimal(amount), day=dt.date(2025, 3, 1))
    assert isinstance(repository.pay(tx, payment).failure(), CheckViolation)
