"""Quotes, their lines and versions, and who has to agree before one goes out. What no key says is in `quote_rules`."""

import datetime as dt
from decimal import Decimal

from pivotal.documents import QuoteMetadata
from pivotal.guards import no_money
from pivotal.ids import (
    ApprovalPolicyId,
    ApprovalRequestId,
    CurrencyCode,
    CustomerId,
    OrganizationId,
    ProjectId,
    QuoteId,
    QuoteLineId,
    QuoteVersionId,
    QuoteVersionLineId,
    RateCardId,
    RateItemId,
    RoleId,
    UserId,
)
from pivotal.labels import ApprovalStatus, QuoteStatus, Unit
from qb import (
    Col,
    check,
    column,
    fn,
    foreign_key,
    index,
    new,
    patch,
    pg,
    references,
    set_null,
    unique,
)
from tables.pivotal.customers import Customer
from tables.pivotal.money import AMOUNT, Priced, Summed, not_negative
from tables.pivotal.organizations import Currency, Organization, Role, User
from tables.pivotal.projects import Project
from tables.pivotal.rates import RateCard, RateItem
from tables.pivotal.shared import Documented, Timestamped

unit = pg.enum("unit", Unit)


class Quote(Summed, Timestamped, name="quotes"):
    """An offer to a customer."""

    id: Col[QuoteId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    customer_id: Col[CustomerId] = column(pg.uuid)
    project_id: Col[ProjectId | None] = column(pg.uuid, default=None)
    rate_card_id: Col[RateCardId | None] = column(pg.uuid, default=None)
    created_by: Col[UserId | None] = column(pg.uuid, default=None)
    number: Col[str] = column(pg.varchar(32), check=lambda number: number != "")
    title: Col[str] = column(pg.text)
    status: Col[QuoteStatus] = column(pg.enum("quote_status", QuoteStatus), default=QuoteStatus.DRAFT)
    currency: Col[CurrencyCode] = column(pg.varchar(3), references=Currency.code, index=True)
    valid_until: Col[dt.date | None] = column(pg.date, default=None)
    sent_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    decided_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    metadata: Col[QuoteMetadata] = column(pg.jsonb, default=QuoteMetadata(), guard=no_money)


class QuoteLine(Priced, Documented, name="quote_lines"):
    """A line of a quote."""

    id: Col[QuoteLineId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid)
    quote_id: Col[QuoteId] = column(pg.uuid)
    rate_item_id: Col[RateItemId | None] = column(pg.uuid, default=None)
    position: Col[int] = column(pg.integer, check=lambda position: position > 0)
    unit: Col[Unit] = column(unit, default=Unit.HOUR)


class QuoteVersion(Summed, Timestamped, name="quote_versions"):
    """A quote as it was sent: never changed afterwards."""

    id: Col[QuoteVersionId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid)
    quote_id: Col[QuoteId] = column(pg.uuid)
    version: Col[int] = column(pg.integer, check=lambda version: version > 0)
    created_by: Col[UserId | None] = column(pg.uuid, default=None)


class QuoteVersionLine(Priced, name="quote_version_lines"):
    """A line as it was sent."""

    id: Col[QuoteVersionLineId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    quote_version_id: Col[QuoteVersionId] = column(pg.uuid, references=references(QuoteVersion.id, on_delete="cascade"))
    position: Col[int] = column(pg.integer, check=lambda position: position > 0)


class ApprovalPolicy(Timestamped, name="approval_policies"):
    """From which total on somebody of a role has to agree."""

    id: Col[ApprovalPolicyId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    role_id: Col[RoleId] = column(pg.uuid)
    threshold: Col[Decimal] = column(AMOUNT, check=not_negative)


class ApprovalRequest(Documented, name="approval_requests"):
    """What was asked of a quote, and the answer."""

    id: Col[ApprovalRequestId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid)
    quote_id: Col[QuoteId] = column(pg.uuid)
    policy_id: Col[ApprovalPolicyId] = column(pg.uuid)
    decided_by: Col[UserId | None] = column(pg.uuid, default=None)
    status: Col[ApprovalStatus] = column(pg.enum("approval_status", ApprovalStatus), default=ApprovalStatus.PENDING)
    decided_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewQuote = new(Quote)
QuoteChanges = patch(Quote)
NewQuoteLine = new(QuoteLine)
QuoteLineChanges = patch(QuoteLine)
NewQuoteVersion = new(QuoteVersion)
NewQuoteVersionLine = new(QuoteVersionLine)
NewApprovalPolicy = new(ApprovalPolicy)
NewApprovalRequest = new(ApprovalRequest)

# -------------------------------------------------------------------------------------------------- keys and conditions

quote_number = unique(Quote.organization_id, Quote.number)
quote_customer = foreign_key(
    (Quote.organization_id, Quote.customer_id),
    references=(Customer.organization_id, Customer.id),
    on_delete="restrict",
    name="quotes_customer_fkey",
)
quotes_of_customer = index("quotes_customer_idx", Quote.organization_id, Quote.customer_id)
quote_project = foreign_key(
    (Quote.organization_id, Quote.project_id),
    references=(Project.organization_id, Project.id),
    on_delete="restrict",
    name="quotes_project_fkey",
)
quotes_of_project = index("quotes_project_idx", Quote.organization_id, Quote.project_id)
quote_of = unique(Quote.organization_id, Quote.id)
quote_rate_card = foreign_key(
    (Quote.organization_id, Quote.rate_card_id),
    references=(RateCard.organization_id, RateCard.id),
    on_delete=set_null(Quote.rate_card_id),
    name="quotes_rate_card_fkey",
)
quotes_of_rate_card = index("quotes_rate_card_idx", Quote.organization_id, Quote.rate_card_id)
quote_author = foreign_key(
    (Quote.organization_id, Quote.created_by),
    references=(User.organization_id, User.id),
    on_delete=set_null(Quote.created_by),
    name="quotes_author_fkey",
)
quotes_of_author = index("quotes_author_idx", Quote.organization_id, Quote.created_by)
policy_role = foreign_key(
    (ApprovalPolicy.organization_id, ApprovalPolicy.role_id),
    references=(Role.organization_id, Role.id),
    on_delete="restrict",
    name="approval_policies_role_fkey",
)
policy_of = unique(ApprovalPolicy.organization_id, ApprovalPolicy.id)
line_quote = foreign_key(
    (QuoteLine.organization_id, QuoteLine.quote_id),
    references=(Quote.organization_id, Quote.id),
    on_delete="cascade",
    name="quote_lines_quote_fkey",
)
lines_of_quote = index("quote_lines_quote_idx", QuoteLine.organization_id, QuoteLine.quote_id)
line_rate = foreign_key(
    (QuoteLine.organization_id, QuoteLine.rate_item_id),
    references=(RateItem.organization_id, RateItem.id),
    on_delete=set_null(QuoteLine.rate_item_id),
    name="quote_lines_rate_item_fkey",
)
lines_of_rate = index("quote_lines_rate_item_idx", QuoteLine.organization_id, QuoteLine.rate_item_id)
version_quote = foreign_key(
    (QuoteVersion.organization_id, QuoteVersion.quote_id),
    references=(Quote.organization_id, Quote.id),
    on_delete="cascade",
    name="quote_versions_quote_fkey",
)
versions_of_quote = index("quote_versions_quote_idx", QuoteVersion.organization_id, QuoteVersion.quote_id)
version_author = foreign_key(
    (QuoteVersion.organization_id, QuoteVersion.created_by),
    references=(User.organization_id, User.id),
    on_delete=set_null(QuoteVersion.created_by),
    name="quote_versions_author_fkey",
)
versions_of_author = index("quote_versions_author_idx", QuoteVersion.organization_id, QuoteVersion.created_by)
request_quote = foreign_key(
    (ApprovalRequest.organization_id, ApprovalRequest.quote_id),
    references=(Quote.organization_id, Quote.id),
    on_delete="cascade",
    name="approval_requests_quote_fkey",
)
request_policy = foreign_key(
    (ApprovalRequest.organization_id, ApprovalRequest.policy_id),
    references=(ApprovalPolicy.organization_id, ApprovalPolicy.id),
    on_delete="cascade",
    name="approval_requests_policy_fkey",
)
requests_of_policy = index("approval_requests_policy_idx", ApprovalRequest.organization_id, ApprovalRequest.policy_id)
request_decided_by = foreign_key(
    (ApprovalRequest.organization_id, ApprovalRequest.decided_by),
    references=(User.organization_id, User.id),
    deferrable=True,
    name="approval_requests_decided_by_fkey",
)
requests_of_user = index(
    "approval_requests_decided_by_idx", ApprovalRequest.organization_id, ApprovalRequest.decided_by
)
policies_of_role = index("approval_policies_role_idx", ApprovalPolicy.organization_id, ApprovalPolicy.role_id)
discount_within = check("quotes_discount_within_check", Quote.discount <= Quote.subtotal)
sent_says_when = check(
    "quotes_sent_check",
    Quote.status.not_in([QuoteStatus.SENT, QuoteStatus.ACCEPTED, QuoteStatus.REJECTED]) | Quote.sent_at.is_not_null(),
)
answer_says_when = check(
    "quotes_decided_check",
    Quote.status.in_([QuoteStatus.ACCEPTED, QuoteStatus.REJECTED]) == Quote.decided_at.is_not_null(),
)
line_places = unique(QuoteLine.quote_id, QuoteLine.position, deferrable=True)
versions = unique(QuoteVersion.quote_id, QuoteVersion.version)
version_places = unique(QuoteVersionLine.quote_version_id, QuoteVersionLine.position)
requests_of_quote = index(
    "approval_requests_quote_idx", ApprovalRequest.organization_id, ApprovalRequest.quote_id, ApprovalRequest.status
)
decided_says_who = check(
    "approval_requests_decided_check",
    (ApprovalRequest.status == ApprovalStatus.PENDING)
    == (ApprovalRequest.decided_at.is_null() & ApprovalRequest.decided_by.is_null()),
)
