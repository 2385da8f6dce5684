"""Directus as it acts: it writes content, makes tables of its own, and changes no structure of ours."""

from collections.abc import Iterator

import pytest

from chronos.ids import Slug
from qb import (
    Database,
    Failure,
    InsufficientPrivilege,
    New,
    Script,
    Success,
    Tx,
    create_all,
    fn,
    insert,
    select,
    sql,
    trusted,
    unwrap,
)
from tables.chronos import (
    Announcement,
    BlogPost,
    Company,
    Deal,
    DocsPage,
    Event,
    Feature,
    HomepageHero,
    LegalPage,
    NewBlogPost,
    schema,
)
from tests.tables.chronos import make

CONTENT = (BlogPost, DocsPage, HomepageHero, Feature, Announcement, LegalPage)


@pytest.fixture
def directus(chronos: Database) -> Iterator[Tx]:
    """A transaction in the role of Directus."""
    with chronos.transaction(rollback=True) as tx:
        unwrap(tx.execute(sql("SET LOCAL ROLE chronos_directus").command()))
        yield tx


@pytest.mark.parametrize("table", CONTENT, ids=lambda table: table.__name__)
def test_editors_write_content(directus: Tx, table: type[BlogPost]) -> None:
    (row,) = make.drawn(table, (), 1)
    inserted: New[BlogPost] = row
    made = unwrap(directus.one(insert(inserted).returning()))
    assert directus.all(select(table)) == Success([made])
    unwrap(directus.execute(sql("UPDATE {t} SET status = 'published'", t=table).command()))
    assert unwrap(directus.one(select(table))).status == "published"
    assert directus.execute(sql("DELETE FROM {t}", t=table).command()) == Success(1)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE cms_blog_posts ADD COLUMN note text",
        "ALTER TABLE cms_blog_posts ALTER COLUMN title TYPE text",
        "ALTER TABLE cms_blog_posts DROP COLUMN excerpt",
        "ALTER TABLE cms_features RENAME TO features",
        "DROP TABLE cms_legal_pages",
        "DROP INDEX cms_blog_posts_slug_idx",
        "CREATE INDEX ON cms_blog_posts (title)",
        "TRUNCATE cms_blog_posts",
        "ALTER TABLE cms_blog_posts DISABLE TRIGGER ALL",
        "DROP FUNCTION cms_tell_published() CASCADE",
        "ALTER TABLE app_deals ADD COLUMN note text",
        "CREATE SCHEMA mine",
        "DROP TABLE staging_deals",
    ],
)
def test_it_changes_no_structure(directus: Tx, statement: str) -> None:
    with directus.transaction(rollback=True) as inner:
        refused = inner.run(Script(trusted(statement)))
        assert isinstance(refused, Failure), statement
        assert isinstance(refused.failure(), InsufficientPrivilege), refused


@pytest.mark.parametrize("table", [Company, Deal, Event], ids=lambda table: table.__name__)
def test_the_application_is_not_its_business(directus: Tx, table: type[Deal]) -> None:
    with directus.transaction(rollback=True) as inner:
        assert isinstance(inner.all(select(table)).failure(), InsufficientPrivilege)
    with directus.transaction(rollback=True) as inner:
        assert isinstance(inner.execute(sql("DELETE FROM {t}", t=table).command()).failure(), InsufficientPrivilege)


def test_it_makes_tables_of_its_own(directus: Tx) -> None:
    """As it does when it first starts: they are its own, to alter and to drop."""
    own = Script(
        "CREATE TABLE directus_collections (collection varchar(64) PRIMARY KEY)",
        "INSERT INTO directus_collections SELECT tablename FROM pg_tables WHERE tablename LIKE 'cms\\_%'",
        "ALTER TABLE directus_collections ADD COLUMN note text",
    )
    unwrap(directus.run(own))
    assert directus.scalar(sql("SELECT count(*) FROM directus_collections").rows(int)) == Success(6)
    unwrap(directus.run(Script("DROP TABLE directus_collections")))


def test_it_sees_the_structure_of_content(directus: Tx) -> None:
    """What it introspects when it starts: columns with their types and defaults."""
    columns = sql(
        """
        SELECT column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
        WHERE table_name = 'cms_blog_posts'
        """
    ).rows(tuple[str, str, str])
    found = {name: (kind, null) for name, kind, null in unwrap(directus.all(columns))}
    assert found["id"] == ("uuid", "NO")
    assert found["title"] == ("character varying", "NO")
    assert found["published_at"] == ("timestamp with time zone", "YES")
    assert found["tags"] == ("jsonb", "NO")


def test_creating_ours_again_takes_the_role_over(chronos: Database) -> None:
    with chronos.transaction(rollback=True) as tx:
        unwrap(tx.run(create_all(schema, if_not_exists=True)))
        there = select(fn.count()).from_(BlogPost)
        unwrap(tx.execute(sql("SET LOCAL ROLE chronos_directus").command()))
        assert tx.scalar(there) == Success(0)
        unwrap(tx.execute(insert(NewBlogPost(title="t", slug=Slug("t"), content="c"))))
        assert tx.scalar(there) == Success(1)
