"""Content: the tables that editors fill in Directus, and the site reads.

Directus finds them by looking at the database: each has a key of one column, as it leaves out those with more.
"""

import datetime as dt

from chronos.documents import Audience, Button, Media
from chronos.ids import (
    AnnouncementId,
    BlogPostId,
    DirectusFileId,
    DocsPageId,
    FeatureId,
    HomepageHeroId,
    LegalPageId,
    Slug,
)
from chronos.labels import AnnouncementKind, LegalKind
from qb import Col, Deprecated, Hidden, check, column, fn, index, new, on_update_trigger, patch, pg, references, unique
from qb.typing import TsVector
from tables.chronos.shared import Content, Found
from tables.chronos.theirs import DirectusFile


class BlogPost(Found, name="cms_blog_posts", comment="Blog articles"):
    """An article. `search` is what full-text search looks into: the title counts more than the rest."""

    id: Col[BlogPostId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    title: Col[str] = column(pg.varchar(255))
    slug: Col[Slug] = column(pg.varchar(255), unique=True)
    excerpt: Col[str | None] = column(pg.text, default=None)
    content: Col[str] = column(pg.text)
    category: Col[str | None] = column(pg.varchar(50), default=None)
    tags: Col[list[str]] = column(pg.jsonb, default=[])
    featured: Col[bool] = column(pg.boolean, default=False)
    featured_image: Col[DirectusFileId | None] = column(
        pg.uuid, references=references(DirectusFile.id, on_delete="set null"), default=None, index=True
    )
    summary: Deprecated[str | None] = column(pg.text, default=None, deprecated="use excerpt")
    search: Hidden[TsVector] = column(
        pg.tsvector,
        generated=fn.tsvector_concat(
            fn.setweight(fn.to_tsvector("english", title), "A"),
            fn.setweight(fn.to_tsvector("english", fn.coalesce(excerpt, "")), "B"),
            fn.setweight(fn.to_tsvector("english", content), "D"),
        ),
    )


class DocsPage(Found, name="cms_docs_pages", comment="Documentation and general pages"):
    """A page of the documentation; pages of a section stand in the order of their position."""

    id: Col[DocsPageId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    parent_id: Col[DocsPageId | None] = column(
        pg.uuid, references=references(lambda: DocsPage.id, on_delete="cascade"), default=None, index=True
    )
    title: Col[str] = column(pg.varchar(255))
    slug: Col[Slug] = column(pg.varchar(255), unique=True)
    content: Col[str] = column(pg.text)
    section: Col[str] = column(pg.varchar(50), default="general")
    position: Col[int] = column(pg.integer, default=0)


class HomepageHero(Content, name="cms_homepage_hero", comment="Homepage hero section"):
    """What stands on top of the homepage: the one that is published."""

    id: Col[HomepageHeroId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    headline: Col[str] = column(pg.varchar(255))
    subheadline: Col[str | None] = column(pg.text, default=None)
    buttons: Col[list[Button]] = column(pg.jsonb, default=[])
    background: Col[DirectusFileId | None] = column(
        pg.uuid, references=references(DirectusFile.id, on_delete="set null"), default=None, index=True
    )


class Feature(Content, name="cms_features", comment="Product features"):
    """A feature of the product, as the homepage shows it."""

    id: Col[FeatureId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    title: Col[str] = column(pg.varchar(255))
    description: Col[str] = column(pg.text)
    media: Col[Media | None] = column(pg.jsonb, default=None)
    position: Col[int] = column(pg.integer, default=0)


class Announcement(Content, name="cms_announcements", comment="Site-wide notifications"):
    """A line on top of every page, from a moment to another one."""

    id: Col[AnnouncementId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    kind: Col[AnnouncementKind] = column(
        pg.varchar(20), default="info", check=lambda kind: kind.in_(["info", "success", "warning", "critical"])
    )
    message: Col[str] = column(pg.text)
    audience: Col[Audience] = column(pg.jsonb, default=Audience())
    starts_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    ends_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class LegalPage(Found, name="cms_legal_pages", comment="Legal documents"):
    """A version of a legal document: it is never changed once it holds, a new version is."""

    id: Col[LegalPageId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    kind: Col[LegalKind] = column(
        pg.varchar(20), check=lambda kind: kind.in_(["terms", "privacy", "cookies", "imprint"])
    )
    version: Col[int] = column(pg.integer, default=1, check=lambda version: version > 0)
    title: Col[str] = column(pg.varchar(255))
    content: Col[str] = column(pg.text)
    effective_on: Col[dt.date | None] = column(pg.date, default=None)


NewBlogPost = new(BlogPost)
BlogPostChanges = patch(BlogPost)
NewDocsPage = new(DocsPage)
NewHomepageHero = new(HomepageHero)
NewFeature = new(Feature)
NewAnnouncement = new(Announcement)
NewLegalPage = new(LegalPage)

# A unique constraint has an index of its own: the one on slug beside it is the document's, by its name.
post_slug = index("cms_blog_posts_slug_idx", BlogPost.slug)
post_status = index("cms_blog_posts_status_idx", BlogPost.status)
post_published_at = index("cms_blog_posts_published_at_idx", BlogPost.published_at)
post_category = index("cms_blog_posts_category_idx", BlogPost.category)
post_search = index("cms_blog_posts_search_idx", BlogPost.search, method="gin")
post_tags = index("cms_blog_posts_tags_idx", BlogPost.tags, method="gin", operator_class="jsonb_path_ops")

page_status = index("cms_docs_pages_status_idx", DocsPage.status)
page_published_at = index("cms_docs_pages_published_at_idx", DocsPage.published_at)
page_section = index("cms_docs_pages_section_idx", DocsPage.section, DocsPage.position)

hero_status = index("cms_homepage_hero_status_idx", HomepageHero.status)
hero_published_at = index("cms_homepage_hero_published_at_idx", HomepageHero.published_at)

feature_status = index("cms_features_status_idx", Feature.status, Feature.position)
feature_published_at = index("cms_features_published_at_idx", Feature.published_at)

announcement_status = index("cms_announcements_status_idx", Announcement.status)
announcement_published_at = index("cms_announcements_published_at_idx", Announcement.published_at)
announcement_time = index("cms_announcements_time_idx", Announcement.starts_at, Announcement.ends_at)
announcement_ends = check(
    "cms_announcements_ends_check", Announcement.ends_at.is_null() | (Announcement.ends_at > Announcement.starts_at)
)

legal_status = index("cms_legal_pages_status_idx", LegalPage.status)
legal_published_at = index("cms_legal_pages_published_at_idx", LegalPage.published_at)
legal_version = unique(LegalPage.kind, LegalPage.version, name="cms_legal_pages_kind_version_key")

# Directus writes without qb: the server says when a row was changed.
post_touched = on_update_trigger(BlogPost)
page_touched = on_update_trigger(DocsPage)
hero_touched = on_update_trigger(HomepageHero)
feature_touched = on_update_trigger(Feature)
announcement_touched = on_update_trigger(Announcement)
legal_touched = on_update_trigger(LegalPage)
