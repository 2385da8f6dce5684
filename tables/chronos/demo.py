"""`python -m tables.chronos.demo`: Chronos' database beside Directus' and Alembic's tables, filled, queried, listened
to.

Shows the SQL of each query as it is sent, and the typed rows that come back. The server is that of DATABASE_URL, or
else the embedded one in the project's folder `.qb`. All happens in a database of its own, which is dropped at the end;
the role of Directus stays.
"""

import datetime as dt
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from chronos.documents import Clicked, Device, Equity, Published, Seo
from chronos.ids import Slug
from qb import (
    Database,
    Db,
    DbError,
    Failure,
    Gap,
    Garbled,
    InsufficientPrivilege,
    Notification,
    Rows,
    Script,
    connect,
    create_all,
    insert,
    sql,
    unwrap,
)
from qb.typing import ChannelEvent
from tables.chronos import (
    PUBLISHED,
    NewBlogPost,
    NewCompany,
    NewDeal,
    NewDealInvestor,
    NewEvent,
    NewInvestor,
    NewPageView,
    NewSession,
    Session,
    queries,
    schema,
)
from tables.chronos.app import Investor
from tables.scratch import scratch_database
from tables.show import brief, heading, lines, statement

R = TypeVar("R")

POSTS, EVENTS = 2_000, 50_000
FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def main() -> int:
    """The exit code: 0 when everything went as it should, 1 when there is no server to show it on."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a terminal that has no ü still shows the rest
    started = time.perf_counter()
    try:
        with scratch_database(name="chronos_demo") as url, connect(url) as db:
            create(db)
            content(db)
            listen(db)
            directus(db)
            deals(db)
            analytics(db)
    except (DbError, ImportError) as error:
        print(f"The demo needs a PostgreSQL server: {error}", file=sys.stderr)
        return 1
    print(f"\nAll of it took {time.perf_counter() - started:.1f} s; its database is gone again.")
    return 0


def ask(db: Db, title: str, query: Rows[R], show: int = 3) -> list[R]:
    """Run a query and print its SQL and its first rows."""
    heading(title)
    statement(query)
    found = unwrap(db.all(query))
    lines((brief(row) for row in found[:show]), more=len(found) - show)
    return found


def create(db: Db) -> None:
    theirs = Script(
        "CREATE TABLE directus_users (id uuid PRIMARY KEY, email varchar(128))",
        "CREATE TABLE directus_files (id uuid PRIMARY KEY, storage varchar(255) NOT NULL)",
        "CREATE TABLE raw_crunchbase (id bigint PRIMARY KEY, payload jsonb NOT NULL)",
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    )
    unwrap(db.run(theirs))
    version = unwrap(db.scalar(sql("SHOW server_version").rows(str)))
    print(f"PostgreSQL {version}, where Directus and Alembic have tables already")
    ddl = create_all(schema)
    heading(f"Create ours beside them: {len(ddl.statements)} statements, none about theirs; for example")
    unwrap(db.run(ddl))
    table = next(each for each in ddl.statements if 'TABLE "cms_homepage_hero"' in each)
    print("\n".join(f"  {line}" for line in table.splitlines()))


def content(db: Db) -> None:
    heading(f"Insert {POSTS:,} posts through binary COPY")
    rows = (
        NewBlogPost(
            title=f"Chronicle {n}",
            slug=Slug(f"chronicle-{n}"),
            content="On time series, places and vectors." if n % 100 == 0 else "Of nothing in particular.",
            status="published" if n % 4 else "draft",
            published_at=FIRST + dt.timedelta(hours=n) if n % 4 else None,
            category="engineering" if n % 2 else "company",
            tags=["postgres", "日本"] if n % 3 else [],
            seo=Seo(title=f"Chronicle {n}"),
        )
        for n in range(POSTS)
    )
    started = time.perf_counter()
    count = unwrap(db.insert_many(rows))
    lines([f"{count:,} rows in {time.perf_counter() - started:.2f} s"])
    ask(db, "A page of titles: no more columns than a list shows", queries.posts.published(limit=3))
    ask(db, "The post under an address", queries.posts.by_slug(Slug("chronicle-1")))
    unwrap(db.execute(sql("UPDATE cms_blog_posts SET status = 'published' WHERE slug = 'chronicle-100'").command()))
    ask(db, "Full-text search, as one types it into a search engine", queries.posts.search("vector -nothing"))


def told(event: ChannelEvent[Published] | None) -> str:
    match event:
        case Notification(payload=published):
            return f"published: {published.collection} {published.slug}"
        case Garbled(reason=reason):
            return f"not of the channel's shape: {reason}"
        case Gap(error=error):
            return f"a gap, as {error or 'too much waited'}: what is shown is read anew"
        case None:
            return "nothing"


def listen(db: Database) -> None:
    heading("A trigger tells what is published, and the site listens")
    with db.listen(PUBLISHED) as events:
        post = unwrap(db.one(insert(NewBlogPost(title="New", slug=Slug("new"), content="Listen.")).returning()))
        unwrap(db.one(queries.posts.publish(post.id)))
        lines([told(events.within(5))])
        unwrap(db.execute(sql("SELECT pg_notify({c}, {p})", c=PUBLISHED.name, p="{}").command()))
        lines([told(events.within(5))])
        kill = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE '%LISTEN "cms%' AND pid <> pg_backend_pid()
            """
        unwrap(db.scalar(sql(kill).rows(int)))
        lines([told(events.within(5))])


