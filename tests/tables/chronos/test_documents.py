"""The JSON documents: each comes back as it went in, those of older shapes as today's."""

from collections.abc import Callable
from typing import Any, LiteralString

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronos.documents import (
    Audience,
    Button,
    Clicked,
    Convertible,
    Debt,
    Device,
    DeviceV1,
    Equity,
    Focus,
    Icon,
    Media,
    Noted,
    Opened,
    Preferences,
    Properties,
    Searched,
    Seo,
    SeoV1,
    Terms,
    Video,
    device_of_v1,
    seo_of_v1,
)
from chronos.ids import CompanyId, Slug
from qb import DecodeError, Success, Tx, insert, select, sql, unwrap, update
from tables.chronos import (
    Announcement,
    BlogPost,
    Deal,
    Event,
    Feature,
    HomepageHero,
    Investor,
    NewBlogPost,
    NewSession,
    Session,
    User,
    schema,
)
from tests.tables.chronos import make

# PostgreSQL's JSON holds every character but NUL; lone surrogates are no UTF-8.
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
name = text.filter(bool)
count = st.integers(0, 2**53)
address = st.sampled_from(["/", "https://a.b/ü?c=%20", "http://x"])
companies = st.lists(st.uuids().map(CompanyId), max_size=3)
share = st.floats(0, 1, exclude_min=True).map(lambda number: round(number, 6)).filter(bool)

DOCUMENTS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "seo": (Seo, st.builds(Seo, text, text, st.lists(text, max_size=3), st.none() | address, st.booleans())),
    "tags": (list[str], st.lists(text, max_size=4)),
    "buttons": (
        list[Button],
        st.lists(st.builds(Button, name, address, st.sampled_from(["primary", "secondary", "text"])), max_size=3),
    ),
    "media": (Media | None, st.none() | st.builds(Icon, name) | st.builds(Video, address, count)),
    "audience": (Audience, st.builds(Audience, st.lists(text, max_size=3), companies, st.none() | st.booleans())),
    "preferences": (
        Preferences,
        st.builds(
            Preferences,
            st.sampled_from(["light", "dark", "system"]),
            st.sampled_from(["never", "daily", "weekly"]),
            companies,
        ),
    ),
    "focus": (
        Focus,
        st.builds(
            Focus,
            st.lists(name, max_size=3),
            st.lists(st.from_regex(r"\A[A-Z]{2}\Z"), max_size=3),
            count,
            st.none() | count,
        ),
    ),
    "terms": (
        Terms,
        st.builds(Equity, count, share, count)
        | st.builds(Debt, st.floats(0, 100), st.integers(1, 600))
        | st.builds(Convertible, st.none() | count, st.floats(0, 0.99)),
    ),
    "device": (Device, st.builds(Device, text, text, count, count)),
    "properties": (
        Properties,
        st.builds(Clicked, name, st.integers(-9999, 9999), st.integers(-9999, 9999))
        | st.builds(Searched, text, count)
        | st.builds(Opened, st.uuids().map(CompanyId))
        | st.builds(Noted, st.dictionaries(text, text, max_size=3)),
    ),
}
OLDER: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], Any], LiteralString]] = {
    "seo": (
        st.builds(SeoV1, text, text, text, st.booleans()),
        seo_of_v1,
        "UPDATE cms_blog_posts SET seo = {d}::text::jsonb",
    ),
    "device": (
        st.builds(DeviceV1, text, st.sampled_from(["0x0", "1920x1080"])),
        device_of_v1,
        "UPDATE analytics_sessions SET device = {d}::text::jsonb",
    ),
}
COLUMNS: dict[str, Any] = {
    "seo": BlogPost.seo,
    "tags": BlogPost.tags,
    "buttons": HomepageHero.buttons,
    "media": Feature.media,
    "audience": Announcement.audience,
    "preferences": User.preferences,
    "focus": Investor.focus,
    "terms": Deal.terms,
    "device": Session.device,
    "properties": Event.properties,
}
TABLES: dict[str, Any] = {
    "seo": BlogPost,
    "tags": BlogPost,
    "buttons": HomepageHero,
    "media": Feature,
    "audience": Announcement,
    "preferences": User,
    "focus": Investor,
    "terms": Deal,
    "device": Session,
    "properties": Event,
}


@pytest.mark.parametrize("column", DOCUMENTS)
def test_every_document_comes_back_as_it_went_in(tx: Tx, column: str) -> None:
    kind, strategy = DOCUMENTS[column]
    make.one_of_each(tx)

    @given(strategy)
    @settings(deadline=None)
    def tried(document: Any) -> None:
        assert msgspec.json.decode(msgspec.json.encode(document), type=kind) == document
        with tx.transaction(rollback=True) as inner:
            unwrap(inner.execute(update(TABLES[column]).set(COLUMNS[column].to(document)).all_rows()))
            assert inner.all(select(COLUMNS[column])) == Success([document])

    tried()


@pytest.mark.parametrize("column", OLDER)
def test_what_older_programs_wrote_is_read_as_todays(tx: Tx, column: str) -> None:
    strategy, upgraded, wrote = OLDER[column]
    make.one_of_each(tx)

    @given(strategy)
    @settings(deadline=None)
    def tried(old: msgspec.Struct) -> None:
        with tx.transaction(rollback=True) as inner:
            unwrap(inner.execute(sql(wrote, d=msgspec.json.encode(old).decode()).command()))
            today = unwrap(inner.one(select(COLUMNS[column])))
            assert today == upgraded(old)
            unwrap(inner.execute(update(TABLES[column]).set(COLUMNS[column].to(today)).all_rows()))
            assert inner.one(select(COLUMNS[column])) == Success(today)

    tried()


def test_every_column_of_a_document_is_tried() -> None:
    """One that is added is added here, too."""
    documents = {
        column.name
        for table in schema.tables
        if not table.external and table.partition_of is None
        for column in table.columns
        if column.type.name == "jsonb"
    }
    assert documents == set(DOCUMENTS)


def test_the_defaults_are_what_is_read(tx: Tx) -> None:
    post = unwrap(tx.one(insert(NewBlogPost(title="t", slug=Slug("t"), content="c")).returning()))
    assert (post.seo, post.tags, post.status, post.featured) == (Seo(), [], "draft", False)
    session = unwrap(tx.one(insert(NewSession()).returning()))
    assert session.device == Device()


def test_a_wrong_document_is_told_with_its_place(tx: Tx) -> None:
    unwrap(tx.execute(insert(NewBlogPost(title="t", slug=Slug("t"), content="c"))))
    unwrap(tx.execute(sql("UPDATE cms_blog_posts SET seo = {d}::text::jsonb", d='{"keywords": [7]}').command()))
    error = tx.one(select(BlogPost)).failure()
    assert isinstance(error, DecodeError)
    assert (error.column, error.path) == ("seo", "$.keywords[0]")


def test_what_is_no_document_is_refused_before_it_is_sent(tx: Tx) -> None:
    wrong: Any = Seo(title="t", canonical="ftp://x")
    error = tx.execute(insert(NewBlogPost(title="t", slug=Slug("t"), content="c", seo=wrong))).failure()
    assert "$.canonical" in str(error)
