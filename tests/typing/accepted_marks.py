"""Hidden and deprecated columns as the checkers take them; every function is run."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import assert_type

from qb import (
    Col,
    Db,
    Deprecated,
    Expr,
    Hidden,
    Outcome,
    Rows,
    Table,
    alias,
    column,
    compile,
    create_all,
    crud,
    drop_all,
    fn,
    identity,
    insert,
    new,
    patch,
    schema,
    select,
    update,
)
from qb.typing import Column


class Noted(Table):
    note: Hidden[str | None] = column(default=None)


class Page(Noted, name="accepted_pages"):
    id: Col[int] = column(primary_key=True, default=identity())
    title: Col[str] = column()
    body: Hidden[str] = column()
    search: Hidden[str] = column(generated=fn.upper(body))
    excerpt: Deprecated[str] = column(default="", deprecated="use title")


def columns(_: Db) -> None:
    assert_type(Page.body, Column[str])
    assert_type(Page.note, Column[str | None])
    assert_type(alias(Page, "other").search, Column[str])
    assert_type(fn.length(Page.body), Expr[int])
    compile(select(Page.search).where(Page.body == "x"))


def rows(db: Db) -> None:
    db.run(create_all(schema(Page))).unwrap()
    made = insert(new(Page)(title="One", body="a", excerpt="b"), new(Page)(title="Two", body="b", note="n"))
    assert_type(db.all(made.returning(Page, Page.body)), Outcome[list[tuple[Page, str]]])
    both = select(Page, Page.note).order_by(Page.id)
    found = db.all(both).unwrap()
    assert_type(found, list[tuple[Page, str | None]])
    assert [(page.title, note) for page, note in found] == [("One", None), ("Two", "n")]
    pages = crud(Page, Page.id)
    assert_type(pages.by_id(1), Rows[Page])
    assert db.execute(update(Page).patch(patch(Page, Page.body)(body="c")).where(Page.id == 1)).unwrap() == 1
    db.run(drop_all(schema(Page))).unwrap()
