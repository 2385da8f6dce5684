"""Posts and landing pages, by industry and vertical."""

import datetime as dt

from archetype.documents.marketing import Block, Seo
from archetype.ids import BlogPostId, IndustryId, LandingPageId, UserId, VerticalId
from archetype.labels import PostStatus
from qb import Col, check, column, fn, index, new, patch, pg, references, unique
from tables.archetype.auth.organizations import User
from tables.archetype.shared import Timestamped, fresh


class BlogPost(Timestamped, name="blog_posts", schema="marketing"):
    """A post of the blog."""

    blog_post_id: Col[BlogPostId] = column(pg.varchar, primary_key=True, default=fresh(BlogPostId))
    slug: Col[str] = column(pg.varchar(200), unique=True, check=lambda slug: fn.length(slug) > 0)
    title: Col[str] = column(pg.varchar(200))
    excerpt: Col[str] = column(pg.text, default="")
    body: Col[str] = column(pg.text)
    author_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )
    tags: Col[list[str]] = column(pg.array(pg.text), default=[])
    seo: Col[Seo] = column(pg.jsonb, default=Seo())
    status: Col[PostStatus] = column(pg.text, default="draft")
    published_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class Industry(Timestamped, name="industry", schema="marketing"):
    """A branch of business."""

    industry_id: Col[IndustryId] = column(pg.varchar, primary_key=True, default=fresh(IndustryId))
    slug: Col[str] = column(pg.varchar(100), unique=True, check=lambda slug: fn.length(slug) > 0)
    name: Col[str] = column(pg.varchar(200))
    description: Col[str] = column(pg.text, default="")
    position: Col[int] = column(pg.integer, default=0)


class Vertical(Timestamped, name="vertical", schema="marketing"):
    """A part of a branch."""

    vertical_id: Col[VerticalId] = column(pg.varchar, primary_key=True, default=fresh(VerticalId))
    industry_id: Col[IndustryId] = column(pg.varchar, references=references(Industry.industry_id, on_delete="cascade"))
    slug: Col[str] = column(pg.varchar(100), check=lambda slug: fn.length(slug) > 0)
    name: Col[str] = column(pg.varchar(200))
    pains: Col[list[str]] = column(pg.array(pg.text), default=[])


class LandingPage(Timestamped, name="landing_page", schema="marketing"):
    """A page of blocks for a vertical, or for all."""

    landing_page_id: Col[LandingPageId] = column(pg.varchar, primary_key=True, default=fresh(LandingPageId))
    vertical_id: Col[VerticalId | None] = column(
        pg.varchar, references=references(Vertical.vertical_id, on_delete="set null"), default=None, index=True
    )
    slug: Col[str] = column(pg.varchar(200), unique=True, check=lambda slug: fn.length(slug) > 0)
    title: Col[str] = column(pg.varchar(200))
    blocks: Col[list[Block]] = column(pg.jsonb, default=[])
    seo: Col[Seo] = column(pg.jsonb, default=Seo())
    status: Col[PostStatus] = column(pg.text, default="draft")
    published_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewBlogPost = new(BlogPost)
BlogPostChanges = patch(BlogPost)
NewIndustry = new(Industry)
NewVertical = new(Vertical)
NewLandingPage = new(LandingPage)
LandingPageChanges = patch(LandingPage)

vertical_slug = unique(Vertical.industry_id, Vertical.slug, name="vertical_industry_id_slug_key")
posts_newest_first = index("blog_posts_published_idx", BlogPost.status, BlogPost.published_at.desc())
posts_by_tag = index("blog_posts_tags_idx", BlogPost.tags, method="gin")
post_says_when = check("blog_posts_published_check", (BlogPost.status == "draft") | BlogPost.published_at.is_not_null())
page_says_when = check(
    "landing_page_published_check", (LandingPage.status == "draft") | LandingPage.published_at.is_not_null()
)
