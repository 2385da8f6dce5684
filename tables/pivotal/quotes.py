"""Quotes, their lines and versions, and who has to agree before one goes out.

What a quote comes to is nobody's to write: a trigger adds its lines up whenever it, or one of them, changes.
"""

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
    sql,
    trigger,
    trigger_function,
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
    quote_id: Col[QuoteId] = column(pg.uuid, references=references(Quote.id, on_delete="cascade"))
    rate_item_id: Col[RateItemId | None] = column(
        pg.uuid, references=references(RateItem.id, on_delete="set null"), default=None, index=True
    )
    position: Col[int] = column(pg.integer, check=lambda position: position > 0)
    unit: Col[Unit] = column(unit, default=Unit.HOUR)


class QuoteVersion(Summed, Timestamped, name="quote_versions"):
    """A quote as it was sent: never changed afterwards."""

    id: Col[QuoteVersionId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    quote_id: Col[QuoteId] = column(pg.uuid, references=references(Quote.id, on_delete="cascade"))
    version: Col[int] = column(pg.integer, check=lambda version: version > 0)
    created_by: Col[UserId | None] = column(
        pg.uuid, references=references(User.id, on_delete="set null"), default=None, index=True
    )


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
    quote_id: Col[QuoteId] = column(pg.uuid, references=references(Quote.id, on_delete="cascade"))
    policy_id: Col[ApprovalPolicyId] = column(
        pg.uuid, references=references(ApprovalPolicy.id, on_delete="cascade"), index=True
    )
    decided_by: Col[UserId | None] = column(
        pg.uuid, references=references(User.id, deferrable=True), default=None, index=True
    )
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
requests_of_quote = index("approval_requests_quote_id_idx", ApprovalRequest.quote_id, ApprovalRequest.status)
decided_says_who = check(
    "approval_requests_decided_check",
    (ApprovalRequest.status == ApprovalStatus.PENDING)
    == (ApprovalRequest.decided_at.is_null() & ApprovalRequest.decided_by.is_null()),
)

# ---------------------------------------------------------------------------------------------------------------- sums

quote_sums = trigger_function(
    "quote_sums",
    sql(
        """
        BEGIN
          SELECT coalesce(sum(l.subtotal), 0), coalesce(sum(l.discount), 0), coalesce(sum(l.tax), 0)
          INTO NEW.subtotal, NEW.discount, NEW.tax FROM {lines} l WHERE l.quote_id = NEW.id;
          RETURN NEW;
        END
        """,
        lines=QuoteLine,
    ),
    comment="a quote comes to what its lines do, whatever is written",
)
summed = trigger(Quote, quote_sums, before=["insert", "update"])
quote_lines_changed = trigger_function(
    "quote_lines_changed",
    sql(
        """
        BEGIN
          IF tg_op <> 'INSERT' THEN
            UPDATE {quotes} SET updated_at = now() WHERE id = OLD.quote_id;
          END IF;
          IF tg_op = 'INSERT' OR (tg_op = 'UPDATE' AND NEW.quote_id <> OLD.quote_id) THEN
            UPDATE {quotes} SET updated_at = now() WHERE id = NEW.quote_id;
          END IF;
          RETURN NULL;
        END
        """,
        quotes=Quote,
    ),
)
line_changed = trigger(QuoteLine, quote_lines_changed, after=["insert", "update", "delete"])

# ------------------------------------------------------------------------------------------------------------- drafts

drafts_alone = trigger_function(
    "quote_lines_of_drafts",
    sql(
        """
        DECLARE
          -- A rate may go: a line of a quote that was sent forgets it, and keeps what it costs.
          forgotten text[] := '{{rate_item_id,updated_at,subtotal,discount,tax,total}}';
        BEGIN
          IF tg_op = 'UPDATE' AND NEW.rate_item_id IS NULL AND OLD.rate_item_id IS NOT NULL AND
             to_jsonb(NEW) - forgotten = to_jsonb(OLD) - forgotten THEN
            RETURN NEW;
          END IF;
          -- Locked, and looked at then: whoever sends the quote meanwhile is waited for.
          IF (
            SELECT bool_or(q.status <> 'draft') FROM (
              SELECT status FROM {quotes} WHERE id IN (NEW.quote_id, OLD.quote_id) ORDER BY id FOR NO KEY UPDATE
            ) q
          ) THEN
            RAISE EXCEPTION 'the quote is no draft any more, so its lines stay as they are' USING ERRCODE = '23514';
          END IF;
          RETURN coalesce(NEW, OLD);
        END
        """,
        quotes=Quote,
    ),
)
frozen_lines = trigger(QuoteLine, drafts_alone, before=["insert", "update", "delete"])

version_stays = trigger_function(
    "quote_version_stays",
    sql(
        """
        DECLARE
          forgotten text[] := '{{created_by,updated_at}}';
        BEGIN
          IF to_jsonb(NEW) - forgotten <> to_jsonb(OLD) - forgotten THEN
            RAISE EXCEPTION 'what was sent stays as it was' USING ERRCODE = '23514';
          END IF;
          RETURN NULL;
        END
        """
    ),
    comment="a version may forget who made it, as he may go, and nothing else",
)
versions_stay = trigger(QuoteVersion, version_stays, after="update")
version_lines_stay = trigger(QuoteVersionLine, version_stays, after="update")

version_kept = trigger_function(
    "quote_version_kept",
    sql(
        """
        BEGIN
          -- With the quote itself they go: then it is there no more.
          IF EXISTS (SELECT FROM {quotes} WHERE id = OLD.quote_id) THEN
            RAISE EXCEPTION 'a version stays as long as its quote' USING ERRCODE = 'QV001';
          END IF;
          RETURN OLD;
        END
        """,
        quotes=Quote,
    ),
)
versions_are_kept = trigger(QuoteVersion, version_kept, before="delete")
version_line_kept = trigger_function(
    "quote_version_line_kept",
    sql(
        """
        BEGIN
          IF EXISTS (SELECT FROM {versions} WHERE id = OLD.quote_version_id) THEN
            RAISE EXCEPTION 'a line of a version stays as long as that' USING ERRCODE = 'QV001';
          END IF;
          RETURN OLD;
        END
        """,
        versions=QuoteVersion,
    ),
)
version_lines_are_kept = trigger(QuoteVersionLine, version_line_kept, before="delete")

no_way_back = trigger_function(
    "quote_no_way_back",
    sql(
        """
        BEGIN
          RAISE EXCEPTION 'the quote went out: it is answered, and nothing else any more' USING ERRCODE = 'QV002';
        END
        """
    ),
    comment="what was sent is accepted or rejected, and what was answered stays so",
)
answers_alone = trigger(
    Quote,
    no_way_back,
    before="update",
    of=Quote.status,
    when=lambda old, new: (
        (
            (old.status == QuoteStatus.SENT)
            & new.status.not_in([QuoteStatus.SENT, QuoteStatus.ACCEPTED, QuoteStatus.REJECTED])
        )
        | (old.status.in_([QuoteStatus.ACCEPTED, QuoteStatus.REJECTED]) & (new.status != old.status))
    ),
)

# A TRUNCATE fires no trigger of a row: no sum would follow, and no draft would be asked for.
row_by_row = trigger_function(
    "row_by_row",
    sql(
        """
        BEGIN
          RAISE EXCEPTION '% is not truncated: its rows are deleted, one by one', tg_table_name USING ERRCODE = 'QV003';
        END
        """
    ),
)
lines_row_by_row = trigger(QuoteLine, row_by_row, before="truncate", for_each="statement")
versions_row_by_row = trigger(QuoteVersion, row_by_row, before="truncate", for_each="statement")
version_lines_row_by_row = trigger(QuoteVersionLine, row_by_row, before="truncate", for_each="statement")
