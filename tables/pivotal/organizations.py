"""Organizations, who works there, and what each of them may do."""

import datetime as dt
from decimal import Decimal

from pivotal.documents import SettingValue
from pivotal.guards import no_money
from pivotal.ids import CurrencyCode, OrganizationId, RoleId, SettingId, UserId
from qb import Col, Table, check, column, fn, foreign_key, index, new, patch, pg, references, unique
from tables.pivotal.money import positive
from tables.pivotal.shared import Documented, Timestamped


class Currency(Table, name="currencies"):
    """A currency, by its code in ISO 4217."""

    code: Col[CurrencyCode] = column(pg.varchar(3), primary_key=True, check=lambda code: fn.length(code) == 3)
    name: Col[str] = column(pg.text)
    digits: Col[int] = column(pg.smallint, default=2, check=lambda digits: digits.between(0, 4))


class FxRate(Timestamped, name="fx_rates"):
    """What one unit of a currency was worth in another on a day."""

    base: Col[CurrencyCode] = column(pg.varchar(3), primary_key=True, references=Currency.code)
    counter: Col[CurrencyCode] = column(pg.varchar(3), primary_key=True, references=Currency.code, index=True)
    day: Col[dt.date] = column(pg.date, primary_key=True)
    rate: Col[Decimal] = column(pg.numeric(18, 8), check=positive)


two_currencies = check("fx_rates_currencies_check", FxRate.base != FxRate.counter)


class Organization(Documented, name="organizations"):
    """Who sells. Everything else belongs to one."""

    id: Col[OrganizationId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    name: Col[str] = column(pg.text, check=lambda name: fn.length(fn.trim(name)) > 0)
    slug: Col[str] = column(pg.varchar(80), unique=True, check=lambda slug: slug != "")
    currency: Col[CurrencyCode] = column(pg.varchar(3), references=Currency.code, index=True)
    tax_rate: Col[Decimal] = column(
        pg.numeric(6, 5), default=Decimal(0), check=lambda rate: rate.between(Decimal(0), Decimal(1))
    )


class OrganizationSetting(Timestamped, name="organization_settings"):
    """A setting under a key."""

    id: Col[SettingId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    key: Col[str] = column(pg.varchar(100), check=lambda key: key != "")
    value: Col[SettingValue] = column(pg.jsonb, guard=no_money)


one_setting_each = unique(OrganizationSetting.organization_id, OrganizationSetting.key)


class User(Documented, name="users"):
    """Somebody who works for an organization."""

    id: Col[UserId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    email: Col[str] = column(pg.varchar(254), check=lambda email: email.like("%_@_%"))
    name: Col[str] = column(pg.text)
    active: Col[bool] = column(pg.boolean, default=True)
    last_login_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


user_of = unique(User.organization_id, User.id)
email_once = index("users_email_key", User.organization_id, fn.lower(User.email), unique=True)


class Role(Timestamped, name="roles"):
    """What some may do, under a name of the organization's."""

    id: Col[RoleId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    name: Col[str] = column(pg.varchar(80), check=lambda name: name != "")
    permissions: Col[list[str]] = column(pg.array(pg.text), default=[])


one_role_each = unique(Role.organization_id, Role.name)
role_of = unique(Role.organization_id, Role.id)


class UserRole(Table, name="user_roles"):
    """That somebody has a role of the same organization."""

    organization_id: Col[OrganizationId] = column(pg.uuid, primary_key=True)
    user_id: Col[UserId] = column(pg.uuid, primary_key=True)
    role_id: Col[RoleId] = column(pg.uuid, primary_key=True)
    granted_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


user_role_user = foreign_key(
    (UserRole.organization_id, UserRole.user_id),
    references=(User.organization_id, User.id),
    on_delete="cascade",
    name="user_roles_user_fkey",
)
user_role_role = foreign_key(
    (UserRole.organization_id, UserRole.role_id),
    references=(Role.organization_id, Role.id),
    on_delete="cascade",
    name="user_roles_role_fkey",
)
users_of_role = index("user_roles_role_idx", UserRole.organization_id, UserRole.role_id)

NewCurrency = new(Currency)
NewFxRate = new(FxRate)
NewOrganization = new(Organization)
NewOrganizationSetting = new(OrganizationSetting)
NewUser = new(User)
UserChanges = patch(User)
NewRole = new(Role)
NewUserRole = new(UserRole)
