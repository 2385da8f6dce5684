"""Text search: what PostgreSQL makes of texts, queries, weights and configurations, typed and refused like the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Expr,
    QueryError,
    Success,
    Table,
    column,
    create_all,
    drop_all,
    fn,
    identity,
    index,
    insert,
    new,
    pg,
    prepare,
    schema,
    select,
    value,
)
from qb.typing import RegConfig, TsQuery, TsVector


class Page(Table, name="searched_pages"):
    id: Col[int] = column(primary_key=True, default=identity())
    title: Col[str] = column()
    body: Col[str | None] = column(default=None)
    language: Col[RegConfig] = column(pg.regconfig, default=RegConfig("english"))
    search: Col[TsVector] = column(
        pg.tsvector,
        generated=fn.tsvector_concat(
            fn.setweight(fn.to_tsvector("english", title), "A"),
            fn.setweight(fn.to_tsvector("english", fn.coalesce(body, "")), "D"),
        ),
    )


by_search = index("searched_pages_idx", Page.search, method="gin")
by_title = index("searched_titles_idx", fn.to_tsvector("simple", Page.title), method="gin")
P: Any = Page


@pytest.fixture(scope="module")
def pages(qb_db: Database) -> Iterator[Database]:
    described = schema(Page, by_search, by_title)
    qb_db.run(create_all(described)).unwrap()
    row = new(Page)
    cats = row(title="Fat cats", body="They sat on a mat. 'Mat', they said.", language=RegConfig("simple"))
    qb_db.execute(insert(cats, row(title="Dogs of war", body="No cats here"), row(title="The end"))).unwrap()
    yield qb_db
    qb_db.run(drop_all(described)).unwrap()


def found(db: Database, query: Expr[TsQuery]) -> list[int]:
    best = fn.ts_rank(Page.search, query).desc()
    return db.all(select(Page.id).where(Page.search.matches(query)).order_by(best, Page.id)).unwrap()


def test_what_is_looked_for_is_found_best_first(pages: Database) -> None:
    assert found(pages, fn.to_tsquery("english", "cat")) == [1, 2]
    assert found(pages, fn.to_tsquery("english", "cat & !dog")) == [1]
    assert found(pages, fn.plainto_tsquery("english", "war dog")) == [2]
    assert found(pages, fn.phraseto_tsquery("english", "fat cat")) == [1]
    assert found(pages, fn.phraseto_tsquery("english", "cat fat")) == []
    assert found(pages, fn.websearch_to_tsquery("english", '"fat cat" or "dog')) == [1, 2]
    assert found(pages, fn.to_tsquery("simple", "cats")) == []
    assert found(pages, fn.websearch_to_tsquery("english", "';--\\ %s $1 \"")) == []


def test_queries_are_put_together(pages: Database) -> None:
    cat, dog, fat = (fn.to_tsquery("english", word) for word in ("cat", "dog", "fat"))
    assert found(pages, fn.tsquery_or(cat, dog, fat)) == [1, 2]
    assert found(pages, fn.tsquery_and(cat, dog)) == [2]
    assert found(pages, fn.tsquery_and(cat, fn.tsquery_not(dog))) == [1]
    assert found(pages, fn.tsquery_phrase(fat, cat)) == [1]
    assert found(pages, fn.tsquery_phrase(fat, cat, 2)) == []
    both = pages.scalar(select(fn.tsquery_and(cat, TsQuery("'dog'")))).unwrap()
    assert both == TsQuery("'cat' & 'dog'")


def test_ranks_and_headlines(pages: Database) -> None:
    query = fn.to_tsquery("english", "cat | mat")
    ranks = select(fn.ts_rank(Page.search, query), fn.ts_rank_cd(Page.search, query, 32)).where(Page.id == 1)
    one, other = pages.one(ranks).unwrap()
    assert 0 < one < 1
    assert 0 < other < 1
    heavy = select(fn.ts_rank(Page.search, query, weights=[0, 0, 0, 1])).where(Page.id == 2)
    assert pages.one(heavy) == Success(0.0)
    said = fn.ts_headline("english", Page.body, query, "StartSel=<<, StopSel=>>, HighlightAll=true")
    assert pages.one(select(said).where(Page.id == 1)) == Success("They sat on a <<mat>>. '<<Mat>>', they said.")
    assert pages.one(select(fn.ts_headline("english", "no such", query))) == Success("no such")


def test_a_configuration_is_a_value(pages: Database) -> None:
    assert pages.all(select(Page.language).order_by(Page.id)) == Success(["simple", "english", "english"])
    own = fn.to_tsvector(Page.language, Page.title)
    assert pages.all(select(own).order_by(Page.id)).unwrap()[:2] == ["'cats':2 'fat':1", "'dog':1 'war':3"]
    assert pages.all(select(Page.id).where(Page.language == RegConfig("simple"))) == Success([1])
    assert pages.scalar(select(fn.to_tsvector("pg_catalog.english", "Cats"))) == Success("'cat':1")
    hostile = fn.to_tsvector("it's \"; DROP TABLE searched_pages --", "x")
    assert "does not exist" in str(pages.scalar(select(hostile)).failure()) or "syntax" in str(
        pages.scalar(select(hostile)).failure()
    )
    cast: Expr[RegConfig | None] = value("english").cast(pg.regconfig)
    assert pages.scalar(select(fn.to_tsvector(Page.language, "x")).where(Page.language == cast).limit(1)) == Success(
        "'x':1"
    )


def test_prepared(pages: Database) -> None:
    @prepare
    def search(words: str):  # type: ignore[no-untyped-def]
        return select(Page.id).where(Page.search.matches(fn.websearch_to_tsquery("english", words)))

    for _ in range(2):
        assert pages.all(search("war")) == Success([2])
        assert pages.all(search("nothing")) == Success([])


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: fn.to_tsvector("english", P.id), "to_tsvector takes text, not bigint"),
    (lambda: fn.to_tsvector("", P.title), 'begins with a configuration such as "english"'),
    (lambda: fn.to_tsvector(P.title, P.title), "is not for text: cast it to pg.regconfig"),
    (lambda: fn.to_tsvector(None, P.title), "not None"),  # type: ignore[call-overload]
    (lambda: fn.to_tsquery("english", 5), "to_tsquery takes a text, not int"),  # type: ignore[call-overload]
    (lambda: fn.setweight(P.search, "E"), "knows the weights A, B, C and D, not 'E'"),  # type: ignore[call-overload]
    (lambda: fn.setweight(P.title, "A"), "setweight of a tsvector is not for text"),
    (lambda: fn.ts_rank(P.search, P.search), "ts_rank is not for tsvector: cast it to pg.tsquery"),
    (lambda: fn.ts_rank(P.search, TsQuery("'x'"), weights=[1]), "takes four weights, those of D, C, B and A, not 1"),
    (lambda: fn.tsquery_not(P.title), "tsquery_not of a tsquery is not for text"),
    (lambda: P.search.matches(P.title), "searched_pages.search (tsvector) matches tsquery, not text"),
    (lambda: P.title.matches(TsQuery("'x'")), "matches is not for searched_pages.title (text)"),
]


@pytest.mark.parametrize(("build", "said"), REFUSED)
def test_what_is_no_search_is_refused(build: Callable[[], object], said: str) -> None:
    with pytest.raises(QueryError) as raised:
        build()
    assert said in str(raised.value).replace("_rank of a tsquery", "_rank")
