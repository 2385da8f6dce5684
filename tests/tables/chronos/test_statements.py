"""Every statement of the document that can be run, run: its queries as qb says them, and its SQL as it stands there."""

import datetime as dt
from typing import Any

import pytest

from chronos.ids import Slug
from qb import Rows, Script, Success, Tx, compile, fn, insert, select, sql, trusted, unwrap, update
from qb.testing import assert_uses, factory
from qb.typing import Index
from tables.chronos import (
    BlogPost,
    Company,
    Deal,
    DealInvestor,
    Event,
    NewBlogPost,
    NewCompanyEmbedding,
    app,
    cms,
    queries,
)
from tables.chronos.embeddings import DIMENSIONS, embedding_near
from tables.chronos.queries.posts import Title
from tests.tables.chronos import make

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def posts(tx: Tx) -> list[BlogPost]:
    """Twelve posts, of which one in three is a draft."""
    rows = [
        NewBlogPost(
            title=f"Post {n}",
            slug=Slug("my-post" if n == 7 else f"post-{n}"),
            content="Vectors and time series in PostgreSQL" if n == 7 else "Nothing of interest",
            status="draft" if n % 3 == 0 else "published",
            published_at=None if n % 3 == 0 else NOW + dt.timedelta(days=n),
            category="engineering" if n % 2 else None,
            tags=["postgres", f"n{n}"],
        )
        for n in range(12)
    ]
    return unwrap(tx.insert_many(rows, insert(BlogPost).returning()))


def test_what_is_published(tx: Tx, posts: list[BlogPost]) -> None:
    """`db.select().from(blogPosts).where(eq(blogPosts.status, "published"))`."""
    found = unwrap(tx.all(select(BlogPost).where(BlogPost.status == "published").order_by(BlogPost.published_at)))
    assert found == [post for post in posts if post.status == "published"]


def test_one_by_its_address(tx: Tx, posts: list[BlogPost]) -> None:
    """`.where(eq(blogPosts.slug, "my-post")).limit(1)`: the post, or None."""
    assert tx.first(queries.posts.by_slug(Slug("my-post"))) == Success(posts[7])
    assert tx.first(queries.posts.by_slug(Slug("post-3"))) == Success(None)  # a draft
    assert tx.first(queries.posts.by_slug(Slug("'; DROP TABLE cms_blog_posts; --"))) == Success(None)


def test_no_more_columns_than_are_needed_and_a_page_of_rows(tx: Tx, posts: list[BlogPost]) -> None:
    """`.select({id, title, slug})`, and `.limit(10).offset(page * 10)`."""
    newest = [Title(post.id, post.title, post.slug) for post in reversed(posts) if post.status == "published"]
    assert tx.all(queries.posts.published(limit=3)) == Success(newest[:3])
    assert tx.all(queries.posts.published(limit=3, offset=3)) == Success(newest[3:6])
    assert str(compile(queries.posts.published())).count('"cms_blog_posts"."content"') == 0


def test_conditions_together(tx: Tx, posts: list[BlogPost]) -> None:
    """`and(eq(status, "published"), gte(publishedAt, lastWeek))`."""
    found = unwrap(tx.all(queries.posts.since(NOW + dt.timedelta(days=8))))
    assert found == [posts[8], posts[10], posts[11]]
    of_category = unwrap(tx.all(queries.posts.of_category("engineering")))
    assert [title.slug for title in of_category] == ["post-11", "my-post", "post-5", "post-1"]


def test_full_text_search(tx: Tx, posts: list[BlogPost]) -> None:
    (hit,) = unwrap(tx.all(queries.posts.search("vector OR astronomy")))
    assert (hit.slug, "<b>Vectors</b>" in hit.headline) == ("my-post", True)
    assert len(unwrap(tx.all(queries.posts.search('"nothing of interest" -vector')))) == 7
    titled = unwrap(tx.all(queries.posts.search("post")))
    assert len(titled) == 8  # in their titles
    for hostile in ("", "'", '"', "a & | ! (", "\\", "🐘", "%"):
        unwrap(tx.all(queries.posts.search(hostile)))


def test_tags(tx: Tx, posts: list[BlogPost]) -> None:
    assert [title.slug for title in unwrap(tx.all(queries.posts.tagged(["n7"])))] == ["my-post"]
    assert len(unwrap(tx.all(queries.posts.tagged(["postgres"])))) == 8


def test_publishing(tx: Tx, posts: list[BlogPost]) -> None:
    """Drafts are rows with `status = 'draft'`; publishing sets `status = 'published'`."""
    published = unwrap(tx.one(queries.posts.publish(posts[0].id)))
    assert (published.status, published.published_at is not None) == ("published", True)
    again = unwrap(tx.one(queries.posts.publish(posts[1].id)))
    assert again.published_at == posts[1].published_at


def test_active_deals(tx: Tx) -> None:
    """`db.select().from(deals).where(eq(deals.status, "active"))`, with who takes part."""
    made = make.one_of_each(tx)
    deal: Deal = made[Deal]
    unwrap(tx.execute(update(Deal).set(Deal.status.to("active")).where(Deal.id == deal.id)))
    (active,) = unwrap(tx.all(queries.deals.active()))
    assert active.id == deal.id
    whole = unwrap(tx.one(queries.deals.with_investors(deal.id)))
    stake: DealInvestor = made[DealInvestor]
    assert whole.company == made[Company].name
    assert [(each.committed, each.lead) for each in whole.investors] == [(stake.committed, stake.lead)]
    assert tx.scalar(queries.deals.committed(deal.id)) == Success(stake.committed)


