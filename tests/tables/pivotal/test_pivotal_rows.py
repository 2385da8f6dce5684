"""Every table written and read through its codecs, with rows that are made from its description."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Struct, structs

from pivotal.ids import CurrencyCode, OrganizationId
from pivotal.labels import ApprovalStatus, QuoteStatus
from qb import Database, New, Success, Table, Tx, insert, select, unwrap
from qb.testing import factory, rows
from tables.pivotal.audit import AuditLog
from tables.pivotal.customers import Contact, Customer
from tables.pivotal.invoices import Invoice, InvoiceLine, Payment
from tables.pivotal.organizations import (
    Currency,
    FxRate,
    Organization,
    OrganizationSetting,
    Role,
    User,
    UserRole,
)
from tables.pivotal.projects import Milestone, Project, ProjectMember, TimeEntry
from tables.pivotal.quotes import (
    ApprovalPolicy,
    ApprovalRequest,
    Quote,
    QuoteLine,
    QuoteVersion,
    QuoteVersionLine,
)
from tables.pivotal.rates import RateCard, RateItem, ServiceCategory

Row = TypeVar("Row", bound=Table)

ORDER: list[type[Table]] = [
    Currency, FxRate, Organization, OrganizationSetting, User, Role, UserRole, Customer, Contact, Project,
    ProjectMember, Milestone, TimeEntry, ServiceCategory, RateCard, RateItem, Quote, QuoteLine, QuoteVersion,
    QuoteVersionLine, ApprovalPolicy, ApprovalRequest, Invoice, InvoiceLine, Payment, AuditLog,
]  # fmt: skip
"""What is pointed to before what points to it."""

LINKS: dict[type[Table], dict[str, type[Any]]] = {
    UserRole: {"user_id": User, "role_id": Role},
    ProjectMember: {"project_id": Project, "user_id": User},
    TimeEntry: {"project_id": Project, "user_id": User},
    RateItem: {"rate_card_id": RateCard, "service_category_id": ServiceCategory},
    QuoteLine: {"quote_id": Quote, "rate_item_id": RateItem},
    QuoteVersion: {"quote_id": Quote, "created_by": User},
    ApprovalRequest: {"quote_id": Quote, "policy_id": ApprovalPolicy},
    AuditLog: {"user_id": User},
}
"""What a row points to within its organization."""
SUMS = ("subtotal", "discount", "tax", "paid")


def special(table: type[Table], number: int, parents: list[Any]) -> dict[str, Any]:
    """What no description of one table says: one organization through and through, and what `within` says."""
    given = within(table, number, parents)
    if table is not Organization and hasattr(table, "organization_id"):
        given["organization_id"] = next(each.id for each in parents if isinstance(each, Organization))
    return given


def within(table: type[Table], number: int, parents: list[Any]) -> dict[str, Any]:
    """Two currencies, each row of a link another one, a draft."""
    given: dict[str, Any] = {}
    for name, to in LINKS.get(table, {}).items():
        given[name] = [each for each in parents if isinstance(each, to)][number].id
    if table is ApprovalRequest:
        return given | {"status": ApprovalStatus.PENDING, "decided_at": None, "decided_by": None}
    if given:
        return given
    if table is User:
        return {"email": f"user{number}@example.org"}
    if table is FxRate:
        base, counter = (CurrencyCode(each.code) for each in parents[:2])
        return {"base": base, "counter": counter, "day": dt.date(2025, 1, 1 + number)}
    if table in (Quote, Invoice, Project):
        customer = [each for each in parents if isinstance(each, Customer)][number]
        given |= {"customer_id": customer.id}
        if table is Quote:
            given |= {
                "rate_card_id": None,
                "created_by": None,
                "project_id": None,
                "status": QuoteStatus.DRAFT,
                "sent_at": None,
                "decided_at": None,
            }
        if table is Invoice:
            given |= {"quote_id": None, "paid": Decimal(0)}
        return given
    if table is ApprovalPolicy:
        role = next(each for each in parents if isinstance(each, Role))
        return {"role_id": role.id}
    if table is Payment:
        return {"amount": Decimal("0.01")}
    if table is InvoiceLine:  # so that there is something to pay
        invoices = [each.id for each in parents if isinstance(each, Invoice)]
        return {"invoice_id": invoices[number], "unit_price": Decimal(5), "discount_rate": Decimal(0)}
    return {}


def written(tx: Tx, made: Iterable[New[Row]], table: type[Row]) -> list[Row]:
    """Rows inserted and read again, as they come back both times."""
    given = list(made)
    back = unwrap(tx.insert_many(given, insert(table).returning()))
    assert sorted(map(str, unwrap(tx.all(select(table))))) == sorted(map(str, back))
    for one, other in zip(given, back, strict=True):
        for name, value in structs.asdict(cast("Struct", one)).items():
            if value is not UNSET and not (table in (Quote, Invoice) and name in SUMS):  # which are the database's
                assert getattr(other, name) == value, name
    return back


@pytest.mark.parametrize("seed", range(3))
def test_every_table_takes_generated_rows_and_gives_them_back(empty: Tx, seed: int) -> None:
    parents: list[Any] = []
    for table in ORDER:
        kind: Any = table
        maker = factory(kind, parents=parents, seed=seed)
        parents += written(empty, [maker(**special(table, number, parents)) for number in range(3)], kind)
    assert {type(each) for each in parents} == set(ORDER)
    assert len(parents) == 3 * len(ORDER)


def test_organizations_take_any_rows(pivotal: Database) -> None:
    with pivotal.transaction(rollback=True) as tx:
        currencies = written(tx, factory(Currency).many(3), Currency)

        @given(made=rows(Organization, parents=currencies, max_size=4))
        def holds(made: list[New[Organization]]) -> None:
            with tx.transaction(rollback=True) as inner:
                written(inner, made, Organization)

        holds()


@given(rate=st.integers(1, 10**17).map(lambda number: Decimal(number).scaleb(-8)))
def test_a_rate_keeps_every_digit(pivotal: Database, rate: Decimal) -> None:
    with pivotal.transaction(rollback=True) as tx:
        both = written(tx, factory(Currency).many(2), Currency)
        row = factory(FxRate)(base=both[0].code, counter=both[1].code, day=dt.date(2025, 1, 1), rate=rate)
        assert tx.one(insert(row).returning(FxRate.rate)) == Success(rate)


def test_ids_are_those_of_their_table(empty: Tx) -> None:
    (currency,) = written(empty, factory(Currency).many(1), Currency)
    (made,) = written(empty, [factory(Organization, parents=[currency])()], Organization)
    assert empty.scalar(select(Organization.id).where(Organization.id == OrganizationId(made.id))) == Success(made.id)
