"""What goes with an organization, what stays with whom, and what was sent, which stays as it was."""

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from pivotal.ids import QuoteId, RateItemId
from pivotal.labels import QuoteStatus
from qb import (
    CheckViolation,
    Command,
    Database,
    DbError,
    ForeignKeyViolation,
    NotFound,
    Outcome,
    Success,
    Tx,
    connect,
    delete,
    insert,
    select,
    sql,
    trusted,
    unwrap,
    update,
)
from tables.pivotal import repository, schema
from tables.pivotal import seed as seeds
from tables.pivotal.invoices import Invoice, NewPayment
from tables.pivotal.organizations import Organization, User
from tables.pivotal.projects import NewTimeEntry, TimeEntry
from tables.pivotal.quotes import (
    ApprovalRequest,
    NewApprovalPolicy,
    NewQuoteLine,
    Quote,
    QuoteLine,
    QuoteVersion,
    QuoteVersionLine,
)
from tables.pivotal.rates import RateCard, ServiceCategory

PIVOTAL_FLOW = Organization.id == seeds.PIVOTAL_FLOW
NOW = sql("SET CONSTRAINTS ALL IMMEDIATE").command()
"""What is looked at when a transaction ends is looked at now."""


def everything(tx: Tx) -> Invoice:
    """A quote from its draft to what was paid for it, which somebody had to agree to, and the time that it took."""
    limit = NewApprovalPolicy(organization_id=seeds.PIVOTAL_FLOW, role_id=seeds.ADMINS, threshold=Decimal(1))
    unwrap(tx.execute(insert(limit)))
    (request,) = unwrap(repository.ask_approval(tx, seeds.DRAFT))
    unwrap(repository.agree(tx, request, seeds.ADMIN))
    unwrap(repository.send(tx, seeds.DRAFT))
    unwrap(repository.accept(tx, seeds.DRAFT))
    made = unwrap(repository.invoice(tx, seeds.DRAFT, "I-1"))
    day = dt.date(2025, 3, 1)
    unwrap(repository.pay(tx, NewPayment(invoice_id=made.id, amount=made.total, day=day)))
    entry = NewTimeEntry(
        organization_id=seeds.PIVOTAL_FLOW, project_id=seeds.WEBSITE, user_id=seeds.ADMIN, day=day, minutes=60
    )
    unwrap(tx.execute(insert(entry)))
    return made


def keys_of_organizations(tx: Tx) -> list[str]:
    """The triggers by which PostgreSQL follows the keys to an organization, in the order in which it does."""
    query = """SELECT tgname::text FROM pg_trigger
        WHERE tgrelid = 'organizations'::regclass AND tgisinternal ORDER BY tgname COLLATE "C" """
    return unwrap(tx.all(sql(query).rows(str)))


@pytest.mark.parametrize("backwards", [False, True])
def test_an_organization_takes_along_all_that_belongs_to_it(tx: Tx, backwards: bool) -> None:
    """In whatever order: which of its keys PostgreSQL follows first is decided by the names of their triggers, which
    are numbers as text."""
    everything(tx)
    known = keys_of_organizations(tx)
    wanted = known[::-1] if backwards else known
    for place, name in enumerate(wanted):
        renamed = f'ALTER TRIGGER "{name}" ON organizations RENAME TO "RI_ConstraintTrigger_a_{place:04}"'
        unwrap(tx.execute(sql(trusted(renamed)).command()))
    assert keys_of_organizations(tx) == [f"RI_ConstraintTrigger_a_{place:04}" for place in range(len(known))]
    assert tx.execute(delete(Organization).where(PIVOTAL_FLOW)) == Success(1)
    unwrap(tx.execute(NOW))
    for table in {each.source.name for each in schema.tables} - {"currencies", "fx_rates"}:
        assert tx.scalar(sql(trusted(f"SELECT count(*) FROM {table}")).rows(int)) == Success(0), table


