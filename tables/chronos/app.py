"""The application: users, companies, investors, and the deals between them."""

import datetime as dt
from decimal import Decimal

from chronos.documents import Focus, Preferences, Terms
from chronos.ids import CompanyId, DealId, DirectusFileId, DirectusUserId, InvestorId, Slug, UserId
from chronos.labels import CompanyStage, DealRound, DealStatus, InvestorKind, Role
from qb import Col, check, column, fn, index, new, patch, pg, references
from tables.chronos.shared import Timestamped, an_amount
from tables.chronos.theirs import DirectusFile, DirectusUser


class User(Timestamped, name="app_users"):
    """Who uses the application. An editor is also a user of Directus."""

    id: Col[UserId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    email: Col[str] = column(pg.varchar(255), check=lambda email: email.like("%@%"))
    name: Col[str] = column(pg.varchar(255))
    role: Col[Role] = column(
        pg.varchar(20), default="viewer", check=lambda role: role.in_(["viewer", "analyst", "admin"])
    )
    preferences: Col[Preferences] = column(pg.jsonb, default=Preferences())
    directus_user_id: Col[DirectusUserId | None] = column(
        pg.uuid, references=references(DirectusUser.id, on_delete="set null"), default=None, unique=True
    )


class Company(Timestamped, name="app_companies"):
    """A company's profile. Where it is, is in `app_company_places`, which needs PostGIS."""

    id: Col[CompanyId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    name: Col[str] = column(pg.varchar(255))
    slug: Col[Slug] = column(pg.varchar(255), unique=True)
    domain: Col[str | None] = column(pg.varchar(255), default=None, unique=True)
    sector: Col[str | None] = column(pg.varchar(80), default=None)
    stage: Col[CompanyStage] = column(
        pg.varchar(20), default="idea", check=lambda s: s.in_(["idea", "seed", "growth", "public", "closed"])
    )
    founded_on: Col[dt.date | None] = column(pg.date, default=None)
    employees: Col[int | None] = column(pg.integer, default=None, check=lambda employees: employees >= 0)
    description: Col[str] = column(pg.text, default="")
    logo: Col[DirectusFileId | None] = column(
        pg.uuid, references=references(DirectusFile.id, on_delete="set null"), default=None, index=True
    )


class Investor(Timestamped, name="app_investors"):
    """An investor's profile."""

    id: Col[InvestorId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    name: Col[str] = column(pg.varchar(255))
    slug: Col[Slug] = column(pg.varchar(255), unique=True)
    kind: Col[InvestorKind] = column(
        pg.varchar(20), check=lambda kind: kind.in_(["angel", "venture", "corporate", "fund"])
    )
    focus: Col[Focus] = column(pg.jsonb, default=Focus())
    website: Col[str | None] = column(pg.varchar(255), default=None)


class Deal(Timestamped, name="app_deals"):
    """A round of a company: what is asked for, on which terms, and who looks after it."""

    id: Col[DealId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    company_id: Col[CompanyId] = column(pg.uuid, references=references(Company.id, on_delete="cascade"), index=True)
    owner_id: Col[UserId | None] = column(
        pg.uuid, references=references(User.id, on_delete="set null"), default=None, index=True
    )
    title: Col[str] = column(pg.varchar(255))
    status: Col[DealStatus] = column(
        pg.varchar(20), default="draft", check=lambda status: status.in_(["draft", "active", "won", "lost"])
    )
    round: Col[DealRound] = column(
        pg.varchar(20), check=lambda r: r.in_(["pre_seed", "seed", "a", "b", "c", "later", "debt"])
    )
    amount: Col[Decimal] = column(pg.numeric(14, 2), check=an_amount)
    currency: Col[str] = column(pg.char(3), default="USD", check=lambda code: fn.length(code) == 3)
    terms: Col[Terms] = column(pg.jsonb)
    closes_on: Col[dt.date | None] = column(pg.date, default=None)


class DealInvestor(Timestamped, name="app_deal_investors"):
    """That an investor takes part in a deal, and with how much."""

    deal_id: Col[DealId] = column(pg.uuid, primary_key=True, references=references(Deal.id, on_delete="cascade"))
    investor_id: Col[InvestorId] = column(
        pg.uuid, primary_key=True, references=references(Investor.id, on_delete="cascade"), index=True
    )
    committed: Col[Decimal] = column(pg.numeric(14, 2), default=Decimal(0), check=an_amount)
    lead: Col[bool] = column(pg.boolean, default=False)


NewUser = new(User)
NewCompany = new(Company)
NewInvestor = new(Investor)
NewDeal = new(Deal)
DealChanges = patch(Deal)
NewDealInvestor = new(DealInvestor)

user_email = index("app_users_email_key", fn.lower(User.email), unique=True)
user_role = index("app_users_role_idx", User.role)
company_stage = index("app_companies_stage_idx", Company.stage)
company_sector = index("app_companies_sector_idx", Company.sector)
company_name = index("app_companies_name_idx", fn.lower(Company.name))
investor_kind = index("app_investors_kind_idx", Investor.kind)
investor_focus = index("app_investors_focus_idx", Investor.focus, method="gin", operator_class="jsonb_path_ops")
deal_status = index("app_deals_status_idx", Deal.status, Deal.closes_on)
deal_newest = index("app_deals_created_at_idx", Deal.created_at.desc(), Deal.id.desc())
one_lead = index("app_deal_investors_lead_key", DealInvestor.deal_id, unique=True, where=DealInvestor.lead)
won_with_date = check("app_deals_won_check", (Deal.status != "won") | Deal.closes_on.is_not_null())
