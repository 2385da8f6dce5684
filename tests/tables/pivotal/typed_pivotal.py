"""What a checker knows of quotes, from the declaration of the tables alone; and which ids it keeps apart.

Nothing here runs: the checkers read it, and mypy reports an ignore that nothing needs.
"""

from decimal import Decimal
from typing import assert_type
from uuid import UUID

from pivotal.documents import CustomerMetadata, QuoteMetadata
from pivotal.guards import Guarded, body
from pivotal.ids import ApprovalPolicyId, CustomerId, OrganizationId, ProjectId, QuoteId, RateItemId, RoleId, UserId
from qb import Db, Failure, New, Outcome, Success, select
from tables.pivotal import repository
from tables.pivotal.customers import Customer
from tables.pivotal.organizations import NewUserRole
from tables.pivotal.projects import NewProject
from tables.pivotal.quotes import NewQuoteLine, Quote, QuoteLine, QuoteVersion
from tables.pivotal.repository import NeedsApproval, NotNow


def known(db: Db, quote: QuoteId, item: RateItemId) -> None:
    assert_type(db.one(repository.by_id(quote)), Outcome[Quote])
    assert_type(repository.add_line(db, quote, item, "x", Decimal(1)), Outcome[QuoteLine])
    assert_type(db.one(select(Quote.total)), Outcome[Decimal])
    assert_type(db.one(select(Quote.project_id, Quote.metadata)), Outcome[tuple[ProjectId | None, QuoteMetadata]])
    assert_type(db.one(select(Customer.metadata)), Outcome[CustomerMetadata])
    assert_type(body(New[QuoteLine], b"{}"), Guarded[New[QuoteLine]])
    match repository.send(db, quote):
        case Success(version):
            assert_type(version, QuoteVersion)
        case Failure(NeedsApproval(policies)):
            assert_type(policies, list[ApprovalPolicyId])
        case Failure(NotNow()):
            pass
        case Failure(error):
            raise AssertionError(error)


def kept_apart(
    db: Db, quote: QuoteId, user: UserId, organization: OrganizationId, customer: CustomerId, role: RoleId
) -> None:
    repository.send(db, user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    repository.by_id(UUID(int=1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    repository.add_line(db, quote, user, "x", Decimal(1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewProject(organization_id=customer, customer_id=customer, name="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewProject(organization_id=organization, customer_id=organization, name="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    one, of = Decimal(1), organization
    NewQuoteLine(organization_id=of, quote_id=quote, position=1, description="x", quantity=one, unit_price=1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewQuoteLine(organization_id=of, quote_id=quote, position=1, description="", quantity=one, unit_price=one, total=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewUserRole(organization_id=of, user_id=user, role_id=user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewUserRole(user_id=user, role_id=role)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    db.all(select(Quote).where(Quote.id == user))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