def refused(tx: Tx, statement: Command) -> DbError:
    """What it fails of, in a savepoint."""
    return tx.transact(lambda inner: inner.execute(statement)).failure()


def kept(tx: Tx, statement: str) -> str | None:
    """The key that keeps what a statement deletes."""

    def gone(inner: Tx) -> Outcome[int]:
        unwrap(inner.execute(sql(trusted(statement)).command()))
        return inner.execute(NOW)

    error = tx.transact(gone).failure()
    assert isinstance(error, ForeignKeyViolation)
    return error.constraint


def test_what_is_in_use_stays(tx: Tx) -> None:
    everything(tx)
    assert kept(tx, "DELETE FROM users") in ("time_entries_user_fkey", "approval_requests_decided_by_fkey")
    unwrap(tx.execute(delete(TimeEntry).all_rows()))
    assert kept(tx, "DELETE FROM users") == "approval_requests_decided_by_fkey"
    assert kept(tx, "DELETE FROM service_categories") == "rate_items_category_fkey"
    assert kept(tx, "DELETE FROM roles") == "approval_policies_role_fkey"
    assert kept(tx, "DELETE FROM quotes") == "invoices_quote_fkey"
    unwrap(tx.execute(delete(ApprovalRequest).all_rows()))
    assert tx.execute(delete(User).all_rows()) == Success(1)
    assert tx.scalar(select(QuoteVersion.created_by)) == Success(None)


def test_rates_go_and_what_was_sent_costs_what_it_did(tx: Tx) -> None:
    everything(tx)
    before = unwrap(tx.all(repository.lines_of(seeds.DRAFT)))
    assert {line.rate_item_id for line in before} == {seeds.DESIGNER, seeds.DEVELOPER}
    assert tx.execute(delete(RateCard).all_rows()) == Success(1)
    after = unwrap(tx.all(repository.lines_of(seeds.DRAFT)))
    assert {line.rate_item_id for line in after} == {None}
    assert [line.total for line in after] == [line.total for line in before]
    assert tx.execute(delete(ServiceCategory).all_rows()) == Success(2)
    for more in (QuoteLine.rate_item_id.to(None), QuoteLine.quantity.to(Decimal(1))):
        assert isinstance(refused(tx, update(QuoteLine).set(more).all_rows()), CheckViolation)


def test_a_version_stays_as_it_was_sent(tx: Tx) -> None:
    everything(tx)
    for statement in (
        update(QuoteVersion).set(QuoteVersion.subtotal.to(Decimal(1))).all_rows(),
        update(QuoteVersion).set(QuoteVersion.version.to(7)).all_rows(),
        update(QuoteVersionLine).set(QuoteVersionLine.quantity.to(Decimal(1))).all_rows(),
        update(QuoteVersionLine).set(QuoteVersionLine.description.to("cheaper")).all_rows(),
    ):
        assert isinstance(refused(tx, statement), CheckViolation)


def forbidden(tx: Tx, statement: str) -> str | None:
    """The code that a trigger raises where somebody else writes."""
    return refused(tx, sql(trusted(statement)).command()).sqlstate


def test_a_version_is_not_taken_away_from_its_quote(tx: Tx) -> None:
    everything(tx)
    assert forbidden(tx, "DELETE FROM quote_versions") == "QV001"
    assert forbidden(tx, "DELETE FROM quote_version_lines") == "QV001"


@pytest.mark.parametrize("status", ["draft", "pending", "approved"])
def test_what_went_out_does_not_come_back(tx: Tx, status: str) -> None:
    unwrap(repository.send(tx, seeds.DRAFT))
    back = f"UPDATE quotes SET status = '{status}', sent_at = NULL, decided_at = NULL"
    assert forbidden(tx, back) == "QV002"
    unwrap(repository.accept(tx, seeds.DRAFT))
    assert forbidden(tx, back) == "QV002"
    assert forbidden(tx, "UPDATE quotes SET status = 'rejected'") == "QV002"
    unwrap(tx.execute(sql("UPDATE quotes SET status = status, title = 'x'").command()))


