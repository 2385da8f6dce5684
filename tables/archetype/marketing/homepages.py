"""Homepages that visitors have generated for themselves, and shared."""

import datetime as dt

from archetype.documents.marketing import GeneratedHomepage, GenerationPrompt, Viewer
from archetype.documents.work import WorkError
from archetype.ids import HomepageGenerationId, HomepageShareId, HomepageShareViewId, IndustryId, VisitorId
from archetype.labels import GenerationStatus
from qb import Col, Hidden, Table, check, column, fn, index, new, pg, references
from tables.archetype.marketing.pages import Industry
from tables.archetype.shared import Created, Timestamped, fresh


class HomepageGeneration(Timestamped, name="homepage_generation", schema="marketing"):
    """A page that is being made, or was."""

    homepage_generation_id: Col[HomepageGenerationId] = column(
        pg.varchar, primary_key=True, default=fresh(HomepageGenerationId)
    )
    visitor_id: Col[VisitorId] = column(pg.varchar)
    industry_id: Col[IndustryId | None] = column(
        pg.varchar, references=references(Industry.industry_id, on_delete="set null"), default=None, index=True
    )
    prompt: Col[GenerationPrompt] = column(pg.jsonb)
    status: Col[GenerationStatus] = column(pg.text, default="queued")
    homepage: Col[GeneratedHomepage | None] = column(pg.jsonb, default=None)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)


class HomepageShare(Created, name="homepage_generation_share", schema="marketing"):
    """That whoever has the token may look at it, for a while. The token itself is read by who asks for it alone."""

    homepage_generation_share_id: Col[HomepageShareId] = column(
        pg.varchar, primary_key=True, default=fresh(HomepageShareId)
    )
    homepage_generation_id: Col[HomepageGenerationId] = column(
        pg.varchar, references=references(HomepageGeneration.homepage_generation_id, on_delete="cascade"), index=True
    )
    token: Hidden[str] = column(pg.varchar(64), unique=True)
    expires_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now() + dt.timedelta(days=30))
    revoked_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class HomepageShareView(Table, name="homepage_generation_share_view", schema="marketing"):
    """That somebody has looked."""

    homepage_generation_share_view_id: Col[HomepageShareViewId] = column(
        pg.varchar, primary_key=True, default=fresh(HomepageShareViewId)
    )
    homepage_generation_share_id: Col[HomepageShareId] = column(
        pg.varchar, references=references(HomepageShare.homepage_generation_share_id, on_delete="cascade")
    )
    visitor_id: Col[VisitorId | None] = column(pg.varchar, default=None)
    viewer: Col[Viewer] = column(pg.jsonb, default=Viewer())
    viewed_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


NewHomepageGeneration = new(HomepageGeneration)
NewHomepageShare = new(HomepageShare)
NewHomepageShareView = new(HomepageShareView)

generations_of_a_visitor = index(
    "homepage_generation_visitor_id_idx", HomepageGeneration.visitor_id, HomepageGeneration.created_at.desc()
)
ready_with_a_page = check(
    "homepage_generation_homepage_check",
    (HomepageGeneration.status != "ready") | HomepageGeneration.homepage.is_not_null(),
)
views_of_a_share = index(
    "homepage_generation_share_view_share_idx",
    HomepageShareView.homepage_generation_share_id,
    HomepageShareView.viewed_at.desc(),
)
