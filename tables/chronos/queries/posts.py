"""Blog posts, as the site shows them."""

import datetime as dt

from msgspec import Struct

from chronos.documents import Seo
from chronos.ids import BlogPostId, Slug
from qb import New, Patch, Rows, Select, fn, insert, prepare, select, update
from tables.chronos.cms import BlogPost


class Title(Struct, frozen=True):
    """What a list of posts shows of one."""

    id: BlogPostId
    title: str
    slug: Slug


class Hit(Struct, frozen=True):
    """A post that was found, and where in it the words are."""

    slug: Slug
    title: str
    rank: float
    headline: str


def create(post: New[BlogPost]) -> Rows[BlogPost]:
    """The post as it was written."""
    return insert(post).returning()


def change(post: BlogPostId, changes: Patch[BlogPost]) -> Rows[BlogPost]:
    """The post with the fields that are given."""
    return update(BlogPost).patch(changes).where(BlogPost.id == post).returning()


def publish(post: BlogPostId) -> Rows[BlogPost]:
    """The post, published now; what was published before keeps its time."""
    now = fn.coalesce(BlogPost.published_at, fn.now())
    published = update(BlogPost).set(BlogPost.status.to("published"), BlogPost.published_at.to(now))
    return published.where(BlogPost.id == post).returning()


@prepare
def by_slug(slug: Slug) -> Select[BlogPost]:
    """The published post under an address."""
    return select(BlogPost).where(BlogPost.slug == slug, BlogPost.status == "published").limit(1)


@prepare
def seo_of(slug: Slug) -> Select[Seo]:
    """What search engines are told of it."""
    return select(BlogPost.seo).where(BlogPost.slug == slug)


@prepare
def published(limit: int = 10, offset: int = 0) -> Select[Title]:
    """A page of what is published, newest first: no more columns than a list shows."""
    titles = select(BlogPost.id, BlogPost.title, BlogPost.slug).map(Title).where(BlogPost.status == "published")
    return titles.order_by(BlogPost.published_at.desc(), BlogPost.id).limit(limit).offset(offset)


@prepare
def of_category(category: str, limit: int = 10) -> Select[Title]:
    """What is published in a category, newest first."""
    titles = select(BlogPost.id, BlogPost.title, BlogPost.slug).map(Title)
    found = titles.where(BlogPost.category == category, BlogPost.status == "published")
    return found.order_by(BlogPost.published_at.desc(), BlogPost.id).limit(limit)


@prepare
def since(moment: dt.datetime) -> Select[BlogPost]:
    """What was published since then."""
    found = select(BlogPost).where(BlogPost.status == "published", BlogPost.published_at >= moment)
    return found.order_by(BlogPost.published_at, BlogPost.id)


@prepare
def tagged(tags: list[str]) -> Select[Title]:
    """What is published with all of these tags."""
    titles = select(BlogPost.id, BlogPost.title, BlogPost.slug).map(Title)
    return titles.where(BlogPost.tags.contains(tags), BlogPost.status == "published").order_by(BlogPost.slug)


@prepare
def search(words: str, limit: int = 20) -> Select[Hit]:
    """What is published and has the words, best first, as one types them into a search engine: "a phrase", or, -not."""
    wanted = fn.websearch_to_tsquery("english", words)
    rank = fn.ts_rank(BlogPost.search, wanted)
    hits = select(BlogPost.slug, BlogPost.title, rank, fn.ts_headline("english", BlogPost.content, wanted)).map(Hit)
    found = hits.where(BlogPost.search.matches(wanted), BlogPost.status == "published")
    return found.order_by(rank.desc(), BlogPost.slug).limit(limit)