@pytest.mark.parametrize(
    "table", ["quote_lines", "quote_versions", "quote_version_lines", "invoice_lines", "payments", "organizations"]
)
def test_what_is_added_up_is_not_truncated(tx: Tx, table: str) -> None:
    everything(tx)
    unwrap(tx.execute(NOW))
    assert forbidden(tx, f"TRUNCATE {table} CASCADE") == "QV003"


@pytest.fixture
def kept_seed(pivotal: Database) -> Iterator[Database]:
    """The rows of a new database, for several connections."""
    unwrap(seeds.seed(pivotal))
    yield pivotal
    unwrap(pivotal.execute(delete(Organization).all_rows()))
    unwrap(pivotal.execute(sql("DELETE FROM currencies").command()))


def test_a_line_that_comes_while_a_quote_is_sent_is_no_part_of_it(kept_seed: Database, pivotal_url: str) -> None:
    outcomes: list[Outcome[int]] = []
    line = NewQuoteLine(
        organization_id=seeds.PIVOTAL_FLOW,
        quote_id=seeds.DRAFT,
        position=9,
        description="Late",
        quantity=Decimal(1),
        unit_price=Decimal(1),
    )

    def add(db: Database) -> None:
        outcomes.append(db.execute(insert(line)))

    with connect(pivotal_url) as other:
        late = threading.Thread(target=add, args=(other,))
        with kept_seed.transaction() as tx:
            version = unwrap(repository.send(tx, seeds.DRAFT))
            late.start()
            waits = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%quote_lines%'"
            )
            while late.is_alive() and not unwrap(kept_seed.apart.scalar(sql(waits).rows(int))):
                pass
        late.join()
    assert isinstance(outcomes[0].failure(), CheckViolation)
    sent = unwrap(kept_seed.one(repository.by_id(seeds.DRAFT)))
    assert (sent.status, sent.total) == (QuoteStatus.SENT, version.total)
    assert len(unwrap(kept_seed.all(select(Quote.id)))) == 1


def test_lines_that_come_at_once_stand_one_after_the_other(kept_seed: Database, pivotal_url: str) -> None:
    together = threading.Barrier(8)

    def add(number: int) -> int:
        together.wait()
        return unwrap(repository.add_line(db, seeds.DRAFT, seeds.DEVELOPER, f"Line {number}", Decimal(1))).position

    with connect(pivotal_url, max_size=8) as db, ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(add, range(8))) == list(range(3, 11))
    lines = unwrap(kept_seed.all(repository.lines_of(seeds.DRAFT)))
    assert unwrap(kept_seed.one(repository.by_id(seeds.DRAFT))).total == sum(line.total for line in lines)


def test_a_line_of_no_quote_and_a_rate_of_others(tx: Tx) -> None:
    missing = repository.add_line(tx, QuoteId(seeds.ADMIN), seeds.DEVELOPER, "x", Decimal(1))
    assert isinstance(missing.failure(), NotFound)
    others = "INSERT INTO organizations (name, slug, currency) VALUES ('x', 'x', 'NZD')"
    unwrap(tx.execute(sql(others).command()))
    rate = """WITH o AS (SELECT id FROM organizations WHERE slug = 'x'),
        c AS (INSERT INTO service_categories (organization_id, name) SELECT id, 'x' FROM o RETURNING id),
        k AS (INSERT INTO rate_cards (organization_id, name, currency, valid_from)
          SELECT id, 'x', 'NZD', now() FROM o RETURNING id)
        INSERT INTO rate_items (organization_id, rate_card_id, service_category_id, code, unit_price)
        SELECT o.id, k.id, c.id, 'X', 1 FROM o, k, c RETURNING id"""
    theirs = unwrap(tx.one(sql(rate).rows(RateItemId)))
    foreign = repository.add_line(tx, seeds.DRAFT, theirs, "x", Decimal(1))
    assert isinstance(foreign.failure(), NotFound)