def directus(db: Db) -> None:
    heading("Directus writes content, and changes no structure")
    with db.transaction(rollback=True) as tx:
        unwrap(tx.execute(sql("SET LOCAL ROLE chronos_directus").command()))
        edited = unwrap(tx.execute(sql("UPDATE cms_blog_posts SET featured = true WHERE slug = 'new'").command()))
        lines([f"{edited} post edited"])
        with tx.transaction(rollback=True) as inner:
            match inner.run(Script("ALTER TABLE cms_blog_posts DROP COLUMN content")):
                case Failure(InsufficientPrivilege() as refused):
                    lines([f"{type(refused).__name__}: {refused}"])
                case other:
                    raise AssertionError(other)


def deals(db: Db) -> None:
    company = unwrap(db.one(queries.companies.create(NewCompany(name="Acme", slug=Slug("acme"), stage="seed"))))
    investors = [NewInvestor(name=name, slug=Slug(name.lower()), kind="venture") for name in ("Ada", "Grace")]
    made = unwrap(db.insert_many(investors, insert(Investor).returning()))
    deal = NewDeal(
        company_id=company.id,
        title="Seed",
        status="active",
        round="seed",
        amount=Decimal(2_000_000),
        terms=Equity(valuation=10_000_000_00, share=0.2),
    )
    (seed,) = ask(db, "Insert a deal: its terms are a tagged union in JSON", queries.deals.create(deal))
    stakes = [
        NewDealInvestor(deal_id=seed.id, investor_id=each.id, committed=Decimal(500_000 * n), lead=n == 2)
        for n, each in enumerate(made, 1)
    ]
    unwrap(db.insert_many(stakes))
    ask(db, "Active deals, for a route that returns JSON", queries.deals.active())
    ask(db, "A deal with its company and investors, in one query", queries.deals.with_investors(seed.id))


def analytics(db: Db) -> None:
    seen = NewSession(device=Device(browser="Firefox", width=1920, height=1080))
    session: Session = unwrap(db.one(insert(seen).returning()))
    unwrap(db.execute(insert(NewPageView(session_id=session.id, path="/blog/new", seconds=12.5))))
    heading(f"Insert {EVENTS:,} events into a table that is divided by month")
    rows = (
        NewEvent(
            session_id=session.id,
            occurred_at=FIRST + dt.timedelta(minutes=5 * n),
            name="click" if n % 3 else "open",
            properties=Clicked(target="buy", x=n % 100),
        )
        for n in range(EVENTS)
    )
    started = time.perf_counter()
    count = unwrap(db.insert_many(rows))
    lines([f"{count:,} rows in {time.perf_counter() - started:.2f} s"])
    march = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    ask(db, "Events by day, from the partition that has them", queries.analytics.by_day(march, march + dt.timedelta(7)))


if __name__ == "__main__":
    sys.exit(main())