def test_companies_that_are_alike(tx: Tx) -> None:
    companies: list[Company] = make.some(tx, Company, (), 3, 3)
    rows = [
        NewCompanyEmbedding(company_id=each.id, model="m", embedding=[1.0, float(n), *[0.0] * (DIMENSIONS - 2)])
        for n, each in enumerate(companies)
    ]
    assert tx.insert_many(rows) == Success(3)
    found = unwrap(tx.all(queries.companies.like([1.0, 0.0, *[0.0] * (DIMENSIONS - 2)])))
    assert [each.name for each in found] == [each.name for each in companies]
    assert found[0].distance == 0.0


def test_events_by_day(tx: Tx) -> None:
    made = make.one_of_each(tx)
    event: Event = made[Event]
    drawn = factory(Event, parents=list(made.values()), seed=8)
    rows = [drawn(occurred_at=NOW + dt.timedelta(hours=12 * n), name="open") for n in range(5)]
    assert tx.insert_many(rows) == Success(5)
    counts = unwrap(tx.all(queries.analytics.by_day(NOW, NOW + dt.timedelta(days=3))))
    assert [(count.day, count.name, count.events) for count in counts] == [
        (NOW, "open", 2),
        (NOW + dt.timedelta(days=1), "open", 2),
        (NOW + dt.timedelta(days=2), "open", 1),
    ]
    visit = unwrap(tx.one(queries.analytics.visit(event.session_id)))
    assert len(visit.events) == 6
    assert len(visit.views) == 1
    assert len(unwrap(tx.all(queries.analytics.most_seen(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))))) == 1


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (select(BlogPost).where(BlogPost.slug == Slug("my-post")), cms.post_slug),
        (select(BlogPost).where(BlogPost.status == "published"), cms.post_status),
        (select(BlogPost).order_by(BlogPost.published_at.desc()).limit(10), cms.post_published_at),
        (select(BlogPost).where(BlogPost.category == "engineering", BlogPost.status == "published"), cms.post_category),
        (
            select(BlogPost.slug).where(BlogPost.search.matches(fn.websearch_to_tsquery("english", "x"))),
            cms.post_search,
        ),
        (select(BlogPost.slug).where(BlogPost.tags.contains(["postgres"])), cms.post_tags),
        (queries.deals.active(), app.deal_status),
        (queries.companies.like([0.0] * DIMENSIONS), embedding_near),
    ],
    ids=["slug", "status", "published_at", "category", "search", "tags", "active deals", "like"],
)
def test_each_index_serves_its_query(tx: Tx, query: Rows[Any], wanted: Index) -> None:
    """Whatever else there is, as slug has a unique constraint, too, and status stands beside category: without that."""
    for other in OTHERS.get(wanted.name, ()):
        unwrap(tx.execute(sql(trusted(other)).command()))
    assert_uses(tx, query, wanted)


OTHERS = {
    "cms_blog_posts_slug_idx": ["ALTER TABLE cms_blog_posts DROP CONSTRAINT cms_blog_posts_slug_key"],
    "cms_blog_posts_category_idx": ["DROP INDEX cms_blog_posts_status_idx"],
}
"""What serves the same query as well."""


def test_a_range_of_time_reads_its_partitions_alone(tx: Tx) -> None:
    text = """
        EXPLAIN SELECT count(*) FROM analytics_events
        WHERE occurred_at >= '2026-03-02T00:00Z' AND occurred_at < '2026-03-09T00:00Z'
        """
    found = "\n".join(unwrap(tx.all(sql(text).rows(str))))
    assert "analytics_events_2026_03" in found
    assert "analytics_events_2026_04" not in found


SQL_OF_THE_DOCUMENT = [
    "SELECT * FROM cms_blog_posts WHERE slug = 'my-post'",
    "SELECT * FROM cms_blog_posts WHERE status = 'published' ORDER BY published_at DESC",
    "SELECT * FROM cms_blog_posts WHERE category = 'engineering' AND status = 'published'",
]


@pytest.mark.parametrize("text", SQL_OF_THE_DOCUMENT)
def test_its_queries_as_they_stand_there(tx: Tx, posts: list[BlogPost], text: str) -> None:
    columns = str(compile(select(BlogPost))).partition("\n")[0].removeprefix("SELECT ")  # all but what is hidden
    found = unwrap(tx.all(sql(trusted(text.replace("*", columns))).rows(BlogPost)))
    assert found
    assert {type(each) for each in found} == {BlogPost}


def test_its_migrations(tx: Tx) -> None:
    """On a table of the shape that they are about: what is safe passes, what loses data is refused by the server."""
    before = Script(
        'CREATE TABLE "posts" ("title" varchar(255) NOT NULL, "old_field" text, "old_title" varchar(100))',
        "INSERT INTO posts VALUES (repeat('x', 150), 'old', 'the title')",
    )
    safe = Script(
        'ALTER TABLE "posts" ADD COLUMN "excerpt" text',
        'ALTER TABLE "posts" ADD COLUMN "featured" boolean DEFAULT false NOT NULL',
        'ALTER TABLE "posts" ADD COLUMN "new_title" varchar(255)',
        "UPDATE posts SET new_title = old_title WHERE new_title IS NULL",
        'ALTER TABLE "posts" ALTER COLUMN "new_title" SET NOT NULL',
        'ALTER TABLE "posts" DROP COLUMN "old_title"',
        'ALTER TABLE "posts" DROP COLUMN "old_field"',
    )
    assert tx.run(before) == Success(2)
    assert tx.run(safe) == Success(7)
    assert tx.one(sql("SELECT new_title, featured FROM posts").rows(tuple[str, bool])) == Success(("the title", False))
    with tx.transaction(rollback=True) as inner:
        shorter = inner.run(Script('ALTER TABLE "posts" ALTER COLUMN "title" TYPE varchar(100)'))
        assert "value too long" in str(shorter.failure())
