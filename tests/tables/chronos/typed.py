"""What a checker knows of Chronos' tables, from their declaration alone; and what it refuses.

Nothing here runs: the checkers read it, and mypy reports an ignore that nothing needs.
"""

import datetime as dt
from typing import assert_type

from chronos.documents import Published, Seo, Terms
from chronos.ids import BlogPostId, CompanyId, DealId, DirectusFileId, InvestorId, SessionId, Slug, UserId
from chronos.labels import ContentStatus
from qb import Db, Gap, Garbled, Notification, Outcome, notify, select
from qb.typing import ChannelEvent
from tables.chronos import PUBLISHED, BlogPost, Deal, NewBlogPost, NewDeal, queries
from tables.chronos.queries.analytics import Visit
from tables.chronos.queries.deals import DealWithInvestors


def known(db: Db, post: BlogPost, slug: Slug, deal: DealId, session: SessionId) -> None:
    assert_type(post.title, str)
    assert_type(post.published_at, dt.datetime | None)
    assert_type(post.tags, list[str])
    assert_type(post.seo, Seo)
    assert_type(post.status, ContentStatus)
    assert_type(post.featured_image, DirectusFileId | None)
    assert_type(db.first(queries.posts.by_slug(slug)), Outcome[BlogPost | None])
    assert_type(db.scalar(queries.posts.seo_of(slug)), Outcome[Seo])
    assert_type(db.all(queries.deals.active()), Outcome[list[Deal]])
    assert_type(db.one(queries.deals.with_investors(deal)), Outcome[DealWithInvestors])
    assert_type(db.one(queries.analytics.visit(session)), Outcome[Visit])
    assert_type(db.all(select(Deal.terms)), Outcome[list[Terms]])


def heard(event: ChannelEvent[Published]) -> str:
    match event:
        case Notification(payload=published):
            assert_type(published, Published)
            return published.slug
        case Garbled(reason=reason):
            return reason
        case Gap():
            return ""


def refused(db: Db, post: BlogPost, company: CompanyId, user: UserId, investor: InvestorId, key: BlogPostId) -> None:
    post.invalid  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    queries.deals.with_investors(company)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    queries.posts.publish(company)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    queries.posts.by_slug("my-post")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(Deal).where(Deal.company_id == user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(Deal).where(Deal.owner_id == investor)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(BlogPost).where(BlogPost.id == company)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewBlogPost(title="t", slug=Slug("s"))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewBlogPost(title="t", slug=Slug("s"), content="c", status="late")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewDeal(company_id=key)  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    db.execute(notify(PUBLISHED, "my-post"))  # type: ignore[misc]  # pyright: ignore[reportArgumentType]
