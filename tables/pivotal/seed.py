"""The rows that a new database begins with: run once or often, the same rows are there.

Each has a key that follows from its name, so that a second run finds it and leaves it as it is, whatever became of it.
"""

import datetime as dt
from decimal import Decimal
from uuid import UUID, uuid5

from pivotal.documents import CustomerMetadata, QuoteMetadata
from pivotal.ids import (
    CurrencyCode,
    CustomerId,
    OrganizationId,
    ProjectId,
    QuoteId,
    QuoteLineId,
    RateCardId,
    RateItemId,
    RoleId,
    ServiceCategoryId,
    UserId,
)
from pivotal.labels import ProjectStatus, Unit
from qb import Db, Outcome, Success, Tx, insert
from tables.pivotal.customers import Customer, NewCustomer
from tables.pivotal.organizations import (
    Currency,
    NewCurrency,
    NewOrganization,
    NewRole,
    NewUser,
    NewUserRole,
    Organization,
    Role,
    User,
    UserRole,
)
from tables.pivotal.projects import NewProject, Project
from tables.pivotal.quotes import NewQuote, NewQuoteLine, Quote
from tables.pivotal.rates import NewRateCard, NewRateItem, NewServiceCategory, RateCard, RateItem, ServiceCategory

_NAMESPACE = UUID("5d5b1b58-0f0a-5b3b-9a55-6f7c9f6e2d10")


def _key(name: str) -> UUID:
    return uuid5(_NAMESPACE, name)


NZD = CurrencyCode("NZD")
PIVOTAL_FLOW = OrganizationId(_key("organization/pivotal-flow"))
ADMIN = UserId(_key("user/admin@pivotalflow.com"))
ADMINS = RoleId(_key("role/admin"))
ACME, BETA = CustomerId(_key("customer/Acme Corp")), CustomerId(_key("customer/Beta Ltd"))
WEBSITE, MOBILE = ProjectId(_key("project/Website Redesign")), ProjectId(_key("project/Mobile App"))
DESIGN, BUILD = ServiceCategoryId(_key("category/Design")), ServiceCategoryId(_key("category/Development"))
STANDARD = RateCardId(_key("rate-card/Standard Rates"))
DESIGNER, DEVELOPER = RateItemId(_key("rate-item/DESIGN")), RateItemId(_key("rate-item/DEV"))
DRAFT = QuoteId(_key("quote/Q-0001"))
FIRST, SECOND = QuoteLineId(_key("quote-line/1")), QuoteLineId(_key("quote-line/2"))
GST = Decimal("0.15")


def seed(db: Db) -> Outcome[int]:
    """Put them in: all or none. How many were not there."""
    return db.transact(_seeded)


