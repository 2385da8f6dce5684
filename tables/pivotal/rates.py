"""What services cost: cards of rates that hold for a time."""

import datetime as dt
from decimal import Decimal

from pivotal.ids import CurrencyCode, OrganizationId, RateCardId, RateItemId, ServiceCategoryId
from pivotal.labels import Unit
from qb import Col, check, column, fn, foreign_key, index, new, pg, references, unique
from tables.pivotal.money import ONE, PRICE, RATE, ZERO, not_negative
from tables.pivotal.organizations import Currency, Organization
from tables.pivotal.shared import Documented, Timestamped


class ServiceCategory(Timestamped, name="service_categories"):
    """A kind of work, such as design."""

    id: Col[ServiceCategoryId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    name: Col[str] = column(pg.varchar(120))


class RateCard(Documented, name="rate_cards"):
    """Rates that hold from a day on, until another one or for ever."""

    id: Col[RateCardId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    name: Col[str] = column(pg.varchar(120))
    currency: Col[CurrencyCode] = column(pg.varchar(3), references=Currency.code, index=True)
    valid_from: Col[dt.date] = column(pg.date)
    valid_until: Col[dt.date | None] = column(pg.date, default=None)
    preferred: Col[bool] = column(pg.boolean, default=False, comment="what a new quote begins with")


class RateItem(Documented, name="rate_items"):
    """A rate: what one unit of a service costs, and its tax."""

    id: Col[RateItemId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid)
    rate_card_id: Col[RateCardId] = column(pg.uuid)
    service_category_id: Col[ServiceCategoryId] = column(pg.uuid)
    code: Col[str] = column(pg.varchar(40), check=lambda code: code != "")
    unit: Col[Unit] = column(pg.enum("unit", Unit), default=Unit.HOUR)
    unit_price: Col[Decimal] = column(PRICE, check=not_negative)
    tax_rate: Col[Decimal] = column(RATE, default=ZERO, check=lambda rate: rate.between(ZERO, ONE))


NewServiceCategory = new(ServiceCategory)
NewRateCard = new(RateCard)
NewRateItem = new(RateItem)

category_name = unique(ServiceCategory.organization_id, ServiceCategory.name)
card_name = unique(RateCard.organization_id, RateCard.name, RateCard.valid_from)
card_of = unique(RateCard.organization_id, RateCard.id)
card_dates = check("rate_cards_dates_check", RateCard.valid_until > RateCard.valid_from)
one_preferred = index("rate_cards_preferred_key", RateCard.organization_id, unique=True, where=RateCard.preferred)
category_of = unique(ServiceCategory.organization_id, ServiceCategory.id)
item_card = foreign_key(
    (RateItem.organization_id, RateItem.rate_card_id),
    references=(RateCard.organization_id, RateCard.id),
    on_delete="cascade",
    name="rate_items_card_fkey",
)
items_of_card = index("rate_items_card_idx", RateItem.organization_id, RateItem.rate_card_id)
item_category = foreign_key(
    (RateItem.organization_id, RateItem.service_category_id),
    references=(ServiceCategory.organization_id, ServiceCategory.id),
    deferrable=True,
    name="rate_items_category_fkey",
)
items_of_category = index("rate_items_category_idx", RateItem.organization_id, RateItem.service_category_id)
item_of = unique(RateItem.organization_id, RateItem.id)
item_code = unique(RateItem.rate_card_id, RateItem.code)
