"""Rows of every table, made up from the tables' descriptions."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from qb import Db, insert, unwrap
from qb.testing import factory
from tables.chronos import (
    Announcement,
    BlogPost,
    Company,
    CompanyEmbedding,
    Deal,
    DealInvestor,
    DocsPage,
    Event,
    Feature,
    HomepageHero,
    Investor,
    LegalPage,
    PageView,
    Session,
    User,
)
from tables.chronos.embeddings import DIMENSIONS
from tables.chronos.theirs import AlembicVersion, DirectusFile, DirectusUser, RawCrunchbase, StagingDeal

TABLES: tuple[type[Any], ...] = (
    *(DirectusUser, DirectusFile, RawCrunchbase, StagingDeal, AlembicVersion),
    *(BlogPost, DocsPage, HomepageHero, Feature, Announcement, LegalPage),
    *(User, Company, Investor, Deal, DealInvestor, CompanyEmbedding),
    *(Session, PageView, Event),
)
"""What is pointed to comes first."""


NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)


def said(table: type[Any]) -> dict[str, Any]:
    """What is said of a row: checks compare times with the server's clock, an address has an @ in it, and so on."""
    if table is Announcement:
        return {"starts_at": NOON, "ends_at": NOON + dt.timedelta(days=1)}
    if table is Session:
        return {"started_at": NOON, "ended_at": None}
    if table is CompanyEmbedding:
        return {"embedding": [0.5] * DIMENSIONS}
    return {"email": f"{uuid4()}@example.com"} if table is User else {}


def drawn(table: type[Any], parents: Sequence[object], seed: int, count: int = 1) -> list[Any]:
    """Rows of a table to insert."""
    made = factory(table, parents=parents, seed=seed)
    return [made(**said(table)) for _ in range(count)]


def some(db: Db, table: type[Any], parents: Sequence[object], seed: int, count: int = 1) -> list[Any]:
    """Rows of a table, written and read again."""
    return unwrap(db.insert_many(drawn(table, parents, seed, count), insert(table).returning()))


def one_of_each(db: Db, seed: int = 0) -> dict[type[Any], Any]:
    """A row of each table, which point to each other."""
    made: dict[type[Any], Any] = {}
    for table in TABLES:
        (made[table],) = some(db, table, list(made.values()), seed)
    return made
