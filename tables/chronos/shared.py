"""Columns that several tables have."""

import datetime as dt
import math
from decimal import Decimal

from chronos.documents import Seo, SeoV1, seo_of_v1
from chronos.ids import DirectusUserId
from chronos.labels import ContentStatus
from qb import Col, Expr, Table, column, document, fn, older, pg, references
from tables.chronos.theirs import DirectusUser


def an_amount(amount: Expr[Decimal]) -> Expr[bool]:
    """Nothing or more, and a number: to PostgreSQL NaN is more than any."""
    return (amount >= Decimal(0)) & (amount < Decimal("NaN"))


def a_duration(seconds: Expr[float | None]) -> Expr[bool | None]:
    """Nothing or more, and an end: infinity is more than any number, and NaN is more than that."""
    return (seconds >= 0) & (seconds < math.inf)


class Timestamped(Table):
    """When a row was made and last changed."""

    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    updated_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), on_update=fn.now())


class Content(Timestamped):
    """What editors write in Directus: a draft until it is published, by one of its users."""

    status: Col[ContentStatus] = column(
        pg.varchar(20), default="draft", check=lambda status: status.in_(["draft", "published", "archived"])
    )
    published_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    edited_by: Col[DirectusUserId | None] = column(
        pg.uuid, references=references(DirectusUser.id, on_delete="set null"), default=None, index=True
    )


class Found(Content):
    """Content with a page of its own, which search engines find."""

    seo: Col[Seo] = column(document(Seo, older(SeoV1, seo_of_v1)), default=Seo())