def _seeded(tx: Tx) -> Outcome[int]:
    script = tx.raising  # each step needs the one before it: the first error ends it, and is what transact gives
    counts = [
        script.insert_many(
            [NewCurrency(code=NZD, name="New Zealand dollar"), NewCurrency(code=CurrencyCode("USD"), name="US dollar")],
            insert(Currency).on_conflict(Currency.code, nothing=True),
        ),
        script.insert_many(
            [NewOrganization(id=PIVOTAL_FLOW, name="Pivotal Flow", slug="pivotal-flow", currency=NZD, tax_rate=GST)],
            insert(Organization).on_conflict(Organization.id, nothing=True),
        ),
        script.insert_many(
            [NewUser(id=ADMIN, organization_id=PIVOTAL_FLOW, email="admin@pivotalflow.com", name="Admin")],
            insert(User).on_conflict(User.id, nothing=True),
        ),
        script.insert_many(
            [NewRole(id=ADMINS, organization_id=PIVOTAL_FLOW, name="admin", permissions=["*"])],
            insert(Role).on_conflict(Role.id, nothing=True),
        ),
        script.insert_many(
            [NewUserRole(organization_id=PIVOTAL_FLOW, user_id=ADMIN, role_id=ADMINS)],
            insert(UserRole).on_conflict(UserRole.organization_id, UserRole.user_id, UserRole.role_id, nothing=True),
        ),
        script.insert_many(
            [
                NewCustomer(
                    id=ACME,
                    organization_id=PIVOTAL_FLOW,
                    name="Acme Corp",
                    metadata=CustomerMetadata("retail", "100-999", "https://acme.example"),
                ),
                NewCustomer(id=BETA, organization_id=PIVOTAL_FLOW, name="Beta Ltd"),
            ],
            insert(Customer).on_conflict(Customer.id, nothing=True),
        ),
        script.insert_many(
            [
                NewProject(
                    id=WEBSITE,
                    organization_id=PIVOTAL_FLOW,
                    customer_id=ACME,
                    name="Website Redesign",
                    status=ProjectStatus.ACTIVE,
                ),
                NewProject(id=MOBILE, organization_id=PIVOTAL_FLOW, customer_id=BETA, name="Mobile App"),
            ],
            insert(Project).on_conflict(Project.id, nothing=True),
        ),
        script.insert_many(
            [
                NewServiceCategory(id=DESIGN, organization_id=PIVOTAL_FLOW, name="Design"),
                NewServiceCategory(id=BUILD, organization_id=PIVOTAL_FLOW, name="Development"),
            ],
            insert(ServiceCategory).on_conflict(ServiceCategory.id, nothing=True),
        ),
        script.insert_many(
            [
                NewRateCard(
                    id=STANDARD,
                    organization_id=PIVOTAL_FLOW,
                    name="Standard Rates",
                    currency=NZD,
                    valid_from=dt.date(2025, 1, 1),
                    preferred=True,
                )
            ],
            insert(RateCard).on_conflict(RateCard.id, nothing=True),
        ),
        script.insert_many(
            [
                NewRateItem(
                    id=DESIGNER,
                    organization_id=PIVOTAL_FLOW,
                    rate_card_id=STANDARD,
                    service_category_id=DESIGN,
                    code="DESIGN",
                    unit_price=Decimal(140),
                    tax_rate=GST,
                ),
                NewRateItem(
                    id=DEVELOPER,
                    organization_id=PIVOTAL_FLOW,
                    rate_card_id=STANDARD,
                    service_category_id=BUILD,
                    code="DEV",
                    unit_price=Decimal("165.50"),
                    tax_rate=GST,
                ),
            ],
            insert(RateItem).on_conflict(RateItem.id, nothing=True),
        ),
    ]
    quotes = script.insert_many(
        [
            NewQuote(
                id=DRAFT,
                organization_id=PIVOTAL_FLOW,
                customer_id=ACME,
                project_id=WEBSITE,
                rate_card_id=STANDARD,
                created_by=ADMIN,
                number="Q-0001",
                title="Website Redesign",
                currency=NZD,
                metadata=QuoteMetadata(source="seed"),
            )
        ],
        insert(Quote).on_conflict(Quote.id, nothing=True),
    )
    # A quote that was there has the lines that it should have by now, and may be no draft any more.
    lines = script.insert_many(_LINES) if quotes else 0
    return Success(sum(counts) + quotes + lines)


_LINES = (
    NewQuoteLine(
        id=FIRST,
        organization_id=PIVOTAL_FLOW,
        quote_id=DRAFT,
        rate_item_id=DESIGNER,
        position=1,
        description="Wireframes",
        quantity=Decimal(24),
        unit_price=Decimal(140),
        discount_rate=Decimal("0.1"),
        tax_rate=GST,
    ),
    NewQuoteLine(
        id=SECOND,
        organization_id=PIVOTAL_FLOW,
        quote_id=DRAFT,
        rate_item_id=DEVELOPER,
        position=2,
        description="Templates",
        quantity=Decimal("37.5"),
        unit_price=Decimal("165.50"),
        unit=Unit.HOUR,
        tax_rate=GST,
    ),
)
