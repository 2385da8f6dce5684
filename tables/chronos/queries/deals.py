"""Deals, as the application asks for them: directly, as nobody edits them in Directus."""

from decimal import Decimal

from msgspec import Struct

from chronos.ids import DealId
from qb import New, Patch, Rows, Select, fn, insert, many, prepare, select, update
from tables.chronos.app import Company, Deal, DealInvestor, Investor


class Stake(Struct, frozen=True):
    """Who takes part in a deal, and with how much."""

    name: str
    committed: Decimal
    lead: bool


class DealWithInvestors(Struct, frozen=True):
    """A deal, its company, and who takes part."""

    deal: Deal
    company: str
    investors: list[Stake]


def create(deal: New[Deal]) -> Rows[Deal]:
    """The deal as it was written."""
    return insert(deal).returning()


def change(deal: DealId, changes: Patch[Deal]) -> Rows[Deal]:
    """The deal with the fields that are given."""
    return update(Deal).patch(changes).where(Deal.id == deal).returning()


@prepare
def active() -> Select[Deal]:
    """All active deals, those that close first before the others."""
    return select(Deal).where(Deal.status == "active").order_by(Deal.closes_on.asc(nulls="last"), Deal.id)


@prepare
def with_investors(deal: DealId) -> Select[DealWithInvestors]:
    """A deal, its company, and who takes part, in one query."""
    stakes = (
        select(Investor.name, DealInvestor.committed, DealInvestor.lead)
        .map(Stake)
        .join(DealInvestor, on=DealInvestor.investor_id == Investor.id)
        .where(DealInvestor.deal_id == Deal.id)
        .order_by(DealInvestor.committed.desc(), Investor.name)
    )
    return (
        select(Deal, Company.name, many(stakes))
        .map(DealWithInvestors)
        .join(Company, on=Company.id == Deal.company_id)
        .where(Deal.id == deal)
    )


@prepare
def committed(deal: DealId) -> Select[Decimal]:
    """How much of a deal is promised."""
    return select(fn.coalesce(fn.sum(DealInvestor.committed), Decimal(0))).where(DealInvestor.deal_id == deal)
