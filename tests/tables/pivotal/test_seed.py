"""The seed: the rows that the document names, once, however often it is run."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from pivotal.labels import QuoteStatus
from qb import Database, Success, Tx, UniqueViolation, connect, create_all, delete, fn, select, sql, unwrap, update
from qb.run.server.embedded import Embedded
from tables.pivotal import schema
from tables.pivotal import seed as seeds
from tables.pivotal.customers import Customer
from tables.pivotal.organizations import Organization, Role, User, UserRole
from tables.pivotal.projects import Project
from tables.pivotal.quotes import Quote, QuoteLine
from tables.pivotal.rates import RateCard, RateItem
from tables.pivotal.seed import seed
from tables.scratch import scratch_database


def test_what_the_document_names_is_there(tx: Tx) -> None:
    assert tx.one(select(Organization.name)) == Success("Pivotal Flow")
    admin = select(User.email, Role.name).join(UserRole, UserRole.user_id == User.id)
    assert tx.one(admin.join(Role, Role.id == UserRole.role_id)) == Success(("admin@pivotalflow.com", "admin"))
    assert tx.all(select(Customer.name).order_by(Customer.name)) == Success(["Acme Corp", "Beta Ltd"])
    assert tx.all(select(Project.name).order_by(Project.name)) == Success(["Mobile App", "Website Redesign"])
    assert tx.one(select(RateCard.name)) == Success("Standard Rates")
    assert tx.scalar(select(fn.count()).from_(RateItem)) == Success(2)
    quote = unwrap(tx.one(select(Quote)))
    assert (quote.status, quote.total) == (QuoteStatus.DRAFT, Decimal("10614.79"))


def test_run_twice_is_run_once(empty: Tx) -> None:
    assert unwrap(seed(empty)) == 18
    rows = unwrap(empty.all(select(Quote, QuoteLine).join(QuoteLine, QuoteLine.quote_id == Quote.id)))
    assert seed(empty) == Success(0)
    assert empty.all(select(Quote, QuoteLine).join(QuoteLine, QuoteLine.quote_id == Quote.id)) == Success(rows)


def test_what_has_become_of_its_rows_stays(tx: Tx) -> None:
    unwrap(tx.execute(delete(QuoteLine).where(QuoteLine.id == seeds.SECOND)))
    sent = update(Quote).set(Quote.status.to(QuoteStatus.SENT), Quote.sent_at.to(fn.now())).all_rows()
    unwrap(tx.execute(sent))
    unwrap(tx.execute(update(Customer).set(Customer.name.to("Acme")).where(Customer.id == seeds.ACME)))
    unwrap(tx.execute(delete(Project).where(Project.id == seeds.MOBILE)))
    assert seed(tx) == Success(1)  # the project
    assert tx.scalar(select(fn.count()).from_(QuoteLine)) == Success(1)
    assert tx.scalar(select(Customer.name).where(Customer.id == seeds.ACME)) == Success("Acme")


def test_another_organization_of_its_name_is_a_failure_and_nothing_happened(empty: Tx) -> None:
    unwrap(empty.execute(sql("INSERT INTO currencies (code, name) VALUES ('NZD', 'x')").command()))
    made = "INSERT INTO organizations (name, slug, currency) VALUES ('Pivotal', 'pivotal-flow', 'NZD')"
    unwrap(empty.execute(sql(made).command()))
    assert isinstance(seed(empty).failure(), UniqueViolation)
    assert empty.scalar(select(fn.count()).from_(User)) == Success(0)


def test_several_at_once_are_one(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url, name="pivotal") as url, connect(url) as db:
        unwrap(db.run(create_all(schema)))

        def one(_: int, db: Database = db) -> int:
            return unwrap(seed(db))

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(one, range(4))) == [0, 0, 0, 18]
