"""Every table is written and read through its codecs, with rows that are made up from its description."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronos.ids import Slug
from qb import (
    CheckViolation,
    Database,
    ForeignKeyViolation,
    New,
    Script,
    Success,
    Tx,
    UniqueViolation,
    delete,
    insert,
    select,
    unwrap,
    update,
)
from qb.testing import factory, rows
from tables.chronos import (
    BlogPost,
    Company,
    Deal,
    DealChanges,
    Event,
    Investor,
    NewBlogPost,
    NewDealInvestor,
    Session,
    partitions,
    queries,
)
from tables.chronos.theirs import DirectusFile, DirectusUser
from tests.tables.chronos import make

OURS = make.TABLES[5:]


@pytest.mark.parametrize("seed", range(5))
def test_a_row_of_each_table_comes_back_as_it_was_written(tx: Tx, seed: int) -> None:
    for table, row in make.one_of_each(tx, seed).items():
        assert tx.all(select(table)) == Success([row])


@pytest.mark.parametrize("table", OURS, ids=lambda table: table.__name__)
def test_many_rows_through_copy(tx: Tx, table: type[Any]) -> None:
    parents = list(make.one_of_each(tx).values())
    unwrap(tx.execute(delete(table).all_rows()))
    several = 1 if table.__name__ in ("User", "DealInvestor", "CompanyEmbedding") else 5  # of one parent each
    drawn = make.drawn(table, [row for row in parents if not isinstance(row, table)], 2, several)
    assert tx.insert_many(drawn) == Success(several)
    assert len(unwrap(tx.all(select(table)))) == several


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_whatever_is_drawn_is_taken(chronos: Database, data: st.DataObject) -> None:
    """As Hypothesis draws rows: at the ends of what columns hold."""
    with chronos.transaction(rollback=True) as tx:
        made = make.one_of_each(tx)
        table = data.draw(st.sampled_from(OURS))
        parents = [row for kind, row in made.items() if kind is not table]
        said: dict[str, Any] = {name: st.just(each) for name, each in make.said(table).items()}
        if "email" in said:
            said["email"] = st.uuids().map(lambda key: f"{key}@example.com")
        drawn: list[New[Any]] = data.draw(rows(table, parents=parents, max_size=3, **said))
        unwrap(tx.execute(delete(table).all_rows()))
        assert len(unwrap(tx.insert_many(drawn, insert(table).returning()))) == len(drawn)


def test_what_checks_refuse(tx: Tx) -> None:
    made = make.one_of_each(tx)
    deal: Deal = made[Deal]
    for changes in (DealChanges(status="won", closes_on=None), DealChanges(currency="x")):
        with tx.transaction(rollback=True) as inner:
            assert isinstance(inner.all(queries.deals.change(deal.id, changes)).failure(), CheckViolation)
    fewer = update(Company).set(Company.employees.to(-1)).all_rows()
    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.execute(fewer).failure(), CheckViolation)


def test_what_editors_delete_in_directus_leaves_ours(tx: Tx) -> None:
    make.one_of_each(tx)
    unwrap(tx.execute(delete(DirectusFile).all_rows()))
    unwrap(tx.execute(delete(DirectusUser).all_rows()))
    post = unwrap(tx.one(select(BlogPost)))
    assert (post.featured_image, post.edited_by) == (None, None)


def test_a_deal_has_one_lead_and_a_company(tx: Tx) -> None:
    made = make.one_of_each(tx)
    unwrap(tx.execute(delete(Deal).all_rows()))
    (deal,) = make.some(tx, Deal, list(made.values()), 3)
    investors: list[Investor] = make.some(tx, Investor, (), 7, 2)
    both = [NewDealInvestor(deal_id=deal.id, investor_id=each.id, lead=True) for each in investors]
    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.insert_many(both).failure(), UniqueViolation)
    orphan = factory(Deal, parents=list(made.values()), seed=4)()
    unwrap(tx.execute(delete(Company).all_rows()))  # and its deals
    assert tx.all(select(Deal)) == Success([])
    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.execute(insert(orphan)).failure(), ForeignKeyViolation)


def test_events_are_in_the_partition_of_their_month(tx: Tx) -> None:
    session: Session = make.one_of_each(tx)[Session]
    march, long_ago = dt.datetime(2026, 3, 15, tzinfo=dt.UTC), dt.datetime(1999, 1, 1, tzinfo=dt.UTC)
    drawn = factory(Event, parents=[session], seed=3)
    unwrap(tx.execute(delete(Event).all_rows()))
    unwrap(tx.insert_many([drawn(occurred_at=march), drawn(occurred_at=long_ago)]))
    assert [event.occurred_at for event in unwrap(tx.all(select(partitions.MONTHS[3])))] == [march]
    assert [event.occurred_at for event in unwrap(tx.all(select(partitions.elsewhen)))] == [long_ago]


def test_an_update_of_anybody_moves_updated_at(chronos: Database) -> None:
    """Directus writes without qb."""
    post = unwrap(chronos.one(insert(NewBlogPost(title="a", slug=Slug("moved"), content="c")).returning()))
    try:
        unwrap(chronos.run(Script("UPDATE cms_blog_posts SET title = 'b'")))
        assert unwrap(chronos.one(select(BlogPost).where(BlogPost.id == post.id))).updated_at > post.updated_at
    finally:
        unwrap(chronos.execute(delete(BlogPost).where(BlogPost.id == post.id)))
