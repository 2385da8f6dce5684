"""Chronos' database: content that Directus edits, the application's companies and deals, and what visitors do.

One import for what programs use: `from tables.chronos import BlogPost, Deal`. `schema` holds all of ours but what needs
an extension that not every server has: `tables.chronos.places` (PostGIS) and `tables.chronos.hypertables` (TimescaleDB)
have schemas of their own. What Directus and Alembic own in the same database is declared as far as it is read, and
never touched.
"""

from qb import matching as _matching
from qb import schema as _schema
from tables.chronos import analytics, app, cms, embeddings, partitions, published, roles, theirs
from tables.chronos.analytics import Event, NewEvent, NewPageView, NewSession, PageView, Session
from tables.chronos.app import (
    Company,
    Deal,
    DealChanges,
    DealInvestor,
    Investor,
    NewCompany,
    NewDeal,
    NewDealInvestor,
    NewInvestor,
    NewUser,
    User,
)
from tables.chronos.cms import (
    Announcement,
    BlogPost,
    BlogPostChanges,
    DocsPage,
    Feature,
    HomepageHero,
    LegalPage,
    NewAnnouncement,
    NewBlogPost,
    NewDocsPage,
    NewFeature,
    NewHomepageHero,
    NewLegalPage,
)
from tables.chronos.embeddings import CompanyEmbedding, NewCompanyEmbedding
from tables.chronos.published import PUBLISHED

OURS = _matching(names=["cms_*", "app_*", "analytics_*"])
"""By prefix, as the document divides the database: `raw_*` and `staging_*` are Alembic's, `directus_*` is Directus'."""

PARTS = (theirs, cms, published, app, embeddings, analytics, roles)
"""The modules of the tables, however the events' table is divided."""

schema = _schema(*PARTS, partitions, *partitions.MONTHS, name="chronos", ours=OURS)
"""All of ours, the events divided by month."""

__all__ = [
    "OURS",
    "PARTS",
    "PUBLISHED",
    "Announcement",
    "BlogPost",
    "BlogPostChanges",
    "Company",
    "CompanyEmbedding",
    "Deal",
    "DealChanges",
    "DealInvestor",
    "DocsPage",
    "Event",
    "Feature",
    "HomepageHero",
    "Investor",
    "LegalPage",
    "NewAnnouncement",
    "NewBlogPost",
    "NewCompany",
    "NewCompanyEmbedding",
    "NewDeal",
    "NewDealInvestor",
    "NewDocsPage",
    "NewEvent",
    "NewFeature",
    "NewHomepageHero",
    "NewInvestor",
    "NewLegalPage",
    "NewPageView",
    "NewSession",
    "NewUser",
    "PageView",
    "Session",
    "User",
    "schema",
]
