"""Who shows content hears when it is published, whoever publishes it: on threads, asyncio and trio."""

from collections.abc import Iterator

import pytest

from chronos.documents import Published
from chronos.ids import Slug
from qb import Database, Notification, Script, connect_async, delete, insert, unwrap
from tables.chronos import PUBLISHED, BlogPost, DocsPage, NewBlogPost, NewDocsPage, queries

SOON = 20.0


@pytest.fixture
def cleared(chronos: Database) -> Iterator[Database]:
    """The database, without what the test leaves in it."""
    yield chronos
    unwrap(chronos.execute(delete(BlogPost).all_rows()))
    unwrap(chronos.execute(delete(DocsPage).all_rows()))


def test_published_by_the_application_or_by_directus(cleared: Database) -> None:
    with cleared.listen(PUBLISHED) as events:
        post = unwrap(cleared.one(queries.posts.create(NewBlogPost(title="One", slug=Slug("one"), content="c"))))
        assert events.within(0.1) is None  # a draft
        unwrap(cleared.one(queries.posts.publish(post.id)))
        event = events.within(SOON)
        assert isinstance(event, Notification)
        assert event.payload == Published("cms_blog_posts", "one")
        unwrap(cleared.execute(insert(NewDocsPage(title="Two", slug=Slug("two"), content="c"))))
        unwrap(cleared.run(Script("UPDATE cms_docs_pages SET status = 'published'")))
        event = events.within(SOON)
        assert isinstance(event, Notification)
        assert event.payload == Published("cms_docs_pages", "two")
        direct = NewBlogPost(title="Three", slug=Slug('a "b" ü'), content="c", status="published")
        unwrap(cleared.execute(insert(direct)))
        event = events.within(SOON)
        assert isinstance(event, Notification)
        assert event.payload.slug == 'a "b" ü'


def test_what_is_rolled_back_is_not_told(cleared: Database) -> None:
    with cleared.listen(PUBLISHED) as events:
        with cleared.transaction(rollback=True) as tx:
            never = NewBlogPost(title="x", slug=Slug("x"), content="c", status="published")
            unwrap(tx.execute(insert(never)))
        assert events.within(0.1) is None


@pytest.mark.anyio
async def test_coroutines_hear_it_too(cleared: Database, chronos_url: str) -> None:
    async with connect_async(chronos_url) as db, db.listen(PUBLISHED) as events:
        post = NewBlogPost(title="One", slug=Slug("one"), content="c", status="published")
        unwrap(await db.execute(insert(post)))
        event = await events.within(SOON)
        assert isinstance(event, Notification)
        assert event.payload == Published("cms_blog_posts", "one")
